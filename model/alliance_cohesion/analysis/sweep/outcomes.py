"""Outcomes of interest: one number per simulated history, counted value by value."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...core.inputs import Codes, Floats, Inputs
from ...core.step import FROZEN, MEMBER, OUT
from ...scenario import Problem, Scenario
from ...scenario.problems import quoted, shown
from ...scenario.spelling import suggestion
from .spec import Measure, OutcomeTable

MEASURES: dict[Measure, tuple[str, str]] = {
    "frozen": ("probability", "{state} frozen on {day}"),
    "out": ("probability", "{state} out on {day}"),
    "frozen_or_out": ("probability", "{state} frozen or out on {day}"),
    "left": ("probability", "{state} has left by {day}"),
    "leavers": ("states", "leavers by {day}"),
    "nobody_left": ("probability", "nobody has left by {day}"),
    "first_exit": ("years", "years to the first exit{of}"),
    "record": ("share", "share of the record"),
}
"""Unit and usual name of what each measure gives."""


@dataclass(frozen=True)
class Outcome:
    """What is measured in a history, up to a day.

    - `frozen`, `out`, `frozen_or_out`: 1 if the state is so on the day;
    - `left`: 1 if the state has left or frozen its membership by the day;
    - `leavers`: how many states have; `nobody_left`: 1 if none has;
    - `first_exit`: years to the first exit of any state (or of the state); the whole time if
      there is none;
    - `record`: share of states and time steps with the documented status, of those in which the
      state decides.

    Where statuses follow the record at first (`known_until`), exits count from its end on.
    """

    name: str
    measure: Measure
    state: str | None
    step: int
    """Last time step that counts; the first one that is simulated is 0."""
    unit: str
    never: float | None
    """The value of `first_exit` that stands for never."""


def first_free_step(scenario: Scenario) -> int:
    """The first simulated time step whose statuses do not simply follow the record."""
    known, steps = scenario.clock.known_until, scenario.clock.steps
    return 0 if known is None else max(0, steps.at(known) + 1 - steps.first)


def outcomes(
    tables: Sequence[OutcomeTable],
    scenario: Scenario,
    states: tuple[str, ...],
    sometimes: tuple[str, ...],
    problems: list[Problem],
) -> tuple[Outcome, ...]:
    """The outcomes that the file names, or the usual ones if it names none.

    Args:
        tables: What the file says.
        scenario: What is swept.
        states: Members at every point of the sweep.
        sometimes: Members at some points only.
        problems: What is wrong is appended here.
    """
    file = shown(scenario.path)
    clock, begin = scenario.clock, first_free_step(scenario)
    first_day = clock.known_until or clock.start
    result: dict[str, Outcome] = {}
    for k, table in enumerate(tables or usual(states, scenario)):
        place, measure, state = f"[sweep] outcome {k + 1}", table.measure, table.state
        day = table.by or clock.end
        wrong = None
        if state is not None and state not in states:
            absent = ", no member at some points" if state in sometimes else ""
            hint = "" if absent else suggestion(state, states)
            wrong = "state", f"{quoted(state)}{absent}", ", ".join(states), hint
        elif not first_day <= day <= clock.end:
            wrong = "by", quoted(day), f"{first_day} to {clock.end}", ""
        elif measure == "record" and clock.known_until:
            wrong = "measure", quoted(measure), "others: after known_until there is no record", ""
        unit, usual_name = MEASURES[measure]
        of = f" of {state}" if state else ""
        name = table.name or usual_name.format(state=state, day=day, of=of)
        if name in result:
            wrong = "name", f"{quoted(name)} twice", "", ""
        if wrong:
            where, what, allowed, hint = wrong
            problems.append(Problem(file, f"{place}.{where}", f"found {what}", allowed, hint))
            continue
        step = clock.steps.at(day) - clock.steps.first
        never = (step + 1 - begin) * clock.steps.dt if measure == "first_exit" else None
        result[name] = Outcome(name, measure, state, step, unit, never)
    return tuple(result.values())


def usual(states: Sequence[str], scenario: Scenario) -> tuple[OutcomeTable, ...]:
    """Outcomes that are of interest in any scenario."""
    shared: list[Measure] = ["nobody_left", "leavers", "first_exit"]
    if scenario.clock.known_until is None:
        shared.append("record")
    each: tuple[Measure, ...] = ("frozen", "out")
    return (
        *(OutcomeTable(measure=measure) for measure in shared),
        *(OutcomeTable(measure=measure, state=state) for state in states for measure in each),
    )


def measure(path: Codes, inputs: Inputs, begin: int, wanted: Sequence[Outcome]) -> Floats:
    """[outcome, history] the outcomes of histories.

    Args:
        path: [history, T, N] statuses at the end of the simulated time steps.
        inputs: Whose histories they are: its states, initial statuses and record count.
        begin: The first time step in which an exit counts.
        wanted: What to measure.
    """
    H, T, N = path.shape
    before = np.concatenate([np.broadcast_to(inputs.initial, (H, 1, N)), path[:, :-1]], axis=1)
    departs = (before == MEMBER) & (path != MEMBER)
    departs[:, :begin] = False
    first = np.where(departs.any(axis=1), departs.argmax(axis=1), T)
    steps = inputs.drivers.first + np.arange(T)
    decides = steps[:, np.newaxis] > inputs.drivers.entry[np.newaxis]
    record = inputs.record[inputs.drivers.first :]
    result = np.empty((len(wanted), H))
    for k, outcome in enumerate(wanted):
        i = -1 if outcome.state is None else inputs.states.index(outcome.state)
        t = outcome.step
        match outcome.measure:
            case "frozen":
                result[k] = path[:, t, i] == FROZEN
            case "out":
                result[k] = path[:, t, i] == OUT
            case "frozen_or_out":
                result[k] = path[:, t, i] != MEMBER
            case "left":
                result[k] = first[:, i] <= t
            case "leavers":
                result[k] = (first <= t).sum(axis=1)
            case "nobody_left":
                result[k] = (first > t).all(axis=1)
            case "first_exit":
                exit_ = first[:, i] if outcome.state else first.min(axis=1)
                result[k] = (np.minimum(exit_, t + 1) - begin) * inputs.drivers.dt
            case "record":
                right = (path[:, : t + 1] == record[: t + 1]) & decides[: t + 1]
                result[k] = right.sum(axis=(1, 2)) / max(1, decides[: t + 1].sum())
    return result
