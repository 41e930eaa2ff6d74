"""A report as one HTML file that needs nothing else: no address is loaded, no script run.

Pictures are the PNG files of the results folder, written into the page. The same drawing as SVG
takes about a second more and four times the bytes; what SVG would add, words for a mark that is
pointed at, the page gets from spots laid over the picture.
"""

import base64
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from .document import Document, Grid, Made
from .text import clean


def render(document: Document, made: Made) -> str:
    """The page; the same document gives the same text."""
    return _templates().get_template("report.html.jinja").render(document=document, made=made)


def table_html(heading: str, grid: Grid, below: str) -> str:
    """A table by itself, under a heading, for a notebook."""
    return str(_templates().get_template("notebook.html.jinja").render(
        heading=heading, grid=grid, below=below
    ))  # fmt: skip


@lru_cache(maxsize=1)
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # What is shown may come from any file: no control characters, no turned directions.
        finalize=lambda value: _shown(value) if type(value) is str else value,
    )
    made.filters["base64"] = lambda png: Markup(base64.b64encode(png).decode("ascii"))
    made.filters["lines"] = lambda text: [_shown(line) for line in text.split("\n")]
    return made


def _shown(text: str) -> str:
    """Safe to show, and a number stays with its per cent sign."""
    return clean(text).replace(" %", "\N{NO-BREAK SPACE}%")
