"""Several files that appear together in a folder that holds other things too."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_DRAFT, _READY = ".draft", ".ready"


@contextmanager
def together(folder: Path) -> Iterator[Path]:
    """Give an empty folder to fill; its files then take their places in `folder`, or none does.

    The caller holds the folder's lock. A process that is killed while the files take their
    places leaves those that have not to `take_places`, which the next one calls first.
    """
    draft = folder / _DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        yield draft
        draft.rename(folder / _READY)
    except BaseException as error:
        shutil.rmtree(draft, ignore_errors=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(folder)  # of a full disk, Python does not say where
        raise
    take_places(folder)


def take_places(folder: Path) -> None:
    """Move files that were made together, and are complete, to their places."""
    ready = folder / _READY
    if ready.is_dir():
        for path in sorted(ready.iterdir()):
            path.replace(folder / path.name)
        ready.rmdir()
