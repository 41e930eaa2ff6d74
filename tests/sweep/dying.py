"""A sweep one of whose worker processes is killed: a program.

python dying.py SCENARIOS FOLDER
"""

import os
import signal
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from alliance_cohesion.analysis.sweep import SweepError, sweep
from alliance_cohesion.analysis.sweep.workers import processes
from tests.sweep.sweeps import plan


def kill_a_worker(folder: Path) -> None:
    """Wait for the first chunk, then kill one of this process's children."""
    import multiprocessing

    while not list(folder.glob("chunks/*.parquet")):
        time.sleep(0.01)
    pid = multiprocessing.active_children()[0].pid
    assert pid
    os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    scenarios, out = Path(sys.argv[1]), Path(sys.argv[2])
    threading.Thread(target=kill_a_worker, args=(out,), daemon=True).start()

    def slowly(job, tasks):
        """Two processes that are given time to be killed."""
        yield from processes(2)(job, (time.sleep(0.2) or task for task in tasks))

    try:
        sweep(plan(scenarios), out, workers=slowly)
    except SweepError as error:
        sys.exit(str(error))
