"""Who does the chunks: this process, several processes, or a Dask cluster (`cluster`)."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from .store import SweepError
from .work import Job, Result, Task, do

Workers = Callable[[Job, Iterator[Task]], Iterator[Result]]
"""Takes tasks as they are wanted and gives results in any order."""

AHEAD = 3  # tasks handed out for each worker, so that none waits
_job: Job | None = None  # of a worker process


def here(job: Job, tasks: Iterator[Task]) -> Iterator[Result]:
    """One chunk after the other in this process, each on all its threads."""
    for chunk, point in tasks:
        yield do(job, chunk, point)


def processes(count: int) -> Workers:
    """So many processes of one thread each."""

    def several(job: Job, tasks: Iterator[Task]) -> Iterator[Result]:
        pool = ProcessPoolExecutor(
            count, get_context("spawn"), initializer=_begin, initargs=(job, os.getpid())
        )
        waiting: set[Future[Result]] = set()
        try:
            more = True
            while more or waiting:
                while more and len(waiting) < AHEAD * count:
                    task = next(tasks, None)
                    if task is None:
                        more = False
                    else:
                        waiting.add(pool.submit(_do, task))
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        except BrokenProcessPool as error:
            raise SweepError(
                "a worker process died (killed, or out of memory); what was done is kept: give "
                "the same command with --resume"
            ) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    return several


def _begin(job: Job, parent: int) -> None:
    """Prepare a worker process: one thread, Ctrl-C left to the parent, no life without it."""
    global _job
    import numba

    _job = job
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    numba.set_num_threads(1)
    threading.Thread(target=_die_with, args=(parent,), daemon=True).start()


def _die_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _do(task: Task) -> Result:
    assert _job is not None
    return do(_job, *task)
