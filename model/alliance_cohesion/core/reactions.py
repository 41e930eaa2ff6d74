"""R10 and R11: what answers back when the record is not the script.

R10, the patron's answer: a request is answered with a chance logistic in the requester's
alignment, in whether the threat is internal, in whether the adversary stands inside the alliance,
and in the patron's spare capacity.
R11, new threats and offers: episodes arrive at rates per source of threat that rise as the
target thinks its patron unreliable; outside powers offer more as alignment falls.

Everything that is drawn is addressed as in `chance`. Rows of the record that start after the
switch, in the classes that follow rules, must have been left out of the forcing.
"""

from math import exp
from typing import NamedTuple

import numpy as np
from numba import njit, prange

from . import rules
from .inputs import Codes, Floats, Forcing, Ints, World
from .randomness import EPISODE, PATRON, uniform
from .simulate import choose
from .step import ALIGNMENT, ALPHA, BETA, MEMBER, MIND, OUTSIDE, blank, pace, parameters, think

INTERNAL, EXTERNAL = -2, -1  # sources of threat that are no state of the model
REQUEST_LEVEL = 0.4  # threats below code 2 prompt no request
_OFFER = EPISODE + 1_000


@njit(cache=True)
def answer_chance(b: Floats, a: float, internal: float, inside: float, spare: float) -> float:
    """R10. Chance that a request is answered; `b` are five coefficients."""
    return rules.logistic(b[0] + b[1] * a + b[2] * internal + b[3] * inside + b[4] * spare)


@njit(cache=True)
def episode_rate(log_rate: float, slope: float, rho: float, usual: float) -> float:
    """R11. Episodes a year from one source: an unreliable patron invites them."""
    return exp(log_rate + slope * (usual - rho))


@njit(cache=True)
def offer_rate(log_rate: float, slope: float, a: float, usual: float) -> float:
    """R11. New offers a year: outside powers offer more as alignment falls below the usual."""
    return exp(min(log_rate + slope * (usual - a), 3.0))


class Reactions(NamedTuple):
    """Fitted reactions, as arrays for the compiled loop. S sources of threat, Q requests."""

    start: int
    """First tick in which rules react."""
    answers: int
    """1: requests are answered by R10 (0: as the record says)."""
    episodes: int
    """1: threats come by R11."""
    offers: int
    """1: offers come by R11."""
    answer: Floats
    """[draw, 5] coefficients of R10."""
    spare: Floats
    """[T] the patron's spare capacity, 0 to 1."""
    strength: Floats
    """[3] share of episodes that prompt a request; mean strength of an answer, of a refusal."""
    request_tick: Ints
    """[Q] recorded requests that the rules answer."""
    request_state: Ints
    request_level: Floats
    request_internal: Floats
    request_inside: Floats
    source_target: Ints
    """[S]"""
    source_actor: Ints
    """[S] a state of the model, EXTERNAL or INTERNAL."""
    source_rate: Floats
    """[draw, S] log of episodes a year."""
    source_slope: Floats
    """[draw] how much an unreliable patron invites."""
    source_level: Floats
    """[S] level of an episode."""
    source_ticks: Ints
    """[S] its length."""
    offer_rate: Floats
    """[draw, N] log of new offers a year."""
    offer_slope: Floats
    """[draw]"""
    offer_points: float
    offer_ticks: int
    usual: Floats
    """[2] reliability and alignment at which the rates are stated."""


@njit(cache=True)
def _own_copy(f: Forcing) -> Forcing:
    """The same forcing with arrays of its own where reactions write."""
    return Forcing(
        f.dt, f.first, f.external.copy(), f.internal.copy(), f.inside.copy(), f.demand,
        f.offer.copy(), f.kept.copy(), f.broken.copy(), f.members, f.kept_all.copy(),
        f.broken_all.copy(), f.dependence, f.renewal, f.pair_start, f.pair_actor, f.pair_level,
        f.pair_outside, f.entry, f.address,
    )  # fmt: skip


@njit(cache=True)
def _ask(
    r: Reactions, d: int, f: Forcing, t: int, i: int, level: float, internal: float,
    inside: float, a: float, u: float,
) -> None:  # fmt: skip
    """R10: a request of state i in tick t is answered or refused."""
    if u < answer_chance(r.answer[d], a, internal, inside, r.spare[t]):
        f.kept[t, i] += level * r.strength[1]
        f.kept_all[t] += level * r.strength[1]
    else:
        f.broken[t, i] += level * r.strength[2]
        f.broken_all[t] += level * r.strength[2]


