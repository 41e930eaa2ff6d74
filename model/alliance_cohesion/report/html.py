"""A report as one HTML file that needs nothing else: no address is loaded, no script run.

Pictures are the PNG files of the results folder, written into the page. The same drawing as SVG
takes about a second more and four times the bytes; what SVG would add, words for a mark that is
pointed at, the page gets from spots laid over the picture.
"""

import base64
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from .document import Document, Made
from .text import clean

_TEMPLATE = "report.html.jinja"


def render(document: Document, made: Made) -> str:
    """The page; the same document gives the same text."""
    return _template().render(document=document, made=made)


@lru_cache(maxsize=1)
def _template() -> Template:
    rooms = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # Whatever is shown was written by somebody: no control signs, no turned directions.
        finalize=lambda value: _shown(value) if type(value) is str else value,
    )
    rooms.filters["base64"] = lambda png: Markup(base64.b64encode(png).decode("ascii"))
    rooms.filters["lines"] = lambda text: [_shown(line) for line in text.split("\n")]
    return rooms.get_template(_TEMPLATE)


def _shown(text: str) -> str:
    """Safe to show, and a number stays with its per cent sign."""
    return clean(text).replace(" %", "\N{NO-BREAK SPACE}%")
