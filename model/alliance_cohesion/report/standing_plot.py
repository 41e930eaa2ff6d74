"""Shares of histories in each standing, under what happened and over what moved the state."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ..core.inputs import Standing
from ..scenario import Event
from . import page, palette
from .document import Note, Spot
from .marks import KINDS, LANES, MOST, Kind, Mark, coded, marks
from .page import Picture
from .subject import Subject, decimal_year
from .text import clean, listed, percent, shorten

PER_PAGE = 8
CAPTION = (
    "One panel a state: the areas are the shares of simulated histories in which it is member, "
    "frozen or outside; the strip above them is what happened. Where they agree the rules would "
    "have expected history; where they do not, history was lucky or the rules miss something. "
    "Below are the coded events that moved the state: larger is stronger, a line shows how long."
)
NUMBERED = 3  # events a panel that get a number and a line in the key
_STRIP = (1.05, 1.15)  # of the panel's height of shares
_LANE = 0.09
_RENEWAL: dict[str, Any] = {"color": "white", "linewidth": 1.0, "linestyle": (0, (1.5, 1.5))}
_NEAR = 0.045  # of the clock; numbers of marks so close share one label
_BOTTOM = -0.06 - LANES * _LANE
_KEY_LINE = 0.118  # inches
_STACK = (Standing.OUTSIDE, Standing.FROZEN, Standing.MEMBER)


@dataclass
class Numbered:
    """An event that the key below the panels explains."""

    mark: Mark
    states: list[str] = field(default_factory=list)


def draw(subject: Subject) -> list[Picture]:
    """One picture for every eight states."""
    everyone = range(len(subject.states))
    pages = [everyone[k : k + PER_PAGE] for k in range(0, len(everyone), PER_PAGE)]
    names = ["standings", *(f"standings-{n}" for n in range(2, len(pages) + 1))]
    return [_page(subject, name, own) for name, own in zip(names, pages, strict=True)]


def _page(subject: Subject, name: str, states: Sequence[int]) -> Picture:
    moved = {i: marks(subject, i) for i in states}
    key = _numbered(moved, subject)
    numbers = {one.mark.event.id: n for n, one in enumerate(key, start=1)}
    title, subtitle = page.heading(
        subject, "Standing: areas are shares of simulated histories, strips the record"
    )
    made = page.sheet(
        title,
        subtitle,
        len(states),
        panel=1.62,
        gap=0.6,
        above=0.32,
        legend_lines=2,
        foot=0.3 + _KEY_LINE * (1 + -(-len(key) // 2)) if key else 0.0,
    )
    _legends(made.figure, any(moved.values()), bool(len(subject.renewals)))
    spots: list[Spot] = []
    for axes, i in zip(made.panels, states, strict=True):
        _shares(axes, subject, i)
        _strip(axes, subject, i)
        page.time_axis(axes, subject)
        _events(axes, moved[i], numbers)
        _renewals(axes, subject)
        _frame(axes, subject, i, any(moved.values()))
        spots += _spots(axes, subject, i, moved[i], numbers)
    _key(made.figure, key)
    caption = CAPTION
    if any(len(found) == MOST for found in moved.values()):
        caption += f" Of each state at most {MOST} events are marked, the strongest."
    return Picture(
        name, made.figure, _alt(subject, states), caption, tuple(spots), tuple(_notes(key))
    )


def _spots(
    axes: Axes, subject: Subject, i: int, found: list[Mark], numbers: dict[str, int]
) -> Iterator[Spot]:
    """What is said of each event and each documented change where it is pointed at."""
    for mark in found:
        at, number = max(mark.start, float(subject.years[0])), numbers.get(mark.event.id)
        told = f"{_told(mark.event)} Source: {mark.event.source}"
        yield page.spot(axes, at, _height(mark.kind), told, str(number or ""))
    for change in subject.changes(i):
        if change.event is not None:
            told = f"{change}: {change.event.description} Source: {change.event.source}"
            yield page.spot(axes, decimal_year(change.day), sum(_STRIP) / 2, told)


def _notes(key: list[Numbered]) -> Iterator[Note]:
    for number, one in enumerate(key, start=1):
        told = f"{_told(one.mark.event)} Moved {listed(one.states)}."
        yield Note(str(number), told, one.mark.event.source)


def _told(event: Event) -> str:
    return f"{event.date}, {coded(event)}; confidence {event.confidence}. {event.description}"


def _height(kind: Kind) -> float:
    """Where the lane of a kind lies under a panel."""
    return -0.06 - (kind.lane + 0.5) * _LANE


def _shares(axes: Axes, subject: Subject, i: int) -> None:
    share = subject.data["share"].isel(state=i)
    floor = np.zeros(len(subject.years))
    for standing in _STACK:
        value = share.sel(standing=standing.label).values
        top = floor + np.append(value, value[-1])
        axes.fill_between(
            subject.years, floor, top, step="post", color=palette.STANDING[standing], linewidth=0
        )
        floor = top


def _strip(axes: Axes, subject: Subject, i: int) -> None:
    first, last = float(subject.years[0]), float(subject.years[-1])
    low, high = _STRIP
    changes = subject.changes(i)
    starts = [first, *(decimal_year(change.day) for change in changes)]
    standings = [subject.at_start(i), *(change.after for change in changes)]
    for start, end, standing in zip(starts, [*starts[1:], last], standings, strict=True):
        axes.fill_between(
            [start, end], low, high, color=palette.STANDING[standing], linewidth=0, clip_on=False
        )
    labels = _spread([decimal_year(change.day) for change in changes], first, last)
    for change, x in zip(changes, labels, strict=True):
        at = decimal_year(change.day)
        axes.plot([at, at], [0, high], color="white", linewidth=1.6, clip_on=False)
        axes.plot([at, at], [0, high], color=palette.INK, linewidth=0.7, clip_on=False)
        axes.text(
            x, high + 0.03, str(change), fontsize=6.5, ha="center", va="bottom", color=palette.INK
        )


def _spread(wanted: list[float], first: float, last: float) -> list[float]:
    """Places of labels near `wanted` that do not overlap and stay over the panel."""
    room = 0.2 * (last - first)
    placed: list[float] = []
    for x in wanted:
        placed.append(max(x, placed[-1] + room) if placed else max(x, first + 0.2 * room))
    limit = last - 0.35 * room
    for k in reversed(range(len(placed))):
        placed[k] = min(placed[k], limit)
        limit = placed[k] - room
    return placed


def _events(axes: Axes, found: list[Mark], numbers: dict[str, int]) -> None:
    for kind in KINDS:
        own = [mark for mark in found if mark.kind is kind]
        if not own:
            continue
        y = _height(kind)
        spans = [[(mark.start, y), (mark.end, y)] for mark in own if mark.end > mark.start]
        axes.add_collection(LineCollection(spans, colors=kind.colour, linewidths=0.8, alpha=0.55))
        axes.scatter(
            [mark.start for mark in own],
            [y] * len(own),
            s=[5 + 24 * mark.weight for mark in own],
            marker=kind.marker,
            color=kind.colour,
            edgecolors="white",
            linewidths=0.3,
            zorder=3,
        )
        for x, label in _labels([mark for mark in own if mark.event.id in numbers], numbers, axes):
            axes.annotate(
                label,
                (x, y),
                (3.4, 0),
                textcoords="offset points",
                fontsize=6,
                fontweight="bold",
                va="center",
                color=kind.colour,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.2, "alpha": 0.75},
                zorder=4,
            )


def _labels(found: list[Mark], numbers: dict[str, int], axes: Axes) -> list[tuple[float, str]]:
    """Where to write which numbers; marks close together share one place."""
    room = _NEAR * float(np.ptp(axes.get_xlim()))
    places: list[tuple[float, str]] = []
    for mark in found:
        number = str(numbers[mark.event.id])
        if places and mark.start - places[-1][0] < room:
            places[-1] = (mark.start, f"{places[-1][1]}, {number}")
        else:
            places.append((mark.start, number))
    return places


def _renewals(axes: Axes, subject: Subject) -> None:
    for at in subject.renewals:
        axes.plot([at, at], [0, 1], **_RENEWAL)


def _frame(axes: Axes, subject: Subject, i: int, events: bool) -> None:
    bottom = _BOTTOM if events else 0.0
    axes.set_ylim(bottom, _STRIP[1])
    axes.set_yticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
    axes.grid(False)
    axes.spines["left"].set_bounds(0, 1)
    axes.text(
        0, 1.085, shorten(subject.states[i], 34), transform=axes.transAxes, fontsize=10,
        fontweight="bold", ha="left", va="bottom", color=palette.INK, parse_math=False,
    )  # fmt: skip
    axes.annotate(
        "record", (0, sum(_STRIP) / 2), (-3, 0), xycoords=("axes fraction", "data"),
        textcoords="offset points", fontsize=6, ha="right", va="center", color=palette.INK,
        annotation_clip=False,
    )  # fmt: skip
    if events:
        axes.annotate(
            "events", (0, (bottom - 0.06) / 2), (-3, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", fontsize=6, ha="right", va="center", color=palette.INK,
            annotation_clip=False,
        )  # fmt: skip


def _legends(figure: Figure, events: bool, renewals: bool) -> None:
    standings: list[Line2D | Patch] = [
        Patch(color=palette.STANDING[standing], label=label)
        for standing, label in (
            (Standing.MEMBER, "member"),
            (Standing.FROZEN, "frozen"),
            (Standing.OUTSIDE, "outside"),
        )
    ]
    standings.append(Line2D([], [], color=palette.INK, linewidth=0.8, label="documented change"))
    if renewals:
        label = "term ends, staying takes a signature"
        standings.append(Line2D([], [], **{**_RENEWAL, "color": palette.FAINT}, label=label))
    page.legend(figure, standings)
    if events:
        marked: list[Line2D | Patch] = [
            Line2D(
                [], [], linestyle="none", marker=kind.marker, color=kind.colour, markersize=4.5,
                label=kind.label,
            )
            for kind in KINDS
        ]  # fmt: skip
        page.legend(figure, marked, line=1)


def _numbered(moved: dict[int, list[Mark]], subject: Subject) -> list[Numbered]:
    """The strongest events of each panel, by date."""
    chosen: dict[str, Numbered] = {}
    for found in moved.values():
        inside = [mark for mark in found if mark.start >= subject.years[0]]
        strongest = sorted(inside, key=lambda mark: (-mark.weight, mark.start))[:NUMBERED]
        for mark in strongest:
            chosen.setdefault(mark.event.id, Numbered(mark))
    for i, found in moved.items():
        for mark in found:
            if mark.event.id in chosen:
                chosen[mark.event.id].states.append(subject.states[i])
    return sorted(chosen.values(), key=lambda one: one.mark.start)


def _key(figure: Figure, key: list[Numbered]) -> None:
    height, half = figure.get_figheight(), -(-len(key) // 2)
    if not key:
        return
    top = 0.2 + _KEY_LINE * (half + 1)
    text: dict[str, Any] = {
        "fontsize": 5.6,
        "va": "top",
        "ha": "left",
        "color": palette.INK,
        "parse_math": False,
    }
    figure.text(
        page.LEFT / page.WIDTH,
        (top + 0.03) / height,
        "Numbered: the strongest events of each state (all are in the event table). "
        "Marks: larger is stronger; a line shows how long it was in force.",
        **{**text, "color": "#555555"},
    )
    wide = (page.WIDTH - page.LEFT - page.RIGHT + 0.1) / 2
    for k, one in enumerate(key):
        column, row = divmod(k, half)
        event, states = one.mark.event, shorten(", ".join(one.states), 24)
        words = f"{clean(event.date)} {states}: {clean(event.description)}"
        figure.text(
            (page.LEFT + column * wide) / page.WIDTH,
            (top - _KEY_LINE * (row + 1)) / height,
            f"{k + 1}  {shorten(words, 76)}",
            **text,
        )


def _alt(subject: Subject, states: Sequence[int]) -> str:
    parts = []
    for i in states:
        told = listed([str(change) for change in subject.changes(i)])
        told = told or f"{subject.at_start(i).label} throughout"
        parts.append(
            f"{subject.states[i]}: record {told}; away in {percent(subject.away[-1, i])} of "
            "histories at the end."
        )
    return (
        "One panel for each state: over time, the share of simulated histories in which it is a "
        "member, frozen or outside, under a strip with the documented standing and over marks "
        "for the events that moved it. " + " ".join(parts)
    )
