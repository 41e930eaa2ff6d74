"""Walk: follow the documented record up to a time, then simulate from there.

One compiled loop serves simulations (free from the start, or known up to a day), and everything
that is computed along the record: the likelihood, transition probabilities, latent states. A block
of 128 lanes is walked at once; a lane is one (parameter draw, history) pair. History r uses draw
r mod D and the random numbers addressed by r, so any range of histories can be made anywhere, in
any order, and joined. Blocks are shared out over threads; the result does not depend on how many.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np

from . import rules
from .elementary import compiled, inner, log
from .inputs import Codes, Drivers, Floats, Inputs, Ints
from .parameters import NAMES
from .randomness import DECISION, fill
from .reactions import Reactions, react, remember
from .step import (
    FROZEN,
    LATENT,
    MEMBER,
    OUT,
    Block,
    add_reactions,
    block,
    choose,
    count,
    lane_probabilities,
    perceive,
    prepare,
    start,
    update,
)

LANES = 128
T = TypeVar("T")
_LEAST = 1e-300  # a probability of zero is scored as this


class Outputs(NamedTuple):
    """Where a walk writes. An array of length zero is not filled. T counts the decided steps."""

    status: Ints
    """[T, N, 3] histories in which a state ends a step as member, frozen, out: added to."""
    first_exit: Ints
    """[T + 1, N] histories in which a state first leaves membership in a step (last: never)."""
    away_at_end: Ints
    """[N + 1] histories that end with so many states frozen or out."""
    path: Codes
    """[history, T, N] membership status of the first histories."""
    alignment: Floats
    """[history, T, N] their alignment at the end of each step."""
    probabilities: Floats
    """[history, T, N, 3] transition probabilities."""
    latent: Floats
    """[history, T, N, row] latent states at the end of the step before."""
    rows: Ints
    """[row] which of `LATENT` to keep there."""
    log_p: Floats
    """[history, fold] log probability of what the states did: the record's statuses before the
    step in which a walk is free, and its own from then on."""


@inner
def set_lanes(lanes: Ints, value: int) -> None:
    """Give all lanes one value."""
    for lane in range(np.uint64(lanes.size)):
        lanes[lane] = value


@inner
def load(b: Block, draws: Floats, dt: float, initial: Codes, first: int) -> None:
    """Give each lane its parameters, and every state its initial status and latent state."""
    for k in range(draws.shape[1]):
        for lane in range(b.p_rows.shape[1]):
            b.p_rows[k, lane] = draws[(first + lane) % len(draws), k]
    prepare(b.p[0], dt)
    start(b.p[0], b.latent)
    for i in range(len(initial)):
        set_lanes(b.before[i], initial[i])
        set_lanes(b.after[i], initial[i])


@inner
def draw_uniforms(b: Block, f: Drivers, t: int, since: int, seed: int, first: int) -> None:
    """Have the random numbers of step t in `b.uniforms`; `since` is the first step that is free."""
    for i in range(len(f.entry)):
        if (t - f.first) & 3 == 0 or t == since or t == f.entry[i] + 1:
            fill(seed, first, t - f.first, f.address[i], DECISION, b.uniforms[i])


@inner
def choose_all(b: Block, uniforms: Floats, f: Drivers, t: int) -> bool:
    """Fill `b.after` with every state's decision in step t; whether any state moved."""
    moved = False
    for i in range(len(f.entry)):
        if t <= f.entry[i]:
            set_lanes(b.after[i], MEMBER if t == f.entry[i] else OUT)
            moved |= t == f.entry[i]
        else:
            moved |= choose(
                b.p[0], f.dt, f.dependence[t - 1, i], f.renewal[t], uniforms[i, (t - f.first) & 3],
                b.before[i], b.latent[i], b.near, b.after[i],
            )  # fmt: skip
    return moved


@inner
def follow(b: Block, now: Codes) -> bool:
    """Fill `b.after` with documented statuses [N]; whether any state moved."""
    moved = False
    for i in range(len(now)):
        moved |= b.before[i, 0] != now[i]
        set_lanes(b.after[i], now[i])
    return moved


@inner
def advance(b: Block) -> None:
    """The end of a time step: `before` becomes what was `after`."""
    for i in range(b.before.shape[0]):
        for lane in range(np.uint64(b.before.shape[1])):
            b.before[i, lane] = b.after[i, lane]


