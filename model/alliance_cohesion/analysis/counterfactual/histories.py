"""Paired histories, compiled: the same draws and the same chance in two worlds.

A forecast runs both worlds freely from the branch with the same addressed numbers. A replay
carries the noise that explains the documented choices into the changed world (see `coupling`);
where the record ends before the clock, both worlds go on from there as in a forecast.
"""

import numpy as np
from numba import njit, prange

from ...core import step as tick
from ...core.inputs import Codes, Floats, Forcing, World
from ...core.parameters import Parameters
from ...core.randomness import CHOICE, NOISE, uniform
from ...core.step import (
    ALIGNMENT,
    MEMBER,
    MIND,
    OUTSIDE,
    Pace,
    blank,
    chances,
    decide,
    pace,
    parameters,
)
from .coupling import carried

CONTAGION, LEARNED, SOURCE = 1, 2, 4
"""Ways in which one state's fate reaches another's mind, as flags: others that left (R4),
promises to others (R2), and whether a fellow state's threat comes from inside (R1)."""

_WORD = 256  # further words at one address: purpose + k * 256
_FRESH = NOISE + 3 * _WORD


@njit(cache=True)
def think_beside(
    p: Parameters, keep: Pace, f: Forcing, t: int, before: Codes, after: Codes,
    minds: Floats, seen: Floats,
    f_base: Forcing, before_base: Codes, after_base: Codes, held: int, mixed: Codes,
) -> None:  # fmt: skip
    """As `tick.think`, with the channels in `held` fed from the base world beside it."""
    if held == 0:
        tick.think(p, keep, f, t, before, after, minds, seen)
        return
    left, members = tick.departures(before, after)
    left_base, members_base = tick.departures(before_base, after_base)
    inside, inside_base = tick.insiders(before), tick.insiders(before_base)
    for i in range(len(before)):
        mixed[:] = before_base if held & SOURCE else before
        mixed[i] = before[i]
        tick.perceive(f, t, i, mixed, seen)
        if held & LEARNED:
            kept, broken = tick.promises_to_others(f_base, t, i, before_base, inside_base)
        else:
            kept, broken = tick.promises_to_others(f, t, i, before, inside)
        if held & CONTAGION:
            others_left = tick.share_of_others_left(
                before_base, after_base, i, left_base, members_base
            )
        else:
            others_left = tick.share_of_others_left(before, after, i, left, members)
        tick.judge(p, keep, seen, f.dependence[t, i], kept, broken, others_left, minds[i])


@njit(cache=True)
def rebuild(row: Floats, f: Forcing, initial: Codes, record: Codes, until: int) -> Floats:
    """Minds at the start of tick `until`, along the documented standings."""
    p = parameters(row)
    keep = pace(p, f.dt)
    minds, seen = np.empty((len(initial), len(MIND))), np.empty(7)
    before = initial.copy()
    blank(p, minds)
    for t in range(until):
        tick.think(p, keep, f, t, before, record[t], minds, seen)
        before[:] = record[t]
    return minds


@njit(cache=True)
def _choose(p: Parameters, f: Forcing, t: int, minds: Floats, u: Floats, now: Codes) -> None:
    """Replace the standings `now` by those chosen in tick `t` with the numbers `u`."""
    for i in range(len(now)):
        if t <= f.entry[i]:
            now[i] = MEMBER if t == f.entry[i] else OUTSIDE
        else:
            member, frozen, _ = chances(
                p, f.dt, now[i], minds[i, ALIGNMENT], f.dependence[t - 1, i], f.renewal[t]
            )
            now[i] = decide(u[i], member, frozen)


