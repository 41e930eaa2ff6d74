"""Who does the chunks: this process, several processes, or a Dask cluster (`cluster`)."""

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait

from ...util.processes import LostWorkerError
from ...util.processes import workers as several_workers
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
        waiting: set[Future[Result]] = set()
        try:
            with several_workers(count, _begin, job) as pool:
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
        except LostWorkerError as error:
            raise SweepError(
                f"{error}; what was done is kept: give the same command with --resume"
            ) from error

    return several


def _begin(job: Job) -> None:
    global _job
    _job = job


def _do(task: Task) -> Result:
    assert _job is not None
    return do(_job, *task)
