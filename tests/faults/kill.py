"""Kill commands at random moments, look at what is there, give them again: a program.

    python -m tests.faults.kill --kills 100 --seed 1 [--only JOB ...]

Exit status 1 if anything was half-written, lost, or different when made again.
"""

import argparse
import importlib
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

import psutil

from alliance_cohesion.util.put import ASIDE

from .child import at_work
from .jobs import OUT, Contents, Job, contents, jobs

HEAVY = (
    "analysis.compare", "analysis.counterfactual", "analysis.explain", "analysis.sweep", "cli",
    "inference.study", "report.compare", "report.counterfactual", "report.figures_run",
    "report.run",
)  # fmt: skip
"""What the children need, loaded once."""

_REPLACES = 0.75  # share of rounds in which there are older results


class Wrong(Exception):  # noqa: N818 - it names what was found
    """A promise that does not hold."""


def torment(job: Job, kills: int, place: Path, chance: random.Random) -> str:
    """Kill a job so many times, giving it again after one to three; a line about it.

    Raises:
        Wrong: something was half-written, lost, or different when made again.
    """
    first, second, here = (place / job.name / name for name in ("older", "newer", "killed"))
    if job.older:
        at_work(first, job.older)
    at_work(second, job.work)
    shutil.rmtree(second)  # what the libraries keep for later is there now
    _, duration = at_work(second, job.work)
    older, newer = contents(first / OUT) if job.older else {}, contents(second / OUT)
    if older == newer:
        raise Wrong(f"{job.name}: the older results cannot be told from the new ones")
    done = rounds = 0
    while done < kills:
        rounds += 1
        shutil.rmtree(here, ignore_errors=True)
        begin: Contents = {}
        if job.older and chance.random() < _REPLACES:
            shutil.copytree(first / OUT, here / OUT)
            begin = older
        for _ in range(min(chance.randint(1, 3), kills - done)):
            ended, _ = at_work(here, job.work, chance.uniform(0.0, duration))
            done += not ended
            if found := job.wrong(here / OUT, begin, newer):
                raise Wrong(f"{job.name}, kill {done}: {found}")
        at_work(here, job.work)
        now = contents(here / OUT)
        different = [name for name in {*newer, *now} if newer.get(name) != now.get(name)]
        if different:
            raise Wrong(f"{job.name}: made again after {done} kills, different: {different}")
        # A draft has a hidden random name: a kill may leave one, and nothing takes it for results.
        left = {path.name for path in here.iterdir() if path.suffix != ASIDE} - {OUT.name}
        if left:
            raise Wrong(f"{job.name}: left behind after {done} kills: {left}")
    _none_outlives_us()
    return f"{job.name:<15}{done:>4} kills in {rounds:>3} rounds of {duration:5.2f} s: equal bytes"


def _none_outlives_us() -> None:
    """Workers of a killed command end within seconds."""
    end = time.monotonic() + 10.0
    while strays := [p for p in psutil.process_iter() if _works_for_the_dead(p)]:
        if time.monotonic() > end:
            raise Wrong(f"workers live on: {[process.pid for process in strays]}")
        time.sleep(0.2)


def _works_for_the_dead(process: psutil.Process) -> bool:
    try:
        return (
            process.ppid() == 1
            and process.status() != psutil.STATUS_ZOMBIE
            and any("spawn_main" in word for word in process.cmdline())
            and process.cwd() == str(Path.cwd())
        )
    except psutil.Error:
        return False


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill commands at random moments.")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", metavar="JOB", help="these jobs only")
    asked = parser.parse_args()
    for name in HEAVY:
        importlib.import_module(f"alliance_cohesion.{name}")
    chance = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as place:
        every = jobs(Path(place))
        chosen = [job for job in every if not asked.only or job.name in asked.only]
        whole = sum(job.share for job in chosen)
        done = 0
        for k, job in enumerate(chosen):
            rest = asked.kills - done
            kills = rest if k == len(chosen) - 1 else round(asked.kills * job.share / whole)
            try:
                print(torment(job, min(kills, rest), Path(place), chance), flush=True)
            except Wrong as wrong:
                print(wrong)
                return 1
            done += min(kills, rest)
    print(f"{done} kills: nothing half-written, nothing lost, equal bytes when made again")
    return 0


if __name__ == "__main__":
    sys.exit(main())