@inner
def _add_log_probability(
    p: Any, dt: float, before: int, after: int, m: Any, D: float, renewal: int, total: Floats
) -> None:
    """Add to `total` [lane] the log probability that a state goes from `before` to `after`."""
    if before != after or renewal == 1:
        for lane in range(total.size):
            three = lane_probabilities(p, m, lane, dt, before, D, renewal)
            total[lane] += log(max(three[after], _LEAST))
    elif before == MEMBER:
        for lane in range(np.uint64(total.size)):
            total[lane] -= dt * rules.leave_rate(m.a[lane], p.f_leave[lane])
    elif before == OUT:
        for lane in range(np.uint64(total.size)):
            total[lane] -= dt * rules.return_rate(m.a[lane], p.f_return[lane])
    else:
        for lane in range(np.uint64(total.size)):
            leave = rules.leave_rate(m.a[lane], p.f_leave[lane])
            total[lane] -= dt * (leave + rules.return_rate(m.a[lane], p.f_return[lane]))


@inner
def _add_log_probabilities(
    p: Any, dt: float, before: Ints, after: Ints, m: Any, D: float, renewal: int, total: Floats
) -> None:
    """The same where lanes differ in what the state does."""
    for lane in range(total.size):
        three = lane_probabilities(p, m, lane, dt, before[lane], D, renewal)
        total[lane] += log(max(three[after[lane]], _LEAST))


@inner
def _write_decisions(
    b: Block, f: Drivers, t: int, free: bool, fold: Ints, totals: Floats, at: int, lanes: int,
    out: Outputs,
) -> None:  # fmt: skip
    """Write what step t's decisions are made from: probabilities, latent states, log p."""
    T = t - f.first
    for i in range(len(f.entry)):
        decides = t > f.entry[i]
        if decides and len(out.log_p) and fold[T, i] >= 0:
            D, renewal, total = f.dependence[t - 1, i], f.renewal[t], totals[fold[T, i]]
            if free:
                _add_log_probabilities(
                    b.p[0], f.dt, b.before[i], b.after[i], b.latent[i], D, renewal, total
                )
            else:
                _add_log_probability(
                    b.p[0], f.dt, b.before[i, 0], b.after[i, 0], b.latent[i], D, renewal, total
                )
        if len(out.latent):
            for k in range(len(out.rows)):
                for lane in range(lanes):
                    out.latent[at + lane, T, i, k] = b.latent_rows[i, out.rows[k], lane]
        if len(out.probabilities):
            for lane in range(lanes):
                three = out.probabilities[at + lane, T, i]
                if decides:
                    three[0], three[1], three[2] = lane_probabilities(
                        b.p[0], b.latent[i], lane, f.dt, b.before[i, lane],
                        f.dependence[t - 1, i], f.renewal[t],
                    )  # fmt: skip
                else:
                    for status in range(3):
                        three[status] = 1.0 if status == b.after[i, lane] else 0.0


@inner
def _write_ends(b: Block, T: int, exits: Ints, at: int, lanes: int, out: Outputs) -> None:
    """Count statuses and first exits of step T (of the decided ones), and keep paths."""
    for i in range(b.after.shape[0]):
        if len(out.status):
            frozen, outside = 0, 0
            for lane in range(lanes):
                frozen += b.after[i, lane] == FROZEN
                outside += b.after[i, lane] == OUT
                if b.before[i, lane] == MEMBER and b.after[i, lane] != MEMBER:
                    exits[i, lane] = min(exits[i, lane], T)
            out.status[T, i, 0] += lanes - frozen - outside
            out.status[T, i, 1] += frozen
            out.status[T, i, 2] += outside
        for lane in range(min(lanes, len(out.path) - at)):
            out.path[at + lane, T, i] = b.after[i, lane]
        for lane in range(min(lanes, len(out.alignment) - at)):
            out.alignment[at + lane, T, i] = b.latent[i].a[lane]


