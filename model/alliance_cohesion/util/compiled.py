"""Where compiled code is kept: a folder named after the sources it was compiled from.

Numba compiles a function again when its own file changes, but not when a file changes whose
functions it inlined. So the folder's name holds the hash of every source of `core` and
`inference`; other sources, other folder. A `NUMBA_CACHE_DIR` set by the user is left alone.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from . import shipped

_PACKAGE = Path(__file__).resolve().parents[1]
_COMPILED = ("core", "inference", "analysis")
_NUMBERS = ("core", "scenario", "inference", "simulation.py", "analysis")


def _files(places: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the sources in some folders of the package, line ends made equal."""
    for place in places:
        path = _PACKAGE / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            yield file.relative_to(_PACKAGE).as_posix(), _text(file)


def _text(file: Path) -> bytes:
    return file.read_bytes().replace(b"\r\n", b"\n")


def sources_hash() -> str:
    """SHA-256 over the names and contents of all sources that may be compiled."""
    digest = hashlib.sha256()
    for name, content in _files(_COMPILED):
        digest.update(name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()


@cache
def sources() -> dict[str, str]:
    """Hashes of all sources and shipped fits that a simulated number depends on, by file name.

    They are those that this process has imported: later edits to the files do not count.
    """
    folder = shipped.folder("calibration")
    fits = [folder / "priors.toml", *sorted(folder.glob("reactions-*.json"))]
    files = [*_files(_NUMBERS), *((f"calibration/{fit.name}", _text(fit)) for fit in fits)]
    return {name: hashlib.sha256(content).hexdigest()[:16] for name, content in files}


def keep_compiled_code() -> None:
    """Set `NUMBA_CACHE_DIR`, before Numba is imported, unless the user has set it.

    The folder lies in the user's cache and is readable by the user alone, since Numba unpickles
    what it finds there. Where no such folder can be made, a temporary one serves this process.
    """
    if "NUMBA_CACHE_DIR" in os.environ or "numba" in sys.modules:
        return
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = home / "alliance-cohesion" / f"compiled-{sources_hash()[:16]}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if hasattr(os, "getuid"):
            about = folder.stat()
            if about.st_uid != os.getuid() or about.st_mode & 0o022:
                raise PermissionError(f"{folder}: others can write there")
        if not os.access(folder, os.W_OK):
            raise PermissionError(f"{folder}: not writable")
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="alliance-cohesion-"))
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
