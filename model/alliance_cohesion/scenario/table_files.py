"""Find the evidence tables that a scenario names: its own, and those it borrows from others."""

from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from .files import is_file, resolved
from .layers import Layer, origin
from .locate import locate
from .problems import Problem, ScenarioError, has_control_character, quoted, shown
from .schema import MOST_TABLES

_ALLOWED = (
    "a file in the scenario's own folder, or one beside another scenario's file: "
    "that scenario's name or path, a slash, and the file's name"
)


def table_files(layers: list[Layer], key: str, problems: list[Problem]) -> dict[Path, Path | None]:
    """The tables of one kind, as the last layer that names any has them, in its order.

    Args:
        layers: The scenario's files, base first.
        key: `events` or `indicators`.
        problems: What is wrong is appended here, and the table in question left out.

    Returns:
        Each table with the scenario file beside which it lies, if it is borrowed.
    """
    layer, _ = origin(layers, ("tables", key))
    tables = layer.content.get("tables")
    value: Any = tables.get(key) if isinstance(tables, dict) else None
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(n, str) and n.strip() for n in names):
        return {}  # not there, or told by the schema
    result = {}
    for name in names[:MOST_TABLES]:
        table = None if has_control_character(name) else _find(layer, name)
        if table:
            result[table[0]] = table[1]
        else:
            place = f"tables.{key}"
            problems.append(Problem(shown(layer.path), place, f"found {quoted(name)}", _ALLOWED))
    return result


def _find(layer: Layer, name: str) -> tuple[Path, Path | None] | None:
    near = layer.path.parent
    if Path(name).is_absolute() or PureWindowsPath(name).drive:
        return None
    own = near / name
    if _is_within(own, near) and (is_file(own) or "/" not in name):
        return own, None
    reference, _, file = name.rpartition("/")
    if not reference or file in ("", ".", ".."):
        return None
    try:
        lender = locate(reference, near=near, asking=layer.path)
    except ScenarioError:
        return None
    # A table is lent only from a folder that a scenario lies in: no other file can be named.
    table = lender.parent / PurePosixPath(name).name
    return (table, lender) if _is_within(table, lender.parent) else None


def _is_within(file: Path, folder: Path) -> bool:
    try:
        return resolved(file).is_relative_to(resolved(folder))
    except (OSError, ValueError):
        return False
