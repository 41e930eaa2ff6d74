"""`cohesion calibrate`: fit the rules to a record, hold out, try baselines and placebos."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .guard import BadInputError, guarded


class Holdout(StrEnum):
    """How much to do besides the fit."""

    FIT = "fit"
    SHORT = "short"
    ALL = "all"


Name = Annotated[str, typer.Argument(help="Scenario whose record is fitted.")]
How = Annotated[
    Holdout,
    typer.Option(
        "--holdout",
        help="fit: the posterior only; short: everything, with few repeats; all: everything.",
    ),
]
Out = Annotated[Path, typer.Option(help="Folder for posterior, figures and page.")]
Draws = Annotated[
    int, typer.Option(min=64, max=2**20, help="Weighted draws of each fit, a power of two.")
]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Random seed.")]
Pages = Annotated[
    bool, typer.Option("--pages", help="Fit nothing; make the pages of OUT again from its files.")
]
Workers = Annotated[
    int | None, typer.Option(min=1, max=1024, help="Worker processes. [default: one per core]")
]


def calibrate(
    scenario: Name = "csto",
    holdout: How = Holdout.FIT,
    out: Out = Path("results/calibration"),
    draws: Draws = 2**15,
    seed: Seed = 1,
    workers: Workers = None,
    pages: Pages = False,
) -> None:
    """Fit the parameters to a record, and cross-validate.

    Writes the posterior, figures.json, README.md and report.html.

    Results are kept in OUT/tasks as they come: an interrupted run goes on where it stopped.
    """
    with guarded() as work:
        from ..analysis.calibrate import calibrate as fit_and_write
        from ..inference.study import Study
        from ..report import calibration_folder
        from ..report.text import clean
        from ..util.processes import LostWorkerError

        if pages:
            calibration_folder.renew(out)
            typer.echo(f"Written to {clean(out)}: {calibration_folder.README}, report.html")
            return
        if draws & (draws - 1):
            raise BadInputError(f"--draws {draws}: allowed: a power of two, such as 32768")
        study = Study(scenario, draws, seed)
        if not study.clusters.size or study.clusters.max() < 0:
            raise BadInputError(f"{scenario}: no state decides anything, so nothing can be fitted")
        if study.scenario.clock.known_until is not None:
            raise BadInputError(
                f"{scenario}: its histories follow the record and go on where it ends; "
                "allowed: a scenario without known_until"
            )
        if out.exists() and not out.is_dir():
            raise BadInputError(f"{out}: is a file; a folder is needed")
        command = f"cohesion calibrate {scenario} --holdout {holdout.value}"
        work.kept = str(out / "tasks")
        try:
            fit_and_write(
                study, holdout.value, out, command, pages=calibration_folder.pages,
                workers=workers, progress=_tell,
            )  # fmt: skip
        except LostWorkerError as error:
            raise BadInputError(
                f"{error}; what was done is kept in {work.kept}: give the same command again"
            ) from error
        work.written = str(out)
        typer.echo(f"Written to {clean(out)}: posterior, figures.json, README.md, report.html")


def _tell(done: int, total: int, name: str) -> None:
    typer.echo(f"\r{done}/{total} {name:<40}", err=True, nl=done == total)