@compiled
def walk(
    b: Block, r: Reactions | None, draws: Floats, f: Drivers, initial: Codes, record: Codes,
    known: int, fold: Ints, seed: int, first: int, lanes: int, at: int, out: Outputs,
) -> None:  # fmt: skip
    """Histories `first` to `first + lanes - 1`: along the record before step `known`, then free.

    Steps before `f.first` only fill memories. `at` is the first history's place in `out`.
    """
    N, steps, width = len(initial), len(f.renewal), b.before.shape[1]
    load(b, draws, f.dt, initial, first)
    totals = np.zeros((out.log_p.shape[1], width))
    exits = np.full((N, width), steps - f.first)
    if r is not None:
        memory = remember(r, steps, N, width)
    moved = True
    for t in range(steps):
        left = False
        if r is not None:
            left = react(r, f, t, b, memory, seed, first, len(draws))
        if t < known:
            left |= follow(b, record[t])
        elif t >= f.first:
            draw_uniforms(b, f, t, max(known, f.first), seed, first)
            left |= choose_all(b, b.uniforms, f, t)
        if t >= f.first:
            _write_decisions(b, f, t, t >= known, fold, totals, at, lanes, out)
        if moved or left:
            count(b.before, b.after, b.extra, b.counts[0])
        for i in range(N):
            perceive(f, t, i, b.before, b.after, b.before, b.counts[0], b.extra[i], b.seen[0])
            if r is not None:
                add_reactions(b.extra[i], b.seen[0])
            update(b.p[0], b.seen[0], f.dependence[t, i], b.latent[i])
        if t >= f.first:
            _write_ends(b, t - f.first, exits, at, lanes, out)
        moved = left
        advance(b)
    for lane in range(lanes):
        if len(out.first_exit):
            away = 0
            for i in range(N):
                out.first_exit[exits[i, lane], i] += 1
                away += b.after[i, lane] != MEMBER
            out.away_at_end[away] += 1
        for k in range(out.log_p.shape[1]):
            out.log_p[at + lane, k] = totals[k, lane]


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def outputs(inputs: Inputs, histories: int, *names: str, rows: tuple[str, ...] = (), folds: int = 0,
            keep: int = 0) -> Outputs:  # fmt: skip
    """Arrays for a walk; those not named have length zero."""
    T, N, H = len(inputs.decided), len(inputs.states), histories
    shapes: dict[str, tuple[tuple[int, ...], Any]] = {
        "status": ((T, N, 3), np.int64),
        "first_exit": ((T + 1, N), np.int64),
        "away_at_end": ((N + 1,), np.int64),
        "path": ((keep, T, N), np.int8),
        "alignment": ((keep, T, N), np.float64),
        "probabilities": ((H, T, N, 3), np.float64),
        "latent": ((H, T, N, len(rows)), np.float64),
        "log_p": ((H, folds), np.float64),
    }
    made = {
        name: np.zeros(shape if name in names else (0, *shape[1:]), kind)
        for name, (shape, kind) in shapes.items()
    }
    index = np.array([LATENT.index(name) for name in rows], np.int64)
    return Outputs(**made, rows=index)


def walk_all(
    inputs: Inputs,
    draws: Floats,
    histories: int,
    out: Callable[[], Outputs],
    *,
    known: int,
    seed: int = 0,
    start: int = 0,
    fold: Ints | None = None,
    reactions: Reactions | None = None,
    threads: int | None = None,
) -> list[Outputs]:
    """Walk histories `start` to `start + histories - 1` on several threads.

    Args:
        inputs: The compiled scenario.
        draws: Parameter draws, [draw, parameter].
        histories: How many.
        out: Called once for each thread. Counts are each thread's own; arrays with an axis
            `history` may be shared, since every history has its own place.
        known: Statuses follow the record before this step (counted from the first of all).
        seed: Of the random numbers.
        start: Number of the first history.
        fold: [T, N] fold of each decision, for `log_p`; -1 leaves it out.
        reactions: R10 and R11; None without them.
        threads: How many (as many as processors by default).

    Returns:
        What each thread wrote.
    """
    draws = np.ascontiguousarray(draws, dtype=np.float64)
    if draws.ndim != 2 or draws.shape[1] != len(NAMES) or not len(draws):
        raise ValueError(f"draws: shape {draws.shape}; needed is [draw, {len(NAMES)}]")
    folds = np.zeros((0, 0), np.int64) if fold is None else np.ascontiguousarray(fold, np.int64)

    def part(places: range) -> Outputs:
        own, memory = out(), block(len(inputs.states), LANES)
        for at in places:
            walk(
                memory, reactions, draws, inputs.drivers, inputs.initial, inputs.record,
                known, folds, seed, start + at, min(LANES, histories - at), at, own,
            )  # fmt: skip
        return own

    return side_by_side(part, histories, threads)


