"""Pictures: what they share, how they look and how they are saved.

All are narrow enough to be read on a phone. Constrained layout places what is in them.
"""

import textwrap
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib import figure as canvas
from matplotlib.axes import Axes
from matplotlib.font_manager import fontManager, get_font
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from .document import Figure, Spot
from .palette import FAINT, INK
from .text import clean, shorten

WIDTH = 4.6
"""Inches. On a phone of 390 points the smallest text is as large as small print."""
SMALL = 7.5
"""Points: the smallest text that says something of its own."""
DPI = 160
FONT = "DejaVu Sans"  # comes with Matplotlib
_MACHINE = ("backend", "interactive", "toolbar", "webagg", "savefig.directory", "tk.", "macosx.")
_OURS = {"font.family": [FONT], "svg.hashsalt": "alliance-cohesion"}


class FontWarning(UserWarning):
    """A picture holds characters that the font cannot draw."""


@dataclass
class Picture:
    """A figure with its file name and what to tell those who cannot see it."""

    name: str
    figure: canvas.Figure
    alt: str
    caption: str
    """What it shows and how to read it."""
    spots: tuple[Spot, ...] = ()


def sheet(height: float, rows: int = 1, columns: int = 1, **how: Any) -> tuple[canvas.Figure, Any]:
    """An empty figure of a height in inches, and its panels: `Axes`, or an array of them."""
    layout = ConstrainedLayoutEngine(h_pad=0.06, w_pad=0.06)
    figure = canvas.Figure(figsize=(WIDTH, height), layout=layout, facecolor="white")
    axes = figure.subplots(rows, columns, **how)
    for one in np.ravel(axes):
        plain(one)
    return figure, axes


def plain(axes: Axes) -> None:
    """Axes with two sides and small figures."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=SMALL, colors=INK, color=FAINT)


def no_sides(axes: Axes) -> None:
    """Axes whose rows have names of their own: nothing at the left."""
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])


def legend(figure: canvas.Figure, handles: Sequence[Patch | Line2D], title: str = "") -> None:
    """A key above all panels, under a title if there is one."""
    made = figure.legend(
        handles=handles, loc="outside upper left", ncols=len(handles), frameon=False,
        fontsize=SMALL, handlelength=1.2, handletextpad=0.4, columnspacing=1.2, borderaxespad=0.2,
        title=title_text(title) or None, title_fontsize=9, alignment="left",
    )  # fmt: skip
    made.get_title().set(fontweight="bold", parse_math=False)


def title_text(title: str) -> str:
    """A title on one line or two."""
    return textwrap.fill(shorten(clean(title), 100), 54)


def line(label: str, **style: Any) -> Line2D:
    """A line or marker of a key."""
    return Line2D([], [], label=label, **style)


def area(label: str, **style: Any) -> Patch:
    """An area of a key."""
    return Patch(label=label, **style)


def row_heading(axes: Axes, y: float, name: str, said: str) -> None:
    """The name of a row above it, and what is said of it at the right."""
    for x, text, size, weight, place in (
        (0, shorten(clean(name), 34), 9.0, "bold", "left"),
        (1, said, SMALL, "normal", "right"),
    ):
        axes.annotate(
            text, (x, y), (0, 1.5), xycoords=("axes fraction", "data"), textcoords="offset points",
            fontsize=size, fontweight=weight, ha=place, va="bottom", color=INK, parse_math=False,
        )  # fmt: skip


def years(axes: Axes, first: float, last: float, most: float = 7.5) -> None:
    """Years along x, over this time and no more."""
    axes.set_xlim(first, last)
    step = next((s for s in (1, 2, 5, 10, 20, 50, 100) if (last - first) / s <= most), 200)
    ticks = np.arange(-(-first // step) * step, last + 1e-9, step)
    axes.set_xticks(ticks, [f"{tick:.0f}" for tick in ticks])


def spot(axes: Axes, x: float, y: float, text: str) -> Spot:
    """The place of (x, y) on the figure, which must have been laid out."""
    across, up = axes.figure.transFigure.inverted().transform(axes.transData.transform((x, y)))
    return Spot(float(across), float(1 - up), clean(text))


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


def missing(figure: canvas.Figure) -> list[str]:
    """The characters of a figure that the font has no glyph for; they are drawn as boxes."""
    known = get_font(fontManager.findfont(FONT)).get_charmap()
    written = {
        character
        for text in figure.findobj(Text)
        if isinstance(text, Text)
        for character in text.get_text()
    }
    return sorted(c for c in written if ord(c) not in known and not c.isspace())


def saved(make: Callable[[], list[Picture]], folder: Path) -> list[Figure]:
    """Draw pictures, save them to a folder, and give them as a report shows them."""
    with own():
        made = [_told(picture) for picture in make()]
        save(made, folder)
    return [
        Figure(
            name=picture.name,
            png=(folder / f"{picture.name}.png").read_bytes(),
            alt=picture.alt,
            caption=picture.caption,
            spots=picture.spots,
        )
        for picture in made
    ]


def _told(picture: Picture) -> Picture:
    """The picture; its caption and a warning name the characters that the font lacks."""
    lacking = missing(picture.figure)
    if not lacking:
        return picture
    told = f"{FONT}, the font of the pictures, lacks {' '.join(lacking[:20])}"
    warnings.warn(
        f"{told}; boxes stand for them. Write names in another script.",
        FontWarning,
        stacklevel=2,
    )
    return replace(picture, caption=f"{picture.caption} {told}; boxes stand for them.")


def save(pictures: list[Picture], folder: Path) -> None:
    """Write each as PNG, without dates: the same picture gives the same bytes."""
    for picture in pictures:
        picture.figure.savefig(folder / f"{picture.name}.png", dpi=DPI)
