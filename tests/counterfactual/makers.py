"""Pairs of worlds without files, and parameter draws."""

from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np

from alliance_cohesion.analysis.counterfactual.pair import Pair
from alliance_cohesion.core.inputs import Inputs
from alliance_cohesion.inference import priors as prior
from alliance_cohesion.inference.priors import NAMES


@dataclass(frozen=True)
class Stub:
    """What a pair asks of a case."""

    inputs: Inputs
    fixed: dict[str, float]

    @property
    def scenario(self):
        return SimpleNamespace(
            parameters=SimpleNamespace(fixed=self.fixed, posterior="prior"),
            alliance=SimpleNamespace(name="A"),
            seed=1,
            name="stub",
            events=(),
        )

    @property
    def known(self):
        return len(self.inputs.steps)


def pair_of(base: Inputs, changed: Inputs, **fixed: float) -> Pair:
    return Pair(Stub(base, {}), Stub(changed, fixed))


def rows(count: int, seed: int = 1, **values: float) -> np.ndarray:
    """Draws of the prior with some parameters held."""
    believed = prior.default()
    found = believed.transform(believed.cube(count, seed))
    for name, value in values.items():
        found[:, NAMES.index(name)] = value
    return found


def settled(inputs: Inputs) -> Inputs:
    """The same world whose record begins, before its first decision, at its initial statuses."""
    record = inputs.record.copy()
    record[: inputs.drivers.first] = inputs.initial
    return replace(inputs, record=record)


def change(inputs: Inputs, **arrays: np.ndarray) -> Inputs:
    return replace(inputs, drivers=inputs.drivers.change(**arrays))
