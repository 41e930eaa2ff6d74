"""Graded signs of alignment as a measurement model: y = mu + lambda * a + noise.

An option, not a part of the shipped fit: the calibration reports what the signs do to the
held-out score. Each sign's mu, lambda and noise are integrated out exactly (normal
inverse-gamma), so a fit gets no new dimension.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.elementary import each, log
from ..core.inputs import Floats, Inputs, Ints, Status
from ..scenario import Scenario

Bools = NDArray[np.bool_]
KNOWN = ("arms_share", "un_distance", "participation")

_PRECISION = 0.04  # prior of mu and lambda: standard deviation of five noises
_SHAPE, _SCALE = 2.0, 0.1  # prior of the noise variance: mean 0.1, in units of the signs


@dataclass(frozen=True)
class Signs:
    """Observed signs, one row each, and where in the replay they belong."""

    value: Floats
    """[row]"""
    step: Ints
    """[row] among the decided time steps: the last one of the sign's year."""
    state: Ints
    """[row]"""
    kind: Ints
    """[row] number of the sign in `KNOWN`."""

    def outside(self, cells: Bools) -> "Signs":
        """The signs that are not of the time steps in which any of `cells` [T, N] is true."""
        keep = ~cells[self.step].any(axis=1)
        return Signs(self.value[keep], self.step[keep], self.state[keep], self.kind[keep])

    def log_density(self, aligned: Floats) -> Floats:
        """Log density of the signs given alignments as time steps end, [draw, T, N]."""
        total = np.zeros(len(aligned))
        for which in range(len(KNOWN)):
            rows = self.kind == which
            if rows.any():
                x = aligned[:, self.step[rows], self.state[rows]]
                total += _log_marginal(self.value[rows], np.ascontiguousarray(x))
        return total


def read(scenario: Scenario, inputs: Inputs, kinds: tuple[str, ...] = KNOWN) -> Signs:
    """Signs of members' alignment from the scenario's indicator table."""
    rows = []
    years = inputs.decided.astype("datetime64[Y]").astype(int) + 1970
    for row in scenario.indicators:
        steps = np.flatnonzero(years == row.year)
        if row.indicator not in kinds or row.state not in inputs.states or not len(steps):
            continue
        t, i = int(steps[-1]), inputs.states.index(row.state)
        if inputs.record[inputs.drivers.first + t, i] == Status.MEMBER:
            rows.append((row.value, t, i, KNOWN.index(row.indicator)))
    table = np.array(rows, dtype=float).reshape(-1, 4)
    whole = [np.ascontiguousarray(table[:, k].astype(np.int64)) for k in (1, 2, 3)]
    return Signs(np.ascontiguousarray(table[:, 0]), *whole)


def _log_marginal(y: Floats, x: Floats) -> Floats:
    """Log density of `y` [row] under y = mu + lambda * x + noise for each draw of x [draw, row].

    The three are integrated out.
    """
    n = len(y)
    p00, p01, p11 = _PRECISION + n, x.sum(axis=1), _PRECISION + (x * x).sum(axis=1)
    q0, q1, yy = y.sum(), (x * y).sum(axis=1), (y * y).sum()
    determinant = p00 * p11 - p01 * p01
    explained = (q0 * q0 * p11 - 2.0 * q0 * q1 * p01 + q1 * q1 * p00) / determinant
    shape, scale = _SHAPE + 0.5 * n, _SCALE + 0.5 * (yy - explained)
    return (
        -0.5 * n * math.log(2.0 * math.pi)
        + 0.5 * (2.0 * math.log(_PRECISION) - each(log, determinant))
        + _SHAPE * math.log(_SCALE) - shape * each(log, scale)
        + math.lgamma(shape) - math.lgamma(_SHAPE)
    )  # fmt: skip
