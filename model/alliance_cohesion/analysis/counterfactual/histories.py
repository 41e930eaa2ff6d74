"""Paired histories: the same draws and common random numbers in two worlds.

A forecast runs both worlds freely from the branch. A replay carries the noise that explains the
documented choices into the changed world (see `coupling`); where the record ends before the clock,
both worlds go on from there as in a forecast.
"""

from typing import Any

import numpy as np

from ...core.elementary import compiled, inner
from ...core.inputs import Codes, Floats, Forcing, World
from ...core.randomness import Purpose, address, four
from ...core.simulate import (
    LANES,
    advance,
    choose_all,
    draw_uniforms,
    follow,
    load,
    outputs,
    set_lanes,
    side_by_side,
    walk_all,
)
from ...core.step import Block, block, count, decide, lane_probabilities, perceive, update
from .coupling import carried

CONTAGION, LEARNED, SOURCE = 1, 2, 4
"""Ways in which one state's fate reaches another's latent state, as flags: others that left (R4),
promises to others (R2), and whether a fellow state's threat comes from inside (R1)."""

_CARRIED = address(int(Purpose.CARRIED))


@inner
def _hold(held: int, base: Any, changed: Any) -> None:
    """Feed the channels in `held` from what the state sees in the base world."""
    for lane in range(np.uint64(base.external.size)):
        if held & LEARNED:
            changed.kept_others[lane] = base.kept_others[lane]
            changed.broken_others[lane] = base.broken_others[lane]
        if held & CONTAGION:
            changed.others_left[lane] = base.others_left[lane]


@inner
def _same(b: Block, c: Block, f: Forcing, g: Forcing, t: int, i: int, lane: int) -> bool:
    """Whether a state faces the same transition probabilities in both worlds."""
    p, q = b.p[0], c.p[0]
    return (
        b.before[i, lane] == c.before[i, lane]
        and b.latent[i].a[lane] == c.latent[i].a[lane]
        and f.dependence[t - 1, i] == g.dependence[t - 1, i]
        and f.renewal[t] == g.renewal[t]
        and p.f_leave[lane] == q.f_leave[lane]
        and p.f_renew[lane] == q.f_renew[lane]
        and p.f_return[lane] == q.f_return[lane]
        and p.c_freeze[lane] == q.c_freeze[lane]
        and p.b_freeze[lane] == q.b_freeze[lane]
    )


@inner
def _carry(
    b: Block, c: Block, f: Forcing, g: Forcing, t: int, documented: Codes, coupling: int,
    seed: int, first: int,
) -> bool:  # fmt: skip
    """Fill `c.after` with the changed world's choices, by the noise that explains the record's.

    Where a state's status differs from the documented one, its documented choice was made from
    another menu and tells nothing: the noise is fresh.
    """
    moved = False
    for i in range(len(documented)):
        if t <= g.entry[i]:
            set_lanes(c.after[i], documented[i])  # no choice of the state's own
            moved |= t == g.entry[i]
            continue
        for lane in range(c.before.shape[1]):
            if _same(b, c, f, g, t, i, lane):
                c.after[i, lane] = documented[i]
            else:
                v0, v1, v2, fresh = four(seed, first + lane, t - g.first, g.address[i], _CARRIED)
                changed = lane_probabilities(
                    c.p[0], c.latent[i], lane, g.dt, c.before[i, lane], g.dependence[t - 1, i],
                    g.renewal[t],
                )  # fmt: skip
                if b.before[i, lane] == c.before[i, lane]:
                    base = lane_probabilities(
                        b.p[0], b.latent[i], lane, f.dt, b.before[i, lane],
                        f.dependence[t - 1, i], f.renewal[t],
                    )  # fmt: skip
                    c.after[i, lane] = carried(coupling, v0, v1, v2, documented[i], base, changed)
                else:
                    c.after[i, lane] = decide(fresh, changed[0], changed[1])
            moved |= c.after[i, lane] != c.before[i, lane]
    return moved


