"""Dates as exact as the record knows them, and the time steps of a calendar."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.inputs import Floats

StepName = Literal["month", "quarter", "year"]
MONTHS: dict[StepName, int] = {"month": 1, "quarter": 3, "year": 12}

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


class PartialDate(NamedTuple):
    """A date known to the day, the month or the year."""

    first: date
    """First day it may be."""
    middle: date
    """The day it is taken to be: the middle, where the expected error is least."""
    last: date
    """Last day it may be."""


@lru_cache(maxsize=10_000)
def parse(text: str) -> PartialDate:
    """Read `1999`, `1999-04` or `1999-04-20`.

    Raises:
        ValueError: the text has another form, or the day does not exist.
    """
    match = _PARTIAL.fullmatch(text)
    if match is None:
        raise ValueError("not an ISO date")
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    if month is None:
        return PartialDate(date(year, 1, 1), date(year, 7, 1), date(year, 12, 31))
    if day is None:
        first = date(year, month, 1)
        return PartialDate(first, first.replace(day=15), first.replace(day=_length(first)))
    exact = date(year, month, day)
    return PartialDate(exact, exact, exact)


def add_months(day: date, months: int) -> date:
    """The same day of the month some months later, or the month's last day if it is shorter.

    Raises:
        OverflowError: the result lies outside the years 1 to 9999.
    """
    year, month = divmod(_month(day) + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("outside the years 1 to 9999")
    first = date(year, month + 1, 1)
    return first.replace(day=min(day.day, _length(first)))


def add_days(day: date, days: int) -> date:
    """A day moved by some days.

    Raises:
        OverflowError: the result lies outside the years 1 to 9999.
    """
    return day + timedelta(days=days)


def _length(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


@dataclass(frozen=True)
class Steps:
    """The time steps of a scenario: calendar months, quarters or years, numbered from 0."""

    months: int
    """Length of a time step."""
    origin: int
    """Place of time step 0 among all time steps since the year 0."""
    first: int
    """First time step in which statuses are decided; those before it fill memories."""
    count: int
    """T: how many time steps there are."""

    @classmethod
    def of(cls, step: StepName, memory: date, start: date, end: date) -> "Steps":
        """Time steps from the one that holds `memory` to the one that holds `end`.

        At least one comes before the time step that holds `start`.
        """
        months = MONTHS[step]
        begin, last = _month(start) // months, _month(end) // months
        origin = min(_month(memory) // months, begin - 1)
        return cls(months, origin, begin - origin, last - origin + 1)

    @property
    def dt(self) -> float:
        """Length of a time step in years."""
        return self.months / 12

    @cached_property
    def starts(self) -> NDArray[np.datetime64]:
        """[T] first day of each time step."""
        return self._days(np.arange(self.origin, self.origin + self.count))

    @property
    def end(self) -> np.datetime64:
        """Day after the last time step."""
        return self._days(np.array([self.origin + self.count]))[0]

    @cached_property
    def middles(self) -> Floats:
        """[T] middle of each time step, in years (mid-1999 is 1999.5)."""
        return (np.arange(self.origin, self.origin + self.count) + 0.5) * self.months / 12

    def at(self, day: date) -> int:
        """Number of the time step that holds a day; below 0 or from T on if outside."""
        return _month(day) // self.months - self.origin

    def span(self, start: date | None, end: date | None) -> tuple[int, int]:
        """Time steps a..b-1 that overlap the days from `start` to `end`, cut to the clock.

        None means without limit on that side. Nothing overlaps where a >= b.
        """
        a = 0 if start is None else max(self.at(start), 0)
        b = self.count if end is None else min(self.at(end) + 1, self.count)
        return a, b

    def _days(self, places: NDArray[np.int64]) -> NDArray[np.datetime64]:
        months = places * self.months - 1970 * 12  # datetime64 counts months from 1970
        return months.astype("datetime64[M]").astype("datetime64[D]")
