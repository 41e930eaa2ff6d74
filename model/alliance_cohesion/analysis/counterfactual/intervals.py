"""Shares of histories and their differences, with intervals over parameters and Monte Carlo error.

Histories are [history, ..]; history r has parameter draw r mod D, so that the histories of one
draw are a column of [history of the draw, draw].
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from ...core.inputs import Floats

INTERVAL = (0.05, 0.95)
_ONE_SIDED = 1.645
_RARE = 0.2  # of the values that are not zero: the other sign is neglected below this share


@dataclass(frozen=True)
class Estimate:
    """A mean over histories, and what its uncertainty comes from."""

    mean: Floats
    low: Floats
    """5 % quantile over parameter draws, corrected for the few histories of each draw."""
    high: Floats
    """95 % quantile."""
    parameter_sd: Floats
    """Standard deviation between draws, corrected likewise: its upper end."""
    error: Floats
    """Monte Carlo error: standard error of the mean due to the number of histories."""


def estimate(values: np.ndarray, draws: int) -> Estimate:
    """Summarise values [history, ..] of 0 and 1, or of -1, 0 and 1.

    The means of single draws scatter more than their expectations do, and on a few values only,
    because each is over a few histories. So the interval is that of a beta distribution with the
    mean and the variance between draws (analysis of variance), or rather the upper end of what
    that variance may be. Where a few histories cannot tell the draws apart, the interval is too
    wide, not too narrow.
    """
    grouped = values.reshape(len(values) // draws, draws, *values.shape[1:])
    m = len(grouped)
    total, other = grouped.sum(axis=0, dtype=np.int64), (grouped != 0).sum(axis=0, dtype=np.int64)
    means, mean = total / m, values.mean(axis=0, dtype=float)
    within = np.maximum(other / m - means**2, 0.0)
    within = (within * (m / (m - 1)) if m > 1 else within).mean(axis=0)
    squared = (means - mean) ** 2
    between = squared.mean(axis=0)
    slack = np.sqrt(np.maximum((squared**2).mean(axis=0) - between**2, 0.0) / draws)
    deviation = np.sqrt(np.maximum(between - within / m + _ONE_SIDED * slack, 0.0))
    below, above = ((other + sign * total).sum(axis=0) / (2 * len(values)) for sign in (-1, 1))
    low, high = quantiles(mean, deviation, below, above)
    return Estimate(mean, low, high, deviation, np.sqrt(within / len(values)))


def quantiles(mean: Floats, sd: Floats, below: Floats, above: Floats) -> tuple[Floats, Floats]:
    """Quantiles at `INTERVAL` of a beta distribution with this mean and standard deviation.

    It lies between 0 and 1; between -1 and 0 for values that are almost never above zero; and
    between -1 and 1 for those of either sign.

    Args:
        mean: Of the values.
        sd: Between draws.
        below: Share of values below zero.
        above: Share of values above zero.
    """
    rare = _RARE * (below + above)
    start = np.where(below > rare, -1.0, 0.0)
    end = np.where(above > rare, 1.0, 0.0)
    wide = np.maximum(end - start, 1.0)
    place = (mean - start) / wide
    room = place * (1.0 - place)
    variance = np.minimum((sd / wide) ** 2, 0.99 * room)
    shown = (variance > 1e-12) & (room > 0)
    size = room / np.where(shown, variance, 1.0) - 1.0
    a = np.where(shown, place * size, 1.0)
    b = np.where(shown, (1.0 - place) * size, 1.0)
    low, high = (np.where(shown, start + wide * betaincinv(a, b, q), mean) for q in INTERVAL)
    return low, high


def variance_ratio(base: np.ndarray, changed: np.ndarray) -> float | None:
    """By how much common random numbers cut the variance of the difference; None if it is zero."""
    apart = float(np.var(base, axis=0).sum() + np.var(changed, axis=0).sum())
    paired = float(np.var(changed - base, axis=0).sum())
    return apart / paired if paired > 0 else None
