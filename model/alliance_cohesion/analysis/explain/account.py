"""Make an explanation: terms of R4, the facts behind them, and what would have changed much."""

from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import numpy as np

from ... import __version__
from ...core import replay
from ...core.contributions import TERMS, terms
from ...core.inputs import Floats, Standing, World
from ...core.step import LATENT
from ...inference import record
from ...scenario import Problem, Scenario, ScenarioError
from ...scenario.dates import parse
from ...scenario.problems import quoted
from ...scenario.spelling import suggestion
from ...scenario.states import chosen, name_of
from ...simulation import Case
from . import facts
from .explanation import Driver, Explanation, Peer, Shift, Spread, Term
from .shifts import LARGEST_OFFER, Asked, moving

MOVES = {
    Standing.MEMBER: "leaving",
    Standing.FROZEN: "going out",
    Standing.OUTSIDE: "coming back",
}
_OF_TERM = {
    "security: external threat": ("E", "rho"),
    "security: internal threat": ("G", "rho"),
    "dependence": ("D",),
    "threat from inside": ("P",),
    "demands on autonomy": ("A",),
    "outside offers": ("O",),
    "others that left": ("C",),
    "inertia": (),
}
_FEARS = {
    "E": "external threat",
    "G": "internal threat",
    "P": "threat from inside the alliance",
    "A": "demands on autonomy",
}


class _Place(NamedTuple):
    """Whose tick is asked about."""

    i: int
    """Axis `state`."""
    t: int
    """Axis `tick`, those that only fill memories included."""


def explain(case: Case, state: str, date: str, seed: int | None = None) -> Explanation:
    """Why a state stood where it stood at a date, along the documented record.

    Everything that decides the tick of the date is what was perceived up to the tick before.

    Args:
        case: The scenario.
        state: One of its states, by code or by name, in any case.
        date: `1999-04-20`, `1999-04` or `1999`; the middle of a month or a year is taken.
        seed: Of the parameter draws (the scenario's by default).

    Raises:
        ScenarioError: there is no such state, or it decides nothing at that date.
        ValueError: the scenario's posterior cannot be used.
    """
    case = case.documented
    scenario, world = case.scenario, case.world
    state = chosen(state, world.states, scenario.alliance.names) or state
    at = _place(scenario, world, state, date)
    found = case.draws(seed)
    draws = found.values
    trace = replay.trace(_only(world, at.t), draws)
    minds, chances = trace.minds[:, 0], trace.chances[:, 0]
    before, after = _standings(world, at.t)
    standing = Standing(int(before[at.i]))
    f = world.forcing
    D = float(f.dependence[at.t - 1, at.i])
    asked = Asked(draws, minds[:, at.i], D, standing, int(f.renewal[at.t]), f.dt)
    split = terms(draws, minds[:, at.i], np.array(D))
    chance = asked.by_draw(minds[:, at.i, LATENT.index("a")])
    return Explanation(
        attributes={
            "scenario": scenario.name,
            "question": scenario.question,
            "alliance": scenario.alliance.name,
            "patron": scenario.alliance.patron,
            "seed": scenario.seed if seed is None else seed,
            "draws": len(draws),
            "parameters_from": found.origin,
            "parameters_sha256": found.digest,
            "version": __version__,
        },
        state=state,
        date=date,
        first=world.ticks[at.t].item(),
        last=np.append(world.ticks, world.end)[at.t + 1].item() - timedelta(days=1),
        standing=standing,
        ended=Standing(int(after[at.i])),
        window=asked.window,
        alignment=Spread.of(minds[:, at.i, LATENT.index("a")]),
        terms=tuple(
            Term(name, Spread.of(split[:, k]), _OF_TERM[name]) for k, name in enumerate(TERMS)
        ),
        chances={to: Spread.of(chances[:, at.i, to]) for to in Standing},
        move=MOVES[standing],
        chance=Spread.of(chance),
        chance_at_zero=float(asked.by_draw(np.zeros(len(draws))).mean()),
        peers=_peers(world, at, asked, minds, chances),
        drivers=_drivers(scenario, world, at, draws, minds[:, at.i], asked),
        terms_by_draw=split,
        alignment_by_draw=minds[:, at.i, LATENT.index("a")],
    )


