"""The patron in the record: what it was asked, what it answered, and what tied it down."""

from dataclasses import dataclass

import numpy as np

from ..core.inputs import Floats, Standing, World
from . import Event, Scenario
from .roles import Cast


@dataclass(frozen=True)
class Request:
    """A dated request and its answer."""

    tick: int
    state: int
    level: float
    internal: bool
    inside: bool
    kept: bool
    strength: float
    event: str
    """Id of its row."""


def requests(scenario: Scenario, world: World) -> list[Request]:
    """The record's requests; the threat in force in their tick says what prompted them."""
    f = world.forcing
    cast = Cast(scenario, scenario.clock.ticks)
    found = []
    for event in scenario.events:
        if event.kind != "response" or event.consequence:
            continue
        if not cast.answers_for_alliance(event.actor):
            continue
        t = tick_of(world, event)
        for name in event.targets:
            if t is None or name not in world.states or t == 0:
                continue
            i = world.states.index(name)
            inside = max(f.driver("inside")[t, i], _fellow(world, t, i))
            external = max(f.driver("external")[t, i], _fellow(world, t, i, away=True))
            strength = float(event.strength or 0.0)
            found.append(
                Request(
                    t, i, (event.threat_level or 1) / 5.0,
                    bool(f.driver("internal")[t, i] > max(inside, external)),
                    bool(inside >= max(external, f.driver("internal")[t, i]) and inside > 0),
                    strength > 0, abs(strength), event.id,
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: (one.tick, one.state))


def _fellow(world: World, t: int, i: int, *, away: bool = False) -> float:
    f = world.forcing
    cell = t * len(world.states) + i
    level = 0.0
    for k in range(f.pair_start[cell], f.pair_start[cell + 1]):
        out = world.record[max(t - 1, 0), f.pair_actor[k]] == Standing.OUTSIDE
        if out == away:
            level = max(level, float(f.pair_level[k]))
    return level


def tick_of(world: World, event: Event) -> int | None:
    """The tick in which an event begins, or None outside the ticks of the world."""
    day = np.datetime64(event.start)
    if day < world.ticks[0] or day >= world.end:
        return None
    return int(np.searchsorted(world.ticks, day, side="right") - 1)


def spare(scenario: Scenario, world: World) -> Floats:
    """[T] the patron's spare capacity: 1 less the level of its heaviest engagement."""
    free = np.ones(len(world.ticks))
    after = np.append(world.ticks[1:], world.end)
    for one in scenario.engagements:
        end = np.datetime64(one.end) if one.end else world.end
        busy = (after > np.datetime64(one.start)) & (world.ticks <= end)
        free[busy] = np.minimum(free[busy], 1.0 - one.level / 5.0)
    return free
