"""One process at a time in a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

LOCK = ".lock"


class LockedError(ValueError):
    """Another process is at work in the folder."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder's lock.

    Raises:
        LockedError: another process holds it.
    """
    with holding(folder / LOCK, folder):
        yield


@contextmanager
def holding(path: Path, place: Path, patience: float = 0.0) -> Iterator[None]:
    """Hold a lock file; the operating system frees it when the process ends, however it ends.

    Args:
        path: The lock file, which stays there.
        place: What it locks, for the message.
        patience: Seconds to wait for another process.

    Raises:
        LockedError: another process holds it.
    """
    lock = FileLock(path, timeout=patience)
    try:
        lock.acquire()
    except Timeout as error:
        raise LockedError(
            f"{place}: another process is at work in this folder; wait for it, or choose "
            "another place with --out"
        ) from error
    try:
        yield
    finally:
        lock.release()
