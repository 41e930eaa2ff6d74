"""The same rules over (draw, history, tick, state) in one compiled loop.

Histories are addressed, so any range of them can be made anywhere, in any order, and put
together again. Summaries are whole-number counts, kept per block of histories and added up:
memory does not grow with the number of histories, and the sums do not depend on the workers.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit, prange

from .inputs import Codes, Floats, Forcing, Ints, World
from .parameters import Parameters
from .randomness import CHOICE, uniform
from .step import ALIGNMENT, MEMBER, MIND, OUTSIDE, blank, chances, decide, pace, parameters, think

_BLOCKS = 8  # more than the cores of a laptop; the answer does not depend on it
_MOST_CELLS = 2_000_000  # ticks times states of all blocks together: about 65 MB


@dataclass
class Ensemble:
    """Counts over histories, and the full paths of the first of them.

    T counts the decided ticks only. Histories `kept` are the lowest-numbered ones.
    """

    histories: int
    standing: Ints
    """[T, N, 3] histories in which a state ended a tick as member, frozen, outside."""
    first_leave: Ints
    """[T + 1, N] histories in which a state first left membership in this tick (last: never)."""
    away_at_end: Ints
    """[N + 1] histories that end with so many states frozen or outside."""
    path: Codes
    """[history, T, N] standings of the kept histories."""
    alignment: Floats
    """[history, T, N] alignment of the kept histories at the end of each tick."""

    def __add__(self, later: "Ensemble") -> "Ensemble":
        """Join two ensembles of disjoint histories; `later` has the higher numbers."""
        return Ensemble(
            self.histories + later.histories,
            self.standing + later.standing,
            self.first_leave + later.first_leave,
            self.away_at_end + later.away_at_end,
            np.concatenate([self.path, later.path]),
            np.concatenate([self.alignment, later.alignment]),
        )


@njit(cache=True)
def choose(
    p: Parameters, f: Forcing, t: int, before: Codes, minds: Floats, seed: int, number: int,
    after: Codes,
) -> None:  # fmt: skip
    """Fill `after` [N] with what every state decides in tick t, from what it knew before."""
    entry, address, dependence = f.entry, f.address, f.dependence
    dt, first, renewal = f.dt, f.first, f.renewal[t]
    for i in range(len(before)):
        if t <= entry[i]:
            after[i] = MEMBER if t == entry[i] else OUTSIDE
            continue
        member, frozen, _ = chances(
            p, dt, before[i], minds[i, ALIGNMENT], dependence[t - 1, i], renewal
        )
        u = uniform(seed, number, t - first, address[i], CHOICE)
        after[i] = decide(u, member, frozen)


@njit(cache=True)
def history(
    row: Floats, f: Forcing, initial: Codes, seed: int, number: int, path: Codes, aligned: Floats
) -> None:
    """Make history `number`: fill `path` and `aligned` [T, N] for the decided ticks."""
    n = len(initial)
    p = parameters(row)
    keep = pace(p, f.dt)
    minds, seen = np.empty((n, len(MIND))), np.empty(7)
    before, after = initial.copy(), initial.copy()
    blank(p, minds)
    for t in range(len(f.renewal)):
        if t >= f.first:
            choose(p, f, t, before, minds, seed, number, after)
        think(p, keep, f, t, before, after, minds, seen)
        before[:] = after
        if t >= f.first:
            path[t - f.first] = after
            aligned[t - f.first] = minds[:, ALIGNMENT]


@njit(cache=True)
def tally(
    path: Codes, initial: Codes, standing: Ints, first_leave: Ints, away_at_end: Ints
) -> None:
    """Add one history to the counts of an `Ensemble`."""
    T, n = path.shape
    for i in range(n):
        left, before = T, initial[i]
        for t in range(T):
            standing[t, i, path[t, i]] += 1
            if left == T and before == MEMBER and path[t, i] != MEMBER:
                left = t
            before = path[t, i]
        first_leave[left, i] += 1
    away_at_end[np.sum(path[T - 1] != MEMBER)] += 1


@njit(cache=True, parallel=True)
def _simulate(
    draws: Floats, f: Forcing, initial: Codes, seed: int, start: int, stop: int,
    standing: Ints, first_leave: Ints, away_at_end: Ints, path: Codes, aligned: Floats,
) -> None:  # fmt: skip
    blocks, T, n = standing.shape[0], standing.shape[1], standing.shape[2]
    kept = len(path)
    for block in prange(blocks):
        own_path = np.empty((T, n), dtype=np.int8)
        own_aligned = np.empty((T, n))
        for number in range(start + block, stop, blocks):
            history(draws[number % len(draws)], f, initial, seed, number, own_path, own_aligned)
            tally(own_path, initial, standing[block], first_leave[block], away_at_end[block])
            if number - start < kept:
                path[number - start] = own_path
                aligned[number - start] = own_aligned


def simulate(
    world: World,
    draws: Floats,
    histories: int,
    seed: int,
    *,
    start: int = 0,
    keep: int = 1000,
) -> Ensemble:
    """Make histories `start` to `start + histories - 1`.

    History r uses parameter draw `r mod len(draws)` and the random numbers addressed by r, so
    `simulate(.., 500) + simulate(.., 500, start=500)` equals `simulate(.., 1000)`.

    Args:
        world: The compiled scenario.
        draws: Parameter draws, [draw, parameter] in the order of `world.PARAMETERS`.
        histories: How many.
        seed: Non-negative, below 2**63.
        start: Number of the first.
        keep: Full paths are kept of this many histories, from the first on.
    """
    f = world.forcing
    T, n = len(world.decided), len(world.states)
    kept = min(keep, histories)
    blocks = max(1, min(_BLOCKS, _MOST_CELLS // (T * n)))
    standing = np.zeros((blocks, T, n, 3), dtype=np.int64)
    first_leave = np.zeros((blocks, T + 1, n), dtype=np.int64)
    away_at_end = np.zeros((blocks, n + 1), dtype=np.int64)
    path = np.empty((kept, T, n), dtype=np.int8)
    aligned = np.empty((kept, T, n))
    _simulate(
        np.ascontiguousarray(draws), f, world.initial, seed, start, start + histories,
        standing, first_leave, away_at_end, path, aligned,
    )  # fmt: skip
    return Ensemble(
        histories, standing.sum(0), first_leave.sum(0), away_at_end.sum(0), path, aligned
    )
