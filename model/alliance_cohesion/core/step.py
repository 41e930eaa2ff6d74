"""One tick, compiled: perceive, judge, decide, built from the rules alone.

A mind is a row of ten numbers (`MIND` names them). The ensemble keeps one row per state; an
agent keeps the same numbers as attributes. The likelihood uses the same functions with the
standings that history documented.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from . import rules
from .inputs import Codes, Floats, Forcing, Ints, Standing
from .parameters import Parameters

MIND = ("E", "G", "P", "A", "O", "alpha", "beta", "left", "V", "a")
E, G, P, A, O, ALPHA, BETA, LEFT, V, ALIGNMENT = range(len(MIND))  # noqa: E741

MEMBER, FROZEN, OUTSIDE = (int(s) for s in Standing)


@njit(cache=True)
def parameters(row: Floats) -> Parameters:
    """Name the numbers of one parameter draw."""
    return Parameters(
        row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9],
        row[10], row[11], row[12], row[13], row[14], row[15], row[16], row[17], row[18], row[19],
    )  # fmt: skip


class Pace(NamedTuple):
    """Shares of fear, memory and alignment that are kept over one tick."""

    fear: float
    memory: float
    alignment: float


@njit(cache=True)
def pace(p: Parameters, dt: float) -> Pace:
    """What a tick of `dt` years leaves of each memory."""
    return Pace(rules.half(dt, p.h_threat), rules.half(dt, p.h_memory), rules.half(dt, p.h_align))


@njit(cache=True)
def blank(p: Parameters, minds: Floats) -> None:
    """Fill `minds` [state, 10] with the state of one who has seen nothing yet."""
    minds[:] = 0.0
    minds[:, ALPHA] = p.rho_prior * p.n_prior
    minds[:, BETA] = (1.0 - p.rho_prior) * p.n_prior
    minds[:, ALIGNMENT] = np.nan  # alignment starts at the first worth perceived


@njit(cache=True)
def _perceive(
    external: Floats, internal: Floats, inside: Floats, demand: Floats, offer: Floats,
    kept: Floats, broken: Floats, members: Floats, start: Ints, actor: Ints, level: Floats,
    outside: Codes, t: int, i: int, standings: Codes, seen: Floats,
) -> None:  # fmt: skip
    seen[0], seen[1], seen[2], seen[3] = external[t, i], internal[t, i], inside[t, i], demand[t, i]
    seen[4], seen[5], seen[6] = offer[t, i], kept[t, i], broken[t, i]
    if standings[i] != OUTSIDE:
        for d in range(4):
            seen[d] = max(seen[d], members[t, d])
        for d in range(4, 7):
            seen[d] += members[t, d]
    cell = t * len(standings) + i
    for k in range(start[cell], start[cell + 1]):
        if standings[actor[k]] != OUTSIDE:
            seen[2] = max(seen[2], level[k])
        elif outside[k] == 1:
            seen[0] = max(seen[0], level[k])


@njit(cache=True)
def perceive(f: Forcing, t: int, i: int, standings: Codes, seen: Floats) -> None:
    """Fill `seen` [7] with what reaches state `i` in tick `t`, in the order of `DRIVERS`.

    Whether a fellow state's threat comes from inside the alliance depends on `standings`, the
    standings at the end of the tick before.
    """
    _perceive(
        f.external, f.internal, f.inside, f.demand, f.offer, f.kept, f.broken, f.members,
        f.pair_start, f.pair_actor, f.pair_level, f.pair_outside, t, i, standings, seen,
    )  # fmt: skip


@njit(cache=True)
def judge(
    p: Parameters, keep: Pace, seen: Floats, D: float,
    kept_others: float, broken_others: float, others_left: float, mind: Floats,
) -> None:  # fmt: skip
    """R1 to R5: update `mind` by what was `seen` in a tick.

    `kept_others` and `broken_others` are the requests of other states, `others_left` the share
    of the other members that left in this tick.
    """
    mind[E] = rules.fear(mind[E], seen[0], keep.fear)
    mind[G] = rules.fear(mind[G], seen[1], keep.fear)
    mind[P] = rules.fear(mind[P], seen[2], keep.fear)
    mind[A] = rules.fear(mind[A], seen[3], keep.fear)
    mind[O] = seen[4]
    alpha0, beta0 = p.rho_prior * p.n_prior, (1.0 - p.rho_prior) * p.n_prior
    mind[ALPHA] = rules.evidence(mind[ALPHA], alpha0, keep.memory, seen[5], kept_others, p.omega)
    mind[BETA] = rules.evidence(mind[BETA], beta0, keep.memory, seen[6], broken_others, p.omega)
    mind[LEFT] = min(1.0, mind[LEFT] * keep.memory + others_left)
    rho = rules.reliability(mind[ALPHA], mind[BETA])
    S = rules.security(mind[E], mind[G], rho, p.gamma)
    mind[V] = rules.worth(
        p.b_S, S, p.b_D, D, p.b_P, mind[P], p.b_A, mind[A], p.b_O, mind[O],
        p.kappa, 1.0 - mind[LEFT],
        p.b_R, 2.0 * rho - 1.0, p.b_T, mind[E] + p.gamma * mind[G],
    )  # fmt: skip
    if np.isnan(mind[ALIGNMENT]):
        mind[ALIGNMENT] = mind[V]
    else:
        mind[ALIGNMENT] = rules.alignment(mind[ALIGNMENT], mind[V], keep.alignment)


@njit(cache=True)
def chances(
    p: Parameters, dt: float, standing: int, a: float, D: float, renewal: int
) -> tuple[float, float, float]:
    """R6 to R9: chances to end the tick as member, frozen and outside; they sum to one.

    `a` and `D` are those of the tick before. In a renewal tick the signature comes first; who
    signs (or is frozen and signs) then faces the tick as any other.
    """
    lapse = rules.refusal(a, p.f_renew) if renewal == 1 and standing != OUTSIDE else 0.0
    signs = 1.0 - lapse
    if standing == MEMBER:
        act = signs * rules.chance(rules.leave_rate(a, p.f_leave), dt)
        freeze = act * rules.freeze_share(D, p.c_freeze, p.b_freeze)
        return signs - act, freeze, lapse + (act - freeze)
    back = rules.return_rate(a, p.f_return)
    if standing == FROZEN:
        leave = rules.leave_rate(a, p.f_leave)
        act = signs * rules.chance(leave + back, dt)
        member = act * (back / (leave + back))
        return member, signs - act, lapse + (act - member)
    member = rules.chance(back, dt)
    return member, 0.0, 1.0 - member


@njit(cache=True)
def decide(u: float, member: float, frozen: float) -> int:
    """The standing that a uniform number `u` picks from the chances.

    Staying outside or inside keeps its place on the unit interval, so that the same `u` in two
    paired worlds is the same resolve.
    """
    if u < member:
        return MEMBER
    if u < member + frozen:
        return FROZEN
    return OUTSIDE


@njit(cache=True)
def departures(before: Codes, after: Codes) -> tuple[int, int]:
    """How many left membership (by exit or freeze) in a tick, and how many could have."""
    left, members = 0, 0
    for i in range(len(before)):
        if before[i] == MEMBER:
            members += 1
            if after[i] != MEMBER:
                left += 1
    return left, members


@njit(cache=True)
def share_of_others_left(before: Codes, after: Codes, i: int, left: int, members: int) -> float:
    """Share of the other members that left in a tick, as state `i` sees it."""
    if before[i] == MEMBER:
        members -= 1
        if after[i] != MEMBER:
            left -= 1
    return left / members if members > 0 else 0.0


@njit(cache=True)
def insiders(standings: Codes) -> int:
    """How many states are members or frozen: those whom a row to `members` reaches."""
    inside = 0
    for i in range(len(standings)):
        if standings[i] != OUTSIDE:
            inside += 1
    return inside


@njit(cache=True)
def _to_others(
    everything: float, own: float, to_members: float, standing: int, inside: int
) -> float:
    others = inside if standing == OUTSIDE else inside - 1
    return everything - own + others * to_members


@njit(cache=True)
def promises_to_others(
    f: Forcing, t: int, i: int, standings: Codes, inside: int
) -> tuple[float, float]:
    """Requests answered and refused in tick `t` of every state but `i`.

    Totals less one's own, so that the cost is linear in states; `inside` is what `insiders`
    counts in `standings`.
    """
    return (
        _to_others(f.kept_all[t], f.kept[t, i], f.members[t, 5], standings[i], inside),
        _to_others(f.broken_all[t], f.broken[t, i], f.members[t, 6], standings[i], inside),
    )


@njit(cache=True)
def think(
    p: Parameters, keep: Pace, f: Forcing, t: int,
    before: Codes, after: Codes, minds: Floats, seen: Floats,
) -> None:  # fmt: skip
    """Perceive and judge for every state in tick `t`, given standings before and after it.

    `minds` [state, 10] is updated; `seen` [7] is scratch.
    """
    left, members = departures(before, after)
    inside_now = insiders(before)
    # Taken out of the tuple once a tick: reaching through it for every state costs a third more.
    external, internal, inside, demand = f.external, f.internal, f.inside, f.demand
    offer, kept, broken, to_members = f.offer, f.kept, f.broken, f.members
    start, actor, level, outside = f.pair_start, f.pair_actor, f.pair_level, f.pair_outside
    kept_all, broken_all, dependence = f.kept_all[t], f.broken_all[t], f.dependence
    for i in range(len(before)):
        _perceive(
            external, internal, inside, demand, offer, kept, broken, to_members,
            start, actor, level, outside, t, i, before, seen,
        )  # fmt: skip
        judge(
            p, keep, seen, dependence[t, i],
            _to_others(kept_all, kept[t, i], to_members[t, 5], before[i], inside_now),
            _to_others(broken_all, broken[t, i], to_members[t, 6], before[i], inside_now),
            share_of_others_left(before, after, i, left, members), minds[i],
        )  # fmt: skip
