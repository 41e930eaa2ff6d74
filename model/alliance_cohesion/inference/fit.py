"""Fit the rules to one or several records: weighted draws from fixed quasi-random numbers.

A record of a few changes moves the prior little, so importance sampling does: points of a
scrambled Sobol sequence are spread by the prior, then in further rounds by proposals that follow
what was found (each coordinate's histogram; Lepage 1978). All rounds count, each point weighted by
the prior over the mixture of all rounds (Owen & Zhou 2000), so the first round keeps the weights
bounded. Where the weights are too uneven, tempered sequential Monte Carlo takes over.

The same weighted draws give the evidence and every hold-out: the log score of a fold given the
rest is the log of the ratio of two evidences. Numbers are summed in a fixed order, and no linear
algebra is used: a fit gives the same bytes on every machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..core.elementary import compiled, each, exp, log, log_sum_exp
from ..core.inputs import Floats, Ints
from .likelihood import COLUMNS, Record, marginal, with_thresholds
from .pareto import TRUSTED, pareto_k
from .priors import Prior
from .tempering import Likelihood, Sample, tempered

DRAWS = 2**15
"""Of a fit that is reported: the log evidence is known to about 0.02."""
SOME_DRAWS = 2**13
"""Of a fit that is one of many to be compared: held-out scores are known to about 0.1."""
FEW_DRAWS = 2**11
"""Of a fit that is repeated with other inputs: held-out scores are known to about 0.15."""
_ROUNDS = (1 / 8, 1 / 8, 1 / 4, 1 / 2, 1 / 2, 1 / 2, 1 / 2, 1 / 2)  # shares of the draws
_LEAST_ROUNDS = 4  # more only where the weights are too uneven
_BINS = 8
_UNIFORM = 0.2  # share of each proposal that stays uniform
_ENOUGH = 1 / 80  # effective draws, as a share of all, below which tempering takes over


@dataclass(frozen=True)
class Fit:
    """Weighted draws of what the records' alliances have in common."""

    records: tuple[Record, ...]
    values: Floats
    """[draw, parameter], each threshold at its expected value over alliances."""
    hyper: Floats
    """[draw, hyperparameter] in the order of `Prior.hyper_names`."""
    spread: Floats
    """[draw, parameter] by how much thresholds differ between alliances."""
    log_mass: Floats
    """[draw] log of the prior mass that a draw stands for."""
    marginals: tuple[Floats, ...]
    """[draw, 1 + fold] log likelihood of each record: all of it, and without each fold."""
    method: str
    path_error: float = 0.0
    """Standard error of the log evidence besides that of the weights."""

    @cached_property
    def log_weights(self) -> Floats:
        """[draw] log of the posterior weights, up to a constant."""
        return self.log_mass + sum(each[:, 0] for each in self.marginals)

    @property
    def log_evidence(self) -> float:
        """Log of the mean likelihood over the prior."""
        return float(log_sum_exp(self.log_weights))

    @property
    def log_evidence_error(self) -> float:
        """Its standard error, as if the draws were independent."""
        return float(np.sqrt(1.0 / self.effective_draws + self.path_error**2))

    @property
    def effective_draws(self) -> float:
        """How many draws of equal weight would know as much."""
        weights = normalized(self.log_weights)
        return float(1.0 / (weights * weights).sum())

    @property
    def pareto_k(self) -> float:
        """Shape of the weights' tail: of the posterior, or of the worst fit without a fold."""
        every = [self.log_weights] + [
            self.log_weights_without(fold, which)
            for which, record in enumerate(self.records)
            for fold in range(record.folds if record.folds > 1 else 0)
        ]
        return max(pareto_k(one) for one in every)

    def log_weights_without(self, fold: int, which: int = 0) -> Floats:
        """[draw] log weights of the posterior that has not seen a fold of a record."""
        one = self.marginals[which]
        return self.log_weights - one[:, 0] + one[:, 1 + fold]

    def held_out(self, which: int = 0) -> Floats:
        """Log score of each fold of a record given everything else, [fold]."""
        folds = range(self.records[which].folds)
        rest = [float(log_sum_exp(self.log_weights_without(fold, which))) for fold in folds]
        return self.log_evidence - np.array(rest)

    def held_out_error(self, which: int = 0) -> float:
        """Standard error of the sum of the folds' log scores."""
        folds = range(self.records[which].folds)
        off = len(folds) * normalized(self.log_weights)
        for fold in folds:
            off = off - normalized(self.log_weights_without(fold, which))
        return float(np.sqrt((off * off).sum()))

    def choose(self, draws: int, seed: int) -> Ints:
        """Indices of `draws` draws of equal weight from the posterior."""
        return systematic(normalized(self.log_weights), draws, seed)

    def parameters(self, chosen: Ints, seed: int, which: int = 0, without: int = -1) -> Floats:
        """Chosen draws with the thresholds of an alliance that was fitted, [draw, parameter].

        Args:
            chosen: Indices of draws.
            seed: Of the random numbers that pick the thresholds.
            which: The alliance's place among the records.
            without: A fold that must not be seen; -1 leaves none out.
        """
        uniforms = np.random.default_rng([seed, 1]).random((len(chosen), len(COLUMNS)))
        return with_thresholds(
            self.records[which], self.values[chosen], self.spread[chosen], uniforms, without
        )

    def draws(self, count: int, seed: int, which: int = 0, without: int = -1) -> Floats:
        """`count` draws of equal weight, [draw, parameter]; arguments as in `parameters`."""
        weights = self.log_weights if without < 0 else self.log_weights_without(without, which)
        chosen = systematic(normalized(weights), count, seed)
        return self.parameters(chosen, seed, which, without)


