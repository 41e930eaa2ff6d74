"""`cohesion sweep`: a scenario at many points of its inputs."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .guard import INTERRUPTED, BadInputError, guarded
from .progress import bar

if TYPE_CHECKING:
    from ..analysis.sweep import Plan, Report
    from ..analysis.sweep.workers import Workers

FAILED = 1
_SPEAK_EVERY = 30.0  # seconds, where stderr is no terminal


class Design(StrEnum):
    """How the points lie."""

    GRID = "grid"
    LATIN = "latin"
    SOBOL = "sobol"
    LIST = "list"
    SALTELLI = "saltelli"
    MORRIS = "morris"


Name = Annotated[str, typer.Argument(help="A shipped scenario's name, or a file or folder.")]
Vary = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=RANGE",
        help="An input and its range: low:high, low:high:n or a,b,c. NAME is a parameter, "
        "event:ID.strength, event:ID.days, event:ID.present, indicator:STATE.name, alliance:RULE "
        "or change:NAME. Adds to what the file varies; may be given again.",
    ),
]
How = Annotated[
    Design | None, typer.Option(help="How the points lie. [default: the scenario's, or grid]")
]
Points = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=10**6,
        help="Points (latin, sobol), base points (saltelli) or trajectories (morris).",
    ),
]
Histories = Annotated[
    int | None,
    typer.Option(min=1, max=10**9, help="Histories at each point. [default: the scenario's]"),
]
Listed = Annotated[Path | None, typer.Option("--list", help="CSV file of points, a row each.")]
Out = Annotated[Path | None, typer.Option(help="Results folder. [default: results/NAME-sweep]")]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with a stopped sweep: do what is missing.")
]
Extend = Annotated[
    int | None, typer.Option(min=1, max=10**9, metavar="N", help="Add N histories at each point.")
]
Shard = Annotated[
    str | None, typer.Option(metavar="I/N", help="Do this part only; `cohesion merge` joins them.")
]
Processes = Annotated[
    int | None,
    typer.Option(
        "--workers", min=1, max=1024, help="Worker processes. [default: none, but threads]"
    ),
]
Cluster = Annotated[
    str | None, typer.Option(metavar="tcp://HOST:PORT", help="A Dask scheduler's address.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Estimate the work and do nothing.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the summary as JSON and nothing else.")]
NoPictures = Annotated[bool, typer.Option("--no-pictures", help="Draw nothing.")]


def sweep(
    scenario: Name,
    vary: Vary = None,
    design: How = None,
    points: Points = None,
    histories: Histories = None,
    list_file: Listed = None,
    out: Out = None,
    resume: Resume = False,
    extend: Extend = None,
    shard: Shard = None,
    workers: Processes = None,
    cluster: Cluster = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    no_pictures: NoPictures = False,
) -> None:
    """Run a scenario at many points of its inputs.

    A stopped sweep goes on with --resume.
    """
    with guarded():
        from functools import partial

        from ..analysis.sweep import SweepError, make_plan
        from ..analysis.sweep import sweep as run
        from ..report.sweep import contents
        from ..simulation import load

        part = _part(shard)
        if resume and extend is not None:
            raise BadInputError("--resume or --extend, not both: resume first, then extend")
        over = _over(vary, design, points, histories, list_file)
        try:
            chosen = _workers(workers, cluster)
            sim = load(scenario)
            plan = make_plan(sim, over)
            if dry_run:
                _estimate(plan, part, as_json)
                return
            suffix = "-{}-of-{}".format(*part) if part[1] > 1 else ""
            folder = out or Path("results", f"{sim.scenario.name}-sweep{suffix}")
            with _told_to_stop(folder), _progress() as (started, progress):
                report = run(
                    plan, folder, histories=histories, resume=resume, extend=extend or 0,
                    shard=part, workers=chosen, started=started, progress=progress,
                    show=partial(contents, pictures=not no_pictures),
                )  # fmt: skip
        except SweepError as error:
            raise BadInputError(error) from error
        tell(report, as_json)


def _over(
    vary: list[str] | None,
    design: Design | None,
    points: int | None,
    histories: int | None,
    list_file: Path | None,
) -> dict[str, Any]:
    """What the command line says, as keys of the `[sweep]` table."""
    spans: dict[str, str] = {}
    for text in vary or []:
        name, equals, span = (part.strip() for part in text.rpartition("="))
        if not equals or not name or not span:
            raise BadInputError(f'--vary "{text}": allowed: NAME=low:high[:n] or NAME=a,b,c')
        if name in spans:
            raise BadInputError(f'--vary "{text}": {name} is there twice')
        spans[name] = span
    file = None
    if list_file is not None:
        if design not in (None, Design.LIST):
            raise BadInputError(f"--list and --design {design.value} exclude each other")
        design, file = Design.LIST, str(list_file.absolute())
    given = {
        "vary": spans or None, "design": design and design.value, "points": points,
        "histories": histories, "file": file,
    }  # fmt: skip
    return {key: value for key, value in given.items() if value is not None}


def _part(shard: str | None) -> tuple[int, int]:
    i, _, n = (shard or "1/1").partition("/")
    if not (i + n).isascii() or not i.isdigit() or not n.isdigit() or not 1 <= int(i) <= int(n):
        raise BadInputError(f'--shard "{shard}": allowed: I/N, with I from 1 to N (such as 2/8)')
    return int(i), int(n)


def _workers(count: int | None, address: str | None) -> "Workers":
    from ..analysis.sweep import workers

    if count is not None and address is not None:
        raise BadInputError("--workers or --cluster, not both")
    if address is not None:
        return workers.cluster(address)
    return workers.processes(count) if count is not None else workers.here


def _estimate(plan: "Plan", part: tuple[int, int], as_json: bool) -> None:
    import json

    from ..analysis.sweep.work import estimate

    result = estimate(plan, part)
    if as_json:
        typer.echo(json.dumps(result, indent=2))
        return
    for name, number in result.items():
        about = "  (about)" if name in ("seconds", "bytes") else ""
        typer.echo(f"{name.capitalize():<12}{number:>14,}{about}")
    typer.echo("Nothing was written.")


@contextmanager
def _told_to_stop(folder: Path) -> Iterator[None]:
    """Say what is saved when the command is stopped."""
    try:
        yield
    except KeyboardInterrupt:
        from ..report.text import clean

        begun = (folder / "manifest.json").is_file()
        said = "What was done is saved" if begun else "Nothing was written"
        typer.echo(
            f"Interrupted. {said}: the same command with --resume goes on in {clean(folder)}.",
            err=True,
        )
        raise typer.Exit(INTERRUPTED) from None


@contextmanager
def _progress() -> Iterator[tuple[Callable[[int, int], None], Callable[[int], None]]]:
    """Show how far it is: a bar on a terminal, else a line every half minute."""
    from contextlib import ExitStack

    begin = spoken = time.monotonic()
    done = total = 0
    move: Callable[[int], None] | None = None
    with ExitStack() as stack:

        def started(histories: int, kept: int) -> None:
            nonlocal total, move
            total = histories
            if kept:
                typer.echo(f"{kept:,} chunks are done already.", err=True)
            move = stack.enter_context(bar("histories", histories))

        def progress(more: int) -> None:
            nonlocal done, spoken
            done, now = done + more, time.monotonic()
            if move:
                move(more)
            elif now - spoken >= _SPEAK_EVERY:
                spoken, rate = now, done / (now - begin)
                left = f"{rate:,.0f} a second, {(total - done) / rate:,.0f} s left"
                typer.echo(f"{done:,} of {total:,} histories, {left}", err=True)

        yield started, progress


def tell(report: "Report", as_json: bool) -> None:
    """Print what was found; exit status 1 if some points failed."""
    import json

    from ..report.sweep import lines
    from ..report.text import clean

    folder = clean(report.folder)
    if report.findings is not None and as_json:
        content = {**report.findings.as_json(), "results": str(report.folder)}
        typer.echo(json.dumps(content, indent=2, sort_keys=True, allow_nan=False))
    elif report.findings is not None:
        typer.echo("\n".join(lines(report.findings)))
    if not as_json:
        replaced = f", {len(report.damaged)} of them again" if report.damaged else ""
        chunks = f"{report.done:,} chunk{'s' * (report.done != 1)}"
        typer.echo(f"{chunks} done now{replaced}. Results: {folder}")
    if report.failures:
        first = min(report.failures)
        typer.echo(
            f"{len(report.failures):,} points failed and are left out (see {folder}/summary.json);"
            f" point {first}: {clean(report.failures[first])}",
            err=True,
        )
        raise typer.Exit(FAILED)
