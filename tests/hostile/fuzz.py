"""Thousands of hostile inputs: `python -m tests.hostile.fuzz --cases 10000 --seed 1`.

Each case spoils one sound thing and gives it to a command, in a worker process that is watched
from outside: it is ended when it takes too long or too much memory, and another one begins.
Prints how the cases ended, by kind; the exit status is 1 if any did what none may.
"""

import argparse
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from . import ground
from .runner import MOST_MEMORY, MOST_SECONDS

_WALL = 300.0  # seconds; the machine may be busy with other things


class Worker:
    """A process that runs cases one by one."""

    def __init__(self, seed: int, sound: Path, place: Path):
        self._words = [sys.executable, "-m", "tests.hostile.worker", str(seed), str(sound)]
        self._place, self._lives = place, 0
        self._begin()

    def _begin(self) -> None:
        self._lives += 1
        words = [*self._words, str(self._place / str(self._lives))]
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join((str(Path.cwd()), os.environ.get("PYTHONPATH", ""))),
            "PYTHONFAULTHANDLER": "1",
        }
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
        )
        self._watched = psutil.Process(self._process.pid)

    def do(self, number: int) -> dict[str, Any]:
        """Run a case; the worker is ended and begun anew if the case does not end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{number}\n")
        self._process.stdin.flush()
        begin, used = time.monotonic(), self._seconds()
        wrong = ""
        while not select.select([self._process.stdout], [], [], 0.05)[0]:
            if self._seconds() - used > 2 * MOST_SECONDS or time.monotonic() - begin > _WALL:
                wrong = "does not end"
            elif self._watched.memory_info().rss > 2 * MOST_MEMORY:
                wrong = "fills the memory"
            if wrong:
                break
        line = "" if wrong else self._process.stdout.readline()
        if line:
            found: dict[str, Any] = json.loads(line)
            return found
        self.end()
        self._begin()
        wrong = wrong or "ended the process"
        return {"number": number, "kind": "?", "command": [], "status": -1, "wrong": wrong,
                "said": "", "seconds": time.monotonic() - begin, "memory": 0}  # fmt: skip

    def _seconds(self) -> float:
        times = self._watched.cpu_times()
        return float(times.user + times.system)

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()


def outcomes(seed: int, numbers: range, folder: Path) -> Iterator[dict[str, Any]]:
    """Run cases in a folder, and give what became of each."""
    sound, here = folder / "sound", Path.cwd()
    sound.mkdir()
    os.chdir(sound)
    try:
        ground.lay(sound)
    finally:
        os.chdir(here)
    worker = Worker(seed, sound, folder)
    try:
        for number in numbers:
            yield worker.do(number)
    finally:
        worker.end()


def table(found: list[dict[str, Any]]) -> str:
    """Counts by kind: run, refused, wrong; and the worst of time and memory."""
    lines = [f"{'kind':20} {'cases':>6} {'run':>6} {'refused':>8} {'wrong':>6} {'s':>6} {'MB':>6}"]
    kinds = Counter(one["kind"] for one in found)
    for kind in [*sorted(kinds), ""]:
        own = [one for one in found if kind in ("", one["kind"])]
        wrong = sum(bool(one["wrong"]) for one in own)
        run = sum(not one["wrong"] and one["status"] == 0 for one in own)
        seconds = max(one["seconds"] for one in own)
        memory = max(one["memory"] for one in own) / 2**20
        lines.append(
            f"{kind or 'all':20} {len(own):6,} {run:6,} {len(own) - run - wrong:8,} {wrong:6,} "
            f"{seconds:6.1f} {memory:6.0f}"
        )
    return "\n".join(lines)


def main() -> int:
    """Run cases and say how they ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--limit", type=int, default=30, help="wrong cases to print")
    given = parser.parse_args()
    numbers = range(given.first, given.first + given.cases)
    begin, found = time.monotonic(), []
    with tempfile.TemporaryDirectory() as folder:
        for one in outcomes(given.seed, numbers, Path(folder)):
            found.append(one)
            if len(found) % 500 == 0:
                print(f"{len(found):,} cases, {time.monotonic() - begin:,.0f} s", file=sys.stderr)
            if one["wrong"] and sum(bool(o["wrong"]) for o in found) <= given.limit:
                print(f"case {one['number']} ({one['kind']}) {one['command']}: {one['wrong']}")
                print(f"    {one['said'].strip()[:500]}", flush=True)
    print(table(found))
    print(f"{len(found):,} cases, seed {given.seed}, {time.monotonic() - begin:,.0f} s")
    return int(any(one["wrong"] for one in found))


if __name__ == "__main__":
    sys.exit(main())
