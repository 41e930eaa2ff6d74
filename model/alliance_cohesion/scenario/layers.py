"""Read a scenario file and its bases, and lay them over each other."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from .fields import LONGEST_CELL
from .files import LARGEST_TOML, read_text, resolved
from .locate import FILE, locate
from .problems import MOST_PROBLEMS, Problem, ScenarioError, has_control_character, quoted, shown
from .translate import key_path

DEEPEST = 10  # bases below one scenario
_DEEPEST_NEST = 20  # tables within tables
_LARGEST = 2**63 - 1  # of a whole number: as TOML has it
_LONG_KEY = re.compile(  # the parser takes minutes for it
    r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]{0,100}"|'[^'\n]{0,100}')[ \t]*+\.[ \t]*+){50}"""
)
_OWN = ("name", "title", "base")  # keys a scenario does not inherit
_NESTED = "tables nested too deeply"

Place = tuple[int | str, ...]


@dataclass(frozen=True)
class Layer:
    """One scenario file as written."""

    path: Path
    content: dict[str, Any]

    @property
    def changes(self) -> list[Any]:
        """Its own changes, as written."""
        changes = self.content.get("change", [])
        return changes if isinstance(changes, list) else []

    def says(self, place: Place) -> int:
        """How many keys of a place the file has."""
        value: Any = self.content
        for depth, key in enumerate(place):
            if not isinstance(value, dict) or key not in value:
                return depth
            value = value[key]
        return len(place)


def read_layers(path: Path, problems: list[Problem], above: tuple[Path, ...] = ()) -> list[Layer]:
    """A scenario file and its bases, base first; what is wrong is appended to `problems`.

    Args:
        path: The file.
        problems: What keeps a file from being read, and values that no key may hold.
        above: Files that rest on this one.
    """
    content = _read_toml(path, problems)
    if content is None:
        return []
    problems += [
        Problem(shown(path), key_path(place), result, allowed)
        for place, result, allowed in islice(_unsound(content), MOST_PROBLEMS)
    ]
    layer = Layer(path, content)
    base = content.get("base")
    if not isinstance(base, str):
        return [layer]
    files = (*above, resolved(path))
    try:
        below = locate(base, near=path.parent, asking=path)
    except ScenarioError as error:
        problems += [
            Problem(shown(path), "base", p.found, p.allowed, p.hint) for p in error.problems
        ]
        return [layer]
    if resolved(below) in files or len(files) > DEEPEST:
        allowed = f"at most {DEEPEST} bases, none of which rests on itself"
        problems.append(Problem(shown(path), "base", f"found {quoted(base)}", allowed))
        return [layer]
    return [*read_layers(below, problems, files), layer]


def merge(layers: list[Layer]) -> dict[str, Any]:
    """The content of all layers, later ones over earlier ones; changes are strung together."""
    merged: dict[str, Any] = {}
    changes: list[Any] = []
    for layer in layers:
        inherited = {key: value for key, value in merged.items() if key not in _OWN}
        merged = _overlay(inherited, layer.content)
        changes += layer.changes
    return merged | {"change": changes}


def origin(layers: list[Layer], place: Place) -> tuple[Layer, Place]:
    """The file that says what the merged content has at a place, and the place in that file."""
    if place[:1] == ("change",) and len(place) > 1 and isinstance(place[1], int):
        number = place[1]
        for layer in layers:
            if number < len(layer.changes):
                return layer, ("change", number, *place[2:])
            number -= len(layer.changes)
    return max(reversed(layers), key=lambda layer: layer.says(place)), place


def _overlay(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(key), dict):
            merged[key] = _overlay(below[key], value)
        else:
            merged[key] = value
    return merged


def _read_toml(path: Path, problems: list[Problem]) -> dict[str, Any] | None:
    name = shown(path)
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        beside = path.parent / FILE
        hint = f"try {shown(beside)}" if beside.is_file() else ""
        allowed = f"a scenario: a folder with a {FILE}, or the TOML file that names this table"
        problems.append(Problem(name, "", "a table of evidence", allowed, hint))
        return None
    text = read_text(path, problems, LARGEST_TOML)
    if text is None:
        return None
    try:
        if not _LONG_KEY.search(text):
            return tomllib.loads(text)
        problems.append(Problem(name, "", _NESTED))
    except RecursionError:
        problems.append(Problem(name, "", _NESTED))
    except ValueError as error:
        said, _, where = str(error).rstrip(")").partition(" (at ")
        problems.append(Problem(name, where, f"not TOML ({said})"))
    return None


def _unsound(value: Any, place: Place = ()) -> Iterator[tuple[Place, str, str]]:
    """Texts, numbers and nests that no key may hold: where, what was found, what is allowed."""
    if len(place) >= _DEEPEST_NEST and isinstance(value, dict | list):
        yield place[:1], _NESTED, ""
    elif isinstance(value, str) and has_control_character(value):
        yield place, "text with control characters", "plain text"
    elif isinstance(value, str) and len(value) > LONGEST_CELL:
        yield place, f"{len(value):,} characters", f"at most {LONGEST_CELL:,}"
    elif isinstance(value, int) and not -_LARGEST <= value <= _LARGEST:
        yield place, f"found {quoted(value)}", f"a number of at most {_LARGEST:,}"
    elif isinstance(value, dict):
        for key, inner in value.items():
            if has_control_character(key):
                yield (*place, key), "a key with control characters", "plain text"
            yield from _unsound(inner, (*place, key))
    elif isinstance(value, list):
        for k, inner in enumerate(value):
            yield from _unsound(inner, (*place, k))
