"""Tempered sequential Monte Carlo: for records that tell so much that the prior finds nothing.

Particles go from the prior to the posterior by raising the likelihood to a power that grows from
0 to 1, in steps that keep half of them effective (Del Moral, Doucet & Jasra 2006). After each step
they are resampled and moved by autoregressive proposals about their own mean and spread. The
particles of all steps are kept and weighted as one mixture (Elvira et al. 2019), so the sample
covers the way from the prior to the posterior, as a fit without some fold needs it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..core.elementary import each, exp, log, log1p, log_sum_exp, normal_quantile
from ..core.inputs import Floats

_MOVES = 8  # of each particle after a step
_FEWEST = 256  # particles


@dataclass(frozen=True)
class Sample:
    """Points of the unit cube, what each stands for, and what the records say of it."""

    points: Floats
    """[draw, dimension]"""
    log_mass: Floats
    """[draw] log of the prior mass that a point stands for."""
    logs: list[Floats]
    """[draw, 1 + fold] of each record, as `likelihood.marginal` gives it."""
    error: float = 0.0
    """Standard error of the log evidence besides that of the weights."""


Likelihood = Callable[[Floats], list[Floats]]
"""From points [draw, dimension] of the unit cube to what `marginal` gives for each record."""


def tempered(likelihood: Likelihood, dimensions: int, draws: int, seed: int) -> Sample:
    """A sample from the prior to the posterior.

    Args:
        likelihood: What the records say of points.
        dimensions: Of the unit cube.
        draws: An eighth of them are particles.
        seed: Of the random numbers.
    """
    chance = np.random.default_rng([seed, 2])
    size = max(_FEWEST, draws // 8)
    y = _logit(chance.random((size, dimensions)))
    logs = likelihood(_cube(y))
    every_y, every_logs, steps = [y], [logs], [(0.0, 0.0)]
    power, log_evidence, variance, scale = 0.0, 0.0, 0.0, 0.5
    while power < 1.0:
        total = _total(logs)
        step = _step(total, 1.0 - power)
        weights = each(exp, step * total - log_sum_exp(step * total))
        log_evidence += log_sum_exp(step * total) - float(log(float(size)))
        variance += float((weights * weights).sum()) - 1.0 / size
        power = 1.0 if step == 1.0 - power else power + step
        places = (chance.random() + np.arange(size)) / size
        chosen = np.minimum(np.searchsorted(np.cumsum(weights), places), size - 1)
        y, logs = y[chosen], [one[chosen] for one in logs]
        mean = y.mean(axis=0)
        spread = np.sqrt(((y - mean) ** 2).mean(axis=0)) + 1e-9
        for _ in range(_MOVES):
            noise = each(normal_quantile, np.clip(chance.random(y.shape), 1e-15, 1.0 - 1e-15))
            to = mean + np.sqrt(1.0 - scale * scale) * (y - mean) + scale * spread * noise
            result = likelihood(_cube(to))
            gain = power * (_total(result) - _total(logs))
            gain += _log_ratio(to, mean, spread) - _log_ratio(y, mean, spread)
            moved = each(log, chance.random(size)) < gain
            y = np.where(moved[:, np.newaxis], to, y)
            logs = [
                np.where(moved[:, np.newaxis], new, old)
                for new, old in zip(result, logs, strict=True)
            ]
            scale = min(0.95, max(0.05, scale * (0.8 if moved.mean() < 0.25 else 1.1)))
        every_y.append(y)
        every_logs.append(logs)
        steps.append((power, log_evidence))
    logs = [np.concatenate(parts) for parts in zip(*every_logs, strict=True)]
    points, log_mass = _cube(np.concatenate(every_y)), _log_mass(_total(logs), steps)
    return Sample(points, log_mass, logs, float(np.sqrt(variance)))


def _total(logs: list[Floats]) -> Floats:
    total = logs[0][:, 0]
    for one in logs[1:]:
        total = total + one[:, 0]
    return total


def _step(total: Floats, most: float) -> float:
    """The largest rise of the power that leaves half of the particles effective."""

    def effective(step: float) -> float:
        weights = each(exp, step * total - log_sum_exp(step * total))
        return float(1.0 / (weights * weights).sum())

    if effective(most) >= len(total) / 2:
        return most
    low, high = 0.0, most
    for _ in range(30):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if effective(middle) > len(total) / 2 else (low, middle)
    return max(low, 1e-6)


def _log_mass(total: Floats, steps: list[tuple[float, float]]) -> Floats:
    """[draw] log of prior over mixture, each step's density known up to its evidence."""
    parts = np.stack([power * total - log_evidence for power, log_evidence in steps], axis=1)
    mixture = np.array([log_sum_exp(row) for row in parts])
    return -mixture - float(log(len(total) / len(steps)))


def _logit(u: Floats) -> Floats:
    u = np.clip(u, 1e-12, 1.0 - 1e-12)
    return each(log, u) - each(log1p, -u)


def _cube(y: Floats) -> Floats:
    return 1.0 / (1.0 + each(exp, -y))


def _log_ratio(y: Floats, mean: Floats, spread: Floats) -> Floats:
    """[draw] log of the prior's density over that about which the proposals move."""
    size = np.abs(y)
    prior = -size - 2.0 * each(log1p, each(exp, -size))
    return (prior + 0.5 * ((y - mean) / spread) ** 2).sum(axis=1)
