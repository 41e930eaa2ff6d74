"""Paired histories: two simulations with the same parameter draws and common random numbers.

A forecast simulates both freely from the branch. A replay carries the noise that explains the
documented decisions into the changed simulation (see `coupling`); where the record ends before the
clock, both go on from there as in a forecast.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...core.elementary import compiled, inner
from ...core.inputs import Codes, Drivers, Floats, Inputs, Ints
from ...core.randomness import Purpose, address, four
from ...core.simulate import (
    LANES,
    advance,
    choose_all,
    draw_uniforms,
    follow,
    load,
    set_lanes,
    side_by_side,
)
from ...core.step import (
    LATENT,
    Block,
    block,
    count,
    decide,
    lane_probabilities,
    perceive,
    update,
)
from .coupling import carried

CONTAGION, LEARNED, SOURCE = 1, 2, 4
"""Ways in which one state's fate reaches another's latent state, as flags: others that left (R4),
promises to others (R2), and whether a fellow state's threat comes from inside (R1)."""

_CARRIED = address(int(Purpose.CARRIED))


@inner
def _hold(held: int, base: Any, changed: Any) -> None:
    """Feed the channels in `held` from what the state sees in the base simulation."""
    for lane in range(np.uint64(base.external.size)):
        if held & LEARNED:
            changed.kept_others[lane] = base.kept_others[lane]
            changed.broken_others[lane] = base.broken_others[lane]
        if held & CONTAGION:
            changed.others_left[lane] = base.others_left[lane]


@inner
def _mark_same(
    p: Any, q: Any, m: Any, n: Any, was: Ints, now: Ints, same_inputs: bool, same: Ints
) -> None:
    """Mark the lanes in which a state faces the same transition probabilities in both."""
    for lane in range(np.uint64(same.size)):
        equal = (
            (was[lane] == now[lane])
            & (m.a[lane] == n.a[lane])
            & (p.f_leave[lane] == q.f_leave[lane])
            & (p.f_renew[lane] == q.f_renew[lane])
            & (p.f_return[lane] == q.f_return[lane])
            & (p.c_freeze[lane] == q.c_freeze[lane])
            & (p.b_freeze[lane] == q.b_freeze[lane])
        )
        same[lane] = 1 if equal & same_inputs else 0


@inner
def _carry(
    b: Block, c: Block, f: Drivers, g: Drivers, t: int, documented: Codes, coupling: int,
    seed: int, first: int,
) -> bool:  # fmt: skip
    """Fill `c.after` with the changed decisions, by the noise that explains the record.

    Where a state's status differs from the documented one, its documented decision was made
    between other options and says nothing: the noise is fresh.
    """
    p, q, moved = b.p[0], c.p[0], False
    for i in range(len(documented)):
        if t <= g.entry[i]:
            set_lanes(c.after[i], documented[i])  # no decision of the state's own
            moved |= t == g.entry[i]
            continue
        m, n, was, now, after = b.latent[i], c.latent[i], b.before[i], c.before[i], c.after[i]
        D, D_changed = f.dependence[t - 1, i], g.dependence[t - 1, i]
        same_inputs = D_changed == D and f.renewal[t] == g.renewal[t]
        _mark_same(p, q, m, n, was, now, same_inputs, c.near)
        for lane in range(now.size):
            if c.near[lane] == 1:
                after[lane] = documented[i]
            else:
                v0, v1, v2, fresh = four(seed, first + lane, t - g.first, g.address[i], _CARRIED)
                changed = lane_probabilities(q, n, lane, g.dt, now[lane], D_changed, g.renewal[t])
                if was[lane] == now[lane]:
                    base = lane_probabilities(p, m, lane, f.dt, was[lane], D, f.renewal[t])
                    after[lane] = carried(coupling, v0, v1, v2, documented[i], base, changed)
                else:
                    after[lane] = decide(fresh, changed[0], changed[1])
            moved |= after[lane] != now[lane]
    return moved


@compiled
def _along_record(
    b: Block, draws: Floats, f: Drivers, initial: Codes, record: Codes, branch: int, first: int,
    lanes: int, latent: Floats,
) -> None:  # fmt: skip
    """Fill `latent` with latent states at the branch, draws `first` to `first + lanes - 1`."""
    N = len(initial)
    load(b, draws, f.dt, initial, first)
    moved = True
    for t in range(branch):
        left = follow(b, record[t])
        if moved or left:
            count(b.before, b.after, b.extra, b.counts[0])
        for i in range(N):
            perceive(f, t, i, b.before, b.after, b.before, b.counts[0], b.extra[i], b.seen[0])
            update(b.p[0], b.seen[0], f.dependence[t, i], b.latent[i])
        moved = left
        advance(b)
    for i in range(N):
        for k in range(b.latent_rows.shape[1]):
            for lane in range(lanes):
                latent[first + lane, i, k] = b.latent_rows[i, k, lane]


@inner
def _resume(
    b: Block, draws: Floats, f: Drivers, status: Codes, latent: Floats, first: int
) -> None:  # fmt: skip
    """Give each lane its parameters, and every state its status and latent state at the branch."""
    load(b, draws, f.dt, status, first)
    for i in range(len(status)):
        for k in range(b.latent_rows.shape[1]):
            for lane in range(b.latent_rows.shape[2]):
                b.latent_rows[i, k, lane] = latent[(first + lane) % len(draws), i, k]


