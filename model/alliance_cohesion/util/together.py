"""Several files that are written to a folder when all of them are complete."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_DRAFT = ".draft-"


@contextmanager
def together(folder: Path) -> Iterator[Path]:
    """Give an empty folder to fill; at the end its files move to `folder`, one by one.

    The caller holds the folder's lock.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{_DRAFT}*"):  # of a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=folder))
    try:
        yield draft
        for path in sorted(draft.iterdir()):
            path.replace(folder / path.name)
    except OSError as error:
        error.filename = error.filename or str(folder)
        raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
