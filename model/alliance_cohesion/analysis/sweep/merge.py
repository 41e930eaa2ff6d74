"""Put shards of one sweep together."""

from collections.abc import Sequence
from pathlib import Path

from ...util.lock import locked
from .plan import Plan
from .run import Report, Show, finish, missing
from .store import FAILED, Store, SweepError, as_text, create, exists, opened, put


def merge(
    plan: Plan,
    shards: Sequence[Path],
    folder: Path,
    *,
    show: Show | None = None,
    command: Sequence[str] = (),
) -> Report:
    """Copy the chunks of shards into one folder, and finish the sweep if none is missing.

    What is in the folder already stays: shards can be merged as they come.

    Args:
        plan: Of all of them, made anew from the scenario kept in the first.
        shards: Their folders.
        folder: Where to.
        show: Makes the pictures and the report.
        command: The command line, for the journal.

    Raises:
        SweepError: they are not of one sweep, or cannot be read.
        LockedError: another process is at work in the folder.
    """
    sources = [opened(shard) for shard in shards]
    first = sources[0]
    for source in sources:
        if source.plan != plan.digest:
            raise SweepError(f"{source.folder}: is of another sweep than {first.folder}")
        if source.parts != first.parts:
            raise SweepError(
                f"{source.folder}: has {source.parts[-1]:,} histories a point, {first.folder} "
                f"has {first.parts[-1]:,}; --extend the one that has fewer"
            )
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        target = _target(folder, plan, first)
        target.note(begin=list(command))
        wanted = missing(target, plan)
        report = Report(folder, len(wanted))
        for chunk in wanted:
            found = next((s for s in sources if s.has(chunk, len(plan.outcomes))), None)
            if found:
                put(target.path(chunk), found.path(chunk).read_bytes())
                report.done += 1
        for source in sources:
            for point, content in source.failures().items():
                put(folder / FAILED / f"{point:07d}.json", as_text(content))
        report.failures = target.failures()
        left = [c for c in missing(target, plan) if c.point not in report.failures]
        if not left:
            report.findings = finish(target, plan, show)
        target.note(end=f"{report.done} chunks, {len(left)} missing")
        report.kept = len(left)
        return report


def _target(folder: Path, plan: Plan, like: Store) -> Store:
    if exists(folder):
        target = opened(folder)
        if target.plan != like.plan or target.parts != like.parts or target.shard != (1, 1):
            raise SweepError(f"{folder}: holds another sweep; choose another place with --out")
        return target
    if any(path.name[0] != "." for path in folder.iterdir()):
        raise SweepError(f"{folder}: is not empty; choose another place with --out")
    return create(folder, plan, like.parts, (1, 1))
