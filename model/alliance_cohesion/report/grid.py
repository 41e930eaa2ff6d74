"""A table as data: the same on a terminal, in a report and on a page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_ROWS = 200
"""That are shown of a table; the files hold all."""


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
    title: str,
    columns: Iterable[Column],
    rows: Iterable[Sequence[str]],
    note: str = "",
    file: str = "the files",
) -> Grid:
    """A table; every row has a cell for every column.

    Of a long one the first `MOST_ROWS` rows are shown; the note says how many more are in `file`.
    """
    every = tuple(tuple(row) for row in rows)
    more = len(every) - MOST_ROWS
    cut = f"{more:,} more row{'s' * (more > 1)}: see {file}." if more > 0 else ""
    made = Grid(title, tuple(columns), every[:MOST_ROWS], "\n".join(filter(None, (note, cut))))
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
