"""Do something in a child process that is killed on the way.

The parent forks, so that the libraries load once, and never makes a history itself: a process
that has started threads must not be forked.
"""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

Work = Callable[[], None]


class FailedError(Exception):
    """The child ended by itself, and not well."""


def at_work(place: Path, work: Work, after: float | None = None) -> tuple[bool, float]:
    """Do some work in a child, killed `after` seconds (or left alone).

    Args:
        place: The folder to do it in; made if need be. What it prints goes beside it.
        work: What to do; returns, or raises.
        after: Seconds until SIGKILL.

    Returns:
        Whether it ended by itself, and after how many seconds.

    Raises:
        FailedError: it ended with an error.
    """
    place.mkdir(parents=True, exist_ok=True)
    told = place.with_name(f"{place.name}.txt")
    begin = time.monotonic()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            _send_words_to(told)
            os.chdir(place)
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status)
    if not killed and os.WEXITSTATUS(status):
        raise FailedError(told.read_text(encoding="utf-8"))
    return not killed, time.monotonic() - begin


def _send_words_to(file: Path) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)


def killed_at_step(place: Path, work: Work, step: int) -> bool:
    """Do some work in a child that is killed just before it changes the disk for a `step`th time.

    Returns:
        Whether there was such a step.
    """
    count = 0

    def hook(event: str, arguments: tuple) -> None:
        nonlocal count
        step_now = _changes_the_disk(event, arguments)
        count += step_now
        if step_now and count == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched() -> None:
        sys.addaudithook(hook)
        work()

    ended, _ = at_work(place, watched)
    return not ended


_STEPS = ("os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.truncate")


def _changes_the_disk(event: str, arguments: tuple) -> bool:
    """Whether an audit event says so."""
    if event == "open":
        flags = arguments[2]
        return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    return event in _STEPS
