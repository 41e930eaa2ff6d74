"""`cohesion calibrate`: fit the rules to a record, hold out, compare with rivals and placebos."""

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
        "--holdout", help="fit: the posterior only; short: a quick check of everything; all."
    ),
]
Out = Annotated[Path, typer.Option(help="Folder for posterior, figures and page.")]
Live = Annotated[int, typer.Option(min=50, max=10**5, help="Live points of the reported fits.")]
LiveMany = Annotated[int, typer.Option(min=50, max=10**5, help="Live points of the repeated fits.")]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Of the sampler and the placebos.")]
Pages = Annotated[
    bool, typer.Option("--pages", help="Fit nothing: write OUT's pages anew from its files.")
]
Workers = Annotated[
    int | None, typer.Option(min=1, max=1024, help="Processes. [default: one a core]")
]


def calibrate(
    scenario: Name = "csto",
    holdout: How = Holdout.FIT,
    out: Out = Path("results/calibration"),
    live: Live = 500,
    live_many: LiveMany = 100,
    seed: Seed = 1,
    workers: Workers = None,
    pages: Pages = False,
) -> None:
    """Fit the rules to a record; write posterior, figures.json, README.md and report.html.

    Results of single fits are kept in OUT/tasks, so an interrupted run goes on where it stopped.
    """
    with guarded() as work:
        from ..inference.figures import plan
        from ..inference.placebos import is_coded_twice
        from ..inference.publish import publish
        from ..inference.study import Bench
        from ..report import calibration_folder
        from ..report.text import clean
        from ..util.processes import LostWorkerError

        if pages:
            calibration_folder.renew(out)
            typer.echo(f"Written to {clean(out)}: {calibration_folder.README}, report.html")
            return
        bench = Bench(scenario, live, live_many, seed)
        if not bench.block.size or bench.block.max() < 0:
            raise BadInputError(f"{scenario}: no state decides anything, so nothing can be fitted")
        if out.exists() and not out.is_dir():
            raise BadInputError(f"{out}: is a file; a folder is needed")
        tasks = plan(holdout.value, coded_twice=is_coded_twice(bench.case.scenario))
        command = f"cohesion calibrate {scenario} --holdout {holdout.value}"
        work.kept = str(out / "tasks")
        try:
            publish(
                bench, tasks, out, command, pages=calibration_folder.pages,
                workers=workers, progress=_tell,
            )  # fmt: skip
        except LostWorkerError as error:
            raise BadInputError(
                f"{error}; what was done is kept in {work.kept}: give the same command again"
            ) from error
        work.written = str(out)
        typer.echo(f"Written to {clean(out)}: posterior, figures.json, README.md, report.html")


def _tell(done: int, total: int, name: str) -> None:
    typer.echo(f"\r{done}/{total} {name:<24}", err=True, nl=done == total)
