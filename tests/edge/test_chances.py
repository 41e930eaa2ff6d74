"""Chances at the ends of every range: they lie in 0 to 1 and sum to one, in whatever world."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alliance_cohesion.core import replay
from alliance_cohesion.core import simulate as ensemble
from alliance_cohesion.core.agents import AllianceModel
from alliance_cohesion.core.inputs import World
from alliance_cohesion.core.parameters import PARAMETERS
from alliance_cohesion.inference.priors import default
from tests.core.lanes import named, transition
from tests.worlds import quiet, random_world

LOW = np.array([float(attribute.low) for attribute in PARAMETERS])
HIGH = np.array([float(attribute.high) for attribute in PARAMETERS])
ROUNDING = 1e-15  # what one subtraction from one can miss by

corners = st.lists(st.booleans(), min_size=len(LOW), max_size=len(LOW)).map(
    lambda high: np.where(high, HIGH, LOW)
)
inside = st.lists(st.floats(0, 1), min_size=len(LOW), max_size=len(LOW)).map(
    lambda u: LOW + np.array(u) * (HIGH - LOW)
)
draws = st.one_of(corners, inside)
DRIVING_OUT = np.where(np.isin(np.arange(20), (6, 7, 8, 9, 19)), LOW, HIGH)


@given(
    row=draws,
    dt=st.floats(1e-6, 1e6),
    standing=st.integers(0, 2),
    a=st.one_of(st.floats(-1e3, 1e3), st.floats(allow_nan=False, allow_infinity=False)),
    D=st.floats(0, 1),
    renewal=st.integers(0, 1),
)
@example(row=DRIVING_OUT, dt=1 / 365, standing=0, a=-29.6, D=0.0, renewal=1)
@example(row=LOW, dt=1e6, standing=1, a=-1e308, D=1.0, renewal=1)
@settings(max_examples=500)
def test_chances_are_chances_and_sum_to_one_over_the_whole_box(row, dt, standing, a, D, renewal):
    found = np.array(transition(named(row), dt, standing, a, D, renewal))
    assert abs(found.sum() - 1.0) < 1e-12
    assert ((found >= 0.0) & (found <= 1.0 + ROUNDING)).all()


@given(row=draws, seed=st.integers(0, 10_000), ticks=st.integers(2, 30), states=st.integers(1, 6))
@settings(max_examples=60)
def test_along_any_record_they_sum_to_one_in_every_tick_for_every_state(row, seed, ticks, states):
    world = random_world(seed, ticks=max(ticks, 5), states=states)
    along = replay.trace(world, row[np.newaxis])
    assert np.abs(along.chances.sum(axis=-1) - 1.0).max() < 1e-12
    assert along.chances.min() >= 0.0
    assert np.isfinite(along.minds[:, 1:]).all()
    score = replay.scores(world, row[np.newaxis], np.zeros(along.chances.shape[1:3], int))
    assert np.isfinite(score).all()
    assert (score <= 1e-9).all()


@given(row=draws, seed=st.integers(0, 10_000), states=st.integers(1, 5))
@settings(max_examples=40)
def test_at_the_ends_the_two_engines_still_make_the_same_finite_histories(row, seed, states):
    world = random_world(seed, ticks=8, states=states)
    made = ensemble.simulate(world, row[np.newaxis], 3, seed)
    assert np.isfinite(made.alignment).all()
    assert set(np.unique(made.path)) <= {0, 1, 2}
    for number in range(3):
        path, alignment = AllianceModel(world, row[np.newaxis], number, seed).play()
        assert np.array_equal(path, made.path[number])
        assert np.array_equal(alignment, made.alignment[number])


def test_the_prior_itself_reaches_nowhere_that_chances_break():
    world = random_world(3)
    believed = default()
    along = replay.trace(world, believed.transform(believed.cube(500, 1)))
    assert np.abs(along.chances.sum(axis=-1) - 1.0).max() < 1e-12


def flipping() -> World:
    """All states leave in one tick and are back in the next, for as long as it lasts."""
    world = quiet(ticks=40, states=4)
    record = np.zeros_like(world.record)
    record[1::2] = 2
    return World(
        world.name, world.states, world.ticks, world.end, world.forcing, world.initial, record
    )


@pytest.mark.parametrize("row", [LOW, HIGH, (LOW + HIGH) / 2, DRIVING_OUT])
def test_states_that_all_leave_and_return_every_tick_have_a_finite_score(row):
    world = flipping()
    score = replay.scores(world, row[np.newaxis], np.zeros((len(world.decided), 4), int))
    assert np.isfinite(score).all()
    assert np.isfinite(replay.trace(world, row[np.newaxis]).chances).all()


def test_where_everything_drives_out_and_a_signature_is_due_every_tick_all_leave_at_once():
    world = quiet(ticks=6, states=5)
    always = world.forcing.change(renewal=np.ones(6, np.int8), inside=np.ones((6, 5)))
    world = World("x", world.states, world.ticks, world.end, always, world.initial, world.record)
    made = ensemble.simulate(world, DRIVING_OUT[np.newaxis], 20, 1)
    assert (made.path[:, 0] == 2).all()
    assert made.away_at_end.sum() == 20
