"""A file that is there whole or not at all, and what a disk's refusal means."""

import errno
import os
from contextlib import suppress
from pathlib import Path

ASIDE = ".aside"  # how the names of unfinished files end
FULL = (errno.ENOSPC, errno.EDQUOT)
CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)


def destination(path: Path) -> Path:
    """Make sure that a file can be put there: before anything is computed.

    Returns:
        The path, without a way through folders that are not there (`a/../file` makes no `a`).

    Raises:
        OSError: it is a folder, or its own folder cannot be made or written.
    """
    if path.is_dir():
        raise _refusal(errno.EISDIR, path)
    path = Path(os.path.realpath(path.parent), path.name)
    above = next(parent for parent in path.parents if parent.exists())
    if not above.is_dir():
        raise _refusal(errno.ENOTDIR, above)
    if not os.access(above, os.W_OK | os.X_OK):
        raise _refusal(errno.EACCES, above)
    return path


def _refusal(number: int, path: Path) -> OSError:
    return OSError(number, os.strerror(number), str(path))


def put(path: Path, content: bytes) -> None:
    """Write a file aside and rename it; make its folder if need be.

    Raises:
        OSError: there is no room for it, or no permission; nothing is left of it.
    """
    aside = path.with_name(f".{path.name}{ASIDE}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)  # of a full disk, Python does not say where
        raise
