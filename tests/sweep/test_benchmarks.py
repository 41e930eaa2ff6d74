"""The rivals of the benchmark do the same work."""

import sys
from pathlib import Path

import numpy as np
import pytest

import alliance_cohesion as ac
from alliance_cohesion.core import simulate as ensemble
from alliance_cohesion.core.randomness import DECISION, uniform

from ..inputs import random_inputs

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import speed
import vectorised


@pytest.mark.parametrize("seed", range(5))
def test_the_vectorised_rival_makes_the_same_histories(seed):
    inputs = random_inputs(seed)
    draws = ac.load("csto").draws(1).values[:7]
    f = inputs.drivers
    made = ensemble.simulate(inputs, draws, 40, 3, keep=40)
    uniforms = np.array(
        [
            [[uniform(3, r, t, s, DECISION) for s in f.address] for t in range(len(inputs.decided))]
            for r in range(40)
        ]
    )
    path = vectorised.simulate(inputs, draws, np.arange(40), uniforms)
    assert np.array_equal(path, made.path)


def test_a_widened_record_is_the_record_where_it_was():
    inputs, draws = speed.inputs_of(8)
    wide = speed.widened(inputs, 20)
    assert np.array_equal(wide.drivers.driver("external")[:, :8], inputs.drivers.driver("external"))
    assert len(wide.drivers.pair_actor) == len(inputs.drivers.pair_actor)
    assert ensemble.simulate(wide, draws, 3, 1, keep=3).path.shape == (3, len(inputs.decided), 20)
