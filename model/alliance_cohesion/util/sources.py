"""Which sources this process runs, so that two processes or two days can be compared."""

import hashlib
from functools import cache
from pathlib import Path

from . import shipped

_PACKAGE = Path(__file__).resolve().parents[1]
_NUMBERS = ("core", "scenario", "inference", "simulation.py", "analysis")


@cache
def sources() -> dict[str, str]:
    """Hashes of all sources and shipped fits that a simulated number depends on, by file name.

    They are taken once: edits that follow do not count, since they are not what runs.
    """
    places = [_PACKAGE / name for name in _NUMBERS]
    files = [file for place in places for file in (place, *sorted(place.rglob("*.py")))]
    result = {
        file.relative_to(_PACKAGE).as_posix(): _hash(file) for file in files if file.is_file()
    }
    fits = shipped.folder("calibration")
    for file in (fits / "priors.toml", *sorted(fits.glob("reactions-*.json"))):
        result[f"calibration/{file.name}"] = _hash(file)
    return result


def _hash(file: Path) -> str:
    content = file.read_bytes().replace(b"\r\n", b"\n")
    return hashlib.sha256(content).hexdigest()[:16]