@njit(cache=True, parallel=True)
def _forecast(
    rows: Floats, rows_changed: Floats, f: Forcing, f_changed: Forcing,
    initial: Codes, record: Codes, branch: int, seed: int, held: int,
    path: Codes, path_changed: Codes,
) -> None:  # fmt: skip
    D, n = len(rows), len(initial)
    for d in prange(D):
        p, q = parameters(rows[d]), parameters(rows_changed[d])
        keep, keep_changed = pace(p, f.dt), pace(q, f.dt)
        start = rebuild(rows[d], f, initial, record, branch)
        start_changed = rebuild(rows_changed[d], f_changed, initial, record, branch)
        seen, u, mixed = np.empty(7), np.empty(n), initial.copy()
        for number in range(d, len(path), D):
            minds, minds_changed = start.copy(), start_changed.copy()
            before = record[branch - 1].copy()
            before_changed = before.copy()
            after, after_changed = before.copy(), before.copy()
            for t in range(branch, len(f.renewal)):
                for i in range(n):
                    u[i] = uniform(seed, number, t - f.first, f.address[i], CHOICE)
                _choose(p, f, t, minds, u, after)
                _choose(q, f_changed, t, minds_changed, u, after_changed)
                tick.think(p, keep, f, t, before, after, minds, seen)
                think_beside(
                    q, keep_changed, f_changed, t, before_changed, after_changed,
                    minds_changed, seen, f, before, after, held, mixed,
                )  # fmt: skip
                before[:] = after
                before_changed[:] = after_changed
                path[number, t - branch] = after
                path_changed[number, t - branch] = after_changed


@njit(cache=True)
def _base_chances(
    row: Floats, f: Forcing, record: Codes, branch: int, known: int, minds: Floats, three: Floats
) -> None:
    """Fill `three` [known - branch, N, 3] with the chances along the record.

    `minds` are those at the start of the branch, and afterwards at the start of tick `known`.
    """
    p = parameters(row)
    keep = pace(p, f.dt)
    seen = np.empty(7)
    before = record[branch - 1]
    for t in range(branch, known):
        for i in range(len(before)):
            if t > f.entry[i]:
                member, frozen, out = chances(
                    p, f.dt, before[i], minds[i, ALIGNMENT], f.dependence[t - 1, i], f.renewal[t]
                )
                three[t - branch, i, 0] = member
                three[t - branch, i, 1] = frozen
                three[t - branch, i, 2] = out
        tick.think(p, keep, f, t, before, record[t], minds, seen)
        before = record[t]


@njit(cache=True)
def _carry(
    q: Parameters, f: Forcing, t: int, seed: int, number: int, coupling: int,
    was: Codes, documented: Codes, three: Floats, minds: Floats, before: Codes, after: Codes,
) -> None:  # fmt: skip
    """Fill `after` with the changed world's choices, by the noise that explains the documented.

    `was` and `documented` are the record before and after tick `t`, `three` [N, 3] its chances;
    `f`, `minds` and `before` are the changed world's.
    """
    for i in range(len(after)):
        if t <= f.entry[i]:
            after[i] = documented[i]  # no choice of the state's own
            continue
        changed = chances(
            q, f.dt, before[i], minds[i, ALIGNMENT], f.dependence[t - 1, i], f.renewal[t]
        )
        where = (seed, number, t - f.first, f.address[i])
        if before[i] != was[i]:
            u = uniform(where[0], where[1], where[2], where[3], _FRESH)
            after[i] = decide(u, changed[0], changed[1])
            continue
        after[i] = carried(
            coupling,
            uniform(where[0], where[1], where[2], where[3], NOISE),
            uniform(where[0], where[1], where[2], where[3], NOISE + _WORD),
            uniform(where[0], where[1], where[2], where[3], NOISE + 2 * _WORD),
            documented[i], (three[i, 0], three[i, 1], three[i, 2]), changed,
        )  # fmt: skip


