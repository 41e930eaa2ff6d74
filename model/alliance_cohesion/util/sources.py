"""Which sources this process runs, so that two processes or two days can be compared."""

import hashlib
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

    They are taken once: edits that follow do not count, since they are not what runs.
    """
    folder = shipped.folder("calibration")
    fits = [folder / "priors.toml", *sorted(folder.glob("reactions-*.json"))]
    files = [*_files(_NUMBERS), *((f"calibration/{fit.name}", _text(fit)) for fit in fits)]
    return {name: hashlib.sha256(content).hexdigest()[:16] for name, content in files}