@compiled
def _walk_pair(
    b: Block, c: Block, rows: Floats, rows_changed: Floats, f: Drivers, g: Drivers,
    latent: Floats, latent_changed: Floats, status: Codes, record: Codes, branch: int, known: int,
    held: int, coupling: int, seed: int, first: int, lanes: int, path: Codes, path_changed: Codes,
) -> None:  # fmt: skip
    """Histories `first` to `first + lanes - 1` of both simulations, side by side from the branch.

    Before the step `known` the base follows the record and the changed simulation carries its
    noise; then both are free.
    """
    _resume(b, rows, f, status, latent, first)
    _resume(c, rows_changed, g, status, latent_changed, first)
    moved = True
    for t in range(branch, len(f.renewal)):
        if t < known:
            left = follow(b, record[t])
            left |= _carry(b, c, f, g, t, record[t], coupling, seed, first)
        else:
            draw_uniforms(b, f, t, max(known, branch), seed, first)
            left = choose_all(b, b.uniforms, f, t)
            left |= choose_all(c, b.uniforms, g, t)
        if moved or left:
            count(b.before, b.after, b.extra, b.counts[0])
            count(c.before, c.after, c.extra, c.counts[0])
        for i in range(len(status)):
            perceive(f, t, i, b.before, b.after, b.before, b.counts[0], b.extra[i], b.seen[0])
            fellows = b.before if held & SOURCE else c.before
            perceive(g, t, i, c.before, c.after, fellows, c.counts[0], c.extra[i], c.seen[0])
            if held > 0:
                _hold(held, b.seen[0], c.seen[0])
            update(b.p[0], b.seen[0], f.dependence[t, i], b.latent[i])
            update(c.p[0], c.seen[0], g.dependence[t, i], c.latent[i])
            for lane in range(lanes):
                path_changed[first + lane, t - branch, i] = c.after[i, lane]
                if len(path) > 0:
                    path[first + lane, t - branch, i] = b.after[i, lane]
        moved = left
        advance(b)
        advance(c)


@dataclass(frozen=True)
class Paired:
    """Two simulations that follow the record up to the branch.

    Both methods return membership statuses in the base and the changed simulation, [history, step
    from the branch on, state] each. History r uses draw r mod D.
    """

    base: Inputs
    changed: Inputs
    """With the change: same states, clock and record."""
    draws: Floats
    """[D, parameter] of the base."""
    draws_changed: Floats
    """The same unless the change sets a parameter."""
    branch: int
    """First step that may differ from the record."""
    seed: int
    known: int | None = None
    """How many steps have documented statuses (all by default)."""

    def forecast(self, histories: int, held: int = 0) -> tuple[Codes, Codes]:
        """Simulate both freely from the branch.

        Args:
            histories: How many.
            held: Channels that the changed simulation takes from the base.
        """
        return self._walk(self.branch, histories, 0, held)

    def replay(self, histories: int, coupling: int, held: int = 0) -> tuple[Codes, Codes]:
        """Replay history with the change, with the noise that explains what happened.

        If all statuses are documented, one history stands for all of the base.

        Args:
            histories: How many.
            coupling: One of those in `coupling`.
            held: As in `forecast`.
        """
        known = len(self.base.steps) if self.known is None else self.known
        return self._walk(known, histories, coupling, held)

    @cached_property
    def _latent(self) -> tuple[Floats, Floats]:
        """[D, N, row] latent states of both at the branch."""
        return (
            self._at_branch(self.base, self.draws),
            self._at_branch(self.changed, self.draws_changed),
        )

    def _at_branch(self, inputs: Inputs, draws: Floats) -> Floats:
        N, draws = len(inputs.states), np.ascontiguousarray(draws)
        latent = np.empty((len(draws), N, len(LATENT)))

        def part(places: range) -> None:
            b = block(N, LANES)
            for first in places:
                _along_record(
                    b, draws, inputs.drivers, inputs.initial, inputs.record, self.branch, first,
                    min(LANES, len(draws) - first), latent,
                )  # fmt: skip

        side_by_side(part, len(draws))
        return latent

    def _walk(self, known: int, histories: int, coupling: int, held: int) -> tuple[Codes, Codes]:
        base, changed, branch = self.base, self.changed, self.branch
        N, T = len(base.states), len(base.steps)
        documented = known >= T
        path_changed = np.empty((histories, T - branch, N), np.int8)
        path = np.empty((0, *path_changed.shape[1:]) if documented else path_changed.shape, np.int8)
        status = base.record[branch - 1] if branch else base.initial
        rows, rows_changed = map(np.ascontiguousarray, (self.draws, self.draws_changed))
        latent, latent_changed = self._latent

        def part(places: range) -> None:
            b, c = block(N, LANES), block(N, LANES)
            for first in places:
                _walk_pair(
                    b, c, rows, rows_changed, base.drivers, changed.drivers,
                    latent, latent_changed, status, base.record, branch, known, held, coupling,
                    self.seed, first, min(LANES, histories - first), path, path_changed,
                )  # fmt: skip

        side_by_side(part, histories)
        return base.record[np.newaxis, branch:].copy() if documented else path, path_changed
