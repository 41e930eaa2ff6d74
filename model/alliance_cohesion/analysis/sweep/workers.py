"""Who does the chunks: this process, several processes, or a Dask cluster."""

import asyncio
import importlib.util
from collections.abc import Callable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Future,
    ThreadPoolExecutor,
    wait,
)
from typing import Any

from ...util.processes import LostWorkerError
from ...util.processes import workers as pool_of
from .work import Job, Result, SweepError, Task, do

Workers = Callable[[Job, Iterator[Task]], Iterator[Result]]
"""Takes tasks as they are wanted and gives results in any order."""

PATIENCE = 15  # seconds to wait for an answer of the scheduler
FIRST_WORKER = 60  # seconds to wait for its first worker
_AHEAD = 3  # tasks handed out per worker, so that none waits
_KEPT = "what was done is saved: give the same command with --resume"
_job: Job | None = None  # of a worker process


def here(job: Job, tasks: Iterator[Task]) -> Iterator[Result]:
    """One chunk after the other in this process, each on all cores."""
    for task in tasks:
        yield do(job, task, None)


def processes(count: int) -> Workers:
    """So many processes of one thread each."""

    def several(job: Job, tasks: Iterator[Task]) -> Iterator[Result]:
        try:
            with pool_of(count, _begin, job) as pool:
                yield from _spread(lambda task: pool.submit(_do, task), count, tasks)
        except LostWorkerError as error:
            raise SweepError(f"{error}; {_KEPT}") from error

    return several


def _begin(job: Job) -> None:
    global _job
    _job = job


def _do(task: Task) -> Result:
    assert _job is not None
    return do(_job, task)


def _spread(
    submit: Callable[[Task], "Future[Result]"], workers: int, tasks: Iterator[Task]
) -> Iterator[Result]:
    """Hand out tasks, a few ahead for each worker; give results as they come."""
    waiting: set[Future[Result]] = set()
    for task in tasks:
        waiting.add(submit(task))
        if len(waiting) >= _AHEAD * workers:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
    while waiting:
        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        yield from (future.result() for future in done)


def cluster(address: str, patience: float = PATIENCE, first: float = FIRST_WORKER) -> Workers:
    """The workers of a Dask scheduler.

    They need the same sources of this program, which is checked, and none of the scenario's
    files. This process writes all results.

    Args:
        address: Such as `tcp://127.0.0.1:8786`.
        patience: Seconds to wait for an answer of the scheduler.
        first: Seconds to wait for its first worker.

    Raises:
        SweepError: Dask is not installed.
    """
    if importlib.util.find_spec("distributed") is None:
        raise SweepError("--cluster needs Dask: pip install 'alliance-cohesion[cluster]'")

    def on_cluster(job: Job, tasks: Iterator[Task]) -> Iterator[Result]:
        from distributed import Client
        from distributed.scheduler import KilledWorker

        try:
            # In a thread of its own: in a notebook this thread has a running event loop.
            with ThreadPoolExecutor(1) as apart:
                apart.submit(asyncio.run, _look(address, patience)).result()
            client = Client(address, timeout=patience, set_as_default=False)
        except Exception as error:  # whatever answers there may send anything
            reason = str(error) or f"no answer within {patience:g} s"
            raise SweepError(f"{address}: no Dask scheduler answers there ({reason})") from error
        try:
            client.wait_for_workers(1, timeout=first)
        except TimeoutError as error:
            client.close(timeout=5)
            raise SweepError(f"{address}: the scheduler has no workers") from error
        try:
            # A task, not scattered data: it is made again when its only holder dies.
            sent = client.submit(_given, job, pure=False)
            pool = client.get_executor(pure=False)
            threads = sum(client.nthreads().values())
            yield from _spread(lambda task: pool.submit(do, sent, task), threads, tasks)
        except (KilledWorker, CancelledError, OSError, TimeoutError) as error:
            raise SweepError(
                f"{address}: the scheduler was lost, or workers died again and again at one chunk "
                f"(killed, or out of memory); {_KEPT}"
            ) from error
        except (AttributeError, ImportError, TypeError) as error:
            raise SweepError(
                f"{address}: a worker cannot do this job; has it another version of the program? "
                f"({error}); {_KEPT}"
            ) from error
        finally:
            client.close(timeout=5)

    return on_cluster


async def _look(address: str, patience: float) -> None:
    """Ask what answers at an address; Dask's own client may wait for ever."""
    from distributed.core import rpc
    from distributed.security import Security

    async def identity() -> Any:
        security = Security().get_connection_args("client")
        async with rpc(address, connection_args=security) as there:
            return await there.identity()

    result = await asyncio.wait_for(identity(), patience)
    if result.get("type") != "Scheduler":
        raise ValueError(f"a {result.get('type')} answers")


def _given(job: Job) -> Job:
    return job
