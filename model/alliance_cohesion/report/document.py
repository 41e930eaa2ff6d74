"""A report and its tables as data: the same on a terminal, on a page and in Markdown."""

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


@dataclass(frozen=True)
class Spot:
    """A place of a picture that says something when it is pointed at."""

    x: float
    """0 to 1, from the left."""
    y: float
    """0 to 1, from the top."""
    text: str


@dataclass(frozen=True)
class Figure:
    """A picture, ready to be shown."""

    name: str
    png: bytes
    alt: str
    caption: str
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True)
class Section:
    """Paragraphs and tables under a heading, in their order."""

    heading: str
    parts: tuple[str | Grid, ...]
    first: bool = False
    """Shown before the pictures."""


@dataclass(frozen=True)
class Document:
    """What a job found, in the order in which it is read."""

    title: str
    question: str
    answer: tuple[str, ...]
    """Three sentences with numbers, most important first."""
    further: tuple[str, ...] = ()
    """More sentences, for whoever reads on."""
    figures: tuple[Figure, ...] = ()
    sections: tuple[Section, ...] = ()
    caveats: tuple[str, ...] = ()
    """What the numbers rest on, and what they cannot say."""


@dataclass(frozen=True)
class Made:
    """How a report's numbers were made, and can be made again."""

    facts: tuple[tuple[str, str], ...]
    """Name and value: version, seed, .."""
    commands: tuple[tuple[str, str], ...]
    """What it does, and the command."""
    files: tuple[tuple[str, str], ...] = ()
    """Name, and what is in it."""
    reading: str = ""
    """How to read the files."""
    calibrated: bool = True
