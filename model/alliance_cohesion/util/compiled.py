"""Where compiled code is kept: a folder named after the sources it was compiled from.

Numba compiles a function again when its own file changes, but not when a file changes whose
functions it inlined. So the folder's name holds the hash of every source of `core` and
`inference`; other sources, other folder. A `NUMBA_CACHE_DIR` set by the user is left alone.
"""

import hashlib
import os
import sys
import tempfile
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_COMPILED = ("core", "inference", "analysis")


def sources_hash() -> str:
    """SHA-256 over the names and contents of all sources that may be compiled."""
    digest = hashlib.sha256()
    for folder in _COMPILED:
        for path in sorted((_PACKAGE / folder).rglob("*.py")):
            digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


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
