"""One process at a time in a place."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

LOCK = ".lock"
_LOOK_AGAIN = 0.1  # seconds


class LockedError(ValueError):
    """Another process is at work in the place."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder's lock.

    Raises:
        LockedError: somebody else holds it.
    """
    with holding(folder / LOCK, folder):
        yield


@contextmanager
def holding(path: Path, place: Path, patience: float = 0.0) -> Iterator[None]:
    """Hold a lock.

    The lock is the operating system's, on the file: it ends with the process, however that ends,
    so a file left behind by one that was killed locks nothing, and no clock has a say. The file
    only says who holds it.

    Args:
        path: The lock's file.
        place: What it locks, for the message.
        patience: Seconds to wait for whoever holds it.

    Raises:
        LockedError: somebody else holds it.
    """
    file = _take(path, place, patience)
    try:
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid()}))
        file.flush()
        yield
    finally:
        path.unlink(missing_ok=True)
        file.close()


def _take(path: Path, place: Path, patience: float) -> IO[str]:
    end = time.monotonic() + patience
    while True:
        file = path.open("a+", encoding="utf-8")
        try:
            _lock(file)
        except OSError as error:
            holder = _holder(path)
            file.close()
            if time.monotonic() < end:
                time.sleep(_LOOK_AGAIN)
                continue
            raise LockedError(
                f"{place}: process {holder} is at work in this folder; wait for it, or "
                "choose another place with --out"
            ) from error
        # Its last holder may have removed the file after we opened it.
        try:
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                file.seek(0)
                return file
        except FileNotFoundError:
            pass
        file.close()


def _holder(path: Path) -> str:
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return "of unknown number"


def _lock(file: IO[str]) -> None:
    """Lock without waiting.

    Raises:
        OSError: somebody holds it.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        file.seek(2**30)  # beyond the text, so that others can read it
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        return
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
