"""One process at a time in a folder."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

LOCK = ".lock"


class LockedError(ValueError):
    """Another process is at work in the folder."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock.

    The lock is the operating system's, on the file: it ends with the process, however that ends,
    so a file left behind by one that was killed locks nothing. The file only says who holds it.

    Raises:
        LockedError: somebody else holds it.
    """
    path = folder / LOCK
    file = _take(path)
    try:
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid()}))
        file.flush()
        yield
    finally:
        path.unlink(missing_ok=True)
        file.close()


def _take(path: Path) -> IO[str]:
    while True:
        file = path.open("a+", encoding="utf-8")
        try:
            _lock(file)
        except OSError as error:
            holder = _holder(path)
            file.close()
            raise LockedError(
                f"{path.parent}: process {holder} is at work in this folder; wait for it, or "
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
