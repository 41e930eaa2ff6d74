"""A report as Markdown: the same document as the page, without its pictures."""

import re
from collections.abc import Iterable

from .document import Document, Grid, Made
from .text import clean

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def render(document: Document, made: Made | None = None) -> str:
    """The text; the same document gives the same text.

    Args:
        document: The report.
        made: How it was made and what lies beside it, if that is to be told.
    """
    parts = [f"# {_plain(document.title)}", _plain(document.question)]
    if made and not made.calibrated:
        parts.append("**Not calibrated.** The parameters were drawn from the prior.")
    parts += [_list(document.answer), *map(_plain, document.further)]
    for section in document.sections:
        parts += [f"## {_plain(section.heading)}"] if section.heading else []
        parts += [_plain(part) if isinstance(part, str) else table(part) for part in section.parts]
    if document.caveats:
        parts += ["## How far to trust it", _list(document.caveats)]
    return "\n\n".join(filter(None, parts + (_again(made) if made else []))) + "\n"


def _again(made: Made) -> list[str]:
    """How the report can be made again, and what is in the folder."""
    parts = ["## How to make it again"]
    for what, command in made.commands:
        parts += [_plain(what), f"    {clean(command)}"]
    parts.append(_list(f"{name}: {value}" for name, value in made.facts))
    return [
        *parts,
        "The same version, seed and scenario give the same numbers, bit for bit, whatever the "
        "number of processors.",
        "## In this folder",
        _list(f"{name}: {about}" for name, about in made.files),
        _plain(made.reading),
    ]


def table(grid: Grid) -> str:
    """A table, its title above and its note below."""
    lines = [
        _row([column.head for column in grid.columns]),
        _row(["---:" if column.number else ":---" for column in grid.columns], escape=False),
        *(_row(row) for row in grid.rows),
    ]
    shown = "\n".join(lines) if grid.rows else ""
    title = f"**{_plain(grid.title)}**" if grid.title else ""
    return "\n\n".join(filter(None, (title, shown, _plain(grid.note))))


def _row(cells: list[str] | tuple[str, ...], escape: bool = True) -> str:
    if escape:
        cells = ["<br>".join(map(_plain, cell.split("\n"))) for cell in cells]
    return f"| {' | '.join(cells)} |"


def _list(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {_plain(sentence)}" for sentence in sentences)


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", clean(text))
