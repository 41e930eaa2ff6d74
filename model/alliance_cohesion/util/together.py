"""Several files that appear together in a folder that holds other things too."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .put import aside


@contextmanager
def together(folder: Path) -> Iterator[Path]:
    """Give an empty folder to fill; its files are moved to `folder` when all are complete.

    Whatever is raised before that leaves `folder` as it was. The caller holds the folder's lock.
    """
    draft = aside(folder / "draft")
    try:
        draft.mkdir(parents=True)
        yield draft
        for path in sorted(draft.iterdir()):
            path.replace(folder / path.name)
    except OSError as error:
        if error.filename is None:
            error.filename = str(folder)  # of a full disk, Python does not say where
        raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
