"""The documented statuses: who begins as what, who enters when, and what history did."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from ..core.inputs import Codes, Ints, Status
from .dates import Steps
from .events import STATUS, Event
from .scenario import Scenario

_CODES = {status.label: int(status) for status in Status}
_MEMBER, _FROZEN, _OUT = (_CODES[word] for word in ("member", "frozen", "out"))


class StatusRow(NamedTuple):
    """A state's status from a day on."""

    day: date
    code: int
    event: Event
    """The row that says so."""
    ends: bool = False
    """The day is the one after the row's `end`, not its date."""


def statuses(events: Iterable[Event], state: str) -> list[StatusRow]:
    """A state's documented statuses, in order.

    Of spells that overlap the one begun last holds. After the `end` of a spell of membership the
    state is outside; after that of another spell it is what an earlier spell says that still
    lasts, or a member. A row that begins by the day after an end takes its place.
    """
    rows = sorted(
        (event for event in events if event.kind == STATUS and event.actor == state),
        key=lambda event: (event.start, _CODES[str(event.strength)]),
    )
    result = [StatusRow(event.start, _CODES[str(event.strength)], event) for event in rows]
    for k, event in enumerate(rows):
        if event.end is None or event.end == date.max:
            continue
        day = event.end + timedelta(days=1)
        if not any(_lasts(later, day) for later in rows[k + 1 :]):
            begun = [row for row in rows if row.start <= day]
            result.append(StatusRow(day, _after_spells(begun, day), event, ends=True))
    return sorted(result, key=lambda status: status.day)


def _lasts(event: Event, day: date) -> bool:
    return event.start <= day and (event.end is None or event.end >= day)


def _after_spells(begun: list[Event], day: date) -> int:
    """The status on a day, from the rows that have begun by then, in order."""
    for event in reversed(begun):
        code = _CODES[str(event.strength)]
        if _lasts(event, day):
            return code
        if code == _MEMBER:
            return _OUT
    return _MEMBER


def membership(scenario: Scenario, steps: Steps) -> tuple[Codes, Codes, Ints]:
    """Statuses at the start [N], at the end of each time step [T, N], and time steps of entry [N].

    The status at the start is the last one dated by then. A state without any by then began as a
    member, unless the first thing the record says is that it becomes one. A state that the record
    never had as a member before its first `member` row enters with it; it does not return.
    """
    N = len(scenario.states)
    by_state: dict[str, list[Event]] = {state: [] for state in scenario.states}
    for event in scenario.events:
        if event.kind == STATUS and event.actor in by_state:
            by_state[event.actor].append(event)
    initial, entry = np.empty(N, dtype=np.int8), np.zeros(N, dtype=np.int64)
    record = np.empty((steps.count, N), dtype=np.int8)
    for i, state in enumerate(scenario.states):
        dated = statuses(by_state[state], state)
        before = [status for status in dated if status.day <= scenario.clock.start]
        after = [status for status in dated if status.day > scenario.clock.start]
        initial[i] = before[-1].code if before else _MEMBER
        if joins := joining(before, after):
            initial[i] = _OUT
            entry[i] = min(steps.at(joins.day), steps.count)
        record[:, i] = initial[i]
        for status in after:
            record[steps.at(status.day) :, i] = status.code
    return initial, record, entry


def joining(before: list[StatusRow], after: list[StatusRow]) -> StatusRow | None:
    """The status with which a state joins after the start, if it had never been a member.

    Args:
        before: Its statuses by the start of the clock.
        after: Those after it.
    """
    if any(status.code != _OUT for status in before) or not after:
        return None
    if before:
        return next((status for status in after if status.code == _MEMBER), None)
    return after[0] if after[0].code == _MEMBER else None
