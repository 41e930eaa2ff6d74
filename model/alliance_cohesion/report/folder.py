"""A results folder that appears whole or not at all, and never replaces what is not ours."""

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..scenario.files import UnreadableError, read_json
from ..util.lock import holding
from ..util.put import FULL
from ..util.swap import put_back, swap

MANIFEST = "manifest.json"
PROGRAM = "alliance-cohesion"
_PATIENCE = 60.0  # seconds to wait for another process that writes to the same folder


class FolderError(ValueError):
    """A folder that results cannot be written to, or read from."""


def manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of a results folder; the files it names are inside the folder.

    Raises:
        FolderError: it is none.
    """
    try:
        found = read_json(folder / MANIFEST)
    except UnreadableError as error:
        raise FolderError(
            f"{folder}: no results folder (no readable {MANIFEST}: {error})"
        ) from error
    if not isinstance(found, dict) or found.get("program") != PROGRAM:
        raise FolderError(f"{folder}: no results folder of this program")
    files = found.setdefault("files", {})
    named = [found.get("entry", MANIFEST), *(files if isinstance(files, dict) else [None])]
    for name in named:
        if not isinstance(name, str) or not _inside(folder, name):
            raise FolderError(f"{folder}: {MANIFEST} names {name!r:.100}, no file of the folder")
    return found


def _inside(folder: Path, name: str) -> bool:
    """Whether a name stands for a place in the folder, links followed."""
    try:
        place = Path(os.path.realpath(folder / name))
    except ValueError:  # a null
        return False
    return bool(name) and place.is_relative_to(os.path.realpath(folder)) and place != folder


def ready(folder: Path) -> None:
    """Make sure that results can go to `folder`: before anything is computed.

    Raises:
        FolderError: it holds something else, or cannot be written.
    """
    target = Path(os.path.realpath(folder))
    if target.is_symlink():
        raise FolderError(f"{folder}: is a link to itself; choose another place for the results")
    if target.exists() and not target.is_dir():
        raise FolderError(f"{folder}: is a file; choose another place for the results")
    if os.path.ismount(target):
        raise FolderError(
            f"{folder}: a disk is mounted there, which cannot be replaced in one step; "
            "choose a folder in it"
        )
    if target.is_dir() and any(target.iterdir()):
        _ours(folder, target)
    above = next(parent for parent in target.parents if parent.exists())
    if not above.is_dir():
        raise FolderError(f"{folder}: cannot be made, because {above} is a file")
    if not os.access(above, os.W_OK | os.X_OK):
        raise FolderError(f"{folder}: cannot be written (no permission in {above})")


def _ours(folder: Path, target: Path) -> None:
    try:
        known = {MANIFEST, *manifest_of(target)["files"]}
    except FolderError as error:
        raise FolderError(
            f"{folder}: is not empty and no results folder of this program; "
            "choose another place, or empty it first"
        ) from error
    present = {
        path.relative_to(target).as_posix()
        for path in target.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
    foreign = sorted(name for name in present - known if not Path(name).name.startswith("."))
    if foreign:
        raise FolderError(
            f"{folder}: holds {foreign[0]!r}, which this program did not write and would delete; "
            "move it, or choose another place"
        )


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Give an empty folder to fill; move it to `folder` at the end, or leave no trace.

    It is filled in a hidden workshop beside `folder`, under a lock: a second writer waits. A
    process that is killed leaves its workshop to the next one that writes there, which removes it.

    Raises:
        FolderError: see `ready`; or the disk is full, or gone.
        LockedError: another process keeps writing there.
    """
    ready(folder)
    target = Path(os.path.realpath(folder))
    made = [parent for parent in target.parents if not parent.exists()]
    workshop = target.with_name(f".{target.name}.writing")
    draft, old = workshop / "new", workshop / "old"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with holding(target.with_name(f".{target.name}.lock"), folder, _PATIENCE):
            put_back(target, old)
            _remove(workshop)
            try:
                draft.mkdir(parents=True)
                yield draft
                ready(folder)  # somebody may have put something there since
                with _uninterrupted():
                    swap(draft, target, old)
            finally:
                _remove(workshop)
    except BaseException as error:
        for parent in made:
            _remove_if_empty(parent)
        if isinstance(error, OSError):
            raise _told(error, folder, workshop) from error
        raise


def _remove(workshop: Path) -> None:
    shutil.rmtree(workshop, ignore_errors=True)


def _told(error: OSError, folder: Path, workshop: Path) -> OSError | FolderError:
    """What to say of an error while results were written; of another file's, what it says."""
    safe = "the older results are still there" if folder.exists() else "nothing was written"
    if error.errno in FULL:
        return FolderError(f"{folder}: the disk is full; {safe}. Make room, then try again")
    if not workshop.parent.exists():
        return FolderError(f"{folder}: {workshop.parent} vanished while results were written to it")
    if error.filename is None or Path(error.filename).is_relative_to(workshop.parent):
        return FolderError(f"{folder}: cannot be written ({error.strerror or error}); {safe}")
    return error


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return  # somebody else has put something there


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold back Ctrl-C for the moment of the move, which is too short to interrupt."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
