"""The documented changes of a state's status, each with its day and the row that says so."""

from dataclasses import dataclass
from datetime import date

from ..core.inputs import Status
from .events import Event
from .membership import joining, statuses
from .scenario import Scenario

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Change:
    """A documented change of a state's status."""

    step: int
    """Its time step, counted from the first in which statuses are decided."""
    day: date
    date: str
    """As exact as the record has it, to the month at most: `1999` or `1999-04`."""
    before: Status
    after: Status
    joined: bool
    """It had never been a member before."""
    event: Event
    """The row of the record that says so."""

    @property
    def verb(self) -> str:
        """`left`, `froze`, `returned` or `joined`."""
        if self.after == Status.MEMBER:
            return "joined" if self.joined else "returned"
        return "left" if self.after == Status.OUT else "froze"

    def __str__(self) -> str:
        return f"{self.verb} {month(self.date)}"


def month(date: str) -> str:
    """`Apr 1999` for 1999-04; a year alone stays as it is."""
    year, _, number = date.partition("-")
    return f"{_MONTHS[int(number) - 1]} {year}" if number else year


def changes(scenario: Scenario, state: str) -> list[Change]:
    """Documented changes of a state's status within the clock, in order."""
    clock, steps = scenario.clock, scenario.clock.steps
    dated = statuses(scenario.events, state)
    before = [status for status in dated if status.day <= clock.start]
    after = [status for status in dated if clock.start < status.day <= clock.end]
    joins = joining(before, after) is not None
    now = Status.OUT if joins else Status(before[-1].code if before else Status.MEMBER)
    result = []
    for status in after:
        if status.code == now:
            continue
        result.append(
            Change(
                steps.at(status.day) - steps.first,
                status.day,
                (status.day.isoformat() if status.ends else status.event.date)[:7],
                now,
                Status(status.code),
                joins,
                status.event,
            )
        )
        now = Status(status.code)
        joins = joins and now != Status.MEMBER
    return result
