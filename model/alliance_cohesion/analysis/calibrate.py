"""Fit the rules to a record, try them, and write what came out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .. import __version__
from ..inference import fit_reactions as reactions
from ..inference import held_out, posterior, study
from ..inference.figures import Figures, assemble, scores_table
from ..inference.study import Study
from ..simulation import load
from ..util.lock import locked
from ..util.together import together
from .compare import Scorecard, compare

Pages = Callable[[Path, Path], dict[str, str]]
"""What is written about a calibration, by file name: from its files, and their later folder."""


def calibrate(
    asked: Study,
    size: str,
    folder: Path,
    command: str,
    *,
    pages: Pages = lambda draft, folder: {},
    workers: int | None = None,
    progress: study.Progress | None = None,
) -> Figures:
    """Write posterior, baseline, held-out predictions, the table of scores, figures and pages.

    The files appear together, and only when all are complete.

    Args:
        asked: The scenario, and how well it is to be fitted.
        size: `fit`, `short` or `all`.
        folder: Where to write; rows of single tasks are kept in its `tasks` folder.
        command: The command line, kept with the figures.
        pages: Makes the pages.
        workers: Processes.
        progress: Told of every task done.

    Raises:
        LockedError: another process calibrates there.
        LostWorkerError: a worker process died; the same call goes on where it stopped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        rows = study.run(asked, size, folder / "tasks", workers=workers, progress=progress)
        with together(folder) as draft:
            scores_table(rows).to_csv(
                draft / f"scores-{__version__}.csv", index=False, lineterminator="\n"
            )
            figures = _write(draft, asked, assemble(asked, rows), command)
            for name, text in pages(draft, folder).items():
                (draft / name).write_text(text, encoding="utf-8", newline="\n")
            return figures


def _write(folder: Path, asked: Study, figures: Figures, command: str) -> Figures:
    scenario = asked.scenario
    figures["settings"] = {
        "command": command,
        "scenario": scenario.name,
        "draws": asked.draws,
        "seed": asked.seed,
    }
    about: dict[str, Any] = {
        "alliances": [scenario.alliance.name],
        "scenario": scenario.name,
        "seed": asked.seed,
    }
    path = posterior.write(folder, "posterior", asked.rules, asked.prior, scenario.files, about)
    null = posterior.write(folder, "null", asked.baseline, asked.prior, scenario.files, about)
    kept = held_out.hold_out(asked.rules, asked.baseline, asked.seed)
    held_out.write(folder, f"held-out-{__version__}", asked.inputs, kept)
    figures |= _of_scorecard(compare(load(asked.name), posterior=path, null=null))
    values = asked.rules.draws(1000, asked.seed)
    reacts = reactions.fit_reactions(scenario, asked.inputs, values)
    reactions.write(folder, reacts)
    figures["reactions_held_out"] = reacts["held_out"]
    figures["answers"] = dict(zip(reacts["answer_names"], reacts["answer"]["mean"], strict=True))
    text = json.dumps(_rounded(figures), indent=1, sort_keys=True) + "\n"
    (folder / "figures.json").write_text(text, encoding="utf-8")
    written: Figures = json.loads(text)
    return written


def _of_scorecard(card: Scorecard) -> Figures:
    """The scorecard's part of the figures; changes by a name such as `2012 STATE exit`."""
    told = card.as_json()
    names = [f"{row.date[:4]} {row.state} {row.kind}" for row in card.ahead]
    free = {}
    for key, one in (("rules", told["free"]), ("baseline", told["free_baseline"])):
        free[key] = {**one, "changes": dict(zip(names, one["changes"], strict=True))}
    return {
        "one_step_ahead": dict(zip(names, told["ahead"], strict=True)),
        "leavings": card.leavings(),
        "set_likelihood": card.sets,
        "auc": told["auc"],
        "proper_scores": told["proper"],
        "calibration_curve": told["calibration"],
        "free_run": free,
        "latent": dict(zip(names, told["latent"], strict=True)),
        "replicate_p": told["replicate_p"],
    }


def _rounded(value: Any) -> Any:
    """Numbers to six digits after the point, at any depth."""
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return round(value, 6) if isinstance(value, float) else value
