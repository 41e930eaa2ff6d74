"""`cohesion sweep`: a scenario at many points of its inputs."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .guard import INTERRUPTED, BadInputError, guarded

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
How = Annotated[Design | None, typer.Option(help="[default: what the scenario says, or grid]")]
Points = Annotated[
    int | None,
    typer.Option(
        min=1, max=10**6, help="Of latin and sobol; base points (saltelli), trajectories (morris)."
    ),
]
Histories = Annotated[int | None, typer.Option(min=1, max=10**9, help="At each point.")]
Listed = Annotated[Path | None, typer.Option("--list", help="CSV of points: design list.")]
Out = Annotated[
    Path | None, typer.Option(help="Folder. [default: results/ and the scenario's name, -sweep]")
]
Resume = Annotated[bool, typer.Option("--resume", help="Do only what is missing.")]
Extend = Annotated[
    int | None, typer.Option(min=1, max=10**9, metavar="N", help="Add N histories at each point.")
]
Shard = Annotated[
    str | None, typer.Option(metavar="I/N", help="Do this part only; `cohesion merge` joins them.")
]
Processes = Annotated[
    int | None,
    typer.Option("--workers", min=1, max=1024, help="Processes. [default: threads of this one]"),
]
Cluster = Annotated[
    str | None, typer.Option(metavar="tcp://HOST:PORT", help="A Dask scheduler's address.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say how much there is to do; do nothing.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the summary as JSON, nothing else.")]
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
    """Run a scenario at many points of its inputs; nothing is lost when it is stopped."""
    with guarded():
        import sys
        from functools import partial

        from ..analysis.sweep import SweepError, make_plan
        from ..report.sweep_folder import contents
        from ..simulation import load
        from ..util.lock import LockedError

        over = _over(vary, design, points, histories, list_file)
        part = _part(shard)
        if workers is not None and cluster is not None:
            raise BadInputError("--workers or --cluster, not both")
        if resume and extend is not None:
            raise BadInputError("--resume or --extend, not both: resume first, then extend")
        case = load(scenario)
        plan = make_plan(case, **over)
        folder = out or _folder(case.scenario.name, part)
        if dry_run:
            _estimate(plan, part, as_json)
            return
        show = partial(contents, pictures=not no_pictures)
        with _told_to_stop(folder):
            try:
                report = _run(
                    plan, folder, _workers(workers, cluster), histories=histories, resume=resume,
                    extend=extend or 0, shard=part, show=show,
                    command=["cohesion", *sys.argv[1:]],
                )  # fmt: skip
            except (SweepError, LockedError) as error:
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
    over: dict[str, Any] = {}
    if vary:
        over["vary"] = {}
        for text in vary:
            name, equals, span = text.partition("=")
            if not equals or not name.strip() or not span.strip():
                raise BadInputError(f'--vary "{text}": allowed: NAME=low:high[:n] or NAME=a,b,c')
            if name.strip() in over["vary"]:
                raise BadInputError(f'--vary "{text}": {name.strip()} is there twice')
            over["vary"][name.strip()] = span.strip()
    if list_file is not None:
        if design not in (None, Design.LIST):
            raise BadInputError(f"--list and --design {design.value} exclude each other")
        over |= {"design": "list", "file": str(list_file.absolute())}
    elif design is not None:
        over["design"] = design.value
    given = {"points": points, "histories": histories}
    return over | {key: value for key, value in given.items() if value is not None}


def _part(shard: str | None) -> tuple[int, int]:
    if shard is None:
        return 1, 1
    i, slash, n = shard.partition("/")
    if not (slash and i.isascii() and n.isascii() and i.isdigit() and n.isdigit()) or not (
        1 <= int(i) <= int(n)
    ):
        raise BadInputError(f'--shard "{shard}": allowed: I/N, with I from 1 to N (such as 2/8)')
    return int(i), int(n)


def _folder(name: str, part: tuple[int, int]) -> Path:
    i, n = part
    return Path("results", f"{name}-sweep" + (f"-{i}-of-{n}" if n > 1 else ""))


def _workers(count: int | None, address: str | None) -> "Workers":
    from ..analysis.sweep import workers
    from ..analysis.sweep.cluster import cluster

    if address is not None:
        return cluster(address)
    return workers.processes(count) if count is not None else workers.here


def _estimate(plan: "Plan", part: tuple[int, int], as_json: bool) -> None:
    from dataclasses import asdict

    from ..analysis.sweep.estimate import estimate

    found = estimate(plan)
    n = part[1]
    if as_json:
        import json

        typer.echo(json.dumps(asdict(found), indent=2))
        return
    typer.echo(f"Points      {found.points:>14,}")
    typer.echo(f"Histories   {found.histories:>14,}  ({plan.histories:,} at each point)")
    typer.echo(f"Chunks      {found.chunks:>14,}" + (f"  (this shard: 1 in {n})" if n > 1 else ""))
    typer.echo(f"Seconds     {found.seconds / n:>14,.0f}  (about; one process on this machine)")
    typer.echo(f"Bytes       {found.bytes / n:>14,.0f}  (about)")
    typer.echo("Nothing was written.")


@contextmanager
def _told_to_stop(folder: Path) -> Iterator[None]:
    """Say what is safe when stopped."""
    try:
        yield
    except KeyboardInterrupt:
        from ..analysis.sweep.store import exists
        from ..report.text import clean

        said = "What was done is kept" if exists(folder) else "Nothing was written"
        typer.echo(
            f"Interrupted. {said}: the same command with --resume goes on in {clean(folder)}.",
            err=True,
        )
        raise typer.Exit(INTERRUPTED) from None


def _run(plan: "Plan", folder: Path, workers: "Workers", **settings: Any) -> "Report":
    from ..analysis.sweep import sweep as run

    shown = _Shown()
    try:
        return run(
            plan, folder, workers=workers, started=shown.start, progress=shown.advance, **settings
        )
    finally:
        shown.close()


class _Shown:
    """How far it is: a bar where somebody looks, else a line now and then."""

    def __init__(self) -> None:
        self.advance: Callable[[int], None] = lambda _: None
        self.close: Callable[[], None] = lambda: None

    def start(self, histories: int, kept: int) -> None:
        """Begin, now that it is known how much there is to do."""
        import sys

        if kept:
            typer.echo(f"{kept:,} chunks are done already.", err=True)
        if sys.stderr.isatty():
            self._bar(histories)
        else:
            self._lines(histories)

    def _bar(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            ProgressColumn,
            Task,
            TextColumn,
            TimeRemainingColumn,
        )
        from rich.text import Text

        class Rate(ProgressColumn):
            """Histories a second."""

            def render(self, task: Task) -> Text:
                """The last rate seen."""
                return Text(f"{task.speed:,.0f}/s" if task.speed else "")

        progress = Progress(
            TextColumn("histories"), BarColumn(), MofNCompleteColumn(), Rate(),
            TimeRemainingColumn(), console=Console(stderr=True), transient=True,
        )  # fmt: skip
        task = progress.add_task("", total=total)
        progress.start()
        self.advance = lambda done: progress.advance(task, done)
        self.close = progress.stop

    def _lines(self, total: int) -> None:
        begin = spoken = time.monotonic()
        done = 0

        def advance(more: int) -> None:
            nonlocal done, spoken
            done += more
            now = time.monotonic()
            if now - spoken >= _SPEAK_EVERY:
                spoken = now
                rate = done / (now - begin)
                left = (total - done) / rate
                typer.echo(
                    f"{done:,} of {total:,} histories, {rate:,.0f} a second, {left:,.0f} s left",
                    err=True,
                )

        self.advance = advance


def tell(report: "Report", as_json: bool) -> None:
    """Print what came out; exit status 1 if some points failed."""
    import json

    from ..report.text import clean

    folder = clean(report.folder)
    if report.findings is not None:
        if as_json:
            content = {**report.findings.as_json(), "results": str(report.folder)}
            typer.echo(json.dumps(content, indent=2, sort_keys=True, allow_nan=False))
        else:
            from ..report.sweep_table import lines

            for line in lines(report.findings):
                typer.echo(line)
    if not as_json:
        made = f", {len(report.damaged)} damaged ones made again" if report.damaged else ""
        typer.echo(f"{report.done:,} chunks done now{made}. Results: {folder}")
    if report.failures:
        first = report.failures[min(report.failures)]
        typer.echo(
            f"{len(report.failures):,} points failed and are left out (see {folder}/failed);"
            f" point {first['point']}: {clean(first['message'])}",
            err=True,
        )
        raise typer.Exit(FAILED)
