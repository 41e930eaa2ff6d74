"""Graded signs of alignment as a measurement model: y = mu + lambda * a + noise.

A switch, not a part of the shipped fit: the calibration reports what the signs do to the
held-out score. Each sign's mu, lambda and noise are integrated out exactly (normal
inverse-gamma), so the sampler gets no new dimension.
"""

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from ..core.inputs import Floats, Ints, Standing, World
from ..core.replay import alignment
from ..scenario import Scenario

KNOWN = ("arms_share", "un_distance", "participation")

_PRECISION = 0.04  # prior of mu and lambda: standard deviation of five noises
_SHAPE, _SCALE = 2.0, 0.1  # prior of the noise variance: mean 0.1, in units of the signs


@dataclass(frozen=True)
class Signs:
    """Observed signs, one row each, and where in the replay they belong."""

    value: Floats
    """[row]"""
    tick: Ints
    """[row] among the decided ticks: the last one of the sign's year."""
    state: Ints
    """[row]"""
    kind: Ints
    """[row] number of the sign in `KNOWN`."""


def read(scenario: Scenario, world: World, kinds: tuple[str, ...] = KNOWN) -> Signs:
    """Signs of members' alignment from the scenario's indicator table."""
    rows = []
    years = world.decided.astype("datetime64[Y]").astype(int) + 1970
    for row in scenario.indicators:
        ticks = np.flatnonzero(years == row.year)
        if row.indicator not in kinds or row.state not in world.states or not len(ticks):
            continue
        t, i = int(ticks[-1]), world.states.index(row.state)
        if world.record[world.forcing.first + t, i] == Standing.MEMBER:
            rows.append((row.value, t, i, KNOWN.index(row.indicator)))
    table = np.array(rows, dtype=float).reshape(-1, 4)
    whole = [np.ascontiguousarray(table[:, k].astype(np.int64)) for k in (1, 2, 3)]
    return Signs(np.ascontiguousarray(table[:, 0]), *whole)


@njit(cache=True)
def _log_marginal(y: Floats, x: Floats) -> float:
    """Log density of y under y = mu + lambda * x + noise, all three integrated out."""
    n = len(y)
    p00, p01, p11 = _PRECISION + n, x.sum(), _PRECISION + (x * x).sum()
    q0, q1, yy = y.sum(), (x * y).sum(), (y * y).sum()
    determinant = p00 * p11 - p01 * p01
    explained = (q0 * q0 * p11 - 2.0 * q0 * q1 * p01 + q1 * q1 * p00) / determinant
    shape, scale = _SHAPE + 0.5 * n, _SCALE + 0.5 * (yy - explained)
    return (
        -0.5 * n * math.log(2.0 * math.pi)
        + 0.5 * (2.0 * math.log(_PRECISION) - math.log(determinant))
        + _SHAPE * math.log(_SCALE) - shape * math.log(scale)
        + math.lgamma(shape) - math.lgamma(_SHAPE)
    )  # fmt: skip


def log_density(row: Floats, world: World, signs: Signs, keep: np.ndarray | None = None) -> float:
    """Log density of the signs under one parameter draw.

    Args:
        row: [parameter]
        world: The compiled scenario.
        signs: What was observed.
        keep: [row] booleans; signs to leave out are false.
    """
    keep = np.ones(len(signs.value), dtype=bool) if keep is None else keep
    aligned = alignment(world, row[np.newaxis])[0]
    x, y, kinds = aligned[signs.tick, signs.state], signs.value, signs.kind
    chosen = [keep & (kinds == which) for which in range(3)]
    return float(sum(_log_marginal(y[one], x[one]) for one in chosen if one.any()))
