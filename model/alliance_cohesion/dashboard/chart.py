"""A state's chart as shapes: how many histories have it out or frozen, under what happened.

The browser draws them, so that a new answer costs no drawing here.
"""

from typing import Any

import numpy as np

from ..core.inputs import Floats, Status
from ..report import palette
from ..report.timeline import Timeline, decimal_year
from .session import AWAY, Answer, share

WIDTH, HEIGHT = 220, 88
"""Of the drawing, in its own units; the browser scales it."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 20.0, 216.0, 18.0, 74.0
_STRIP = (5.0, 8.0)  # where it begins, how high it is

Shapes = dict[str, Any]


def chart(timeline: Timeline, answer: Answer, i: int) -> Shapes:
    """The shapes of one state's chart.

    Args:
        timeline: What was picked, with the record, on the clock of the answer.
        answer: Before and after.
        i: Which state.
    """
    x = _across(timeline, timeline.years[1:])
    before, after = (
        [share(data, *which)[:, i] for which in ((Status.OUT,), AWAY)]
        for data in (answer.before, answer.after)
    )
    out, away = (_points(x, shares) for shares in after)
    floor = f"{x[-1]:.1f},{_BOTTOM} {x[0]:.1f},{_BOTTOM}"
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "before": [_points(x, shares) for shares in before] if answer.changed else [],
        "after": away,
        "areas": [
            {"points": f"{away} {floor}", "colour": palette.STATUS[Status.FROZEN]},
            {"points": f"{out} {floor}", "colour": palette.STATUS[Status.OUT]},
        ],
        "strip": _strip(timeline, i),
        "levels": [{"y": _height(level), "text": f"{100 * level:.0f}"} for level in (0, 0.5, 1)],
        "years": _years(timeline),
        "left": _LEFT,
        "right": _RIGHT,
        "bottom": _BOTTOM,
        "alt": _alt(answer, i, before[1], after[1]),
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
        f"{answer.names[i]}: in {_told(before)} of 100 histories it is out or frozen a quarter, "
        "half, three quarters and all of the way through"
    )
    return f"{words}; with the changes in {_told(after)}" if answer.changed else words


def _told(share: Floats) -> str:
    places = [(len(share) - 1) * k // 4 for k in (1, 2, 3, 4)]
    return ", ".join(f"{100 * share[place]:.0f}" for place in places)
