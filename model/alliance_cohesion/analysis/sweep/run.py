"""Run a sweep in a folder, or merge its shards: what is missing is done, the rest is left."""

import contextlib
import errno
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...util.lock import locked
from ...util.put import ASIDE, CLOSED, FULL
from .folder import (
    CHUNKS,
    MANIFEST,
    POINTS,
    Folder,
    as_text,
    begun,
    exists,
    file_hash,
    opened,
    scenario_files,
)
from .plan import Plan
from .results import OUTCOMES, WIDE, Findings, find
from .work import SweepError, Task, job
from .workers import Workers, here

Show = Callable[[Findings, dict[str, Any]], dict[str, bytes]]
"""Report and pictures from the findings and the folder's manifest: contents by file name."""


@dataclass
class Report:
    """What a call has done."""

    folder: Path
    done: int = 0
    """Chunks done now."""
    kept: int = 0
    """Chunks that were there."""
    missing: int = 0
    """Chunks that are in none of the shards merged."""
    damaged: list[Path] = field(default_factory=list)
    """Files that were damaged, or had failed points, and were replaced."""
    failures: dict[int, str] = field(default_factory=dict)
    """Points that could not be simulated, and why."""
    findings: Findings | None = None
    """None of a shard, or of shards of which some are missing."""


def sweep(
    plan: Plan,
    folder: Path | str,
    *,
    histories: int | None = None,
    resume: bool = False,
    extend: int = 0,
    shard: tuple[int, int] = (1, 1),
    workers: Workers = here,
    started: Callable[[int, int], None] | None = None,
    progress: Callable[[int], None] | None = None,
    show: Show | None = None,
) -> Report:
    """Do a sweep, or what is missing of it.

    Args:
        plan: What to do.
        folder: Where to.
        histories: At each point, if that was asked for: a sweep that was begun must agree.
        resume: Go on with what a stopped process left (or begin, if nothing is there).
        extend: Histories to add at each point of a complete sweep.
        shard: Do every n-th chunk from the i-th on, (i, n).
        workers: Who does the chunks.
        started: Called with the histories to do, and the chunks that are done already.
        progress: Called with the number of histories done since the last call.
        show: Makes the report and the pictures.

    Raises:
        SweepError: the folder holds something else, or cannot be written.
        LockedError: another process is at work there.
    """
    path = Path(folder)
    with _held(path, resume or extend > 0):
        if exists(path):
            there = opened(path)
            there.refuse_another(plan.as_json, histories or there.histories[-1])
            if there.shard != shard:
                raise SweepError(
                    f"{path}: holds shard {'{}/{}'.format(*there.shard)}; choose another --out"
                )
            if extend and not all(map(there.has, there.chunks())):
                raise SweepError(f"{path}: is unfinished; finish it with --resume, then extend it")
            more = [there.histories[-1] + extend] if extend else []
            there.save(
                scenario_files(plan),
                histories=[*there.histories, *more],
                interest=plan.interest,
                complete=there.manifest["complete"] and not extend,
            )
        else:
            there = begun(path, plan, shard)
        report = _fill(there, plan, workers, started, progress)
        if there.shard == (1, 1):
            _finish(there, report, show)
        else:
            there.save(complete=True)
        return report


def merge(shards: Sequence[Path], folder: Path, *, show: Show | None = None) -> Report:
    """Copy the chunks of shards into one folder, and finish the sweep if none is missing.

    What is in the folder already stays, so shards can be merged as they come.

    Args:
        shards: Their folders.
        folder: Where to.
        show: Makes the report and the pictures.

    Raises:
        SweepError: they are not of one sweep, or cannot be read.
        LockedError: another process is at work in the folder.
    """
    sources = [opened(shard) for shard in shards]
    first = sources[0]
    for source in sources:
        source.refuse_another(first.plan, first.histories[-1])
        first.refuse_another(source.plan, source.histories[-1])
    with _held(folder, True):
        if exists(folder):
            target = opened(folder)
            target.refuse_another(first.plan, first.histories[-1])
        else:
            target = Folder(folder, dict(first.manifest))
            files = [first.path / POINTS, *sorted((first.path / "scenario").rglob("*"))]
            contents = {
                f.relative_to(first.path).as_posix(): f.read_bytes() for f in files if f.is_file()
            }
            target.save(contents, shard=[1, 1], complete=False, files={})
        report = Report(folder)
        for chunk in target.chunks():
            having = [f for f in (target, *sources) if f.place(chunk).exists()]
            result = next((f for f in having if f.has(chunk)), next(iter(having), None))
            if result is None:
                report.missing += 1
            elif result is target:
                report.kept += 1
            else:
                target.write(result.read(chunk))
                report.done += 1
        if not report.missing:
            _finish(target, report, show)
        return report


@contextlib.contextmanager
def _held(folder: Path, going_on: bool) -> Iterator[None]:
    """Lock a folder that holds nothing but this program's sweep; say what a disk refuses."""
    try:
        names = [path.name for path in folder.iterdir()] if folder.exists() else []
        if MANIFEST in names and not going_on:
            complete = opened(folder).manifest["complete"]
            state = "a complete" if complete else "an unfinished"
            todo = "--extend N adds histories" if complete else "--resume goes on with it"
            raise SweepError(f"{folder}: holds {state} sweep; {todo}, --out takes another place")
        ours = (MANIFEST, "scenario", POINTS, CHUNKS)
        if MANIFEST not in names and any(n not in ours and n[0] != "." for n in names):
            raise SweepError(
                f"{folder}: is not empty and no sweep (it has no {MANIFEST}); "
                "choose another place with --out, or empty it first"
            )
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            for draft in folder.rglob(f".*{ASIDE}"):  # of a process that was killed
                draft.unlink(missing_ok=True)
            yield
    except OSError as error:
        raise SweepError(f"{error.filename or folder}: {_why(error)}") from error


def _why(error: OSError) -> str:
    """What is wrong with a file, and what to do."""
    if error.errno in FULL:
        return "the disk is full. Make room and give the same command with --resume"
    if error.errno in CLOSED:
        return f"cannot be written ({error.strerror}). Choose another place with --out"
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return "is a file. Choose another place with --out"
    return error.strerror or str(error)


def _fill(
    folder: Folder,
    plan: Plan,
    workers: Workers,
    started: Callable[[int, int], None] | None,
    progress: Callable[[int], None] | None,
) -> Report:
    chunks = folder.chunks()
    wanted = [chunk for chunk in chunks if not folder.has(chunk)]
    report = Report(folder.path, kept=len(chunks) - len(wanted))
    report.damaged = [place for place in map(folder.place, wanted) if place.exists()]
    if started:
        started(sum(chunk.histories for chunk in wanted), report.kept)
    tasks: Iterator[Task] = ((chunk, plan.points[chunk.first : chunk.last]) for chunk in wanted)
    with contextlib.closing(workers(job(plan), tasks)) as results:  # type: ignore[type-var]
        for result in results:
            folder.write(result)
            report.done += 1
            report.failures |= result.failures
            if progress:
                progress(result.chunk.histories)
    return report


def _finish(folder: Folder, report: Report, show: Show | None) -> None:
    """Add up, analyse, draw; the folder is complete after it."""
    findings = report.findings = find(folder)
    report.failures = findings.failures
    contents = {"summary.json": as_text(findings.as_json())}
    contents |= show(findings, folder.manifest) if show else {}
    folder.save(contents)
    names = [OUTCOMES, WIDE, POINTS, *contents]
    hashes = {name: file_hash(folder.path / name) for name in names}
    folder.save(complete=True, files=hashes)
