"""Which dates a table shows: those that the record makes interesting, and the end."""

import numpy as np

from .subject import Days, Subject

COLUMNS = 5


def chosen(subject: Subject, columns: int = COLUMNS) -> list[int]:
    """Ticks whose ends a table shows: ends of the years of documented changes, and the last.

    Of a projection: ends of years after the record ends, the first and the last among them.
    Too many are thinned evenly, too few filled up in the widest gaps.
    """
    last = len(subject.edges) - 2
    known = subject.scenario.clock.known_until
    if known is not None:
        return _ahead(subject.edges, np.datetime64(known, "D"), columns)
    ticks = {
        _end_of_year(subject.edges, change.tick)
        for i in range(len(subject.states))
        for change in subject.changes(i)
    } - {last}
    picked = sorted(ticks)
    if len(picked) > columns - 1:
        places = np.linspace(0, len(picked) - 1, columns - 1).round().astype(int)
        picked = [picked[k] for k in places]
    return _filled([*picked, last], subject.edges, columns)


def label(subject: Subject, tick: int) -> str:
    """The end of a tick: `1999` at the end of a year, `2026-06` in the midst of one."""
    day = subject.edges[tick + 1]
    if _is_new_year(day):
        return str(day - np.timedelta64(1, "D"))[:4]
    return str(day - np.timedelta64(1, "D"))[:7]


def _filled(picked: list[int], edges: Days, columns: int) -> list[int]:
    wide = 1.5 * (len(edges) - 1) / columns
    while len(picked) < columns:
        bounds = [-1, *picked]
        width, gap = max((b - a, -k) for k, (a, b) in enumerate(zip(bounds, picked, strict=False)))
        middle = _end_of_year(edges, bounds[-gap] + width // 2)
        if width <= wide or middle in picked or not bounds[-gap] < middle < picked[-gap]:
            break
        picked = sorted([*picked, middle])
    return picked


def _ahead(edges: Days, known: np.datetime64, columns: int) -> list[int]:
    first = min(int(np.searchsorted(edges, known, side="right")), len(edges) - 2)
    ends = sorted({_end_of_year(edges, t) for t in range(first, len(edges) - 1)})
    places = np.linspace(0, len(ends) - 1, min(columns, len(ends))).round().astype(int)
    return [ends[k] for k in places]


def _end_of_year(edges: Days, tick: int) -> int:
    """The last tick that ends by the end of the calendar year in which `tick` starts."""
    end = (edges[tick].astype("datetime64[Y]") + 1).astype("datetime64[D]")
    return max(tick, int(np.searchsorted(edges, end, side="right")) - 2)


def _is_new_year(day: np.datetime64) -> bool:
    return bool(day == day.astype("datetime64[Y]").astype("datetime64[D]"))
