"""A counterfactual's answer as a results folder."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from ..analysis.counterfactual import as_json, dataset
from ..analysis.counterfactual.answer import MAIN, Answer
from . import paired_report
from .keep import Origin, keeping
from .subject import Subject


def write(
    folder: Path,
    answer: Answer,
    command: Sequence[str],
    *,
    pictures: bool = True,
    overwrite: bool = False,
) -> Path:
    """Write numbers, pictures and report of an answer; returns the folder.

    Raises:
        FolderError: the folder holds results already, or something else, or cannot be written.
    """
    data, scenario = dataset(answer), answer.pair.changed.scenario
    origin = Origin(
        job="counterfactual",
        kind="counterfactual",
        scenario=scenario,
        command=command,
        seed=answer.seed,
        parameters_from=answer.sample.origin,
        parameters_sha256=hashlib.sha256(answer.sample.base.tobytes()).hexdigest(),
        histories=answer.count,
        more={"base": answer.pair.base.scenario.name},
    )
    with keeping(folder, origin, overwrite=overwrite) as draft:
        draft.numbers(data, "counterfactual.nc", "every number over time (netCDF 4)")
        draft.json(as_json(answer), "answer.json", "the answer with its guards, as data")
        if pictures:
            from . import paired_plot  # matplotlib is slow to import, and not always wanted

            subject = Subject(data, scenario)
            draft.draw(lambda: paired_plot.draw(subject, answer.watched, MAIN))
        draft.report(paired_report.document(answer, draft.figures))
    return draft.final