def normalized(log_weights: Floats) -> Floats:
    """Weights that sum to one."""
    return each(exp, log_weights - log_sum_exp(log_weights))


def systematic(weights: Floats, draws: int, seed: int) -> Ints:
    """Indices of `draws` draws of equal weight (systematic resampling), in random order.

    Shuffled, the first few stand for all, and so do the first few histories made from them.
    """
    chance = np.random.default_rng(seed)
    places = (chance.random() + np.arange(draws)) / draws
    chosen = np.minimum(np.searchsorted(np.cumsum(weights), places), len(weights) - 1)
    return chance.permutation(chosen)


def fit(
    records: Record | Sequence[Record], prior: Prior, *, draws: int = DRAWS, seed: int = 1
) -> Fit:
    """Weighted draws from the posterior given one or several records.

    Args:
        records: What is learned from.
        prior: Beliefs before the fit.
        draws: How many, a power of two and at least 64; errors fall with its square root. Where
            the records tell much, up to three times as many are made.
        seed: Of the scrambled Sobol sequences.
    """
    records = (records,) if isinstance(records, Record) else tuple(records)

    def likelihood(points: Floats) -> list[Floats]:
        values, _, spread = prior.common(points)
        return [marginal(record, values, spread) for record in records]

    size = len(prior.shared)
    sample, method = _importance(likelihood, size, draws, seed), "importance sampling"
    result = _fit(records, prior, sample, method)
    if not _trusted(result.log_weights, draws) or result.pareto_k > TRUSTED:
        sample, method = tempered(likelihood, size, draws, seed), "sequential Monte Carlo"
        result = _fit(records, prior, sample, method)
    return result


def _fit(records: tuple[Record, ...], prior: Prior, sample: Sample, method: str) -> Fit:
    values, hyper, spread = prior.common(sample.points)
    return Fit(
        records, values, hyper, spread, sample.log_mass, tuple(sample.logs), method, sample.error
    )


def sobol(dimensions: int, count: int, seed: Sequence[int]) -> Floats:
    """Scrambled Sobol points of the unit cube, [point, dimension]."""
    from scipy.stats import qmc  # slow to import, and needed by fits only

    chance = np.random.default_rng(seed)
    return qmc.Sobol(dimensions, rng=chance).random(count)


