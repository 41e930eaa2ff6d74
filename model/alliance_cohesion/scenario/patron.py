"""The patron in the record: what it was asked, what it answered, and what tied it down."""

from dataclasses import dataclass

import numpy as np

from ..core.inputs import Floats, Inputs, Status
from . import Event, Scenario
from .roles import Cast


@dataclass(frozen=True)
class Request:
    """A dated request and its answer."""

    step: int
    state: int
    level: float
    internal: bool
    inside: bool
    kept: bool
    strength: float
    event: str
    """Id of its row."""


def requests(scenario: Scenario, inputs: Inputs) -> list[Request]:
    """The record's requests; the threat in force in their time step says what prompted them."""
    f = inputs.drivers
    cast = Cast(scenario, scenario.clock.steps)
    result = []
    for event in scenario.events:
        if event.kind != "response" or event.consequence:
            continue
        if not cast.answers_for_alliance(event.actor):
            continue
        t = step_of(inputs, event)
        for name in event.targets:
            if t is None or name not in inputs.states or t == 0:
                continue
            i = inputs.states.index(name)
            inside = max(f.driver("inside")[t, i], _fellow(inputs, t, i))
            external = max(f.driver("external")[t, i], _fellow(inputs, t, i, away=True))
            strength = float(event.strength or 0.0)
            result.append(
                Request(
                    t, i, (event.threat_level or 1) / 5.0,
                    bool(f.driver("internal")[t, i] > max(inside, external)),
                    bool(inside >= max(external, f.driver("internal")[t, i]) and inside > 0),
                    strength > 0, abs(strength), event.id,
                )
            )  # fmt: skip
    return sorted(result, key=lambda one: (one.step, one.state))


def _fellow(inputs: Inputs, t: int, i: int, *, away: bool = False) -> float:
    f = inputs.drivers
    cell = t * len(inputs.states) + i
    level = 0.0
    for k in range(f.pair_start[cell], f.pair_start[cell + 1]):
        out = inputs.record[max(t - 1, 0), f.pair_actor[k]] == Status.OUT
        if out == away:
            level = max(level, float(f.pair_level[k]))
    return level


def step_of(inputs: Inputs, event: Event) -> int | None:
    """The time step in which an event begins, or None outside the clock."""
    day = np.datetime64(event.start)
    if day < inputs.steps[0] or day >= inputs.end:
        return None
    return int(np.searchsorted(inputs.steps, day, side="right") - 1)


def spare(scenario: Scenario, inputs: Inputs) -> Floats:
    """[T] the patron's spare capacity: 1 less the level of its heaviest engagement."""
    free = np.ones(len(inputs.steps))
    after = np.append(inputs.steps[1:], inputs.end)
    for one in scenario.engagements:
        end = np.datetime64(one.end) if one.end else inputs.end
        busy = (after > np.datetime64(one.start)) & (inputs.steps <= end)
        free[busy] = np.minimum(free[busy], 1.0 - one.level / 5.0)
    return free
