"""One scenario on the page, before and with the edits, and what both answer."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import xarray as xr

from .. import scenario as scenarios
from .. import simulation as cases
from ..analysis.explain import Explanation, explain
from ..core.inputs import Floats, Status
from ..report.text import clean
from ..simulation import Simulation
from .edits import Edits

HISTORIES = (500, 1000, 2000, 4000)
USUAL = 1000
_REMEMBERED = 12  # answers and explanations, so that undo costs nothing
_ENGINE = threading.RLock()  # Numba's threads bear one caller at a time
_Z95 = 1.96
AWAY = (Status.FROZEN, Status.OUT)

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """Two simulations with the same random numbers, cut where the shorter clock ends."""

    before: xr.Dataset
    """See `Result.dataset`; cut to the time steps of the one after."""
    after: xr.Dataset
    changed: bool
    """Whether the two differ in anything but their names."""

    @property
    def histories(self) -> int:
        """How many histories each simulation has."""
        return int(self.after.attrs["histories"])

    @property
    def states(self) -> list[str]:
        """The states, in the order of the scenario."""
        return [str(state) for state in self.after["state"].values]

    @cached_property
    def names(self) -> list[str]:
        """The states' names, safe to show, in the same order."""
        return [clean(name) for name in self.after["name"].values]

    def end(self, *statuses: Status) -> "End":
        """How many histories end in one of some statuses (frozen or out unless told otherwise)."""
        which = statuses or AWAY
        last = [np.isin(data["path"].values[:, -1], which) for data in (self.before, self.after)]
        spread = (last[1].astype(float) - last[0]).std(axis=0)  # each beside its twin
        before, after = (share(data, *which)[-1] for data in (self.before, self.after))
        return End(before, after, np.asarray(_Z95 * spread / np.sqrt(self.histories)))


class End(NamedTuple):
    """Shares of histories at the end of the clock, [N] each."""

    before: Floats
    after: Floats
    margin: Floats
    """Half a 95 % interval of the difference: what chance alone leaves open."""


def share(data: xr.Dataset, *statuses: Status) -> Floats:
    """[T, N] share of histories in one of the statuses at the end of a time step."""
    return np.asarray(data["share"].values[..., list(statuses)].sum(axis=-1))


class Session:
    """A scenario that was picked, ready to answer for any edits.

    Args:
        reference: A shipped scenario's name, or a file or folder.

    Raises:
        ScenarioError: with everything that is wrong in its files.
        ValueError: its posterior cannot be used.
    """

    def __init__(self, reference: str | Path):
        self.reference = str(reference)
        self.picked = cases.load(reference)
        self.draws = self.picked.draws()
        self.before = _before(self.picked)
        self._known: OrderedDict[Hashable, object] = OrderedDict()

    @property
    def compared(self) -> bool:
        """Whether the picked scenario itself is a change of another, which it is held against."""
        return self.before is not self.picked

    def sim(self, edits: Edits) -> Simulation:
        """The picked scenario with some edits.

        Raises:
            ScenarioError: an edit is not possible.
        """
        return Simulation(edits.applied(self.picked.scenario)) if edits else self.picked

    def answer(self, edits: Edits, histories: int = USUAL, seed: int | None = None) -> Answer:
        """Simulate before and after with the same random numbers.

        Args:
            edits: What differs from the picked scenario.
            histories: How many in each.
            seed: Of chance (the picked scenario's by default).

        Raises:
            ScenarioError: an edit is not possible.
        """
        seed = self.picked.scenario.seed if seed is None else seed
        before = self._once(
            ("before", histories, seed), lambda: self.before.run(histories, seed).dataset
        )
        changed = bool(edits) or self.compared
        after = before
        if changed:
            key = ("after", _key(edits), histories, seed)
            after = self._once(key, lambda: self.sim(edits).run(histories, seed).dataset)
        steps = min(before.sizes["time"], after.sizes["time"])
        return Answer(before.isel(time=slice(steps)), after.isel(time=slice(steps)), changed)

    def explanation(self, edits: Edits, state: str, date: str) -> Explanation:
        """Why a state stood where it stood, along the record as edited.

        Raises:
            ScenarioError: the state decides nothing at that date, or an edit is not possible.
        """
        key = ("why", _key(edits), state, date)
        return self._once(key, lambda: explain(self.sim(edits), state, date))

    def explanation_before(self, state: str, date: str) -> Explanation:
        """The same before the edits."""
        return self._once(("why before", state, date), lambda: explain(self.before, state, date))

    def _once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Make something, or take what was made from the same edits lately."""
        with _ENGINE:
            if key not in self._known:
                self._known[key] = make()
            self._known.move_to_end(key)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
            return self._known[key]  # type: ignore[return-value]


def _key(edits: Edits) -> Hashable:
    return (
        edits.off,
        frozenset(edits.codes.items()),
        frozenset(edits.months.items()),
        frozenset(edits.held.items()),
        tuple((name, tuple(event.items())) for name, event in edits.added.items()),
        edits.end,
    )


def _before(picked: Simulation) -> Simulation:
    """What a scenario is held against: its base, if both have the same clock and states."""
    files = picked.scenario.files
    place = files.index(picked.scenario.path)
    if place == 0:
        return picked
    base = Simulation(scenarios.load(files[place - 1]))
    ours, theirs = picked.scenario, base.scenario
    alike = ours.clock == theirs.clock and ours.states == theirs.states
    return base if alike else picked
