"""Guards on points placed by hand."""

import numpy as np

from alliance_cohesion.analysis.counterfactual import guards
from alliance_cohesion.analysis.counterfactual import load as load_pair
from alliance_cohesion.analysis.counterfactual.guards import (
    in_hull,
    logistic_changes,
    nearest,
    span,
)
from alliance_cohesion.simulation import load

from .makers import change, pair_of, rows

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.2, 0.8]])


def test_a_mixture_is_in_the_hull_and_a_corner_beyond_is_not():
    assert in_hull(np.array([0.5, 0.5]), SQUARE)
    assert in_hull(np.array([1.0, 1.0]), SQUARE)
    assert not in_hull(np.array([1.1, 0.5]), SQUARE)


def test_inside_the_ranges_is_not_yet_inside_the_hull():
    triangle = SQUARE[:3]
    assert in_hull(np.array([0.3, 0.3]), triangle)
    assert not in_hull(np.array([0.8, 0.8]), triangle)


def test_the_short_cut_to_the_hull_agrees_with_the_linear_programme(monkeypatch):
    rng = np.random.default_rng(3)
    evidence = rng.random((60, 4)) ** 2
    points = rng.random((300, 4)) * 0.7
    quick = [in_hull(point, evidence) for point in points]
    monkeypatch.setattr(guards, "_STEPS", 0)
    assert quick == [in_hull(point, evidence) for point in points]
    assert 0 < sum(quick) < len(points)


def test_gower_distance_by_hand():
    """Ranges 1 and 10: (0.5 / 1 + 2 / 10) / 2 to the nearer; its own neighbours do not count."""
    evidence = np.array([[0.0, 0.0], [1.0, 10.0], [0.5, 2.0]])
    known = np.array([[0, 0], [5, 1], [9, 2]])
    found = nearest(
        np.array([[0.5, 2.0]]), np.array([[10, 2]]), evidence, known, np.array([1.0, 10.0]), 4
    )
    assert np.isclose(found[0], (0.5 + 0.2) / 2)
    far = nearest(
        np.array([[0.5, 2.0]]), np.array([[20, 2]]), evidence, known, np.array([1.0, 10.0]), 4
    )
    assert far[0] == 0
    of_another = nearest(
        np.array([[0.5, 2.0]]), np.array([[10, 0]]), evidence, known, np.array([1.0, 10.0]), 4
    )
    assert of_another[0] == 0  # near in time, but no decision of its own


def test_no_change_alters_nothing():
    inputs = load("csto").inputs
    pair = pair_of(inputs, inputs)
    mean = rows(50).mean(axis=0)
    found = span(pair, mean, mean, inputs.record[pair.branch :])
    assert found.altered == 0
    assert found.in_hull is None
    changes = logistic_changes(pair)
    assert changes is not None
    assert np.nanmax(np.abs(changes)) == 0


def test_a_level_never_seen_is_told_to_be_beyond_the_evidence():
    inputs = load("csto").inputs
    f = inputs.drivers
    offer = f.driver("offer").copy()
    offer[-12:, 2] = 500.0
    pair = pair_of(inputs, change(inputs, offer=offer))
    mean = rows(50).mean(axis=0)
    found = span(pair, mean, mean, inputs.record[pair.branch :])
    assert found.altered == 11  # acted on from the time step after
    assert found.in_hull == 0
    assert found.near == 0
    assert "ln(1 + O)" in found.beyond
    assert found.farthest[0] == inputs.states[2]


def test_the_logistic_baseline_knows_a_kinder_world():
    pair = load_pair("counterfactuals/armenia-answered-2021-2022")
    changes = logistic_changes(pair)
    assert changes is not None
    assert changes[pair.base.inputs.states.index("ARM")] < 0