def _importance(likelihood: Likelihood, dimensions: int, draws: int, seed: int) -> Sample:
    """Rounds of importance sampling, each by what the rounds before have found."""
    densities = [np.ones((dimensions, _BINS))]
    points, logs, sizes = np.empty((0, dimensions)), list[Floats](), list[int]()
    for number, share in enumerate(_ROUNDS):
        sizes.append(int(share * draws))
        fresh = _spread_by(densities[-1], sobol(dimensions, sizes[-1], [seed, number]))
        points = np.concatenate([points, fresh])
        result = likelihood(fresh)
        logs = [np.concatenate(pair) for pair in zip(logs, result, strict=True)] if logs else result
        mixture = np.zeros(len(points))
        for size, density in zip(sizes, densities, strict=True):
            mixture += size * _density(density, points)
        log_mass = -each(log, mixture)
        total = log_mass + sum(one[:, 0] for one in logs)
        if number + 1 >= _LEAST_ROUNDS and _trusted(total, draws):
            break
        densities.append(_histograms(points, _interest(log_mass, logs)))
    return Sample(points, log_mass, logs)


def _trusted(log_weights: Floats, draws: int) -> bool:
    """Whether weighted means can be trusted."""
    weights = normalized(log_weights)
    enough = 1.0 / (weights * weights).sum() >= _ENOUGH * draws
    return bool(enough and pareto_k(log_weights) <= TRUSTED)


def _interest(log_mass: Floats, logs: list[Floats]) -> Floats:
    """[draw] how much each draw matters to the posterior and to those without a fold.

    Where few draws carry it all, the weights are flattened until at least a hundred do.
    """
    total = log_mass + sum(one[:, 0] for one in logs)
    weights = normalized(total)
    for one in logs:
        for column in range(1, one.shape[1] if one.shape[1] > 2 else 0):
            weights = weights + normalized(total - one[:, 0] + one[:, column])
    log_weights = each(log, np.maximum(weights, 1e-300))
    low, high = 0.0, 1.0
    flat = normalized(log_weights)
    while 1.0 / (flat * flat).sum() < min(100.0, len(flat) / 8) and high - low > 0.01:
        # Halving finds the least flattening that is enough.
        middle = 0.5 * (low + high)
        trial = normalized(middle * log_weights)
        if 1.0 / (trial * trial).sum() < min(100.0, len(flat) / 8):
            high = middle
        else:
            low, flat = middle, trial
    return flat


@compiled
def _histograms(points: Floats, weights: Floats) -> Floats:
    """[dimension, bin] smoothed density of weighted points, a share of it uniform."""
    dimensions = points.shape[1]
    out = np.empty((dimensions, _BINS))
    for d in range(dimensions):
        mass = np.zeros(_BINS)
        for n in range(len(points)):
            mass[min(int(points[n, d] * _BINS), _BINS - 1)] += weights[n]
        for b in range(_BINS):
            smooth = 0.5 * mass[b] + 0.25 * (mass[max(b - 1, 0)] + mass[min(b + 1, _BINS - 1)])
            out[d, b] = _UNIFORM + (1.0 - _UNIFORM) * smooth * _BINS
    return out


@compiled
def _spread_by(density: Floats, uniform: Floats) -> Floats:
    """Points [point, dimension] that follow a density, from points spread evenly."""
    out = np.empty(uniform.shape)
    for d in range(uniform.shape[1]):
        total = density[d].sum()
        for n in range(len(uniform)):
            rest, b = uniform[n, d] * total, 0
            while b < _BINS - 1 and rest >= density[d, b]:
                rest -= density[d, b]
                b += 1
            out[n, d] = min((b + rest / density[d, b]) / _BINS, 1.0)
    return out


@compiled
def _density(density: Floats, points: Floats) -> Floats:
    """[point] density, the product over dimensions."""
    out = np.ones(len(points))
    for d in range(points.shape[1]):
        mean = density[d].sum() / _BINS
        for n in range(len(points)):
            out[n] *= density[d, min(int(points[n, d] * _BINS), _BINS - 1)] / mean
    return out
