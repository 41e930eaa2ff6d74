"""Hold-outs: what a fit says of decisions it has not seen."""

import numpy as np
from scipy.special import logsumexp

from ..core.inputs import Floats, Ints, World
from ..core.replay import scores, trace
from .baselines import silence, without_slopes
from .fit import Fit, fit, systematic
from .priors import Prior
from .signs import Signs, log_density

_DRAWS = 400


def predict(found: Fit, world: World, block: Ints, seed: int) -> Floats:
    """Held-out chances [T, N, 3] to end each tick as member, frozen, outside."""
    out = np.full((*block.shape, 3), np.nan)
    each = scores(world, found.values, block)
    unseen = (found.log_mass + each.sum(axis=1))[:, np.newaxis] - each
    for held in range(each.shape[1]):
        weights = np.exp(unseen[:, held] - logsumexp(unseen[:, held]))
        draws = found.values[systematic(weights, _DRAWS, seed)]
        mean = trace(world, draws).chances.mean(axis=0)
        out[block == held] = mean[block == held]
    return out


def fit_block(world: World, prior: Prior, block: Ints, *, live: int, seed: int) -> Fit:
    """Fit to all decisions that belong to a block."""
    return fit(world, prior, (block >= 0).astype(np.int8), live=live, seed=seed)


def null_fit(world: World, prior: Prior, block: Ints, *, live: int, seed: int) -> Fit:
    """Fit the window-aware constant: the null that counts."""
    return fit_block(silence(world), without_slopes(prior), block, live=live, seed=seed)


def held_out_with_signs(world: World, found: Fit, block: Ints, signs: Signs) -> Floats:
    """Log score of each block given the others and the signs outside the block's time.

    `found` was fitted to the decisions and the signs.
    """
    each = scores(world, found.values, block)
    out = np.empty(each.shape[1])
    for held in range(each.shape[1]):
        keep = block[signs.tick].max(axis=1) != held
        graded = np.array([log_density(row, world, signs, keep) for row in found.values])
        rest = found.log_mass + each.sum(axis=1) - each[:, held] + graded
        out[held] = logsumexp(rest + each[:, held]) - logsumexp(rest)
    return out


def held_out(world: World, prior: Prior, block: Ints, *, live: int, seed: int) -> Floats:
    """Log score of each block given the others, from one fit."""
    return fit_block(world, prior, block, live=live, seed=seed).held_out(world, block)
