"""The statistician's baseline: a penalised logistic hazard on the same drivers."""

import numpy as np
from scipy.special import expit

from ..core.inputs import Floats, Inputs, Ints, Status
from ..core.replay import knowledge
from .priors import NAMES, default
from .record import statuses
from .scores import MEMBER

PENALTY = 1.0  # of the ridge on slopes; the intercept is free
WINDOW_PRIOR = 0.2  # chance of not signing at a typical renewal, as in the priors file
_FROZEN = int(Status.FROZEN)


def logistic_regression(x: Floats, y: Floats, weight: Floats) -> Floats:
    """[1 + column] intercept and slopes by Newton's method, slopes penalised by a ridge.

    Args:
        x: [row, column]
        y: [row] 0 or 1.
        weight: [row]
    """
    design = np.column_stack([np.ones(len(x)), x])
    ridge = np.diag([1e-9, *np.full(x.shape[1], PENALTY)])
    b = np.zeros(design.shape[1])
    for _ in range(100):
        p = expit(design @ b)
        gradient = design.T @ (weight * (y - p)) - ridge @ b
        curvature = (design.T * (weight * p * (1.0 - p))) @ design + ridge
        step = np.linalg.solve(curvature, gradient)
        b += step / max(1.0, np.abs(step).max() / 2.0)
        if np.abs(step).max() < 1e-12:
            break
    return b


def covariates(inputs: Inputs) -> Floats:
    """[T, N, 8] what a state knew at the end of the step before, and the renewal window.

    Memories fade at the prior's medians: E, G, P, A, ln(1 + O), reliability, D, window.
    """
    middle = default().transform(np.full((1, default().dimensions), 0.5))
    middle[0, [NAMES.index(name) for name in ("b_R", "b_T")]] = 0.0
    known = knowledge(inputs, middle[0])
    known[..., -1] *= 10.0  # so that the penalty hardly touches the window
    return known


def logistic_probabilities(inputs: Inputs, train: np.ndarray) -> Floats:
    """Transition probabilities [T, N, 3] of a hazard fitted to the decisions `train` [T, N]."""
    x = covariates(inputs)
    before, after = statuses(inputs)
    window = x[..., -1] > 0
    member = before == MEMBER
    cells = train & member
    left = (after != MEMBER)[cells]
    if left.any():
        # What is believed of windows, worth one decision: a fit that has seen none would have no
        # notion of them, and the baseline would be a straw man.
        typical = np.repeat(x[cells].mean(axis=0, keepdims=True), 2, axis=0)
        typical[:, -1] = 10.0
        rows, outcomes = np.vstack([x[cells], typical]), np.concatenate([left, [True, False]])
        weights = np.concatenate([np.ones(len(left)), [WINDOW_PRIOR, 1.0 - WINDOW_PRIOR]])
        b = logistic_regression(rows, outcomes.astype(float), weights)
        leave = expit(b[0] + x @ b[1:])
    else:
        leave = np.full(before.shape, 0.5 / (cells.sum() + 1.0))
    acts = cells & (after != MEMBER) & ~window
    freeze = (np.sum(acts & (after == _FROZEN)) + 0.5) / (acts.sum() + 1.0)
    freeze = np.where(window, 0.0, freeze)
    away = train & ~member
    back = (np.sum(away & (after == MEMBER)) + 0.5) / (away.sum() + 1.0)
    out_of_it = away & (before == _FROZEN) & (after == int(Status.OUT))
    thaw = (np.sum(out_of_it) + 0.5) / (away.sum() + 1.0)
    out = np.empty((*before.shape, 3))
    frozen = before == _FROZEN
    out[..., 0] = np.where(member, 1.0 - leave, back)
    out[..., 1] = np.where(member, leave * freeze, np.where(frozen, 1.0 - back - thaw, 0.0))
    out[..., 2] = 1.0 - out[..., 0] - out[..., 1]
    return out


def held_out_logistic(inputs: Inputs, fold: Ints) -> Floats:
    """Log score of each fold, fitted to the others."""
    _, after = statuses(inputs)
    scores = np.empty(int(fold.max()) + 1)
    for held in range(len(scores)):
        probabilities = logistic_probabilities(inputs, (fold >= 0) & (fold != held))
        cells = fold == held
        happened = np.take_along_axis(probabilities, after[..., np.newaxis].astype(int), -1)[..., 0]
        scores[held] = np.log(np.maximum(happened[cells], 1e-12)).sum()
    return scores
