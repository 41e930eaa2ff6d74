"""A table as data: the same on a terminal, in a report and on a page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column."""

    head: str
    """A line break says where the heading may be broken."""
    number: bool = False
    """Set flush right."""
    wraps: bool = False
    """Its cells may be broken over lines."""
    least: int = 0
    """Characters that it keeps where there is little room."""


@dataclass(frozen=True)
class Grid:
    """A table of words that are ready to be shown."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    """What one must know to read it."""


def grid(
    title: str, columns: Iterable[Column], rows: Iterable[Sequence[str]], note: str = ""
) -> Grid:
    """A table; every row has a cell for every column."""
    made = Grid(title, tuple(columns), tuple(tuple(row) for row in rows), note)
    uneven = [row for row in made.rows if len(row) != len(made.columns)]
    if uneven:
        raise ValueError(f"{title}: {len(made.columns)} columns, but a row has {len(uneven[0])}")
    return made


def words(*heads: str) -> list[Column]:
    """Columns of words."""
    return [Column(head) for head in heads]


def numbers(*heads: str) -> list[Column]:
    """Columns of numbers."""
    return [Column(head, number=True) for head in heads]
