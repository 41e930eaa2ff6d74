"""A report as data, before it is a page: what is asked, what came out, how far to trust it."""

from dataclasses import dataclass

from .grid import Grid


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
    small: bool = False
    """It can be read at the width of a phone, so the page shows it whole."""


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
    calibrated: bool = True
