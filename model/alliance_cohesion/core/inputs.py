"""The named arrays that every room shares, and the tables of their names, units and ranges.

Arrays are always in the order (draw, history, time step, state); a missing dimension is left out.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.int8]


class Status(IntEnum):
    """A state's status in the alliance."""

    MEMBER = 0
    FROZEN = 1
    OUT = 2

    @property
    def label(self) -> str:
        """The word used in files and tables."""
        return self.name.lower()


DRIVERS = ("external", "internal", "inside", "demand", "offer", "kept", "broken")
"""E: highest external threat by an actor that is no state of the model. G: highest threat to the
regime from within. P: highest threat from the patron or its clients. A: highest demand. O: offer
points in force, the best offer of each outside power summed. Then requests answered and refused,
each weighted by the threat that prompted it."""


class Drivers(NamedTuple):
    """What the record does to the states: one value per time step and state.

    Shapes in brackets: T time steps (those before `first` only fill memories, nobody decides in
    them), N states, K threats between states of the model. Levels lie in 0 to 1.
    """

    dt: float
    """Length of a time step in years."""
    first: int
    """First time step in which statuses can change; at least one time step comes before it."""
    own: Floats
    """[T, N, 7] what reaches a state itself, in the order of `DRIVERS`."""
    members: Floats
    """[T, 7] the same seven drivers where the record says `members`: for members and frozen."""
    kept_all: Floats
    """[T] requests answered, all states together."""
    broken_all: Floats
    """[T] requests refused, all states together."""
    dependence: Floats
    """[T, N] D: dependence on the patron."""
    renewal: Codes
    """[T] 1 where the term ends and staying takes a signature."""
    pair_start: Ints
    """[T * N + 1] where the threats to (time step, state) start in the three arrays below."""
    pair_actor: Ints
    """[K] the state of the model that threatens."""
    pair_level: Floats
    """[K] its level."""
    pair_outside: Codes
    """[K] 1: counts as external threat while the actor is outside the alliance (0: not at all)."""
    entry: Ints
    """[N] time step in which a state first joins; before it, it is outside and decides nothing."""
    address: Ints
    """[N] each state's place in the random numbers: a hash of its name, whatever its order."""

    def driver(self, name: str) -> Floats:
        """[T, N] one of `DRIVERS` (a view)."""
        return self.own[..., DRIVERS.index(name)]

    def change(self, **fields: Any) -> "Drivers":
        """The same with some fields or drivers, by name, replaced."""
        own = self.own
        if any(name in fields for name in DRIVERS):
            own = own.copy()
            for k, name in enumerate(DRIVERS):
                if name in fields:
                    own[..., k] = fields.pop(name)
            fields["own"] = own
        return self._replace(**fields)


_NANOSECONDS = np.datetime64("1678-01-01"), np.datetime64("2262-01-01")


def times(days: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Days as a dataset's time axis: to the nanosecond as xarray is used to, or to the second
    where those do not reach (64 bits of nanoseconds end in 1677 and in 2262).
    """
    first, end = _NANOSECONDS
    fits = bool(((days >= first) & (days < end)).all())
    return days.astype("datetime64[ns]" if fits else "datetime64[s]")


@dataclass(frozen=True)
class Inputs:
    """A scenario compiled to arrays: all that the two engines need."""

    name: str
    states: tuple[str, ...]
    """ISO3 codes or short names; axis `state`."""
    steps: NDArray[np.datetime64]
    """[T] first day of each time step."""
    end: np.datetime64
    """Day after the last time step."""
    drivers: Drivers
    initial: Codes
    """[N] status at the start."""
    record: Codes
    """[T, N] documented status at the end of each time step."""

    @property
    def decided(self) -> NDArray[np.datetime64]:
        """First days of the time steps in which statuses can change."""
        return self.steps[self.drivers.first :]
