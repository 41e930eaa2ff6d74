"""Worker processes that end with their parent."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.reduction import ForkingPickler
from typing import Any

from .stopping import left_to_this_process


class LostWorkerError(RuntimeError):
    """A worker process died: killed, or out of memory."""


@contextmanager
def workers(
    count: int | None, prepare: Callable[..., None], *given: Any
) -> Iterator[ProcessPoolExecutor]:
    """A pool of worker processes; those still at work when the block fails are stopped.

    They are started afresh (spawn): a fork of a process with running threads may hang.

    Args:
        count: How many; None is one per core that this process may use.
        prepare: Called once in each worker with what is given.

    Raises:
        LostWorkerError: one of them died.
    """
    others = set(multiprocessing.active_children())
    spawn = multiprocessing.get_context("spawn")
    # The library's process that tidies up: first, since the pool would start it unprotected, and
    # apart, since its start unblocks the signals again.
    if os.name == "posix":
        with left_to_this_process():
            resource_tracker.ensure_running()
    size = count or cores()
    # Through a queue, which is filled in the background: what a process is given at its start is
    # written before it reads, and if it is killed in between, that write never ends.
    ForkingPickler.dumps((prepare, given))  # to fail here, not in the background
    first: Any = spawn.Queue()
    pool = ProcessPoolExecutor(size, spawn, _begin, (first,))
    try:
        with left_to_this_process():
            for _ in range(size):
                first.put((prepare, given))
                pool.submit(os.getpid)  # starts a process
        yield pool
    except BaseException as error:
        for child in set(multiprocessing.active_children()) - others:
            child.kill()  # workers have stopping signals blocked
        if isinstance(error, BrokenProcessPool):
            raise LostWorkerError("a worker process died (killed, or out of memory)") from error
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        first.cancel_join_thread()
        first.close()


def cores() -> int:
    """How many cores this process may use: a batch system, or `taskset`, may allow only some."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _begin(first: Any) -> None:
    """Prepare a worker: stopping is left to the parent, and it ends with the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for Windows
    threading.Thread(target=_end_with_parent, daemon=True).start()
    prepare, given = first.get()
    prepare(*given)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
