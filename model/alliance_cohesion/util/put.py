"""Write a file whole or not at all, and refuse a bad destination before anything is computed."""

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path

ASIDE = ".aside"  # how the names of unfinished files and folders end
FULL = (errno.ENOSPC, errno.EDQUOT)
CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)


def aside(path: Path) -> Path:
    """A hidden name beside `path` that nobody can guess, for what is not finished yet."""
    return path.with_name(f".{secrets.token_hex(8)}{ASIDE}")


def destination(path: Path) -> Path:
    """Check that a file can be written, before anything is computed.

    Returns:
        The path, its folder resolved (`a/../file` creates no `a`).

    Raises:
        OSError: it is a folder, a link or a device, or its own folder cannot be written.
    """
    if path.is_dir():
        raise _refusal(errno.EISDIR, path)
    path = Path(os.path.realpath(path.parent), path.name)
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise OSError(errno.EEXIST, "is a link, a pipe or a device, and is not replaced", str(path))
    above = next(parent for parent in path.parents if parent.exists())
    if not above.is_dir():
        raise _refusal(errno.ENOTDIR, above)
    if not os.access(above, os.W_OK | os.X_OK):
        raise _refusal(errno.EACCES, above)
    return path


def _refusal(number: int, path: Path) -> OSError:
    return OSError(number, os.strerror(number), str(path))


def put(path: Path, content: bytes) -> None:
    """Write a file under another name, then rename it; create its folder if needed.

    Raises:
        OSError: the disk is full or refuses; nothing of the file is left.
    """
    unfinished = aside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("xb") as file:  # x: neither an existing file nor a link is opened
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)  # of a full disk, Python does not say where
        raise
