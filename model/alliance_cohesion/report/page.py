"""The sheet that pictures are drawn on: panels in columns, a heading, room for a key.

Everything is placed in inches, so nothing has to be measured and moved afterwards.
"""

from dataclasses import dataclass, field
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from .document import Spot
from .palette import FAINT, GRID, INK
from .text import clean, shorten
from .timeline import Timeline

WIDTH = 8.27
LEFT, RIGHT, BETWEEN = 0.62, 0.25, 0.62
HEADING, LEGEND_LINE = 0.62, 0.22


@dataclass
class Picture:
    """A figure with its file name and what to tell those who cannot see it."""

    name: str
    figure: Figure
    alt: str
    caption: str
    """What it shows and how to read it."""
    spots: tuple[Spot, ...] = ()
    small: bool = False
    """It can be read at the width of a phone, so a page shows it whole."""


@dataclass
class Sheet:
    """A figure and its panels, row by row."""

    figure: Figure
    panels: list[Axes] = field(default_factory=list)


def sheet(
    title: str,
    subtitle: str,
    panels: int,
    *,
    panel: float,
    gap: float = 0.55,
    above: float = 0.24,
    columns: int = 2,
    legend_lines: int = 1,
    foot: float = 0.0,
    right: float = RIGHT,
) -> Sheet:
    """An empty sheet. Sizes are in inches; `above` and `foot` are kept free round the panels."""
    columns = min(columns, panels)
    rows = -(-panels // columns)
    top = HEADING + legend_lines * LEGEND_LINE + above
    height = top + rows * panel + (rows - 1) * gap + 0.4 + foot
    figure = Figure(figsize=(WIDTH, height), facecolor="white")
    text: dict[str, Any] = {"ha": "left", "va": "top", "color": INK, "parse_math": False}
    figure.text(LEFT / WIDTH, 1 - 0.14 / height, title, fontsize=12, fontweight="bold", **text)
    text["color"] = "#555555"
    figure.text(LEFT / WIDTH, 1 - 0.40 / height, subtitle, fontsize=7.5, **text)
    made = Sheet(figure)
    wide = (WIDTH - LEFT - right - (columns - 1) * BETWEEN) / columns
    for k in range(panels):
        row, column = divmod(k, columns)
        x = LEFT + column * (wide + BETWEEN)
        y = height - top - panel - row * (panel + gap)
        axes = figure.add_axes((x / WIDTH, y / height, wide / WIDTH, panel / height))
        _plain(axes)
        made.panels.append(axes)
    return made


def spot(axes: Axes, x: float, y: float, text: str) -> Spot:
    """The place of (x, y) on the sheet, which must have been laid out."""
    across, up = axes.figure.transFigure.inverted().transform(axes.transData.transform((x, y)))
    return Spot(float(across), float(1 - up), clean(text))


def legend(figure: Figure, handles: list[Line2D | Patch], line: int = 0) -> None:
    """Write a legend in line `line` under the heading."""
    height = figure.get_figheight()
    figure.legends.append(
        figure.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(LEFT / WIDTH, 1 - (HEADING - 0.04 + line * LEGEND_LINE) / height),
            ncols=len(handles),
            frameon=False,
            fontsize=7,
            borderaxespad=0,
            borderpad=0,
            handlelength=1.4,
            handletextpad=0.45,
            columnspacing=1.3,
        )
    )


def time_axis(axes: Axes, timeline: Timeline) -> None:
    """Years along x, over the whole clock and no more."""
    first, last = float(timeline.years[0]), float(timeline.years[-1])
    axes.set_xlim(first, last)
    span = last - first
    step = next((s for s in (1, 2, 5, 10, 20, 50, 100) if span / s <= 7.5), 200)
    start = -(-first // step) * step
    ticks = [start + k * step for k in range(int((last - start) // step) + 1)]
    axes.set_xticks(ticks or [first], [f"{tick:.0f}" for tick in ticks or [first]])


def heading(timeline: Timeline, what: str) -> tuple[str, str]:
    """Title and subtitle: what is shown, of which scenario, from which parameters."""
    attributes = timeline.data.attrs
    name = shorten(clean(attributes["scenario"]), 40)
    origin = clean(attributes["parameters_from"])
    drawn = (
        "parameters drawn from the prior, NOT calibrated"
        if origin == "prior"
        else f"parameters from {origin}"
    )
    count = f"{int(attributes['histories']):,} simulated histories"
    return what, f"{name}; {count}, seed {attributes['seed']}; {shorten(drawn, 60)}"


def _plain(axes: Axes) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(FAINT)
    axes.tick_params(labelsize=7, colors=INK, length=2.5, color=FAINT, pad=2)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=GRID, linewidth=0.5)
