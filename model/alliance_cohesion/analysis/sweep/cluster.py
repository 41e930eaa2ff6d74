"""Hand chunks to a Dask scheduler: the same chunks, so the same bytes."""

import importlib.util
from collections.abc import Iterator
from typing import Any

from .store import SweepError
from .work import Job, Result, Task, do
from .workers import AHEAD, Workers

PATIENCE = 60  # seconds to wait for the scheduler, and for its first worker
_EXTRA = "--cluster needs Dask: pip install 'alliance-cohesion[cluster]'"


def cluster(address: str, patience: float = PATIENCE) -> Workers:
    """The workers of a Dask scheduler at `tcp://host:port`.

    Workers need the same version of this program; the scenario goes to them with the job, so
    they need none of its files. This process writes all results.

    Raises:
        SweepError: Dask is not installed.
    """
    if importlib.util.find_spec("distributed") is None:
        raise SweepError(_EXTRA)

    def on_cluster(job: Job, tasks: Iterator[Task]) -> Iterator[Result]:
        from distributed import Client
        from distributed.scheduler import KilledWorker

        try:
            client = Client(address, timeout=patience, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise SweepError(f"{address}: no Dask scheduler answers there ({error})") from error
        try:
            yield from _results(client, address, patience, job, tasks)
        except KilledWorker as error:
            raise SweepError(
                f"{address}: workers died again and again at one chunk (killed, or out of "
                "memory); what was done is kept: give the same command with --resume"
            ) from error
        except (OSError, TimeoutError) as error:
            raise SweepError(
                f"{address}: the scheduler was lost ({error}); what was done is kept: give the "
                "same command with --resume"
            ) from error
        finally:
            client.close(timeout=5)

    return on_cluster


def _results(
    client: Any, address: str, patience: float, job: Job, tasks: Iterator[Task]
) -> Iterator[Result]:
    from distributed import as_completed
    from distributed.client import FutureCancelledError

    try:
        client.wait_for_workers(1, timeout=patience)
    except TimeoutError as error:
        raise SweepError(f"{address}: the scheduler has no workers") from error
    # A task, not scattered data: the scheduler can make it again when its only holder dies.
    sent = client.submit(_given, job, pure=False)
    waiting = as_completed(loop=client.loop)
    out = 0

    def hand_out() -> bool:
        task = next(tasks, None)
        if task is None:
            return False
        waiting.add(client.submit(_do, sent, task, pure=False))
        return True

    threads = sum(
        worker["nthreads"] for worker in client.scheduler_info(n_workers=-1)["workers"].values()
    )
    for _ in range(AHEAD * max(1, threads)):
        if not hand_out():
            break
        out += 1
    while out:
        future = next(waiting)
        out -= 1
        try:
            result = future.result()
        except FutureCancelledError as error:
            raise SweepError(
                f"{address}: the scheduler was lost; what was done is kept: give the same "
                "command with --resume"
            ) from error
        future.release()
        out += hand_out()
        yield result


def _given(job: Job) -> Job:
    return job


def _do(job: Job, task: Task) -> Result:
    """On a worker: as many threads as the worker has been given."""
    import numba
    from distributed import get_worker

    threads = get_worker().state.nthreads
    numba.set_num_threads(max(1, min(threads, numba.get_num_threads())))
    return do(job, *task)
