"""Put a new folder in the place of an older one, in one step where the system has one."""

import ctypes
import errno
import os
import sys
from pathlib import Path

_HERE = -100  # AT_FDCWD: paths are taken as they are given
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS
_NOT_HERE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.ENOENT)


def swap(new: Path, target: Path, old: Path) -> None:
    """Move `new` to `target`; what was there goes to `new` or `old`, or nothing has moved.

    Where the system can exchange two folders, one of them is at `target` at every moment.
    Elsewhere there is none for the moment between two renames; a process killed in it leaves
    the older one at `old`, and `put_back` finds it there.
    """
    if not target.exists():
        new.rename(target)
        return
    if exchange(new, target):
        return
    target.rename(old)
    try:
        new.rename(target)
    except OSError:
        old.rename(target)
        raise


def put_back(target: Path, old: Path) -> None:
    """Undo half a swap that a killed process left, if there is one."""
    if old.exists() and not target.exists():
        old.rename(target)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system or the disk has no such step.

    Raises:
        OSError: it has, and refuses.
    """
    library = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
    a, b = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        failed = library.renamex_np(a, b, _EXCHANGE)  # type: ignore[union-attr]
    elif hasattr(library, "renameat2"):
        failed = library.renameat2(_HERE, a, _HERE, b, _EXCHANGE)  # type: ignore[union-attr]
    else:
        return False
    number = ctypes.get_errno()
    if failed and number not in _NOT_HERE:
        raise OSError(number, os.strerror(number), str(other))
    return not failed
