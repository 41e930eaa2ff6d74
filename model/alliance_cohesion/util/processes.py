"""Worker processes of one thread each, which never outlive their parent."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context, resource_tracker
from typing import Any

from .stopping import left_to_this_process

_SPAWN = get_context("spawn")  # a fork of a process with running threads may hang or die


class LostWorkerError(RuntimeError):
    """A worker process died: killed, or out of memory."""


@contextmanager
def workers(
    count: int | None, prepare: Callable[..., None], *given: Any
) -> Iterator[ProcessPoolExecutor]:
    """Worker processes; those still at work when the block ends are stopped, not waited for.

    Args:
        count: How many; None is one a core that this process may use.
        prepare: Called once in each with what is given.

    Raises:
        LostWorkerError: one of them died.
    """
    others = set(active_children())
    _start_tracker()
    pool = ProcessPoolExecutor(count or cores(), _SPAWN, _begin, (os.getpid(), prepare, *given))
    try:
        with left_to_this_process():
            pool.submit(os.getpid)  # the first thing to do begins all the processes
        yield pool
    except BaseException as error:
        for child in set(active_children()) - others:
            child.kill()  # it hears nothing milder
        if isinstance(error, BrokenProcessPool):
            raise LostWorkerError("a worker process died (killed, or out of memory)") from error
        raise
    finally:
        # Waited for: a thread of the pool that is still closing when Python ends meets it there.
        pool.shutdown(cancel_futures=True)


def _start_tracker() -> None:
    """Begin the library's process that tidies up, which must not die early either."""
    if os.name == "posix":
        with left_to_this_process():
            resource_tracker.ensure_running()


def cores() -> int:
    """How many cores this process may use: a batch system, or `taskset`, may keep it to some."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _begin(parent: int, prepare: Callable[..., None], *given: Any) -> None:
    """Prepare a worker: one thread, stopping left to the parent, no life without it."""
    import numba

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for Windows
    numba.set_num_threads(1)
    threading.Thread(target=_die_with, args=(parent,), daemon=True).start()
    prepare(*given)


def _die_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
