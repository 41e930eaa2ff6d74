"""A results folder appears whole or not at all, and replaces earlier results only if told to."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from ..scenario.files import UnreadableError, read_json
from ..util.put import FULL, aside

MANIFEST = "manifest.json"
PROGRAM = "alliance-cohesion"


class FolderError(ValueError):
    """A folder that results cannot be written to, or read from."""


def manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of a results folder; the files it names are inside the folder.

    Raises:
        FolderError: it is none.
    """
    try:
        result = read_json(folder / MANIFEST)
    except UnreadableError as error:
        raise FolderError(
            f"{folder}: no results folder (no readable {MANIFEST}: {error})"
        ) from error
    if not isinstance(result, dict) or result.get("program") != PROGRAM:
        raise FolderError(f"{folder}: no results folder of this program")
    files = result.setdefault("files", {})
    named = [result.get("entry", MANIFEST), *(files if isinstance(files, dict) else [None])]
    for name in named:
        if not isinstance(name, str) or not _inside(folder, name):
            raise FolderError(f"{folder}: {MANIFEST} names {name!r:.100}, no file of the folder")
    return result


def _inside(folder: Path, name: str) -> bool:
    """Whether a name stands for a place in the folder, links followed."""
    try:
        place = Path(os.path.realpath(folder / name))
    except ValueError:  # a null
        return False
    return bool(name) and place.is_relative_to(os.path.realpath(folder)) and place != folder


def place_for(name: str, out: Path | None, *, overwrite: bool = False) -> Path:
    """Choose the folder that results go to, before anything is computed.

    Args:
        name: The scenario's name.
        out: The folder that the user named. Without one, `results/NAME` is used, or, where that
            holds results already, the first free of `results/NAME-2`, `results/NAME-3` ...
        overwrite: Whether earlier results may be replaced.

    Raises:
        FolderError: the folder holds something else, or cannot be written.
    """
    folder = out or Path("results", name)
    if out is None and not overwrite:
        folder = next(place for place in _numbered(folder) if _free(place))
    ready(folder, overwrite=overwrite)
    return folder


def _numbered(folder: Path) -> Iterator[Path]:
    yield folder
    for number in count(2):
        yield folder.with_name(f"{folder.name}-{number}")


def _free(folder: Path) -> bool:
    """Whether there is nothing in the way, or an empty folder only."""
    if not os.path.lexists(folder):
        return True
    with suppress(OSError):
        return not any(folder.iterdir())
    return False


def ready(folder: Path, *, overwrite: bool = False) -> None:
    """Check that results can go to `folder`, before anything is computed.

    Raises:
        FolderError: it holds something else, or results that may not be replaced, or cannot be
            written.
    """
    target = Path(os.path.realpath(folder))
    if target.is_symlink():
        raise FolderError(f"{folder}: is a link to itself; choose another place for the results")
    if target.exists() and not target.is_dir():
        raise FolderError(f"{folder}: is a file; choose another place for the results")
    if os.path.ismount(target):
        raise FolderError(
            f"{folder}: a disk is mounted there, which cannot be replaced; choose a folder in it"
        )
    if target.is_dir() and any(target.iterdir()):
        _ours(folder, target)
        if not overwrite:
            raise FolderError(
                f"{folder}: holds results already; add --overwrite to replace them, or choose "
                "another folder with --out"
            )
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


@dataclass
class Place:
    """Where results are written, and where they end up."""

    draft: Path
    """An empty folder to fill."""
    final: Path
    """Where it goes; certain once the block has ended."""


@contextmanager
def writing(folder: Path, *, overwrite: bool = False) -> Iterator[Place]:
    """Give an empty folder to fill and move it to `folder` at the end, or leave no trace.

    If something has appeared at `folder` in the meantime, that stays, and the results go to the
    first free of `folder-2`, `folder-3` ...

    Raises:
        FolderError: see `ready`; or the disk is full, or gone.
    """
    ready(folder, overwrite=overwrite)
    target = Path(os.path.realpath(folder))
    made = [parent for parent in target.parents if not parent.exists()]
    place = Place(aside(target), folder)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        place.draft.mkdir()
        yield place
        place.final = _moved(place.draft, folder, overwrite)
    except BaseException as error:
        shutil.rmtree(place.draft, ignore_errors=True)
        for parent in made:
            with suppress(OSError):  # somebody else has put something there
                parent.rmdir()
        if isinstance(error, OSError):
            raise _explained(error, folder, target.parent) from error
        raise


def _moved(draft: Path, folder: Path, overwrite: bool) -> Path:
    """Move a complete folder to its place; returns the place."""
    if overwrite and not _free(folder):
        with suppress(FolderError):  # holds what is not ours: that stays
            ready(folder, overwrite=True)
            _replace(Path(os.path.realpath(folder)), draft)
            return folder
    for place in _numbered(folder):
        target = Path(os.path.realpath(place))
        with suppress(OSError):
            target.rmdir()  # an empty one; Windows renames over none
        try:
            draft.rename(target)
        except OSError:
            if os.path.lexists(target):  # somebody was quicker
                continue
            raise
        return place
    raise AssertionError("numbers do not end")


def _replace(target: Path, draft: Path) -> None:
    """Put a folder in the place of an older one, which is put back if that fails."""
    older = aside(target)
    target.rename(older)
    try:
        draft.rename(target)
    except BaseException:
        older.rename(target)
        raise
    shutil.rmtree(older, ignore_errors=True)


def _explained(error: OSError, folder: Path, parent: Path) -> OSError | FolderError:
    """What to say of an error while results were written; of another file's, what it says."""
    safe = "the older results are still there" if folder.exists() else "nothing was written"
    if error.errno in FULL:
        return FolderError(f"{folder}: the disk is full; {safe}. Make room, then try again")
    if not parent.exists():
        return FolderError(f"{folder}: {parent} vanished while results were written to it")
    if error.filename is None or Path(error.filename).is_relative_to(parent):
        return FolderError(f"{folder}: cannot be written ({error.strerror or error}); {safe}")
    return error
