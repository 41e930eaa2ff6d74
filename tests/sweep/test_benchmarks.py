"""The rivals of the benchmark do the same work."""

import sys
from pathlib import Path

import numpy as np
import pytest

import alliance_cohesion as ac
from alliance_cohesion.core import simulate as ensemble
from alliance_cohesion.core.randomness import DECISION, uniform

from ..worlds import random_world

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import speed
import vectorised


@pytest.mark.parametrize("seed", range(5))
def test_the_vectorised_rival_makes_the_same_histories(seed):
    world = random_world(seed)
    draws = ac.load("csto").draws(1).values[:7]
    f = world.forcing
    made = ensemble.simulate(world, draws, 40, 3, keep=40)
    uniforms = np.array(
        [
            [[uniform(3, r, t, s, DECISION) for s in f.address] for t in range(len(world.decided))]
            for r in range(40)
        ]
    )
    path = vectorised.simulate(world, draws, np.arange(40), uniforms)
    assert np.array_equal(path, made.path)


def test_a_widened_record_is_the_record_where_it_was():
    world, draws = speed.world_of(8)
    wide = speed.widened(world, 20)
    assert np.array_equal(wide.forcing.driver("external")[:, :8], world.forcing.driver("external"))
    assert len(wide.forcing.pair_actor) == len(world.forcing.pair_actor)
    assert ensemble.simulate(wide, draws, 3, 1, keep=3).path.shape == (3, len(world.decided), 20)
