"""Alignment of each state over time: median and bands over the kept histories."""

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ..core.inputs import Floats
from . import page, palette
from .page import Picture
from .subject import Subject, decimal_year
from .text import shorten

PER_PAGE = 8
CAPTION = (
    "Alignment is what membership is worth to a state, followed with inertia: above 0 something "
    "holds it, below 0 something pushes it away. The line is the middle history, the bands hold "
    "half and nine tenths of them. No alignment is ever observed."
)
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def draw(subject: Subject) -> list[Picture]:
    """One picture for every eight states."""
    bands = quantiles(subject)
    low, high = float(np.nanmin(bands[0])), float(np.nanmax(bands[-1]))
    pad = 0.04 * (high - low) or 1.0
    everyone = range(len(subject.states))
    pages = [everyone[k : k + PER_PAGE] for k in range(0, len(everyone), PER_PAGE)]
    pictures = []
    for number, states in enumerate(pages, start=1):
        kept = subject.data.sizes["history"]
        title, subtitle = page.heading(subject, "Alignment with the alliance")
        if kept < int(subject.data.attrs["histories"]):
            subtitle += f"; bands from the first {kept:,}"
        made = page.sheet(title, subtitle, len(states), panel=1.5, gap=0.5)
        page.legend(
            made.figure,
            [
                Line2D([], [], color="#444444", linewidth=1.2, label="median"),
                Patch(color="#444444", alpha=0.45, linewidth=0, label="50 % of histories"),
                Patch(color="#444444", alpha=0.18, linewidth=0, label="90 % of histories"),
                Line2D([], [], color=palette.INK, linewidth=0.8, label="documented change"),
            ],
        )
        for axes, i in zip(made.panels, states, strict=True):
            colour, _ = palette.state(i)
            x = subject.years[1:]
            band = bands[:, :, i]
            axes.fill_between(x, band[0], band[4], color=colour, alpha=0.18, linewidth=0)
            axes.fill_between(x, band[1], band[3], color=colour, alpha=0.30, linewidth=0)
            axes.plot(x, band[2], color=colour, linewidth=1.2)
            axes.axhline(0, color=palette.FAINT, linewidth=0.6, zorder=0.5)
            for change in subject.changes(i):
                at = decimal_year(change.day)
                axes.axvline(at, color=palette.INK, linewidth=0.8)
                right = at > float(subject.years[0] + 0.85 * np.ptp(subject.years))
                axes.annotate(
                    change.verb, (at, 0.99), (-2 if right else 2, 0),
                    xycoords=("data", "axes fraction"), textcoords="offset points",
                    fontsize=6.5, va="top", ha="right" if right else "left",
                )  # fmt: skip
            page.time_axis(axes, subject)
            axes.set_ylim(low - pad, high + pad)
            axes.set_title(
                shorten(subject.states[i], 34), fontsize=10, fontweight="bold", loc="left", pad=3,
                color=palette.INK, parse_math=False,
            )  # fmt: skip
            if axes.get_position().x0 < 0.2:
                axes.set_ylabel("alignment (log-odds)", fontsize=7, labelpad=1)
        name = "alignments" if number == 1 else f"alignments-{number}"
        alt = _alt(subject, states, bands)
        pictures.append(Picture(name, made.figure, alt, CAPTION))
    return pictures


def quantiles(subject: Subject) -> Floats:
    """[level, T, N] quantiles over the kept histories, at `LEVELS`."""
    ordered = np.sort(subject.data["alignment"].values, axis=0)
    places = np.array(LEVELS) * (len(ordered) - 1)
    below = np.floor(places).astype(int)
    above = np.minimum(below + 1, len(ordered) - 1)
    part = (places - below)[:, None, None]
    return np.asarray(ordered[below] * (1 - part) + ordered[above] * part, dtype=float)


def _alt(subject: Subject, states: range, bands: Floats) -> str:
    ends = " ".join(
        f"{subject.states[i]}: median {bands[2, 0, i]:.1f} at the start, "
        f"{bands[2, -1, i]:.1f} at the end, 90 % of histories from {bands[0, -1, i]:.1f} to "
        f"{bands[4, -1, i]:.1f}."
        for i in states
    )
    return (
        "One panel for each state, all with the same scale: median alignment in log-odds over "
        "time with bands that hold 50 and 90 % of histories, and a vertical line at each "
        f"documented change of standing. {ends}"
    )
