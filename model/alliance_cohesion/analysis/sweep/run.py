"""Run a sweep in a folder: what is missing is done, what is done is never done again."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...util.lock import locked
from .chunks import MOST_CHUNKS, Chunk, Failure, chunks, count
from .findings import Findings, find
from .plan import Plan
from .store import (
    MANIFEST,
    POINTS,
    Store,
    SweepError,
    as_text,
    create,
    exists,
    file_hash,
    keep,
    opened,
    put,
    why,
)
from .tables import COUNTS, OUTCOMES, WIDE, write_tables
from .work import Task, job
from .workers import Workers, here

Progress = Callable[[int], None]
Show = Callable[[Findings, dict[str, Any]], dict[str, bytes]]
"""Pictures and report of findings and the folder's manifest: contents by file name."""


@dataclass
class Report:
    """What a call has done."""

    folder: Path
    total: int
    """Chunks of this sweep (of this shard)."""
    done: int = 0
    """Of them, done now."""
    kept: int = 0
    """Of them, done before."""
    damaged: list[Path] = field(default_factory=list)
    """Files that were not whole and were made again."""
    failures: dict[int, dict[str, Any]] = field(default_factory=dict)
    findings: Findings | None = None
    """None of a shard, which only others complete."""


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
    progress: Progress | None = None,
    show: Show | None = None,
    command: Sequence[str] = (),
) -> Report:
    """Do a sweep, or what is missing of it.

    Args:
        plan: What to do.
        folder: Where; made if need be.
        histories: At each point, if that was asked for expressly: a sweep that was begun must
            agree.
        resume: Go on with what a stopped process left (or begin, if nothing is there).
        extend: Histories to add at each point of a sweep that is complete.
        shard: Do every n-th chunk from the i-th on, (i, n).
        workers: Who does the chunks.
        started: Told how many histories there are to do, and how many of all were done before.
        progress: Told of histories as they are done.
        show: Makes the pictures and the report.
        command: The command line, for the journal.

    Raises:
        SweepError: the folder is not as it must be, or cannot be written.
        LockedError: another process is at work there.
    """
    folder = Path(folder)
    fresh = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            _check(folder, resume or extend > 0)
            if exists(folder):
                store = opened(folder)
                _same(store, plan, shard, histories)
                store.tidy()
                keep(store.folder, plan)
                if extend:
                    _extend(store, plan, extend)
            else:
                store = create(folder, plan, [plan.histories], shard)
            store.note(begin=list(command))
            report = _fill(store, plan, workers, started, progress)
            if store.shard == (1, 1):
                report.findings = finish(store, plan, show)
            else:
                store.save(complete=True)
            store.note(end=f"{report.done} chunks")
            return report
    except OSError as error:
        raise SweepError(f"{error.filename or folder}: {why(error)}") from error
    finally:
        if fresh:
            with contextlib.suppress(OSError):
                folder.rmdir()  # if nothing was written


def missing(store: Store, plan: Plan) -> list[Chunk]:
    """The chunks of this sweep (or shard) that are not done.

    Raises:
        SweepError: they are more than a process can keep count of.
    """
    total = count(len(plan.points), store.parts, plan.chunk)
    if total > MOST_CHUNKS:
        raise SweepError(
            f"{store.folder}: {total:,} chunks; allowed: at most {MOST_CHUNKS:,}, so fewer points "
            "or fewer histories"
        )
    every = chunks(len(plan.points), store.parts, plan.chunk, store.shard)
    return [chunk for chunk in every if not store.has(chunk, len(plan.outcomes))]


def _fill(
    store: Store,
    plan: Plan,
    workers: Workers,
    started: Callable[[int, int], None] | None,
    progress: Progress | None,
) -> Report:
    wanted = missing(store, plan)
    total = sum(1 for _ in chunks(len(plan.points), store.parts, plan.chunk, store.shard))
    report = Report(store.folder, total, kept=total - len(wanted), damaged=store.damaged)
    if started:
        started(sum(chunk.histories for chunk in wanted), report.kept)
    failed: set[int] = set()
    names = [variable.name for variable in plan.variables]

    def tasks() -> Iterator[Task]:
        for chunk in wanted:
            if chunk.point not in failed:
                yield chunk, plan.points[chunk.point]

    if wanted:
        with contextlib.closing(workers(job(plan), tasks())) as results:  # type: ignore[type-var]
            for result in results:
                if isinstance(result, Failure):
                    failed.add(result.point)
                    store.fail(result, names, plan.points[result.point])
                    continue
                store.write(result)
                report.done += 1
                if progress:
                    progress(result.chunk.histories)
    for point in set(store.failures()) - failed:
        (store.folder / "failed" / f"{point:07d}.json").unlink()
    report.failures = store.failures()
    return report


def finish(store: Store, plan: Plan, show: Show | None) -> Findings:
    """Add up, analyse, draw; the folder is complete after it."""
    failures = store.failures()
    points = [point for point in range(len(plan.points)) if point not in failures]
    if not points:
        first = next(iter(failures.values()))["message"]
        raise SweepError(f"{store.folder}: every point failed; the first: {first}")
    means = write_tables(store, plan, points)
    findings = find(plan, means, store.parts[-1], list(failures.values()))
    files = [COUNTS, OUTCOMES, WIDE, POINTS, "summary.json"]
    put(store.folder / "summary.json", as_text(findings.as_json()))
    for name, content in (show(findings, store.manifest) if show else {}).items():
        put(store.folder / name, content)
        files.append(name)
    hashes = {name: file_hash(store.folder / name) for name in files}
    store.save(complete=True, files=hashes)
    return findings


def _check(folder: Path, going_on: bool) -> None:
    """Refuse a folder that holds something else than the caller expects."""
    if exists(folder):
        store = opened(folder)
        if not going_on:
            state = "a complete" if store.complete else "an unfinished"
            todo = "--extend N adds histories" if store.complete else "--resume goes on with it"
            raise SweepError(f"{folder}: holds {state} sweep; {todo}, --out takes another place")
        return
    foreign = [path.name for path in folder.iterdir()]
    foreign = [name for name in foreign if name not in ("scenario", POINTS) and name[0] != "."]
    if foreign:
        raise SweepError(
            f"{folder}: is not empty and no sweep (it has no {MANIFEST}); "
            "choose another place with --out, or empty it first"
        )


def _same(store: Store, plan: Plan, shard: tuple[int, int], histories: int | None) -> None:
    """Refuse to go on with another sweep than the one that was begun."""
    if store.plan != plan.digest:
        was, now = store.manifest.get("plan", {}), plan.as_json()
        other = [key for key in now if was.get(key) != now[key]]
        raise SweepError(
            f"{store.folder}: was begun with another plan (different: {', '.join(other)}); "
            "choose another place with --out"
        )
    if store.shard != shard:
        i, n = store.shard
        raise SweepError(f"{store.folder}: holds shard {i}/{n}; choose another --out")
    if histories is not None and histories not in store.parts:
        raise SweepError(
            f"{store.folder}: was made with {store.parts[-1]:,} histories a point, "
            f"not {histories:,}; --extend N adds some"
        )


def _extend(store: Store, plan: Plan, extra: int) -> None:
    if missing(store, plan):
        raise SweepError(f"{store.folder}: is unfinished; finish it with --resume, then extend it")
    store.save(histories=[*store.parts, store.parts[-1] + extra], complete=False)
