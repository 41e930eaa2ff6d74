"""Run the calibration's tasks side by side, keep every result, go on where it stopped."""

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numba

from ..case import load
from . import tasks
from .posterior import made_from

Progress = Callable[[int, int, str], None]
"""Called with tasks done, tasks in all, and the name of the last one."""

_SPAWN = get_context("spawn")  # a fork of a process with running threads may hang or die

_bench: tasks.Bench | None = None


def _prepare(bench: tasks.Bench) -> None:
    global _bench
    numba.set_num_threads(1)
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
    """
    folder = folder / stamp(bench)
    folder.mkdir(parents=True, exist_ok=True)
    done = 0
    missing = []
    for name, number in plan:
        path = folder / f"{name}-{number}.json"
        if path.exists():
            done += 1
            yield name, number, json.loads(path.read_text(encoding="utf-8"))
        else:
            missing.append((name, number, path))
    if progress:
        progress(done, len(plan), "kept results")
    if not missing:
        return
    with ProcessPoolExecutor(workers, _SPAWN, _prepare, (bench,)) as pool:
        futures = {
            pool.submit(_do, name, number): (name, number, path) for name, number, path in missing
        }
        try:
            for future in as_completed(futures):
                name, number, path = futures[future]
                result = future.result()
                aside = path.with_suffix(".part")
                aside.write_text(json.dumps(result, sort_keys=True), encoding="utf-8")
                aside.replace(path)
                done += 1
                if progress:
                    progress(done, len(plan), f"{name} {number}")
                yield name, number, result
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
