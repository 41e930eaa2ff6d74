"""A scenario's record beside a dataset over time: what tables and pictures are drawn from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ..core.inputs import Floats, Status
from ..scenario import Event, Scenario
from ..scenario.history import Change, changes
from .text import clean

Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Timeline:
    """A dataset with dimensions time and state, and the scenario it was made from."""

    data: xr.Dataset
    scenario: Scenario

    @cached_property
    def states(self) -> list[str]:
        """Codes of the states, safe to show."""
        return [clean(state) for state in self.data["state"].values]

    @cached_property
    def edges(self) -> Days:
        """[T + 1] first day of each time step, and the day after the last."""
        starts = self.data["time"].values.astype("datetime64[D]")
        return np.append(starts, self.scenario.clock.steps.end)

    @cached_property
    def years(self) -> Floats:
        """[T + 1] the same as decimal years."""
        return decimal_years(self.edges)

    def at_start(self, i: int) -> Status:
        """Documented status of state `i` before its first change."""
        result = self.changes(i)
        return result[0].before if result else Status(int(self.data["record"].values[0, i]))

    def changes(self, i: int) -> list[Change]:
        """Documented changes of status of state `i`, in order."""
        return self._changes[i]

    @cached_property
    def _changes(self) -> list[list[Change]]:
        return [changes(self.scenario, str(state)) for state in self.data["state"].values]

    def drivers(self, i: int) -> list[Event]:
        """Events that move state `i`: aimed at it, or at the members while it is one."""
        state = str(self.data["state"].values[i])
        return [event for event in self.scenario.events if self._moves(event, state, i)]

    def _moves(self, event: Event, state: str, i: int) -> bool:
        if event.consequence or event.kind in ("status", "renewal", "note"):
            return False
        if state in event.targets:
            return True
        day = np.datetime64(event.start, "D")
        if "members" not in event.targets or not self.edges[0] <= day < self.edges[-1]:
            return False
        now = [change.after for change in self.changes(i) if change.day <= event.start]
        return (now or [self.at_start(i)])[-1] != Status.OUT


def decimal_years(days: Days) -> Floats:
    """Days as decimal years."""
    years = days.astype("datetime64[Y]")
    start = years.astype("datetime64[D]")
    length = (years + 1).astype("datetime64[D]") - start
    days_in = (days.astype("datetime64[D]") - start) / np.timedelta64(1, "D")
    return 1970 + years.astype(int) + days_in / (length / np.timedelta64(1, "D"))


def decimal_year(day: object) -> float:
    """One day as a decimal year."""
    return float(decimal_years(np.array([day], dtype="datetime64[D]"))[0])