@njit(cache=True)
def react(
    r: Reactions, d: int, f: Forcing, t: int, standings: Codes, minds: Floats,
    until: Ints, offers: Floats, seed: int, number: int,
) -> None:  # fmt: skip
    """Write into `f` what R10 and R11 make of tick t, from minds and standings before it.

    `until` [S] is the tick in which each source's episode ends, `offers` [T, N] the points of
    offers that the rules have made so far.
    """
    n = len(standings)
    if r.answers == 1:
        for q in range(len(r.request_tick)):
            i = r.request_state[q]
            if r.request_tick[q] == t and standings[i] != OUTSIDE:
                u = uniform(seed, number, t, f.address[i], PATRON + 100 * (1 + q))
                _ask(
                    r, d, f, t, i, r.request_level[q], r.request_internal[q],
                    r.request_inside[q], minds[i, ALIGNMENT], u,
                )  # fmt: skip
    if r.episodes == 1:
        for s in range(len(r.source_target)):
            i, actor = r.source_target[s], r.source_actor[s]
            inside = actor >= 0 and standings[actor] != OUTSIDE
            if t >= until[s]:
                rho = rules.reliability(minds[i, ALPHA], minds[i, BETA])
                slope = 0.0 if actor == INTERNAL else r.source_slope[d]
                rate = episode_rate(r.source_rate[d, s], slope, rho, r.usual[0])
                u = uniform(seed, number, t, f.address[i], EPISODE + 100 * (1 + s))
                if u < rules.chance(rate, f.dt):
                    until[s] = t + r.source_ticks[s]
                    asks = uniform(seed, number, t, f.address[i], PATRON + 100_000 * (1 + s))
                    if (
                        r.answers == 1
                        and standings[i] == MEMBER
                        and r.source_level[s] >= REQUEST_LEVEL
                        and asks < r.strength[0]
                    ):
                        _ask(
                            r, d, f, t, i, r.source_level[s], 1.0 if actor == INTERNAL else 0.0,
                            1.0 if inside else 0.0, minds[i, ALIGNMENT], asks / r.strength[0],
                        )  # fmt: skip
            if t < until[s]:
                if actor == INTERNAL:
                    f.internal[t, i] = max(f.internal[t, i], r.source_level[s])
                elif inside:
                    f.inside[t, i] = max(f.inside[t, i], r.source_level[s])
                else:
                    f.external[t, i] = max(f.external[t, i], r.source_level[s])
    if r.offers == 1:
        for i in range(n):
            rate = offer_rate(r.offer_rate[d, i], r.offer_slope[d], minds[i, ALIGNMENT], r.usual[1])
            if uniform(seed, number, t, f.address[i], _OFFER) < rules.chance(rate, f.dt):
                offers[t : t + r.offer_ticks, i] += r.offer_points
            f.offer[t, i] += offers[t, i]


@njit(cache=True)
def history(
    row: Floats, r: Reactions, d: int, base: Forcing, initial: Codes, record: Codes, known: int,
    seed: int, number: int, path: Codes, aligned: Floats,
) -> None:  # fmt: skip
    """One history that follows the record up to tick `known` and the rules after it."""
    n, T = len(initial), len(base.renewal)
    f = _own_copy(base)
    p = parameters(row)
    keep = pace(p, f.dt)
    minds, seen = np.empty((n, len(MIND))), np.empty(7)
    until, offers = np.zeros(len(r.source_target), np.int64), np.zeros((T, n))
    before, after = initial.copy(), initial.copy()
    blank(p, minds)
    for t in range(T):
        if t >= r.start:
            react(r, d, f, t, before, minds, until, offers, seed, number)
        if t >= max(f.first, known):
            choose(p, f, t, before, minds, seed, number, after)
        elif t >= f.first:
            after[:] = record[t]
        think(p, keep, f, t, before, after, minds, seen)
        before[:] = after
        if t >= f.first:
            path[t - f.first] = after
            aligned[t - f.first] = minds[:, ALIGNMENT]


@njit(cache=True, parallel=True)
def _simulate(
    draws: Floats, r: Reactions, f: Forcing, initial: Codes, record: Codes, known: int,
    seed: int, start: int, path: Codes, aligned: Floats,
) -> None:  # fmt: skip
    for k in prange(len(path)):
        d = (start + k) % len(draws)
        history(draws[d], r, d, f, initial, record, known, seed, start + k, path[k], aligned[k])


def simulate(
    world: World,
    draws: Floats,
    reactions: Reactions,
    histories: int,
    seed: int,
    *,
    known: int = 0,
    start: int = 0,
) -> tuple[Codes, Floats]:
    """Histories in which patron, adversaries and outside powers may react.

    Args:
        world: The scenario compiled without the rows that the rules replace.
        draws: Parameter draws, [draw, parameter].
        reactions: From `fit_reactions.prepare`, with as many draws.
        histories: How many.
        seed: Of the random numbers; choices share their addresses with `ensemble.simulate`.
        known: Standings follow the record before this tick (counted from the first of all).
        start: Number of the first history.

    Returns:
        Standings and alignments, each [history, T, N] over the decided ticks.
    """
    shape = (histories, len(world.decided), len(world.states))
    path, aligned = np.empty(shape, np.int8), np.empty(shape)
    _simulate(
        np.ascontiguousarray(draws), reactions, world.forcing, world.initial, world.record,
        known, seed, start, path, aligned,
    )  # fmt: skip
    return path, aligned