@compiled
def _walk_pair(
    b: Block, c: Block, rows: Floats, rows_changed: Floats, f: Forcing, g: Forcing,
    initial: Codes, record: Codes, branch: int, known: int, held: int, coupling: int,
    seed: int, first: int, lanes: int, path: Codes, path_changed: Codes,
) -> None:  # fmt: skip
    """Histories `first` to `first + lanes - 1` of both worlds side by side.

    Both follow the record before the step `branch`; before the step `known` the base world goes
    on to follow it while the changed world carries its noise; then both are free.
    """
    N = len(initial)
    load(b, rows, f.dt, initial, first)
    load(c, rows_changed, g.dt, initial, first)
    moved = True
    for t in range(len(f.renewal)):
        left = False
        if t < branch:
            left |= follow(b, record[t])
            left |= follow(c, record[t])
        elif t < known:
            left |= follow(b, record[t])
            left |= _carry(b, c, f, g, t, record[t], coupling, seed, first)
        else:
            draw_uniforms(b, f, t, max(known, branch), seed, first)
            left |= choose_all(b, b.uniforms, f, t)
            left |= choose_all(c, b.uniforms, g, t)
        if moved or left:
            count(b.before, b.after, b.extra, b.counts[0])
            count(c.before, c.after, c.extra, c.counts[0])
        for i in range(N):
            perceive(f, t, i, b.before, b.after, b.before, b.counts[0], b.extra[i], b.seen[0])
            fellows = b.before if held & SOURCE else c.before
            perceive(g, t, i, c.before, c.after, fellows, c.counts[0], c.extra[i], c.seen[0])
            if held > 0 and t >= branch:
                _hold(held, b.seen[0], c.seen[0])
            update(b.p[0], b.seen[0], f.dependence[t, i], b.latent[i])
            update(c.p[0], c.seen[0], g.dependence[t, i], c.latent[i])
        moved = left
        advance(b)
        advance(c)
        if t >= branch:
            for i in range(N):
                for lane in range(lanes):
                    path_changed[first + lane, t - branch, i] = c.after[i, lane]
                    if len(path) > 0:
                        path[first + lane, t - branch, i] = b.after[i, lane]


def forecast(
    base: World, changed: World, rows: Floats, rows_changed: Floats,
    branch: int, histories: int, seed: int, held: int = 0,
) -> tuple[Codes, Codes]:  # fmt: skip
    """Both worlds from the branch on, free, with the same draws and common random numbers.

    Args:
        base: The world as it was.
        changed: The world with the change: same states, clock and record.
        rows: Parameter draws of the base world, [draw, parameter]; history r uses draw r mod D.
        rows_changed: Those of the changed world; the same unless the change is one of them.
        branch: First tick that is not taken from the record.
        histories: How many.
        seed: Of the random numbers.
        held: Channels that the changed world takes from the base world.

    Returns:
        Statuses in both worlds, [history, step from the branch on, state] each.
    """
    if not held:
        free = [_free(world, draws, branch, histories, seed) for world, draws in
                ((base, rows), (changed, rows_changed))]  # fmt: skip
        return free[0], free[1]
    return _paired(base, changed, rows, rows_changed, branch, branch, histories, seed, 0, held)


def _free(world: World, draws: Floats, branch: int, histories: int, seed: int) -> Codes:
    out = outputs(world, 0, "path", keep=histories)
    walk_all(world, draws, histories, lambda: out, known=branch, seed=seed)
    return out.path[:, branch - world.forcing.first :]


def _paired(
    base: World, changed: World, rows: Floats, rows_changed: Floats, branch: int, known: int,
    histories: int, seed: int, coupling: int, held: int,
) -> tuple[Codes, Codes]:  # fmt: skip
    N, T = len(base.states), len(base.ticks)
    path_changed = np.empty((histories, T - branch, N), np.int8)
    documented = known >= T
    path = np.empty((0 if documented else histories, T - branch, N), np.int8)

    def part(places: range) -> None:
        b, c = block(N, LANES), block(N, LANES)
        for first in places:
            _walk_pair(
                b, c, np.ascontiguousarray(rows), np.ascontiguousarray(rows_changed), base.forcing,
                changed.forcing, base.initial, base.record, branch, known, held, coupling, seed,
                first, min(LANES, histories - first), path, path_changed,
            )  # fmt: skip

    side_by_side(part, histories)
    return base.record[np.newaxis, branch:].copy() if documented else path, path_changed


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
    known = len(base.ticks) if known is None else known
    return _paired(
        base, changed, rows, rows_changed, branch, known, histories, seed, coupling, held
    )
