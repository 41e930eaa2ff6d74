"""Read a scenario file and its bases, and lay them over each other."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from .files import LARGEST_TOML, read_text, resolved
from .locate import locate
from .problems import MOST_PROBLEMS, Problem, ScenarioError, has_control_character, quoted, shown
from .schema import ScenarioFile
from .tables import LONGEST_CELL
from .translate import key_path, problems_of

DEEPEST = 10  # bases below one scenario
_DEEPEST_NEST = 20  # tables within tables
_LARGEST = 2**63 - 1  # of a whole number: as TOML has it
_CONTROL = ("text with control characters", "plain text")
_LONG_KEY = re.compile(
    r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]{0,100}"|'[^'\n]{0,100}')[ \t]*+\.[ \t]*+){50}"""
)
_OWN = ("name", "title", "base")  # keys a scenario does not inherit


@dataclass(frozen=True)
class Layer:
    """One scenario file as written."""

    path: Path
    content: dict[str, Any]

    @property
    def is_child(self) -> bool:
        """Whether it has a base."""
        return "base" in self.content

    @property
    def changes(self) -> list[Any]:
        """Its own changes, as written."""
        changes = self.content.get("change", [])
        return changes if isinstance(changes, list) else []


def read_layers(path: Path, problems: list[Problem]) -> list[Layer]:
    """A scenario file and its bases, base first; what is wrong is appended to `problems`."""
    layers: list[Layer] = []
    while True:
        content = _read_toml(path, problems)
        if content is None:
            break
        layers.append(Layer(path, content))
        problems.extend(_own_problems(layers[-1]))
        base = content.get("base")
        if not isinstance(base, str):
            break
        try:
            below = locate(base, near=path.parent, asking=path)
        except ScenarioError as error:
            problems.extend(
                Problem(shown(path), "base", p.found, p.allowed, p.hint) for p in error.problems
            )
            break
        seen = [resolved(layer.path) for layer in layers]
        if resolved(below) in seen or len(layers) > DEEPEST:
            found = f"found {quoted(base)}"
            allowed = f"at most {DEEPEST} bases, none of which rests on itself"
            problems.append(Problem(shown(path), "base", found, allowed))
            break
        path = below
    return layers[::-1]


def merge(layers: list[Layer]) -> dict[str, Any]:
    """The content of all layers, later ones over earlier ones; changes are strung together."""
    merged: dict[str, Any] = {}
    changes: list[Any] = []
    for layer in layers:
        inherited = {key: value for key, value in merged.items() if key not in _OWN}
        merged = _overlay(inherited, layer.content)
        changes += layer.changes
    return merged | {"change": changes}


def _overlay(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(key), dict):
            merged[key] = _overlay(below[key], value)
        else:
            merged[key] = value
    return merged


def _read_toml(path: Path, problems: list[Problem]) -> dict[str, Any] | None:
    text = read_text(path, problems, LARGEST_TOML)
    if text is None:
        return None
    if _LONG_KEY.search(text):  # the parser takes minutes for it
        problems.append(Problem(shown(path), "", "tables nested too deeply"))
        return None
    try:
        content = tomllib.loads(text)
        if not _too_deep(content):
            return content
        problems.append(Problem(shown(path), "", "tables nested too deeply"))
    except ValueError as error:
        place = re.search(r"\(at (line \d+, column \d+|end of document)\)", str(error))
        where = place.group(1) if place else ""
        problems.append(Problem(shown(path), where, f"not TOML ({_reason(error)})"))
    except RecursionError:
        problems.append(Problem(shown(path), "", "tables nested too deeply"))
    return None


def _too_deep(content: dict[str, Any]) -> bool:
    """Whether tables nest deeper than recursion bears (dotted keys nest without limit)."""
    level: list[Any] = [content]
    for _ in range(_DEEPEST_NEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
    return bool(level)


def _reason(error: ValueError) -> str:
    return re.sub(r" \(at [^)]*\)$", "", str(error))


def _own_problems(layer: Layer) -> list[Problem]:
    file = shown(layer.path)
    problems = [
        Problem(file, key_path(place), found, allowed)
        for place, found, allowed in islice(_unsound(layer.content), MOST_PROBLEMS)
    ]
    try:
        ScenarioFile.model_validate(layer.content)
    except ValidationError as error:
        problems += [
            problem
            for problem, details in zip(problems_of(error, file), error.errors(), strict=False)
            if not (layer.is_child and _may_be_inherited(details["type"], details["loc"]))
        ]
    return problems


def _may_be_inherited(kind: str, location: tuple[int | str, ...]) -> bool:
    in_a_list = any(isinstance(part, int) for part in location)
    return kind == "missing" and location[0] not in _OWN and not in_a_list


def _unsound(
    value: Any, place: tuple[int | str, ...] = ()
) -> Iterator[tuple[tuple[int | str, ...], str, str]]:
    """Texts and numbers that no key may hold: where, what was found, what is allowed."""
    if isinstance(value, str):
        if has_control_character(value):
            yield place, *_CONTROL
        elif len(value) > LONGEST_CELL:
            yield place, f"{len(value):,} characters", f"at most {LONGEST_CELL:,}"
    elif isinstance(value, int):
        if not -_LARGEST <= value <= _LARGEST:
            yield place, f"found {quoted(value)}", f"a number of at most {_LARGEST:,}"
    elif isinstance(value, dict):
        for key, inner in value.items():
            if has_control_character(key):
                yield place, *_CONTROL
            yield from _unsound(inner, (*place, key))
    elif isinstance(value, list):
        for k, inner in enumerate(value):
            yield from _unsound(inner, (*place, k))