def side_by_side(part: Callable[[range], T], histories: int, threads: int | None = None) -> list[T]:
    """Share blocks of histories out over threads.

    Args:
        part: Called with the numbers of the first histories of some blocks, in order.
        histories: How many in all.
        threads: How many (as many as processors by default).
    """
    blocks = -(-histories // LANES)
    parts = max(1, min(threads or cores(), blocks))
    edges = [LANES * (blocks * k // parts) for k in range(parts)] + [histories]
    places = [range(edges[k], edges[k + 1], LANES) for k in range(parts)]
    if parts == 1:
        return [part(places[0])]
    with ThreadPoolExecutor(parts) as pool:
        return list(pool.map(part, places))


@dataclass
class Ensemble:
    """Counts over histories, and the full paths of the first of them.

    T counts the decided steps only. Histories `kept` are the lowest-numbered ones.
    """

    histories: int
    status: Ints
    """[T, N, 3] histories in which a state ended a step as member, frozen, out."""
    first_leave: Ints
    """[T + 1, N] histories in which a state first left membership in this step (last: never)."""
    away_at_end: Ints
    """[N + 1] histories that end with so many states frozen or out."""
    path: Codes
    """[history, T, N] statuses of the kept histories."""
    alignment: Floats
    """[history, T, N] alignment of the kept histories at the end of each step."""

    def __add__(self, later: "Ensemble") -> "Ensemble":
        """Join two ensembles of disjoint histories; `later` has the higher numbers."""
        return Ensemble(
            self.histories + later.histories,
            self.status + later.status,
            self.first_leave + later.first_leave,
            self.away_at_end + later.away_at_end,
            np.concatenate([self.path, later.path]),
            np.concatenate([self.alignment, later.alignment]),
        )


def simulate(
    inputs: Inputs,
    draws: Floats,
    histories: int,
    seed: int,
    *,
    start: int = 0,
    keep: int = 1000,
    known: int = 0,
    reactions: Reactions | None = None,
    threads: int | None = None,
) -> Ensemble:
    """Make histories `start` to `start + histories - 1`.

    `simulate(.., 500) + simulate(.., 500, start=500)` equals `simulate(.., 1000)`.

    Args:
        inputs: The compiled scenario (without the rows that reactions replace).
        draws: Parameter draws, [draw, parameter] in the order of `core.parameters.PARAMETERS`.
        histories: How many.
        seed: Non-negative, below 2**63.
        start: Number of the first.
        keep: Full paths are kept of this many histories, from the first on.
        known: Statuses follow the record before this step (counted from the first of all).
        reactions: R10 and R11, with as many draws as `draws`.
        threads: How many (as many as processors by default).
    """
    shared = outputs(inputs, histories, "path", "alignment", keep=min(keep, histories))
    names = ("status", "first_exit", "away_at_end")

    def own() -> Outputs:
        counts = outputs(inputs, 0, *names)
        return shared._replace(**{name: getattr(counts, name) for name in names})

    made = walk_all(
        inputs, draws, histories, own,
        known=known, seed=seed, start=start, reactions=reactions, threads=threads,
    )  # fmt: skip
    status, first_exit, away = (sum(getattr(one, name) for one in made) for name in names)
    return Ensemble(histories, status, first_exit, away, shared.path, shared.alignment)


def tally(inputs: Inputs, path: Codes, alignment: Floats, keep: int) -> Ensemble:
    """The ensemble of histories that were made one by one, [history, T, N] each."""
    H, T, N = path.shape
    before = np.concatenate([np.broadcast_to(inputs.initial, (H, 1, N)), path[:, :-1]], axis=1)
    leaves = (before == MEMBER) & (path != MEMBER)
    first = np.where(leaves.any(axis=1), leaves.argmax(axis=1), T)
    return Ensemble(
        H,
        np.stack([(path == status).sum(axis=0) for status in range(3)], axis=-1),
        np.stack([np.bincount(first[:, i], minlength=T + 1) for i in range(N)], axis=-1),
        np.bincount((path[:, -1] != MEMBER).sum(axis=1), minlength=N + 1),
        path[:keep],
        alignment[:keep],
    )