@njit(cache=True, parallel=True)
def _replay(
    rows: Floats, rows_changed: Floats, f: Forcing, f_changed: Forcing,
    initial: Codes, record: Codes, branch: int, known: int, seed: int, held: int, coupling: int,
    path: Codes, path_changed: Codes,
) -> None:  # fmt: skip
    D, n, T = len(rows), len(initial), len(f.renewal)
    for d in prange(D):
        p, q = parameters(rows[d]), parameters(rows_changed[d])
        keep, keep_changed = pace(p, f.dt), pace(q, f.dt)
        three = np.zeros((known - branch, n, 3))
        start_known = rebuild(rows[d], f, initial, record, branch)
        _base_chances(rows[d], f, record, branch, known, start_known, three)
        start_changed = rebuild(rows_changed[d], f_changed, initial, record, branch)
        seen, u, mixed = np.empty(7), np.empty(n), initial.copy()
        for number in range(d, len(path_changed), D):
            minds, minds_changed = start_known.copy(), start_changed.copy()
            before, before_changed = record[branch - 1].copy(), record[branch - 1].copy()
            after, after_changed = before.copy(), before.copy()
            for t in range(branch, T):
                if t < known:
                    after[:] = record[t]
                    _carry(
                        q, f_changed, t, seed, number, coupling, before, after,
                        three[t - branch], minds_changed, before_changed, after_changed,
                    )  # fmt: skip
                else:
                    for i in range(n):
                        u[i] = uniform(seed, number, t - f.first, f.address[i], CHOICE)
                    _choose(p, f, t, minds, u, after)
                    _choose(q, f_changed, t, minds_changed, u, after_changed)
                think_beside(
                    q, keep_changed, f_changed, t, before_changed, after_changed,
                    minds_changed, seen, f, before, after, held, mixed,
                )  # fmt: skip
                if t >= known:
                    tick.think(p, keep, f, t, before, after, minds, seen)
                    path[number, t - branch] = after
                before[:] = after
                before_changed[:] = after_changed
                path_changed[number, t - branch] = after_changed


def forecast(
    base: World, changed: World, rows: Floats, rows_changed: Floats,
    branch: int, histories: int, seed: int, held: int = 0,
) -> tuple[Codes, Codes]:  # fmt: skip
    """Both worlds from the branch on, free, with the same draws and the same chance.

    Args:
        base: The world as it was.
        changed: The world with the change: same states, clock and record.
        rows: Parameter draws of the base world, [draw, parameter]; history r uses draw r mod D.
        rows_changed: Those of the changed world; the same unless the change is one of them.
        branch: First tick that is not taken from the record.
        histories: How many.
        seed: Of the addressed numbers.
        held: Channels that the changed world takes from the base world (see `think_beside`).

    Returns:
        Standings in both worlds, [history, tick from the branch on, state] each.
    """
    shape = (histories, len(base.ticks) - branch, len(base.states))
    path, path_changed = np.empty(shape, np.int8), np.empty(shape, np.int8)
    _forecast(
        rows, rows_changed, base.forcing, changed.forcing, base.initial, base.record,
        branch, seed, held, path, path_changed,
    )  # fmt: skip
    return path, path_changed


def replay(
    base: World, changed: World, rows: Floats, rows_changed: Floats,
    branch: int, histories: int, seed: int, coupling: int, held: int = 0,
    known: int | None = None,
) -> tuple[Codes, Codes]:  # fmt: skip
    """History replayed in the changed world, with noise that explains what happened.

    Where a state's standing differs from the documented one, its documented choice was made
    from another menu and tells nothing: the noise is fresh.

    Arguments as in `forecast`; `coupling` is one of those in `coupling`, `known` the number of
    ticks whose standings are documented (all by default).

    Returns:
        Standings in both worlds, [history, tick from the branch on, state] each; if all are
        documented, one history stands for all of the base world.
    """
    T = len(base.ticks)
    known = T if known is None else known
    path_changed = np.empty((histories, T - branch, len(base.states)), np.int8)
    path = np.repeat(base.record[np.newaxis, branch:], histories if known < T else 1, axis=0)
    _replay(
        rows, rows_changed, base.forcing, changed.forcing, base.initial, base.record,
        branch, known, seed, held, coupling, path, path_changed,
    )  # fmt: skip
    return path, path_changed
