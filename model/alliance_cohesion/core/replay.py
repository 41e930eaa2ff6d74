"""The rules along the documented standings: one step ahead, compiled.

Fear, reliability and alignment are rebuilt from the record up to the tick before; what is left
open is only what each state does next. The likelihood, the comparison with history and the
explanations all read from here.
"""

from typing import NamedTuple

import numpy as np
from numba import njit, prange

from .inputs import Codes, Floats, Forcing, Ints, World
from .step import (
    ALIGNMENT,
    ALPHA,
    BETA,
    MIND,
    A,
    E,
    G,
    O,
    P,
    blank,
    chances,
    pace,
    parameters,
    think,
)

_TINY = 1e-300


@njit(cache=True)
def chances_of_record(row: Floats, f: Forcing, initial: Codes, record: Codes, out: Floats) -> None:
    """Fill `out` [T, N] with the chance of each documented standing, given all before it.

    T counts the decided ticks. Where a state decides nothing (before it first joins) the
    chance is 1.
    """
    n = len(initial)
    p = parameters(row)
    keep = pace(p, f.dt)
    minds, seen = np.empty((n, len(MIND))), np.empty(7)
    before = initial.copy()
    blank(p, minds)
    for t in range(len(f.renewal)):
        if t >= f.first:
            for i in range(n):
                if t <= f.entry[i]:
                    out[t - f.first, i] = 1.0
                    continue
                three = chances(
                    p, f.dt, before[i], minds[i, ALIGNMENT], f.dependence[t - 1, i], f.renewal[t]
                )
                out[t - f.first, i] = three[record[t, i]]
        think(p, keep, f, t, before, record[t], minds, seen)
        before[:] = record[t]


@njit(cache=True)
def alignment_of_record(
    row: Floats, f: Forcing, initial: Codes, record: Codes, out: Floats
) -> None:
    """Fill `out` [T, N] with alignments at the end of each decided tick."""
    p = parameters(row)
    keep = pace(p, f.dt)
    minds, seen = np.empty((len(initial), len(MIND))), np.empty(7)
    before = initial.copy()
    blank(p, minds)
    for t in range(len(f.renewal)):
        think(p, keep, f, t, before, record[t], minds, seen)
        before[:] = record[t]
        if t >= f.first:
            out[t - f.first] = minds[:, ALIGNMENT]


@njit(cache=True, parallel=True)
def _scores(
    draws: Floats, f: Forcing, initial: Codes, record: Codes, block: Ints, out: Floats
) -> None:
    for d in prange(len(draws)):
        chance = np.empty(block.shape)
        chances_of_record(draws[d], f, initial, record, chance)
        for t in range(block.shape[0]):
            for i in range(block.shape[1]):
                if block[t, i] >= 0:
                    out[d, block[t, i]] += np.log(max(chance[t, i], _TINY))


def scores(world: World, draws: Floats, block: Ints, blocks: int | None = None) -> Floats:
    """Log likelihood of the record, [draw, block].

    Args:
        world: The compiled scenario.
        draws: Parameter draws, [draw, parameter].
        block: [T, N] which block a decision belongs to; -1 leaves it out.
        blocks: How many blocks there are (by default the highest number and one).
    """
    out = np.zeros((len(draws), int(block.max()) + 1 if blocks is None else blocks))
    _scores(
        np.ascontiguousarray(draws), world.forcing, world.initial, world.record,
        np.ascontiguousarray(block), out,
    )  # fmt: skip
    return out


@njit(cache=True)
def log_likelihood(row: Floats, f: Forcing, initial: Codes, record: Codes, mask: Codes) -> float:
    """Log likelihood of one draw over the decisions where `mask` [T, N] is 1."""
    chance = np.empty(mask.shape)
    chances_of_record(row, f, initial, record, chance)
    total = 0.0
    for t in range(mask.shape[0]):
        for i in range(mask.shape[1]):
            if mask[t, i] == 1:
                total += np.log(max(chance[t, i], _TINY))
    return total


class Trace(NamedTuple):
    """What the rules say along the record, for every draw; T counts the decided ticks."""

    chances: Floats
    """[draw, T, N, 3] chances to end the tick as member, frozen and outside."""
    minds: Floats
    """[draw, T, N, 10] minds at the end of the tick before, in the order of `tick.MIND`."""


@njit(cache=True, parallel=True)
def _trace(
    draws: Floats, f: Forcing, initial: Codes, record: Codes, three: Floats, along: Floats
) -> None:
    n = len(initial)
    for d in prange(len(draws)):
        p = parameters(draws[d])
        keep = pace(p, f.dt)
        minds, seen = np.empty((n, len(MIND))), np.empty(7)
        before = initial.copy()
        blank(p, minds)
        for t in range(len(f.renewal)):
            if t >= f.first:
                along[d, t - f.first] = minds
                for i in range(n):
                    if t <= f.entry[i]:
                        three[d, t - f.first, i] = 0.0
                        three[d, t - f.first, i, record[t, i]] = 1.0
                        continue
                    three[d, t - f.first, i] = chances(
                        p, f.dt, before[i], minds[i, ALIGNMENT],
                        f.dependence[t - 1, i], f.renewal[t],
                    )  # fmt: skip
            think(p, keep, f, t, before, record[t], minds, seen)
            before[:] = record[t]


def trace(world: World, draws: Floats) -> Trace:
    """Chances and minds along the record, for every draw."""
    shape = (len(draws), len(world.decided), len(world.states))
    found = Trace(np.zeros((*shape, 3)), np.zeros((*shape, len(MIND))))
    _trace(
        np.ascontiguousarray(draws), world.forcing, world.initial, world.record,
        found.chances, found.minds,
    )  # fmt: skip
    return found


def knowledge(world: World, row: Floats) -> Floats:
    """[T, N, 8] what each state knew when it decided, along the record, under one draw.

    E, G, P, A, ln(1 + O), reliability, D, and 1 where it had to sign.
    """
    minds, f = trace(world, row[np.newaxis]).minds[0], world.forcing
    return np.stack(
        [
            minds[..., E], minds[..., G], minds[..., P], minds[..., A], np.log1p(minds[..., O]),
            minds[..., ALPHA] / (minds[..., ALPHA] + minds[..., BETA]),
            f.dependence[f.first - 1 : -1],
            np.broadcast_to(f.renewal[f.first :, np.newaxis].astype(float), minds.shape[:2]),
        ],
        axis=-1,
    )  # fmt: skip
