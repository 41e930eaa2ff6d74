"""Transition probabilities one step ahead: given the record up to the step before."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..core.inputs import Floats, Inputs
from ..core.replay import probabilities
from .record import statuses, yearly

if TYPE_CHECKING:
    from .fit import Fit

DRAWS = 2000
_AT_ONCE = 3_000_000  # numbers of a trace that is in memory


@dataclass(frozen=True)
class Prediction:
    """What was expected of every decision, averaged over parameter draws."""

    probability: Floats
    """[T, N, 3] to end the time step as member, frozen and outside."""
    in_a_year: Floats
    """[T, N] to change status within a year if the step's rates stay as they are: the mean over
    draws of each draw's yearly probability. At a renewal, to change it then."""


def predict(inputs: Inputs, values: Floats) -> Prediction:
    """What parameter draws [draw, parameter] expect along the record."""
    before, _ = statuses(inputs)
    T, n = before.shape
    window = inputs.drivers.renewal[inputs.drivers.first :] == 1
    probability, annual = np.zeros((T, n, 3)), np.zeros((T, n))
    size = max(1, _AT_ONCE // max(1, 3 * inputs.record.size))
    for start in range(0, len(values), size):
        steps = probabilities(inputs, values[start : start + size])
        stay = np.take_along_axis(steps, before[np.newaxis, ..., np.newaxis].astype(int), -1)
        move = 1.0 - stay[..., 0]
        move[:, ~window] = yearly(move[:, ~window], inputs.drivers.dt)
        probability += steps.sum(axis=0)
        annual += move.sum(axis=0)
    return Prediction(probability / len(values), annual / len(values))


def predict_held_out(found: "Fit", seed: int, which: int = 0) -> Prediction:
    """The same, each fold predicted by draws that have not seen it."""
    record = found.records[which]
    shape = record.fold.shape
    out = Prediction(np.full((*shape, 3), np.nan), np.full(shape, np.nan))
    for fold in range(record.folds):
        blind = predict(record.inputs, found.draws(DRAWS, seed, which, without=fold))
        cells = record.fold == fold
        out.probability[cells] = blind.probability[cells]
        out.in_a_year[cells] = blind.in_a_year[cells]
    return out
