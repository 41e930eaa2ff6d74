"""A file that is there whole or not at all, and what a disk's refusal means."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

ASIDE = ".aside"  # how the names of unfinished files and folders end
FULL = (errno.ENOSPC, errno.EDQUOT)
CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)


def aside(path: Path) -> Path:
    """A hidden name beside `path` that nobody can guess, for what is not finished yet."""
    return path.with_name(f".{secrets.token_hex(8)}{ASIDE}")


def destination(path: Path) -> Path:
    """Check that a file can be written, before anything is computed.

    Returns:
        The path, without a way through folders that do not exist (`a/../file` makes no `a`).

    Raises:
        OSError: it is a folder, a link or a device, or its folder cannot be made or written.
    """
    if path.is_dir():
        raise _refusal(errno.EISDIR, path)
    path = Path(os.path.realpath(path.parent), path.name)
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise OSError(errno.EEXIST, "not a regular file, and is not replaced", str(path))
    above = next(parent for parent in path.parents if parent.exists())
    if not above.is_dir():
        raise _refusal(errno.ENOTDIR, above)
    if not os.access(above, os.W_OK | os.X_OK):
        raise _refusal(errno.EACCES, above)
    return path


def _refusal(number: int, path: Path) -> OSError:
    return OSError(number, os.strerror(number), str(path))


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write to; it gets its name when it is complete.

    The draft has a random name and must not exist yet ("x"), so that no link is followed.

    Raises:
        OSError: the disk is full, or the folder cannot be written; nothing is left.
    """
    draft = aside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)  # Python does not say which file filled the disk
        raise


def put(path: Path, content: bytes) -> None:
    """Write a file under a temporary name, then rename it.

    Raises:
        OSError: see `writing`.
    """
    with writing(path) as file:
        file.write(content)
