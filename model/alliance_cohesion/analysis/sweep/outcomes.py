"""Outcomes of interest: one whole number a history, so that counts of them add up exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from ...core.inputs import Codes, Ints, World
from ...core.step import MEMBER, OUTSIDE
from ...scenario import Problem, Scenario
from ...scenario.problems import quoted
from ...scenario.spelling import suggestion
from .spec import Measure, OutcomeTable

UNITS: dict[Measure, str] = {
    "away": "chance",
    "outside": "chance",
    "left": "chance",
    "leavers": "states",
    "whole": "chance",
    "first_exit": "years",
    "record": "share",
}


@dataclass(frozen=True)
class Outcome:
    """What is counted of a history.

    - `away`, `outside`: 1 if the state is frozen or outside (is outside) on the day;
    - `left`: 1 if the state has left or frozen its membership by the day;
    - `leavers`: how many states have; `whole`: 1 if none has;
    - `first_exit`: tick in which the first state (or the state named) leaves; one more than
      the last that counts if none does;
    - `record`: states and ticks up to the day in which the standing is the documented one.
    """

    name: str
    measure: Measure
    state: int
    """Its place among the states; -1 where none is named."""
    tick: int
    """Last decided tick that counts."""
    unit: str
    scale: float
    """What one count is worth: a mean of counts times this is the outcome."""
    never: int
    """Of `first_exit`: the count that stands for never; else -1."""


def outcomes(
    tables: Sequence[OutcomeTable],
    scenario: Scenario,
    world: World,
    file: str,
    problems: list[Problem],
) -> tuple[Outcome, ...]:
    """Outcomes as the file names them, or the usual ones where it names none."""
    tables = tables or usual(scenario)
    found: dict[str, Outcome] = {}
    for k, table in enumerate(tables):
        place = f"[sweep] outcome {k + 1}"
        state = -1
        if table.state is not None:
            if table.state not in scenario.states:
                hint = suggestion(table.state, scenario.states)
                states = ", ".join(scenario.states)
                found_word = f"found {quoted(table.state)}"
                problems.append(Problem(file, f"{place}.state", found_word, states, hint))
                continue
            state = scenario.states.index(table.state)
        day = table.by or scenario.clock.end
        if not scenario.clock.start <= day <= scenario.clock.end:
            allowed = f"{scenario.clock.start} to {scenario.clock.end}"
            problems.append(Problem(file, f"{place}.by", f"found {quoted(day)}", allowed))
            continue
        name = table.name or _name(table, day)
        if name in found:
            problems.append(Problem(file, f"{place}.name", f"found {quoted(name)} twice"))
            continue
        tick = scenario.clock.ticks.at(day) - world.forcing.first
        scale, never = 1.0, -1
        if table.measure == "first_exit":
            scale, never = world.forcing.dt, tick + 1
        if table.measure == "record":
            scale = 1.0 / max(1, int(counted(world)[: tick + 1].sum()))
        unit = UNITS[table.measure]
        found[name] = Outcome(name, table.measure, state, tick, unit, scale, never)
    return tuple(found.values())


def usual(scenario: Scenario) -> tuple[OutcomeTable, ...]:
    """Outcomes that are of interest in any scenario."""
    shared: tuple[Measure, ...] = ("whole", "leavers", "first_exit", "record")
    return (
        *(OutcomeTable(measure=measure) for measure in shared),
        *(OutcomeTable(measure="away", state=state) for state in scenario.states),
    )


def counted(world: World) -> np.ndarray:
    """[T, N] where a state decides, so that its standing is a finding."""
    ticks = world.forcing.first + np.arange(len(world.decided))
    return ticks[:, np.newaxis] > world.forcing.entry[np.newaxis]


def measure(
    path: Codes, initial: Codes, record: Codes, decides: np.ndarray, wanted: Sequence[Outcome]
) -> Ints:
    """[outcome, history] whole numbers of histories.

    Args:
        path: [history, T, N] standings at the end of decided ticks.
        initial: [N] standings before the first.
        record: [T, N] documented standings.
        decides: [T, N] which of them count.
        wanted: What to measure.
    """
    H, T, N = path.shape
    before = np.concatenate([np.broadcast_to(initial, (H, 1, N)), path[:, :-1]], axis=1)
    departs = (before == MEMBER) & (path != MEMBER)
    first = np.where(departs.any(axis=1), departs.argmax(axis=1), T)
    found = np.empty((len(wanted), H), dtype=np.int64)
    for k, outcome in enumerate(wanted):
        i, t = outcome.state, outcome.tick
        match outcome.measure:
            case "away":
                found[k] = path[:, t, i] != MEMBER
            case "outside":
                found[k] = path[:, t, i] == OUTSIDE
            case "left":
                found[k] = first[:, i] <= t
            case "leavers":
                found[k] = (first <= t).sum(axis=1)
            case "whole":
                found[k] = (first > t).all(axis=1)
            case "first_exit":
                one = first[:, i] if i >= 0 else first.min(axis=1)
                found[k] = np.minimum(one, t + 1)
            case "record":
                right = (path[:, : t + 1] == record[: t + 1]) & decides[: t + 1]
                found[k] = right.sum(axis=(1, 2))
    return found


def _name(table: OutcomeTable, day: date) -> str:
    words = {
        "away": f"{table.state} away by {day}",
        "outside": f"{table.state} outside by {day}",
        "left": f"{table.state} has left by {day}",
        "leavers": f"leavers by {day}",
        "whole": f"nobody has left by {day}",
        "first_exit": f"years to the first exit{f' of {table.state}' if table.state else ''}",
        "record": "share of the record",
    }
    return words[table.measure]
