"""A results folder that appears whole or not at all, and never replaces what is not ours."""

import json
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
PROGRAM = "alliance-cohesion"


class FolderError(ValueError):
    """A folder that results cannot be written to, or read from."""


def manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of a results folder.

    Raises:
        FolderError: it is none.
    """
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FolderError(f"{folder}: no results folder (it has no readable {MANIFEST})") from error
    if not isinstance(found, dict) or found.get("program") != PROGRAM:
        raise FolderError(f"{folder}: no results folder of this program")
    return found


def ready(folder: Path) -> None:
    """Make sure that results can go to `folder`: before anything is computed.

    Raises:
        FolderError: it holds something else, or cannot be written.
    """
    target = folder.resolve()
    if target.exists() and not target.is_dir():
        raise FolderError(f"{folder}: is a file; choose another place for the results")
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
    except (FolderError, KeyError, TypeError) as error:
        raise FolderError(
            f"{folder}: is not empty and no results folder of this program; "
            "choose another place, or empty it first"
        ) from error
    present = {
        path.relative_to(target).as_posix() for path in target.rglob("*") if not path.is_dir()
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

    Raises:
        FolderError: see `ready`.
    """
    ready(folder)
    target = folder.resolve()
    made = [parent for parent in target.parents if not parent.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        draft = workshop / "new"
        draft.mkdir()
        yield draft
        with _uninterrupted():
            _swap(draft, target, workshop / "old")
    except BaseException:
        shutil.rmtree(workshop, ignore_errors=True)
        for parent in made:
            _remove_if_empty(parent)
        raise
    shutil.rmtree(workshop, ignore_errors=True)


def _swap(new: Path, target: Path, old: Path) -> None:
    if target.exists():
        target.rename(old)
    try:
        new.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise


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
