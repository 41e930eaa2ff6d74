"""Intervals, necessity, parting and variance on histories made by hand."""

from dataclasses import replace

import numpy as np

from alliance_cohesion.analysis.counterfactual.intervals import (
    estimate,
    quantiles,
    variance_ratio,
)
from alliance_cohesion.analysis.counterfactual.moves import (
    Move,
    happened,
    moves,
    outcome,
    parting,
)

from ..inputs import quiet
from .makers import Stub

M, F, O = 0, 1, 2  # noqa: E741


def test_an_interval_takes_the_noise_of_few_histories_out():
    """All draws alike: nothing between them, whatever the noise."""
    rng = np.random.default_rng(0)
    found = estimate((rng.random((8 * 500, 1)) < 0.3).astype(np.int8), 500)
    raw = (rng.random((8, 500)) < 0.3).mean(axis=0)
    assert abs(found.mean[0] - 0.3) < 0.03
    assert found.high[0] - found.low[0] < 0.6 * np.ptp(np.quantile(raw, [0.05, 0.95]))
    assert abs(found.error[0] * np.sqrt(4000) - np.sqrt(0.21)) < 0.02
    assert abs(found.error[0] - np.sqrt(0.21 / 4000)) < 0.001


def test_an_interval_keeps_what_parameters_do():
    """Draws whose chances differ evenly over 0 to 1 have an interval of 0.05 to 0.95."""
    probabilities = (np.arange(1000) + 0.5) / 1000
    u = np.random.default_rng(1).random((16, 1000))
    found = estimate((u < probabilities).astype(np.int8).reshape(-1, 1), 1000)
    assert abs(found.low[0] - 0.05) < 0.05
    assert abs(found.high[0] - 0.95) < 0.05
    assert abs(found.parameter_sd[0] - 12**-0.5) < 0.03


def test_intervals_stay_where_values_can_be():
    """Shares within 0 and 1, one-sided effects on their side, two-sided ones on both."""
    share = quantiles(*(np.array([x]) for x in (0.9, 0.25, 0.0, 0.9)))
    assert 0 < share[0][0] < 0.9 < share[1][0] <= 1
    loss = quantiles(*(np.array([x]) for x in (-0.1, 0.08, 0.1, 0.001)))
    assert -1 < loss[0][0] < -0.1 < loss[1][0] < 0
    both = quantiles(*(np.array([x]) for x in (-0.05, 0.2, 0.2, 0.15)))
    assert both[0][0] < -0.05 < 0 < both[1][0]
    same = quantiles(*(np.array([x]) for x in (1.0, 0.0, 0.0, 1.0)))
    assert same[0][0] == same[1][0] == 1.0


def move(kind, before, after, step, start, stop):
    return Move(0, kind, "", step, before, after, start, stop)


def histories(*paths):
    return np.array(paths, dtype=np.int8)[:, :, np.newaxis]


def test_a_move_counts_between_the_documented_ones_around_it():
    """Record: out in time step 1, back in time step 4, out in time step 6 of 8."""
    start = np.array([M], np.int8)
    path = histories(
        [M, O, O, O, M, M, O, O],  # as documented
        [M, M, M, M, M, M, M, O],  # only leaves late
        [M, M, F, F, F, F, F, F],  # leaves once, a little later
    )
    out = move("exit", M, O, 1, 0, 3)
    back = move("return", O, M, 4, 2, 5)
    again = move("exit", M, O, 6, 5, 7)
    assert happened(out, path, start).tolist() == [True, False, True]
    assert happened(out, path, start, out.step).tolist() == [True, False, False]
    assert happened(back, path, start).tolist() == [True, False, False]
    assert happened(again, path, start).tolist() == [True, True, False]


def test_a_stay_is_never_to_change():
    start = np.array([F], np.int8)
    path = histories([F, F, F], [F, M, F], [F, O, O])
    assert happened(move("stay", F, F, 2, 0, 2), path, start).tolist() == [True, False, False]


def test_from_a_freeze_to_the_outside():
    start = np.array([F], np.int8)
    path = histories([F, O, O], [F, F, F])
    assert happened(move("exit", F, O, 1, 0, 2), path, start).tolist() == [True, False]


def test_an_outcome_says_where_the_first_such_move_leads():
    start = np.array([M], np.int8)
    path = histories([F, O, O], [M, M, M], [O, M, F])
    assert outcome(move("freeze", M, F, 0, 0, 2), path, start).tolist() == [F, -1, O]
    assert outcome(move("stay", M, M, 2, 0, 2), path, start).tolist() == [F, -1, O]


def test_worlds_part_at_the_first_difference():
    base = np.zeros((1, 4, 2), np.int8)
    changed = np.zeros((3, 4, 2), np.int8)
    changed[0, 1:, 0] = 2
    changed[1, 3, 1] = 1
    found = parting(base, changed)
    assert found.share == 2 / 3
    assert found.median == 3


def test_pairing_cuts_the_variance_it_cuts():
    """Both worlds equal but for one history of four: var 0.25 each, difference 3/16."""
    base, changed = np.array([[0], [0], [1], [1]]), np.array([[1], [0], [1], [1]])
    assert np.isclose(variance_ratio(base, changed), (0.25 + 0.1875) / 0.1875)
    assert variance_ratio(base, base) is None


def test_a_states_moves_part_the_time_between_them():
    """Out in decided time step 1, back in 4, out in 6 of 8; another state stays throughout."""
    inputs = quiet(steps=9, states=2)
    path = inputs.record.copy()
    path[2:5, 0], path[7:, 0] = O, O
    sim = Stub(replace(inputs, record=path), {})
    found = moves(sim, inputs.drivers.first, len(inputs.steps), [0, 1])
    assert [(m.kind, m.step, m.start, m.stop) for m in found] == [
        ("exit", 1, 0, 3), ("return", 4, 2, 5), ("exit", 6, 5, 7), ("stay", 7, 0, 7),
    ]  # fmt: skip


def test_past_the_end_of_the_record_nothing_is_told_of_anybody():
    """Out in decided time step 1, back in 4; of 8 time steps the record tells four, or none."""
    inputs = quiet(steps=9, states=2)
    first, path = inputs.drivers.first, inputs.record.copy()
    path[2:5, 0] = O
    sim = Stub(replace(inputs, record=path), {})
    found = moves(sim, first, first + 4, [0, 1])
    assert [(m.kind, m.step, m.start, m.stop) for m in found] == [
        ("exit", 1, 0, 3),
        ("stay", 3, 0, 3),
    ]
    assert moves(sim, first, first, [0, 1]) == []
