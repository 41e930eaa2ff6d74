"""Which rows of the event table fed a state's drivers, and what they still do at a date.

What a row does alone is found by compiling the scenario with that row only and letting the
state perceive it: no rule of the record is written a second time here. Levels of fear are the
highest of the faded rows, promises and departures add up, so rows taken alone account for the
whole.
"""

from collections import defaultdict
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ...core.elementary import compiled
from ...core.inputs import DRIVERS, Codes, Floats, Forcing, Standing, World
from ...core.step import Block, block, count, perceive
from ...inference.priors import NAMES
from ...inference.record import changes
from ...scenario import Event, Scenario, compile_world
from ...scenario.actions import SetIndicator
from ...scenario.dates import Ticks
from ...scenario.dependence import components
from ...scenario.fields import ALL_MEMBERS
from ...scenario.indicators import COMPONENTS
from .explanation import Component, Fact

TOLERANCE = 0.01
"""Facts this near to the highest level are told with it."""
NEXT = 2
"""Weaker facts told besides."""

_OFFER = DRIVERS.index("offer")
_OWN, _OTHERS = slice(5, 7), slice(7, 9)


class Reach(NamedTuple):
    """What a row alone brings to a state."""

    event: Event
    seen: Floats
    """[tick, 9] the drivers in the order of `DRIVERS`, then promises kept and broken to others."""


@compiled
def _seen(b: Block, f: Forcing, i: int, initial: Codes, record: Codes, out: Floats) -> None:
    """Fill `out` [step, 9] with what reaches state `i` along the documented statuses."""
    for t in range(len(out)):
        before = initial if t == 0 else record[t - 1]
        for j in range(len(initial)):
            b.before[j, 0], b.after[j, 0] = before[j], record[t, j]
        count(b.before, b.after, b.extra, b.counts[0])
        s = b.seen[0]
        perceive(f, t, i, b.before, b.after, b.before, b.counts[0], b.extra[0], s)
        out[t, 0], out[t, 1], out[t, 2], out[t, 3] = (
            s.external[0], s.internal[0], s.inside[0], s.demand[0]
        )  # fmt: skip
        out[t, 4], out[t, 5], out[t, 6] = s.offer[0], s.kept[0], s.broken[0]
        out[t, 7], out[t, 8] = s.kept_others[0], s.broken_others[0]


def _of(scenario: Scenario, rows: tuple[Event, ...], world: World, i: int, until: int) -> Floats:
    alone = compile_world(replace(scenario, events=rows, indicators=(), settings=()))
    out = np.zeros((until, len(DRIVERS) + 2))
    memory = block(len(world.states), 1)
    _seen(memory, alone.forcing, i, world.initial, world.record, out)
    return out


def reaching(scenario: Scenario, world: World, i: int, until: int) -> list[Reach]:
    """The rows that reached state `i` before tick `until`."""
    found = [Reach(event, _of(scenario, (event,), world, i, until)) for event in scenario.events]
    return [reach for reach in found if reach.seen.any()]


def fears(reaches: list[Reach], driver: int, draws: Floats, dt: float) -> tuple[Fact, ...]:
    """R1. The facts that set a level, those near it, and the next strongest, strongest first."""
    felt = [reach for reach in reaches if reach.seen[:, driver].any()]
    if not felt:
        return ()
    left = _left(draws, "h_threat", dt, len(felt[0].seen))
    level = np.array([(left * reach.seen[:, driver]).max(axis=1) for reach in felt])
    sets = (level >= level.max(axis=0) - 1e-12).mean(axis=1)
    now = level.mean(axis=1)
    facts = [
        Fact(reach.event, float(n), float(s)) for reach, n, s in zip(felt, now, sets, strict=True)
    ]
    facts.sort(key=lambda fact: (-fact.now, fact.event.start, fact.event.id))
    near = facts[0].now - TOLERANCE
    told = [fact for fact in facts if fact.sets or fact.now >= near]
    rest = [fact for fact in facts if fact not in told and fact.now > TOLERANCE]
    return (*told, *rest[:NEXT])


