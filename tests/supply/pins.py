"""The pinned requirements, read as pip reads them."""

import re
from pathlib import Path
from typing import NamedTuple

from packaging.markers import Marker
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
_LINE = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(?:;\s*(.*?))?\s*\\?$")


class Pin(NamedTuple):
    """One version of one package."""

    name: str
    version: str
    marker: Marker | None
    """On which platforms; None: on all."""
    hashes: int


def pins(file: str) -> list[Pin]:
    """The pins of a requirements file.

    Raises:
        ValueError: a line that is neither a pin nor a hash.
    """
    found: list[Pin] = []
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        if line.startswith("    --hash=sha256:"):
            found[-1] = found[-1]._replace(hashes=found[-1].hashes + 1)
            continue
        match = _LINE.match(line)
        if match is None:
            raise ValueError(f"{file}: {line!r} is neither a pin nor a hash")
        name, version, marker = match.groups()
        found.append(Pin(canonicalize_name(name), version, Marker(marker) if marker else None, 0))
    return found
