"""The look of figures: the program's own, whatever Matplotlib is set to on this machine."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager, get_font
from matplotlib.text import Text

FONT = "DejaVu Sans"  # comes with Matplotlib
_MACHINE = ("backend", "interactive", "toolbar", "webagg", "savefig.directory", "tk.", "macosx.")
_OURS = {"font.family": [FONT], "svg.hashsalt": "alliance-cohesion"}


@contextmanager
def own() -> Iterator[None]:
    """Draw and save within Matplotlib's defaults; the user's settings return afterwards."""
    defaults: dict[Any, Any] = {
        name: value
        for name, value in matplotlib.rcParamsDefault.items()
        if not name.startswith(_MACHINE)
    }
    with warnings.catch_warnings(), matplotlib.rc_context(defaults | _OURS):
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # see `missing`
        yield


def missing(figure: Figure) -> list[str]:
    """The characters of a figure that the font has no glyph for; they are drawn as boxes."""
    known = get_font(fontManager.findfont(FONT)).get_charmap()
    written = {
        character
        for text in figure.findobj(Text)
        if isinstance(text, Text)
        for character in text.get_text()
    }
    return sorted(c for c in written if ord(c) not in known and not c.isspace())
