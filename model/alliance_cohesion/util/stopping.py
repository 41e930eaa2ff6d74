"""A command that is told to stop from outside: preempted by a batch system, or its user is gone."""

import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

TOLD = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)  # Windows has no SIGHUP


@contextmanager
def as_ctrl_c() -> Iterator[None]:
    """Take what tells a process to stop as Ctrl-C; leave alone what is ignored (`nohup`).

    The second time it is ignored, until the process has ended: `timeout` and batch systems tell
    a process and then its group, and what is being put in order must not be cut short.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears signals
        return
    taken = [number for number in TOLD if signal.getsignal(number) == signal.SIG_DFL]
    told = False

    def stop(*_: object) -> None:
        nonlocal told
        told = True
        _set(taken, signal.SIG_IGN)
        raise KeyboardInterrupt

    _set(taken, stop)
    try:
        yield
    finally:
        if not told:
            _set(taken, signal.SIG_DFL)


@contextmanager
def left_to_this_process() -> Iterator[None]:
    """Processes begun here never hear of stopping: their parent does, and ends them.

    A terminal and a batch system tell all processes at once, also one that has just begun. This
    process hears of it when they have.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, *TOLD})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _set(numbers: Iterable[int], handler: Any) -> None:
    for number in numbers:
        signal.signal(number, handler)
