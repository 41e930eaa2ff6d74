"""A comparison as a results folder."""

from collections.abc import Sequence
from pathlib import Path

from ..analysis.compare import Scorecard
from ..core.inputs import Inputs
from . import compare_plot, compare_report
from .keep import Origin, keeping
from .timeline import Timeline


def write(
    folder: Path,
    timeline: Timeline,
    inputs: Inputs,
    card: Scorecard,
    command: Sequence[str] = (),
    *,
    overwrite: bool = False,
) -> Path:
    """Write scorecard, pictures and report.

    Args:
        folder: Where it goes.
        timeline: Any run of the scenario with the comparison's seed: states, dates and record.
        inputs: The scenario compiled.
        card: What was found.
        command: The command line.
        overwrite: Whether results that are there already are replaced.

    Returns:
        The folder.

    Raises:
        FolderError: the folder holds results already, or something else, or cannot be written.
    """
    origin = Origin(
        job="compare",
        kind="comparison",
        scenario=timeline.scenario,
        command=command,
        seed=int(timeline.data.attrs["seed"]),
        parameters_from=card.parameters_from,
        parameters_sha256=str(timeline.data.attrs["parameters_sha256"]),
        histories=card.free.histories,
    )
    with keeping(folder, origin, overwrite=overwrite) as draft:
        draft.json(card.as_json(), "scorecard.json", "every score and every table, as data")
        draft.draw(lambda: compare_plot.draw(timeline, inputs, card))
        draft.report(compare_report.document(timeline, card, draft.figures))
    return draft.final