def _place(scenario: Scenario, world: World, state: str, day: str) -> _Place:
    """The state and the tick that are asked about, or every problem with the question."""
    problems = []
    if state not in world.states:
        names = [name_of(code, scenario.alliance.names) for code in world.states]
        hint = suggestion(state, {*names, *world.states})
        problems.append(Problem("", "", f"no state {quoted(state)}", ", ".join(world.states), hint))
    clock = scenario.clock
    ticks, t = clock.ticks, -1
    try:
        t = ticks.at(parse(day).middle)
    except ValueError:
        allowed = "an ISO date that exists: 1999, 1999-04 or 1999-04-20"
        problems.append(_problem(f"found date {quoted(day)}", allowed))
    else:
        if not ticks.first <= t < ticks.count:
            problems.append(
                _problem(f"{day} is outside the clock", f"{clock.start} to {clock.end}")
            )
    if problems:
        raise ScenarioError(problems)
    i = world.states.index(state)
    entry = int(world.forcing.entry[i])
    if t <= entry:
        begins = (
            f"{world.ticks[entry + 1]} to {clock.end}" if entry + 1 < ticks.count else "no date"
        )
        raise ScenarioError([_problem(f"{state} has not joined yet at {day}", begins)])
    return _Place(i, t)


def _problem(found: str, allowed: str) -> Problem:
    return Problem("", "", found, allowed)


def _only(world: World, t: int) -> World:
    """The same world cut after tick `t`, the only one in which anything is decided."""
    f = world.forcing
    return replace(
        world,
        ticks=world.ticks[: t + 1],
        forcing=f.change(first=t, renewal=f.renewal[: t + 1]),
    )


def _standings(world: World, t: int) -> tuple[np.ndarray, np.ndarray]:
    """Documented standings before and after a decided tick, [N] each."""
    before, after = record.standings(world)
    return before[t - world.forcing.first], after[t - world.forcing.first]


def _peers(
    world: World, at: _Place, asked: Asked, minds: Floats, chances: Floats
) -> tuple[Peer, ...]:
    """States of the same standing that decide in the tick, the likeliest to move first."""
    before, _ = _standings(world, at.t)
    peers = []
    for j, name in enumerate(world.states):
        if before[j] == asked.standing and at.t > world.forcing.entry[j]:
            chance = moving(chances[:, j], asked.standing)
            chance = chance if asked.window else record.yearly(chance, world.forcing.dt)
            alignment = float(minds[:, j, LATENT.index("a")].mean())
            peers.append(Peer(name, alignment, float(chance.mean())))
    return tuple(sorted(peers, key=lambda peer: (-peer.chance, peer.state)))


def _drivers(
    scenario: Scenario, world: World, at: _Place, draws: Floats, minds: Floats, asked: Asked
) -> tuple[Driver, ...]:
    dt = world.forcing.dt
    reaches = facts.reaching(scenario, world, at.i, at.t)
    mind = dict(zip(LATENT, minds.T, strict=True))
    rho = mind["alpha"] / (mind["alpha"] + mind["beta"])
    D = np.full(len(draws), asked.D)

    def shift(symbol: str, now: Floats) -> Shift:
        return asked.shift(symbol, float(now.mean()))

    feared = [
        Driver(
            symbol,
            name,
            (0.0, 1.0),
            Spread.of(mind[symbol]),
            facts.fears(reaches, k, draws, dt),
            shift=shift(symbol, mind[symbol]),
        )
        for k, (symbol, name) in enumerate(_FEARS.items())
    ]
    return (
        *feared,
        Driver(
            "O",
            "offers from outside, in points",
            (0.0, LARGEST_OFFER),
            Spread.of(mind["O"]),
            facts.offers(reaches, scenario, world, at.i, at.t),
            shift=shift("O", mind["O"]),
        ),
        Driver(
            "D",
            "dependence on the patron",
            (0.0, 1.0),
            Spread.of(D),
            components=facts.dependence(scenario, world.states[at.i], at.t - 1),
            shift=shift("D", D),
        ),
        Driver(
            "rho",
            "believed reliability of the patron",
            (0.0, 1.0),
            Spread.of(rho),
            facts.promises(reaches, draws, dt),
            shift=shift("rho", rho),
        ),
        Driver(
            "C",
            "share of the others that left",
            (0.0, 1.0),
            Spread.of(mind["left"]),
            facts.leavers(scenario, world, at.i, at.t, draws),
        ),
    )
