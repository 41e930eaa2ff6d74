"""Chance of being away (frozen or outside) over time, all states in one picture."""

import numpy as np

from ..core.inputs import Standing
from . import page, palette
from .page import Picture
from .subject import Subject, decimal_year
from .text import percent, shorten

_HEIGHT = 4.4
CAPTION = (
    "The share of histories in which each state is frozen or outside, all states in one picture. "
    "A dot is what happened, on the line of the state it happened to; it says nothing of height."
)


def draw(subject: Subject) -> list[Picture]:
    """One line a state, named at its end."""
    title, subtitle = page.heading(subject, "Chance of being frozen or outside")
    lines = max(1, len(subject.states))
    made = page.sheet(
        title,
        subtitle,
        1,
        panel=max(_HEIGHT, 0.14 * lines),
        columns=1,
        legend_lines=0,
        above=0.1,
        right=1.05,
        foot=0.25,
    )
    axes = made.panels[0]
    for i in range(len(subject.states)):
        colour, dash = palette.state(i)
        away = np.append(subject.away[:, i], subject.away[-1, i])
        axes.step(subject.years, away, where="post", color=colour, linestyle=dash, linewidth=1.5)
        for change in subject.changes(i):
            left = change.after != Standing.MEMBER
            axes.plot(
                decimal_year(change.day),
                subject.away[change.tick, i],
                marker="o",
                markersize=6,
                color=colour,
                markerfacecolor=colour if left else "white",
                markeredgewidth=1.4,
                zorder=4,
                clip_on=False,
            )
    page.time_axis(axes, subject)
    axes.set_ylim(0, 1)
    axes.set_yticks(np.linspace(0, 1, 6), [f"{k} %" for k in range(0, 101, 20)])
    ends = subject.away[-1]
    gap = 9.5 / 72 / (made.figure.get_figheight() * axes.get_position().height)
    for i, y in enumerate(spread(list(ends), gap)):
        colour, _ = palette.state(i)
        axes.annotate(
            f"{shorten(subject.states[i], 9)}  {percent(ends[i])}",
            (subject.years[-1], ends[i]),
            (1.025, y),
            xycoords="data",
            textcoords="axes fraction",
            fontsize=8,
            fontweight="bold",
            color=colour,
            va="center",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": colour,
                "linewidth": 0.6,
                "shrinkA": 1,
                "relpos": (0, 0.5),
            },
            parse_math=False,
        )
    made.figure.text(
        page.LEFT / page.WIDTH,
        0.12 / made.figure.get_figheight(),
        "Dots: what happened, on the line of the state it happened to (filled: it left or froze "
        "its membership; hollow: it came in or back).",
        fontsize=7,
        color="#555555",
    )
    return [Picture("chances", made.figure, _alt(subject, ends), CAPTION)]


def spread(wanted: list[float], gap: float, low: float = 0.0, high: float = 1.0) -> list[float]:
    """Heights as near as can be to `wanted`, at least `gap` apart, in the same order."""
    order = sorted(range(len(wanted)), key=lambda k: wanted[k])
    gap = min(gap, (high - low) / max(1, len(wanted) - 1)) if wanted else gap
    # Groups of touching labels, each centred on the mean of what its labels want.
    groups: list[list[int]] = []
    for k in order:
        groups.append([k])
        while len(groups) > 1 and _start(groups[-1], wanted, gap, low, high) < (
            _start(groups[-2], wanted, gap, low, high) + gap * len(groups[-2]) - 1e-12
        ):
            last = groups.pop()
            groups[-1] += last
    placed = [0.0] * len(wanted)
    for group in groups:
        start = _start(group, wanted, gap, low, high)
        for place, k in enumerate(group):
            placed[k] = start + place * gap
    return placed


def _start(group: list[int], wanted: list[float], gap: float, low: float, high: float) -> float:
    length = gap * (len(group) - 1)
    middle = sum(wanted[k] for k in group) / len(group)
    return min(max(middle - length / 2, low), max(low, high - length))


def _alt(subject: Subject, ends: np.ndarray) -> str:
    order = np.argsort(-ends, kind="stable")
    told = ", ".join(f"{subject.states[i]} {percent(ends[i])}" for i in order)
    return (
        "Lines over time: share of histories in which each state is frozen or outside; "
        f"dots mark the documented changes. At the end: {told}."
    )
