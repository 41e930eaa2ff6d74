"""Is the fit right? Simulation-based calibration: ranks of true parameters among fitted draws.

Parameters are drawn, a history is simulated from them and fitted, and the truth is ranked among
the fitted draws: over many histories the ranks are uniform if the fit is right (Talts et al. 2018).
The log likelihood of the history is ranked too, since it notices what single parameters miss
(Modrak et al. 2023). Started from the prior this checks the fit everywhere; started from the
posterior, it checks it where it is used: the history is then fitted together with the record
(Saeilynoja et al. 2025).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..core.inputs import Floats, Inputs
from ..core.replay import scores
from ..core.simulate import simulate
from .fit import FEW_DRAWS, Fit, fit, normalized, systematic
from .likelihood import Record
from .priors import NAMES, Prior
from .record import at_risk

RANKS = 100
"""Ranks are among this many draws less one: fewer than a fit has effective draws."""
_LOG_LIKELIHOOD = "log likelihood"
_FIRST = 10_000  # number of the first draw from the prior that serves as a truth
_POSTERIOR = 8000  # draws of the posterior, of which a second history leaves some hundred


def check_by_prior(
    inputs: Inputs, prior: Prior, _: Fit | None, numbers: Sequence[int], seed: int
) -> list[dict[str, Any]]:
    """Ranks of draws from the prior, one row a simulated history."""
    rows = []
    for number in numbers:
        truth = prior.transform(prior.cube(1, seed, start=_FIRST + number))
        made = _history(inputs, truth, seed, number)
        result = fit(Record.undivided(made), prior, draws=FEW_DRAWS, seed=seed + number)
        rows.append(_ranks("prior", number, made, truth, result.draws(RANKS - 1, seed)))
    return rows


def check_by_posterior(
    inputs: Inputs, prior: Prior, found: Fit | None, numbers: Sequence[int], seed: int
) -> list[dict[str, Any]]:
    """Ranks of draws from the posterior, each history fitted together with the record."""
    assert found is not None
    draws = found.draws(_POSTERIOR, seed)
    truths = found.draws(len(numbers), seed + 1 + numbers[0])
    rows = []
    for number, row in zip(numbers, truths, strict=True):
        truth = row[np.newaxis]
        made = _history(inputs, truth, seed + 1, number)
        weights = normalized(scores(made, draws, _all(made))[:, 0])
        chosen = systematic(weights, RANKS - 1, seed + number)
        rows.append(_ranks("posterior", number, made, truth, draws[chosen]))
    return rows


def _history(inputs: Inputs, truth: Floats, seed: int, number: int) -> Inputs:
    """The inputs with one simulated history as their record."""
    made = simulate(inputs, truth, 1, seed + 77, start=number, keep=1)
    path = np.array(inputs.record)
    path[inputs.drivers.first :] = made.path[0]
    return replace(inputs, record=path)


def _all(inputs: Inputs) -> Any:
    return np.where(at_risk(inputs), 0, -1)


def _ranks(start: str, number: int, made: Inputs, truth: Floats, draws: Floats) -> dict[str, Any]:
    """How many draws lie below the truth, by parameter and in the log likelihood."""
    logs = scores(made, np.concatenate([truth, draws]), _all(made))[:, 0]
    ranks = {name: int(np.sum(draws[:, k] < truth[0, k])) for k, name in enumerate(NAMES)}
    ranks[_LOG_LIKELIHOOD] = int(np.sum(logs[1:] < logs[0]))
    return {"start": start, "number": number, "ranks": ranks}
