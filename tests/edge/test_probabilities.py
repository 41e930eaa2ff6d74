"""Chances at the ends of every range: they lie in 0 to 1 and sum to one, in whatever world."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alliance_cohesion.core import replay
from alliance_cohesion.core import simulate as ensemble
from alliance_cohesion.core.agents import AllianceModel
from alliance_cohesion.core.inputs import Inputs
from alliance_cohesion.core.parameters import PARAMETERS
from alliance_cohesion.inference.priors import default
from tests.core.lanes import named, transition
from tests.inputs import quiet, random_inputs

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
    status=st.integers(0, 2),
    a=st.one_of(st.floats(-1e3, 1e3), st.floats(allow_nan=False, allow_infinity=False)),
    D=st.floats(0, 1),
    renewal=st.integers(0, 1),
)
@example(row=DRIVING_OUT, dt=1 / 365, status=0, a=-29.6, D=0.0, renewal=1)
@example(row=LOW, dt=1e6, status=1, a=-1e308, D=1.0, renewal=1)
@settings(max_examples=500)
def test_probabilities_sum_to_one_over_the_whole_box(row, dt, status, a, D, renewal):
    found = np.array(transition(named(row), dt, status, a, D, renewal))
    assert abs(found.sum() - 1.0) < 1e-12
    assert ((found >= 0.0) & (found <= 1.0 + ROUNDING)).all()


@given(row=draws, seed=st.integers(0, 10_000), steps=st.integers(2, 30), states=st.integers(1, 6))
@settings(max_examples=60)
def test_along_any_record_they_sum_to_one_in_every_step_for_every_state(row, seed, steps, states):
    inputs = random_inputs(seed, steps=max(steps, 5), states=states)
    along = replay.trace(inputs, row[np.newaxis])
    assert np.abs(along.probabilities.sum(axis=-1) - 1.0).max() < 1e-12
    assert along.probabilities.min() >= 0.0
    assert np.isfinite(along.latent[:, 1:]).all()
    score = replay.scores(inputs, row[np.newaxis], np.zeros(along.probabilities.shape[1:3], int))
    assert np.isfinite(score).all()
    assert (score <= 1e-9).all()


@given(row=draws, seed=st.integers(0, 10_000), states=st.integers(1, 5))
@settings(max_examples=40)
def test_at_the_ends_the_two_engines_still_make_the_same_finite_histories(row, seed, states):
    inputs = random_inputs(seed, steps=8, states=states)
    made = ensemble.simulate(inputs, row[np.newaxis], 3, seed)
    assert np.isfinite(made.alignment).all()
    assert set(np.unique(made.path)) <= {0, 1, 2}
    for number in range(3):
        path, alignment = AllianceModel(inputs, row[np.newaxis], number, seed).play()
        assert np.array_equal(path, made.path[number])
        assert np.array_equal(alignment, made.alignment[number])


def test_the_prior_itself_reaches_nowhere_that_chances_break():
    inputs = random_inputs(3)
    believed = default()
    along = replay.trace(inputs, believed.transform(believed.cube(500, 1)))
    assert np.abs(along.probabilities.sum(axis=-1) - 1.0).max() < 1e-12


def flipping() -> Inputs:
    """All states leave in one time step and are back in the next, for as long as it lasts."""
    inputs = quiet(steps=40, states=4)
    record = np.zeros_like(inputs.record)
    record[1::2] = 2
    return Inputs(
        inputs.name, inputs.states, inputs.steps, inputs.end, inputs.drivers, inputs.initial, record
    )


@pytest.mark.parametrize("row", [LOW, HIGH, (LOW + HIGH) / 2, DRIVING_OUT])
def test_states_that_all_leave_and_return_every_step_have_a_finite_score(row):
    inputs = flipping()
    score = replay.scores(inputs, row[np.newaxis], np.zeros((len(inputs.decided), 4), int))
    assert np.isfinite(score).all()
    assert np.isfinite(replay.trace(inputs, row[np.newaxis]).probabilities).all()


def test_where_everything_drives_out_and_a_signature_is_due_every_step_all_leave_at_once():
    inputs = quiet(steps=6, states=5)
    always = inputs.drivers.change(renewal=np.ones(6, np.int8), inside=np.ones((6, 5)))
    inputs = Inputs(
        "x", inputs.states, inputs.steps, inputs.end, always, inputs.initial, inputs.record
    )
    made = ensemble.simulate(inputs, DRIVING_OUT[np.newaxis], 20, 1)
    assert (made.path[:, 0] == 2).all()
    assert made.away_at_end.sum() == 20
