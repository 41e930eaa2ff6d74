"""The statistician's baseline: a penalised logistic hazard on the same drivers."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from ..core.inputs import Floats, Ints, Standing, World
from ..core.replay import knowledge
from .priors import NAMES, default
from .record import standings
from .scores import MEMBER

PENALTY = 1.0  # scikit-learn's default strength of the ridge on slopes
WINDOW_PRIOR = 0.2  # chance of not signing at a typical renewal, as in the priors file
_OUTSIDE, _FROZEN = int(Standing.OUTSIDE), int(Standing.FROZEN)


def covariates(world: World) -> Floats:
    """[T, N, 8] what a state knew at the end of the tick before, and the renewal window.

    Memories fade at the prior's medians: E, G, P, A, ln(1 + O), reliability, D, window.
    """
    middle = default().transform(np.full((1, default().dimensions), 0.5))
    middle[0, [NAMES.index(name) for name in ("b_R", "b_T")]] = 0.0
    known = knowledge(world, middle[0])
    known[..., -1] *= 10.0  # so that the penalty hardly touches the window
    return known


def logistic_chances(world: World, train: np.ndarray) -> Floats:
    """Chances [T, N, 3] of a hazard fitted to the decisions where `train` [T, N] is true."""
    x = covariates(world)
    before, after = standings(world)
    window = x[..., -1] > 0
    member = before == MEMBER
    cells = train & member
    left = (after != MEMBER)[cells]
    if left.any():
        # What is believed of windows, worth one decision: else a fit that has seen none would
        # have no notion of them, and the baseline would be a straw man.
        typical = np.repeat(x[cells].mean(axis=0, keepdims=True), 2, axis=0)
        typical[:, -1] = 10.0
        rows, outcomes = np.vstack([x[cells], typical]), np.concatenate([left, [True, False]])
        weights = np.concatenate([np.ones(len(left)), [WINDOW_PRIOR, 1.0 - WINDOW_PRIOR]])
        model = LogisticRegression(C=PENALTY, max_iter=1000)
        model.fit(rows, outcomes, sample_weight=weights)
        leave = model.predict_proba(x.reshape(-1, x.shape[-1]))[:, 1].reshape(before.shape)
    else:
        leave = np.full(before.shape, 0.5 / (cells.sum() + 1.0))
    acts = cells & (after != MEMBER) & ~window
    freeze = (np.sum(acts & (after == _FROZEN)) + 0.5) / (acts.sum() + 1.0)
    freeze = np.where(window, 0.0, freeze)
    away = train & ~member
    back = (np.sum(away & (after == MEMBER)) + 0.5) / (away.sum() + 1.0)
    thaw = (np.sum(away & (before == _FROZEN) & (after == _OUTSIDE)) + 0.5) / (away.sum() + 1.0)
    out = np.empty((*before.shape, 3))
    frozen = before == _FROZEN
    out[..., 0] = np.where(member, 1.0 - leave, back)
    out[..., 1] = np.where(member, leave * freeze, np.where(frozen, 1.0 - back - thaw, 0.0))
    out[..., 2] = 1.0 - out[..., 0] - out[..., 1]
    return out


def held_out_logistic(world: World, block: Ints) -> Floats:
    """Log score of each block, fitted to the others."""
    _, after = standings(world)
    scores = np.empty(int(block.max()) + 1)
    for held in range(len(scores)):
        chances = logistic_chances(world, (block >= 0) & (block != held))
        cells = block == held
        happened = np.take_along_axis(chances, after[..., np.newaxis].astype(int), -1)[..., 0]
        scores[held] = np.log(np.maximum(happened[cells], 1e-12)).sum()
    return scores
