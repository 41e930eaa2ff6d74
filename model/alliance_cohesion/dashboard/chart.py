"""A state's chart as shapes: how many histories have it away, over time, under what happened.

The browser draws them, so that a new answer costs no drawing here.
"""

from typing import Any

import numpy as np

from ..core.inputs import Floats, Status
from ..report import palette
from ..report.timeline import Timeline, decimal_year
from .session import Answer, away

WIDTH, HEIGHT = 220, 88
"""Of the drawing, in its own units; the browser scales it."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 20.0, 216.0, 18.0, 74.0
_STRIP = (5.0, 8.0)  # where it begins, how high it is
LEGEND = (
    (Status.MEMBER, "member"),
    (Status.FROZEN, "frozen"),
    (Status.OUT, "out"),
)
"""The statuses whose colours the strip has."""

Shapes = dict[str, Any]


def chart(timeline: Timeline, answer: Answer, i: int) -> Shapes:
    """The shapes of one state's chart.

    Args:
        timeline: What was picked, with the record, on the clock of the answer.
        answer: Both worlds.
        i: Which state.
    """
    before, after = away(answer.before)[:, i], away(answer.after)[:, i]
    x = _across(timeline, timeline.years[1:])
    line = _points(x, after)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "before": _points(x, before) if answer.changed else "",
        "after": line,
        "area": f"{x[0]:.1f},{_BOTTOM} {line} {x[-1]:.1f},{_BOTTOM}",
        "strip": _strip(timeline, i),
        "levels": [{"y": _height(share), "text": f"{100 * share:.0f}"} for share in (0, 0.5, 1)],
        "years": _years(timeline),
        "left": _LEFT,
        "right": _RIGHT,
        "bottom": _BOTTOM,
        "alt": _alt(answer, i, before, after),
    }


def _across(timeline: Timeline, years: Floats) -> Floats:
    first, last = timeline.years[0], timeline.years[-1]
    return np.asarray(_LEFT + (_RIGHT - _LEFT) * (years - first) / (last - first))


def _height(share: float) -> float:
    return round(_BOTTOM - (_BOTTOM - _TOP) * share, 1)


def _points(x: Floats, share: Floats) -> str:
    return " ".join(f"{a:.1f},{_height(b)}" for a, b in zip(x, share, strict=True))


def _strip(timeline: Timeline, i: int) -> list[Shapes]:
    changes = timeline.changes(i)
    days = [float(timeline.years[0]), *(decimal_year(change.day) for change in changes)]
    ends = _across(timeline, np.array([*days, timeline.years[-1]]))
    statuses = [timeline.at_start(i), *(change.after for change in changes)]
    return [
        {
            "x": round(float(ends[k]), 1),
            "y": _STRIP[0],
            "width": round(float(ends[k + 1] - ends[k]), 1),
            "height": _STRIP[1],
            "colour": palette.STATUS[status],
        }
        for k, status in enumerate(statuses)
    ]


def _years(timeline: Timeline) -> list[Shapes]:
    first, last = float(timeline.years[0]), float(timeline.years[-1])
    step = 10 if last - first > 12 else 2
    years = np.arange(np.ceil(first / step) * step, last, step)
    places = _across(timeline, years)
    return [
        {"x": round(float(x), 1), "text": f"{y:.0f}"} for x, y in zip(places, years, strict=True)
    ]


def _alt(answer: Answer, i: int, before: Floats, after: Floats) -> str:
    words = (
        f"{answer.states[i]}: in {_told(before)} of 100 histories it is away a quarter, half, "
        "three quarters and all of the way through"
    )
    return f"{words}; with the changes in {_told(after)}" if answer.changed else words


def _told(share: Floats) -> str:
    places = [(len(share) - 1) * k // 4 for k in (1, 2, 3, 4)]
    return ", ".join(f"{100 * share[place]:.0f}" for place in places)
