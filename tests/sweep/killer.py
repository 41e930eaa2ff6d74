"""Kill sweeps at random moments, resume them, and compare what comes out: a program.

    python killer.py FOLDER KILLS SEED

It forks, so that the libraries load once, and never makes a history itself: a process that has
started threads must not be forked. It prints how many kills hit a sweep at work.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

from alliance_cohesion.sweep import make_plan, sweep

from .sweeps import contents, starter

VARY = {"b_D": "1:6:6", "event:coast-2003.days": "-90:90:4"}


def draw(findings) -> dict[str, bytes]:
    """What stands for pictures, which would take most of the time."""
    return {"table.html": findings.table.to_html().encode()}


def at_work(folder: Path, plan, after: float | None = None) -> tuple[bool, float]:
    """Do or resume the sweep in a child, killed `after` seconds; whether it ended, and when."""
    begin = time.monotonic()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            sweep(plan, folder, resume=True, draw=draw)
            status = 0
        finally:
            os._exit(status)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status)
    if not killed and os.WEXITSTATUS(status):
        raise SystemExit("a resumed sweep failed")
    return not killed, time.monotonic() - begin


def main(folder: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    case = starter(folder)
    plan = make_plan(case, vary=VARY, histories=20)
    _, duration = at_work(folder / "undisturbed", plan)
    expected = contents(folder / "undisturbed")
    done = sweeps = 0
    while done < kills:
        sweeps += 1
        out = folder / f"killed-{sweeps}"
        for _ in range(chance.randint(2, 5)):
            ended, _ = at_work(out, plan, chance.uniform(0.0, duration))
            done += not ended
        at_work(out, plan)
        found = contents(out)
        different = [n for n in {*expected, *found} if expected.get(n) != found.get(n)]
        if different:
            raise SystemExit(f"different after {done} kills: {different}")
    print(f"{done} kills in {sweeps} sweeps of {duration:.2f} s: the same bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
