"""Where compiled code is kept, and what must not stand beside the program when it starts.

Numba compiles a function again when its own file changes, but not when a file changes whose
functions it inlined. So the folder's name holds the hash of every source of `core`, `inference`
and `analysis`; other sources, other folder. A `NUMBA_CACHE_DIR` set by the user is left alone.

Numba unpickles what it finds there: whoever can write to that folder can run code as the user.
"""

import atexit
import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path

from .sources import sources_hash

SETTINGS = ".numba_config.yaml"


class StrangeSettingsError(RuntimeError):
    """The current folder holds a file from which Numba would take its settings."""


def keep_compiled_code() -> None:
    """Set `NUMBA_CACHE_DIR`, before Numba is imported, unless the user has set it.

    The folder lies in the user's cache, and only the user can write to it. Where no such folder
    can be made, a temporary one serves this process.

    Raises:
        StrangeSettingsError: the current folder holds settings for Numba, which may name a folder
            of code to run.
    """
    if "numba" in sys.modules:
        return
    if os.path.lexists(SETTINGS):
        raise StrangeSettingsError(
            f"{SETTINGS} in this folder lets whoever wrote it run code on this machine; remove it, "
            "or work in another folder (your own settings go into NUMBA_... variables)"
        )
    if "NUMBA_CACHE_DIR" in os.environ:
        return
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    own = home / "alliance-cohesion"
    folder = own / f"compiled-{sources_hash()[:16]}"
    try:
        home.mkdir(parents=True, exist_ok=True)
        for place in (own, folder):
            place.mkdir(mode=0o700, exist_ok=True)
            _check_only_ours(place)
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="alliance-cohesion-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["NUMBA_CACHE_DIR"] = str(folder)


def say_if_compiling() -> None:
    """Say on standard error that the model is being compiled, if no compiled model is kept yet."""
    folder = Path(os.environ.get("NUMBA_CACHE_DIR") or ".")
    if not any(folder.glob("core_*/simulate.walk-*.nbi")):
        print("compiling the model, once (about 10 s)", file=sys.stderr, flush=True)


def _check_only_ours(folder: Path) -> None:
    """Check that nobody else can write to a folder, or put another in its place.

    Raises:
        OSError: somebody can, or this process cannot.
    """
    if not os.access(folder, os.W_OK):
        raise PermissionError(f"{folder}: not writable")
    if not hasattr(os, "getuid"):  # Windows: the user's profile is the user's
        return
    about = folder.stat()
    if about.st_uid != os.getuid() or about.st_mode & 0o022:
        raise PermissionError(f"{folder}: others can write there")
    for above in folder.resolve().parents:
        about = above.stat()
        everybody = about.st_mode & stat.S_IWOTH and not about.st_mode & stat.S_ISVTX
        if everybody or about.st_uid not in (0, os.getuid()):
            raise PermissionError(f"{above}: others can put another folder there")
