"""A comparison as a results folder."""

from collections.abc import Sequence
from pathlib import Path

from ..analysis.compare import Scorecard
from ..core.inputs import World
from . import compare_plot, compare_report
from .keep import Origin, keeping
from .subject import Subject


def write(
    folder: Path,
    subject: Subject,
    world: World,
    card: Scorecard,
    command: Sequence[str] = (),
    *,
    overwrite: bool = False,
) -> Path:
    """Write scorecard, pictures and report.

    Args:
        folder: Where it goes.
        subject: Any run of the scenario with the comparison's seed: states, dates and record.
        world: The scenario compiled.
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
        scenario=subject.scenario,
        command=command,
        seed=int(subject.data.attrs["seed"]),
        parameters_from=card.parameters_from,
        parameters_sha256=str(subject.data.attrs["parameters_sha256"]),
        histories=card.free.histories,
    )
    with keeping(folder, origin, overwrite=overwrite) as draft:
        draft.json(card.as_json(), "scorecard.json", "every score and every table, as data")
        draft.draw(lambda: compare_plot.draw(subject, world, card))
        draft.report(compare_report.document(subject, card, draft.figures))
    return draft.final
