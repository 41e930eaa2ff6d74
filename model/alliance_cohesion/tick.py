"""One tick, compiled: perceive, judge, decide, built from the rules alone.

A mind is a row of ten numbers (`MIND` names them). The ensemble keeps one row per state; an
agent keeps the same numbers as attributes. The likelihood uses the same functions with the
standings that history documented.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from . import rules
from .world import Codes, Floats, Forcing, Parameters, Standing

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
def perceive(f: Forcing, t: int, i: int, standings: Codes, seen: Floats) -> None:
    """Fill `seen` [7] with what reaches state `i` in tick `t`, in the order of `DRIVERS`.

    Whether a fellow state's threat comes from inside the alliance depends on `standings`, the
    standings at the end of the tick before.
    """
    seen[0], seen[1], seen[2] = f.external[t, i], f.internal[t, i], f.inside[t, i]
    seen[3], seen[4] = f.demand[t, i], f.offer[t, i]
    seen[5], seen[6] = f.kept[t, i], f.broken[t, i]
    if standings[i] != OUTSIDE:
        for d in range(4):
            seen[d] = max(seen[d], f.members[t, d])
        for d in range(4, 7):
            seen[d] += f.members[t, d]
    cell = t * len(standings) + i
    for k in range(f.pair_start[cell], f.pair_start[cell + 1]):
        if standings[f.pair_actor[k]] != OUTSIDE:
            seen[2] = max(seen[2], f.pair_level[k])
        elif f.pair_outside[k] == 1:
            seen[0] = max(seen[0], f.pair_level[k])


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
    if standing == MEMBER:
        act = (1.0 - lapse) * rules.chance(rules.leave_rate(a, p.f_leave), dt)
        freeze = act * rules.freeze_share(D, p.c_freeze, p.b_freeze)
        out = lapse + (act - freeze)
        return 1.0 - (freeze + out), freeze, out
    back = rules.return_rate(a, p.f_return)
    if standing == FROZEN:
        leave = rules.leave_rate(a, p.f_leave)
        act = (1.0 - lapse) * rules.chance(leave + back, dt)
        member = act * (back / (leave + back))
        out = lapse + (act - member)
        return member, 1.0 - (member + out), out
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
def promises_to_others(
    f: Forcing, t: int, i: int, standings: Codes, members: int
) -> tuple[float, float]:
    """Requests answered and refused in tick `t` of every state but `i`.

    Totals less one's own, so that the cost is linear in states.
    """
    others = members if standings[i] == OUTSIDE else members - 1
    return (
        f.kept_all[t] - f.kept[t, i] + others * f.members[t, 5],
        f.broken_all[t] - f.broken[t, i] + others * f.members[t, 6],
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
    for i in range(len(before)):
        perceive(f, t, i, before, seen)
        kept, broken = promises_to_others(f, t, i, before, members)
        others_left = share_of_others_left(before, after, i, left, members)
        judge(p, keep, seen, f.dependence[t, i], kept, broken, others_left, minds[i])