def offers(
    reaches: list[Reach], scenario: Scenario, world: World, i: int, until: int
) -> tuple[Fact, ...]:
    """The best offer of each outside power, to the state and to all members; cancelled ones too.

    The points of those that are not cancelled add up to O.
    """
    groups: dict[tuple[str, bool], list[Reach]] = defaultdict(list)
    for reach in reaches:
        if reach.seen[-1, _OFFER]:
            event = reach.event
            groups[event.actor, event.targets == (ALL_MEMBERS,)].append(reach)
    facts = []
    for (actor, _), group in groups.items():
        best = max(group, key=lambda reach: (reach.seen[-1, _OFFER], reach.event.start))
        against = tuple(
            other.id
            for other in scenario.events
            if other.actor == actor
            and not _of(scenario, (best.event, other), world, i, until)[-1, _OFFER]
        )
        points = 0.0 if against else float(best.seen[-1, _OFFER])
        facts.append(Fact(best.event, points, cancelled_by=against))
    return tuple(sorted(facts, key=lambda fact: (-fact.now, fact.event.start, fact.event.id)))


def promises(reaches: list[Reach], draws: Floats, dt: float) -> tuple[Fact, ...]:
    """R2. Responses to the state and to others, with what they still weigh; one's own first."""
    omega = _column(draws, "omega")[:, np.newaxis]
    facts = []
    for event, seen in reaches:
        own, others = seen[:, _OWN].sum(axis=1), seen[:, _OTHERS].sum(axis=1)
        if own.any() or others.any():
            left = _left(draws, "h_memory", dt, len(seen))
            weight = (left * (own + omega * others)).sum(axis=1)
            facts.append(Fact(event, float(weight.mean()), own=bool(own.any())))
    return tuple(sorted(facts, key=lambda fact: (not fact.own, -fact.now, fact.event.id)))


def leavers(
    scenario: Scenario, world: World, i: int, until: int, draws: Floats
) -> tuple[Fact, ...]:
    """Who left when: the share of the other members that each departure was, faded.

    A departure for which the record has no row of its own is passed over.
    """
    first, facts = world.forcing.first, []
    left = _left(draws, "h_memory", world.forcing.dt, until).mean(axis=0)
    for change in changes(world):
        t = change.tick + first
        if t >= until or change.state == i or change.before != Standing.MEMBER:
            continue
        before = world.initial if t == 0 else world.record[t - 1]
        others = np.delete(before, i)
        share = 1.0 / np.count_nonzero(others == Standing.MEMBER)
        event = _standing_row(scenario, world, change.state, t)
        if event:
            facts.append(Fact(event, float(share * left[t]), own=False))
    return tuple(sorted(facts, key=lambda fact: (-fact.now, fact.event.id)))


def _standing_row(scenario: Scenario, world: World, state: int, t: int) -> Event | None:
    """The last row that gives a state its standing in a tick."""
    label = Standing(int(world.record[t, state])).label
    rows = [
        event
        for event in scenario.events
        if event.kind == "standing"
        and (event.actor, event.strength) == (world.states[state], label)
        and scenario.clock.ticks.at(event.start) == t
    ]
    return max(rows, key=lambda event: event.start, default=None)


def dependence(scenario: Scenario, state: str, tick: int) -> tuple[Component, ...]:
    """The components that D is the mean of in a tick; none where the default holds."""
    ticks = scenario.clock.ticks
    middle = float(ticks.middles[tick])
    found = []
    for (whose, name), shares in components(scenario, ticks).items():
        share = float(shares[tick])
        if whose != state or np.isnan(share):
            continue
        held = [
            change.name
            for change in scenario.settings
            if (change.state, change.indicator) == (state, name) and _holds(change, ticks, tick)
        ]
        rows = sorted(
            (row for row in scenario.indicators if (row.state, row.indicator) == (state, name)),
            key=lambda row: row.year,
        )
        by = [row for row in rows if row.year + 0.5 <= middle][-1:]
        after = [row for row in rows if row.year + 0.5 > middle][:1]
        value = share * COMPONENTS[name]
        around = () if held else (*by, *after)
        found.append(Component(name, share, value, around, held[-1] if held else ""))
    return tuple(found)


def _holds(change: SetIndicator, ticks: Ticks, tick: int) -> bool:
    first = change.since.first if change.since else None
    last = change.until.last if change.until else None
    begin, stop = ticks.span(first, last)
    return begin <= tick < stop


def _left(draws: Floats, half_life: str, dt: float, ticks: int) -> Floats:
    """[draw, tick] share that is left at the end of the last tick of what each tick brought."""
    age = dt * np.arange(ticks - 1, -1, -1)
    return np.exp2(-age / _column(draws, half_life)[:, np.newaxis])


def _column(draws: Floats, name: str) -> Floats:
    return draws[:, NAMES.index(name)]
