"""Find the evidence tables that a scenario names: its own, and those it borrows from others."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from .files import is_file, resolved
from .layers import Layer
from .locate import locate
from .problems import Problem, ScenarioError, has_control_character, quoted, shown
from .schema import MOST_TABLES


@dataclass(frozen=True)
class TableFiles:
    """The files behind a scenario's two tables, in the order in which they are named."""

    events: tuple[Path, ...]
    indicators: tuple[Path, ...]
    lenders: tuple[Path, ...]
    """Scenario files of those a table is borrowed from."""

    @property
    def all(self) -> tuple[Path, ...]:
        """Every table, and whatever it takes to find it again."""
        return (*self.events, *self.indicators, *self.lenders)


def table_files(layers: list[Layer], problems: list[Problem]) -> TableFiles:
    """The tables of a scenario; the last layer that names a kind of table decides.

    What is wrong is appended to `problems`, and the table in question left out.
    """
    files: dict[str, tuple[Path, ...]] = {"events": (), "indicators": ()}
    lenders: dict[str, tuple[Path, ...]] = {"events": (), "indicators": ()}
    for layer in layers:
        for key in files:
            names = _names(layer, key)
            if names:
                found = [_find(layer, key, name, problems) for name in names[:MOST_TABLES]]
                files[key] = tuple(table for table, _ in filter(None, found))
                lenders[key] = tuple(
                    lender for _, lender in filter(None, found) if lender is not None
                )
    return TableFiles(
        files["events"],
        files["indicators"],
        tuple(dict.fromkeys(lenders["events"] + lenders["indicators"])),
    )


def _names(layer: Layer, key: str) -> list[str]:
    """The names a layer gives for a kind of table; none if they are not sound (it was told)."""
    tables = layer.content.get("tables")
    value: Any = tables.get(key) if isinstance(tables, dict) else None
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list):
        return []
    sound = all(
        isinstance(name, str) and name.strip() and not has_control_character(name) for name in names
    )
    return names if sound else []


def _find(
    layer: Layer, key: str, name: str, problems: list[Problem]
) -> tuple[Path, Path | None] | None:
    """A table and the scenario it is borrowed from (None: the scenario's own)."""
    near = layer.path.parent
    absolute = Path(name).is_absolute() or PureWindowsPath(name).drive
    own = near / name
    if not absolute:
        if _is_within(own, near) and (is_file(own) or "/" not in name):
            return own, None
        lender = _lender(name, layer.path)
        if lender is not None:
            return lender.parent / PurePosixPath(name).name, lender
    problems.append(
        Problem(
            shown(layer.path),
            f"tables.{key}",
            f"found {quoted(name)}",
            "a file in the scenario's own folder, or one beside another scenario's file: "
            "that scenario's name or path, a slash, and the file's name",
        )
    )
    return None


def _lender(name: str, asking: Path) -> Path | None:
    """The scenario in whose folder a table lies that is called `SCENARIO/FILE`."""
    reference, _, file = name.rpartition("/")
    if not reference or file in ("", ".", ".."):
        return None
    try:
        lender = locate(reference, near=asking.parent, asking=asking)
    except ScenarioError:
        return None
    # A table is lent only from a folder that a scenario lies in: no other file can be named.
    return lender if _is_within(lender.parent / file, lender.parent) else None


def _is_within(file: Path, folder: Path) -> bool:
    try:
        return resolved(file).is_relative_to(resolved(folder))
    except (OSError, ValueError):
        return False
