"""Compile a scenario to the arrays that the engines run on."""

import hashlib
import math
from typing import Any

import numpy as np

from ..core.inputs import Drivers, Floats, Inputs
from .calendar import renewals
from .dependence import dependence
from .drivers import DriverTable, TooMuchError
from .membership import membership
from .problems import Problem, ScenarioError, shown
from .roles import Cast
from .scenario import Scenario


def compile_inputs(scenario: Scenario, *, lag: int = 0) -> Inputs:
    """The inputs of a scenario.

    Args:
        scenario: What to compile.
        lag: Time steps by which everything that drives the states comes later (terms, entries and
            documented statuses stay). The first time steps repeat the first row; promises, which
            happen once, are zero there.

    Raises:
        ValueError: `lag` is negative.
        ScenarioError: more happens at once than fits into memory.
    """
    if lag < 0:
        raise ValueError("lag must not be negative")
    steps = scenario.clock.steps
    table = DriverTable(Cast(scenario, steps), steps)
    try:
        for event in scenario.events:
            table.add(event)
    except TooMuchError as error:
        problem = Problem(shown(scenario.path), "", str(error), "fewer, or a longer time step")
        raise ScenarioError([problem]) from error
    initial, record, entry = membership(scenario, steps)
    drivers = Drivers(
        dt=steps.dt,
        first=steps.first,
        **from_events(table, lag),
        dependence=np.ascontiguousarray(_later(dependence(scenario, steps), lag)),
        renewal=renewals(scenario, steps),
        entry=entry,
        address=np.array([address(state) for state in scenario.states], dtype=np.int64),
    )
    return Inputs(
        name=scenario.name,
        states=scenario.states,
        steps=steps.starts,
        end=steps.end,
        drivers=drivers,
        initial=initial,
        record=record,
    )


def from_events(table: DriverTable, lag: int = 0) -> dict[str, Any]:
    """The fields of `Drivers` that events alone determine, `lag` time steps later."""
    external, internal, inside, demand = (_later(level, lag) for level in table.levels)
    offer = _later(table.offers(), lag)
    kept, broken = (_once_later(table.promises(sign), lag) for sign in (1, -1))
    by_driver = (external, internal, inside, demand, offer, kept, broken)  # order of DRIVERS
    pairs = table.pairs.arrays(table.T, table.N, lag)
    names = ("pair_start", "pair_actor", "pair_level", "pair_outside")
    return {
        "own": np.stack([_states(driver) for driver in by_driver], axis=-1),
        "members": np.stack([driver[:, -1] for driver in by_driver], axis=1),
        "kept_all": _total(kept),
        "broken_all": _total(broken),
        **dict(zip(names, pairs, strict=True)),
    }


def address(state: str) -> int:
    """A state's place in the random numbers: 63 bits of the hash of its name, above zero."""
    digest = hashlib.sha256(state.encode()).digest()
    return (int.from_bytes(digest[:8]) >> 1) or 1


def _states(columns: Floats) -> Floats:
    """[T, N] without the last column, which stands for the members."""
    return np.ascontiguousarray(columns[:, :-1])


def _total(columns: Floats) -> Floats:
    """[T] exact sum over states, whatever their order."""
    return np.array([math.fsum(row) for row in columns[:, :-1].tolist()])


def _later(rows: Floats, lag: int) -> Floats:
    """The same rows `lag` time steps later; the first is repeated."""
    return rows[np.maximum(np.arange(len(rows)) - lag, 0)] if lag else rows


def _once_later(rows: Floats, lag: int) -> Floats:
    """The same rows `lag` time steps later, after rows of zeros."""
    if not lag:
        return rows
    shifted = np.zeros_like(rows)
    shifted[lag:] = rows[:-lag]
    return shifted
