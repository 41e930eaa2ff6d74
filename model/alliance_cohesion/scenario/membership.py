"""The documented statuses: who begins as what, who enters when, and what history did."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from ..core.inputs import Codes, Ints, Standing
from .dates import Ticks
from .events import STANDING, Event
from .scenario import Scenario

_CODES = {standing.label: int(standing) for standing in Standing}
_MEMBER, _FROZEN, _OUTSIDE = (_CODES[word] for word in ("member", "frozen", "outside"))


class Status(NamedTuple):
    """A state's status from a day on."""

    day: date
    code: int
    event: Event
    """The row that says so."""
    ends: bool = False
    """The day is the one after the row's `end`, not its date."""


def statuses(events: Iterable[Event], state: str) -> list[Status]:
    """A state's documented statuses, in order.

    After the `end` of a spell of membership the state is outside; after that of another spell it
    is again what it was before. A row that begins by the day after an end takes its place.
    """
    rows = sorted(
        (event for event in events if event.kind == STANDING and event.actor == state),
        key=lambda event: (event.start, _CODES[str(event.strength)]),
    )
    found: list[Status] = []
    before = _MEMBER
    for k, event in enumerate(rows):
        code = _CODES[str(event.strength)]
        found.append(Status(event.start, code, event))
        after = _OUTSIDE if code == _MEMBER else before
        next_day = event.end + timedelta(days=1) if event.end and event.end < date.max else None
        if next_day and not any(later.start <= next_day for later in rows[k + 1 :]):
            found.append(Status(next_day, after, event, ends=True))
            code = after
        before = code
    return found


def membership(scenario: Scenario, ticks: Ticks) -> tuple[Codes, Codes, Ints]:
    """Statuses at the start [N], at the end of each tick [T, N], and ticks of entry [N].

    The status at the start is the last one dated by then. A state without any by then began as a
    member, unless the first thing the record says is that it becomes one. A state that the record
    never had as a member before its first `member` row enters with it; it does not return.
    """
    N = len(scenario.states)
    by_state: dict[str, list[Event]] = {state: [] for state in scenario.states}
    for event in scenario.events:
        if event.kind == STANDING and event.actor in by_state:
            by_state[event.actor].append(event)
    initial, entry = np.empty(N, dtype=np.int8), np.zeros(N, dtype=np.int64)
    record = np.empty((ticks.count, N), dtype=np.int8)
    for i, state in enumerate(scenario.states):
        dated = statuses(by_state[state], state)
        before = [status for status in dated if status.day <= scenario.clock.start]
        after = [status for status in dated if status.day > scenario.clock.start]
        initial[i] = before[-1].code if before else _MEMBER
        if joins := joining(before, after):
            initial[i] = _OUTSIDE
            entry[i] = min(ticks.at(joins.day), ticks.count)
        record[:, i] = initial[i]
        for status in after:
            record[ticks.at(status.day) :, i] = status.code
    return initial, record, entry


def joining(before: list[Status], after: list[Status]) -> Status | None:
    """The status with which a state joins after the start, if it had never been a member.

    Args:
        before: Its statuses by the start of the clock.
        after: Those after it.
    """
    if any(status.code != _OUTSIDE for status in before) or not after:
        return None
    if before:
        return next((status for status in after if status.code == _MEMBER), None)
    return after[0] if after[0].code == _MEMBER else None
