"""Run the calibration's tasks side by side, keep every result, go on where it stopped."""

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import as_completed
from pathlib import Path
from typing import Any

from ..simulation import load
from ..util.processes import workers as several_workers
from ..util.put import put
from . import study as tasks
from .posterior import made_from

Progress = Callable[[int, int, str], None]
"""Called with tasks done, tasks in all, and the name of the last one."""

_bench: tasks.Bench | None = None


def _prepare(bench: tasks.Bench) -> None:
    global _bench
    _bench = bench


def _do(name: str, number: int) -> dict[str, Any]:
    assert _bench is not None
    result: dict[str, Any] = getattr(tasks, name)(_bench, number)
    return result


def stamp(bench: tasks.Bench) -> str:
    """Hash of all that a task's result depends on."""
    parts = made_from(load(bench.scenario).scenario.files) | {
        "live": str(bench.live),
        "live_many": str(bench.live_many),
        "seed": str(bench.seed),
    }
    room = Path(__file__).parent
    for path in sorted(room.glob("*.py")):
        if path.name not in ("figures.py", "bench.py", "page.py"):
            parts[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def run(
    bench: tasks.Bench,
    plan: list[tuple[str, int]],
    folder: Path,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Do the tasks of a plan, those that `folder` has results of excepted.

    Args:
        bench: What every task starts from.
        plan: Names of functions in `tasks`, and their numbers.
        folder: Where results are kept, one file a task; stale ones are done again.
        workers: Processes (one a core by default).
        progress: Told of every task that is done.

    Yields:
        Name, number and result of each task, kept ones first.

    Raises:
        LostWorkerError: a worker process died.
    """
    folder = folder / stamp(bench)
    done = 0
    missing = []
    for name, number in plan:
        path = folder / f"{name}-{number}.json"
        kept = _kept(path)
        if kept is None:
            missing.append((name, number, path))
        else:
            done += 1
            yield name, number, kept
    if progress:
        progress(done, len(plan), "kept results")
    if not missing:
        return
    with several_workers(workers, _prepare, bench) as pool:
        futures = {
            pool.submit(_do, name, number): (name, number, path) for name, number, path in missing
        }
        for future in as_completed(futures):
            name, number, path = futures[future]
            result = future.result()
            put(path, json.dumps(result, sort_keys=True).encode())
            done += 1
            if progress:
                progress(done, len(plan), f"{name} {number}")
            yield name, number, result


def _kept(path: Path) -> dict[str, Any] | None:
    """A task's result, or None if it has none or its file is not whole."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) else None
