"""Fit the rules to a record by nested sampling.

dynesty (Speagle 2020) is used because it gives the posterior and the evidence in one run, needs
no gradients, takes the prior as a map from the unit cube, and is not fooled by the flat and
lopsided posteriors that a handful of events leave. Its samples cover the way from the prior to
the posterior, so one run also answers every hold-out: the chance of the held-out decisions,
given the others, is the ratio of two evidences over the same samples.
"""

from dataclasses import dataclass

import dynesty
import numpy as np
from scipy.special import logsumexp

from ..core.inputs import Codes, Floats, Ints, World
from ..core.replay import scores
from .priors import Prior
from .signs import Signs, log_density


@dataclass(frozen=True)
class Fit:
    """Weighted samples from the prior to the posterior."""

    values: Floats
    """[sample, parameter] in the order of `world.PARAMETERS`."""
    hyper: Floats
    """[sample, hyperparameter] in the order of `Prior.hyper_names`."""
    log_mass: Floats
    """[sample] log of the prior mass that a sample stands for."""
    log_likelihood: Floats
    """[sample]"""
    log_evidence: float
    log_evidence_error: float
    calls: int

    @property
    def weights(self) -> Floats:
        """[sample] posterior weights; they sum to one."""
        weights = self.log_mass + self.log_likelihood
        return np.exp(weights - logsumexp(weights))

    def choose(self, draws: int, seed: int) -> Ints:
        """Indices of `draws` posterior samples of equal weight."""
        return systematic(self.weights, draws, seed)

    def held_out(self, world: World, block: Ints) -> Floats:
        """Log chance of each block of decisions given all others, [block].

        `block` [T, N] splits the decisions that were fitted; -1 marks those that were not.
        """
        each = scores(world, self.values, block)
        everything = each.sum(axis=1)
        full = logsumexp(self.log_mass + everything)
        rest = self.log_mass[:, np.newaxis] + everything[:, np.newaxis] - each
        return full - logsumexp(rest, axis=0)


def systematic(weights: Floats, draws: int, seed: int) -> Ints:
    """Indices of `draws` samples of equal weight (systematic resampling), in random order.

    A sampler finds its samples in an order of its own; shuffled, the first few draws stand for
    all, and so do the first few histories made from them.
    """
    chance = np.random.default_rng(seed)
    places = (chance.random() + np.arange(draws)) / draws
    chosen = np.minimum(np.searchsorted(np.cumsum(weights), places), len(weights) - 1)
    return chance.permutation(chosen)


def fit(
    world: World,
    prior: Prior,
    mask: Codes,
    *,
    live: int = 500,
    seed: int = 1,
    signs: Signs | None = None,
) -> Fit:
    """Sample from the prior to the posterior given the decisions where `mask` [T, N] is 1.

    Args:
        world: The compiled scenario.
        prior: Beliefs before the fit.
        mask: Decisions to learn from, over the decided ticks.
        live: Live points; the error of the evidence falls with their square root.
        seed: Of the sampler.
        signs: Graded signs of alignment to learn from as well.
    """
    fold = np.where(mask == 1, 0, -1)

    def loglike(point: Floats) -> float:
        row = prior.transform(point[np.newaxis])[0]
        graded = log_density(row, world, signs) if signs is not None else 0.0
        return float(scores(world, row[np.newaxis], fold, 1, threads=1)[0, 0]) + graded

    sampler = dynesty.NestedSampler(
        loglike, lambda u: u, prior.dimensions,
        nlive=live, bound="single", sample="rwalk", walks=25, rstate=np.random.default_rng(seed),
    )  # fmt: skip
    sampler.run_nested(dlogz=0.1, print_progress=False)
    found = sampler.results
    values, hyper = prior.split(found.samples)
    return Fit(
        values,
        hyper,
        found.logwt - found.logl,
        found.logl,
        float(found.logz[-1]),
        float(found.logzerr[-1]),
        int(np.sum(found.ncall)),
    )
