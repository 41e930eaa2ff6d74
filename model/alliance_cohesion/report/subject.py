"""What a table or a picture is about: the dataset of a run beside the scenario's record."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ..core.inputs import Floats, Standing
from ..scenario import Event, Scenario, compile_world
from .text import clean

Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Change:
    """A documented change of standing."""

    tick: int
    """Index of the tick in the dataset."""
    day: np.datetime64
    date: str
    """As exact as the record has it, to the month at most: `1999` or `1999-04`."""
    after: Standing
    again: bool
    """It had been a member before."""
    event: Event | None = None
    """The row of the record that says so, if one does."""

    def __str__(self) -> str:
        return f"{self.verb} {self.date}"

    @property
    def verb(self) -> str:
        """`out`, `frozen`, `in` or `back`."""
        if self.after == Standing.MEMBER:
            return "back" if self.again else "in"
        return "out" if self.after == Standing.OUTSIDE else "frozen"


@dataclass(frozen=True)
class Subject:
    """A run (see `Case.run`) and the scenario it was made from."""

    data: xr.Dataset
    scenario: Scenario

    @cached_property
    def states(self) -> list[str]:
        """Names of the states, safe to show."""
        return [clean(state) for state in self.data["state"].values]

    def most_telling(self, most: int) -> "Subject":
        """The same with at most so many states: first those whose status changed in the record,
        then those most often frozen or out at the end; in their order.
        """
        if len(self.states) <= most:
            return self
        record = self.data["record"].values
        changed = (record != record[0]).any(axis=0)
        chosen = np.sort(np.lexsort((-self.away[-1], ~changed))[:most])
        return Subject(self.data.isel(state=chosen), self.scenario)

    @cached_property
    def edges(self) -> Days:
        """[T + 1] first day of each tick, and the day after the last."""
        starts = self.data["time"].values.astype("datetime64[D]")
        return np.append(starts, self.scenario.clock.ticks.end)

    @cached_property
    def years(self) -> Floats:
        """[T + 1] the same as decimal years."""
        return decimal_years(self.edges)

    @cached_property
    def away(self) -> Floats:
        """[T, N] share of histories in which a state is frozen or outside at a tick's end."""
        histories = int(self.data.attrs["histories"])
        stayed = self.data["share"].sel(standing=Standing.MEMBER.label).values * histories
        return np.asarray((histories - np.rint(stayed)) / histories)

    @cached_property
    def renewals(self) -> Floats:
        """Decimal years of the ticks in which staying takes a signature."""
        forcing = compile_world(self.scenario).forcing
        due = np.flatnonzero(forcing.renewal[forcing.first :])
        return self.years[due]

    def at_start(self, i: int) -> Standing:
        """Documented standing of state `i` in the first tick."""
        return Standing(int(self.data["record"].values[0, i]))

    def changes(self, i: int) -> list[Change]:
        """Documented changes of standing of state `i`, in order."""
        record = self.data["record"].values[:, i]
        found = []
        for t in np.flatnonzero(np.diff(record)) + 1:
            after = Standing(int(record[t]))
            event = self._documented(i, int(t), after)
            day = self.edges[t] if event is None else np.datetime64(event.start, "D")
            date = str(self.edges[t])[:7] if event is None else clean(event.date)[:7]
            again = bool(np.any(record[:t] == Standing.MEMBER))
            found.append(Change(int(t), day, date, after, again, event))
        return found

    def _documented(self, i: int, t: int, after: Standing) -> Event | None:
        state = str(self.data["state"].values[i])
        for event in self._standings.get(state, ()):
            day = np.datetime64(event.start, "D")
            same = str(event.strength).lower() == after.label
            if same and self.edges[t] <= day < self.edges[t + 1]:
                return event
        return None

    @cached_property
    def _standings(self) -> dict[str, list[Event]]:
        """Rows about standings, by state."""
        found: dict[str, list[Event]] = {}
        for event in self.scenario.events:
            if event.kind == "standing":
                found.setdefault(event.actor, []).append(event)
        return found

    def drivers(self, i: int) -> list[Event]:
        """Events that move state `i`: aimed at it, or at the members while it is one."""
        state = str(self.data["state"].values[i])
        return [event for event in self.scenario.events if self._moves(event, state, i)]

    def _moves(self, event: Event, state: str, i: int) -> bool:
        if event.consequence or event.kind in ("standing", "renewal", "note"):
            return False
        if state in event.targets:
            return True
        if "members" not in event.targets:
            return False
        day = np.datetime64(event.start, "D")
        t = int(np.searchsorted(self.edges, day, side="right")) - 1
        inside = 0 <= t < len(self.edges) - 1
        return inside and self.data["record"].values[t, i] != Standing.OUTSIDE


def decimal_years(days: Days) -> Floats:
    """Days as decimal years."""
    years = days.astype("datetime64[Y]")
    start = years.astype("datetime64[D]")
    length = (years + 1).astype("datetime64[D]") - start
    days_in = (days.astype("datetime64[D]") - start) / np.timedelta64(1, "D")
    return 1970 + years.astype(int) + days_in / (length / np.timedelta64(1, "D"))


def decimal_year(day: np.datetime64) -> float:
    """One day as a decimal year."""
    return float(decimal_years(np.array([day], dtype="datetime64[D]"))[0])
