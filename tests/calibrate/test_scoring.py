"""Scores against brute force."""

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest

from alliance_cohesion.inference import record
from alliance_cohesion.inference import scores as scoring
from alliance_cohesion.inference.free_run import against_record

from ..inputs import quiet


def moved(changes):
    """Three states, twelve quarters; `changes` are (time step, state, status)."""
    inputs = quiet(steps=13, states=3)
    path = inputs.record.copy()
    for step, state, status in changes:
        path[step + 1 :, state] = status
    return replace(inputs, record=path)


def test_the_set_likelihood_is_what_enumeration_gives():
    chance = np.array([0.5, 0.2, 0.1, 0.7, 0.05])
    which = np.array([0, 3])

    def joint(chosen):
        return np.prod([p if i in chosen else 1 - p for i, p in enumerate(chance)])

    everything = sum(joint(chosen) for chosen in combinations(range(5), 2))
    assert scoring.set_likelihood(chance, which) == pytest.approx(joint((0, 3)) / everything)


def test_equal_chances_make_every_set_equally_likely():
    found = scoring.set_likelihood(np.full(8, 0.31), np.array([1, 2, 7]))
    assert found == pytest.approx(1 / 56)


def test_auc_counts_pairs_in_the_right_order_and_its_p_is_exact():
    score = np.array([0.9, 0.1, 0.2, 0.3, 0.4])
    found = scoring.ranking(score, np.array([True, False, False, False, False]))
    assert found is not None
    assert found.auc == 1.0
    assert found.p == pytest.approx(1 / 5)
    worst = scoring.ranking(-score, np.array([True, False, False, False, False]))
    assert worst is not None
    assert worst.auc == 0.0


def test_there_is_no_ranking_where_nobody_moved():
    assert scoring.ranking(np.arange(3.0), np.zeros(3, dtype=bool)) is None


ALL = np.ones(4, dtype=bool)


def test_the_rank_of_the_mover_is_among_its_peers_only():
    probabilities = np.array([[0.9, 0.0, 0.1], [0.5, 0.0, 0.5], [0.01, 0.0, 0.99]])
    assert scoring.rank_of_mover(probabilities, np.array([0, 0, 2]), ALL[:3], 1) == scoring.Rank(
        1, 2, 0
    )
    assert scoring.rank_of_mover(probabilities, np.array([0, 0, 2]), ALL[:3], 0) == scoring.Rank(
        2, 2, 0
    )


def test_a_state_that_has_never_been_a_member_is_no_peer_of_one_that_comes_back():
    probabilities = np.array([[0.1, 0.0, 0.9], [0.4, 0.0, 0.6], [0.9, 0.0, 0.1]])
    out, risk = np.array([2, 2, 2]), np.array([True, True, False])
    assert scoring.rank_of_mover(probabilities, out, risk, 0) == scoring.Rank(2, 2, 0)


def test_perfect_chances_have_perfect_scores_and_the_null_has_no_skill():
    inputs = moved([(4, 0, 2)])
    _, after = record.statuses(inputs)
    perfect = np.eye(3)[after]
    null = np.full((*after.shape, 3), 1 / 3)
    scores = scoring.proper_scores(inputs, perfect, null)
    assert scores["brier"].rules == 0.0
    assert scores["brier"].skill == 1.0
    assert scoring.proper_scores(inputs, null, null)["ranked probability"].skill == 0.0


def test_the_calibration_curve_counts_every_decision_once():
    inputs = moved([(4, 0, 2), (8, 1, 1)])
    rng = np.random.default_rng(0)
    leave = rng.random((12, 3)) * 0.2
    probabilities = np.stack([1 - leave, np.zeros_like(leave), leave], axis=-1)
    bins = scoring.calibration_curve(inputs, probabilities)
    before, _ = record.statuses(inputs)
    assert sum(b.decisions for b in bins) == int((before == 0).sum())
    assert sum(b.moves for b in bins) == 2


def test_changes_close_to_each_other_are_one_cluster_and_every_decision_is_held_out_once():
    inputs = moved([(2, 0, 2), (3, 1, 2), (10, 2, 1)])
    groups = record.clusters(inputs)
    assert [len(group) for group in groups] == [2, 1]
    assert [change.kind for group in groups for change in group] == ["exit", "exit", "freeze"]
    block = record.cluster_blocks(inputs)
    assert set(np.unique(block)) == {0, 1}
    assert block[3, 0] == 0
    assert block[10, 2] == 1


def test_time_and_state_blocks_split_all_decisions():
    inputs = moved([(2, 0, 2)])
    until = inputs.decided[5]
    assert (record.time_blocks(inputs, until)[:6] == 0).all()
    assert (record.time_blocks(inputs, until)[6:] == 1).all()
    assert (record.state_blocks(inputs) == np.array([0, 1, 2])).all()


def test_a_second_exit_is_matched_by_a_second_exit():
    inputs = moved([(2, 0, 2), (5, 0, 0), (9, 0, 2)])
    path = np.stack([inputs.record[1:], np.where(np.arange(12)[:, None] >= 2, 2, 0) * [1, 0, 0]])
    found = against_record(inputs, path.astype(np.int8))
    first, back, second = found.changes
    assert (first.ever, back.ever, second.ever) == (1.0, 0.5, 0.5)
    assert first.median == inputs.decided[2]
    assert found.no_stayer_leaves == 1.0
    assert found.documented_leavers == 1


def test_a_stayer_that_leaves_is_counted():
    inputs = moved([(2, 0, 2)])
    path = np.zeros((4, 12, 3), dtype=np.int8)
    path[0, 6:, 1] = 2
    found = against_record(inputs, path)
    assert found.no_stayer_leaves == 0.75
    assert found.false_leavers == 0.25


def test_rankings_are_split_by_what_could_be_decided():
    """Two states; leaving off the window, at the window, and coming back, each told apart."""
    inputs = quiet(steps=7, states=2)
    inputs.drivers.renewal[3] = 1
    path = inputs.record.copy()
    path[2:, 0] = 1  # freezes off the window in decided time step 1, comes back in time step 4
    path[5:, 0] = 0
    path[3:, 1] = 2  # leaves at the window, in decided time step 2, and stays out
    inputs = replace(inputs, record=path)
    away = np.array([[0.1, 0.2], [0.7, 0.3], [0.5, 0.6], [0.5, 0.9], [0.2, 0.9], [0.1, 0.9]])
    freeze = away * [1.0, 0.0]  # state 0 would rather freeze than leave, and that is leaving too
    probabilities = np.stack([1 - away, freeze, away - freeze], axis=-1)
    found = scoring.rankings(inputs, probabilities, np.zeros(away.shape, int))
    off = found["leaving off the window"]
    # members off the window: 0.1, 0.7 (moved), 0.1 of state 0; 0.2, 0.3 of state 1
    assert (off.moves, off.others, off.auc) == (1, 4, 1.0)
    assert found["not signing in the window"] is None  # the only member there refused
    back = found["coming back"]
    # away: 0.5, 0.5, 0.8 (moved) to come back of state 0; 0.1 three times of state 1
    assert (back.moves, back.others, back.auc) == (1, 5, 1.0)
    turned = np.stack([away, 0 * away, 1 - away], axis=-1)
    worst = scoring.rankings(inputs, turned, np.zeros(away.shape, int))
    assert worst["leaving off the window"].auc == worst["coming back"].auc == 0.0


def test_of_those_who_had_to_sign_the_refuser_ranks_first_or_last():
    inputs = quiet(steps=3, states=3)
    inputs.drivers.renewal[2] = 1
    path = inputs.record.copy()
    path[2, 1] = 2
    away = np.array([[0.1, 0.1, 0.1], [0.3, 0.8, 0.5]])
    probabilities = np.stack([1 - away, 0 * away, away], axis=-1)
    inputs = replace(inputs, record=path)
    found = scoring.rankings(inputs, probabilities, np.zeros(away.shape, int))[
        "not signing in the window"
    ]
    assert (found.moves, found.others, found.auc) == (1, 2, 1.0)


def test_ties_count_half_in_the_area_under_the_curve():
    found = scoring.ranking(np.array([0.5, 0.5, 0.1, 0.9]), np.array([True, False, False, False]))
    assert found.auc == pytest.approx((0.5 + 1.0 + 0.0) / 3)
    assert (found.moves, found.others) == (1, 3)
    # Of the four that might have been the one that moved, three score as high or higher.
    assert found.p == pytest.approx(3 / 4)


def test_a_constant_within_each_fold_ranks_as_luck_does():
    """Over folds together it would get 0: the fold in which somebody moved has the lower level."""
    moved = np.array([True, False, False, False, False, False])
    fold = np.array([0, 0, 0, 1, 1, 1])
    score = np.where(fold == 0, 0.1, 0.2)
    assert scoring.ranking(score, moved).auc == pytest.approx(0.2)
    within = scoring.ranking(score, moved, fold)
    assert (within.auc, within.p, within.moves, within.others) == (0.5, 1.0, 1, 2)


def test_the_p_over_folds_is_the_share_of_all_orders_within_folds():
    score = np.array([0.9, 0.2, 0.1, 0.3, 0.3, 0.8, 0.1])
    moved = np.array([True, False, False, True, False, False, False])
    fold = np.array([0, 0, 0, 1, 1, 1, 1])
    found = scoring.ranking(score, moved, fold)

    def won(a, b):
        pairs = [(score[a], score[i]) for i in range(3) if i != a]
        pairs += [(score[b], score[i]) for i in range(3, 7) if i != b]
        return sum((x > y) + 0.5 * (x == y) for x, y in pairs)

    orders = [won(a, b) for a, b in product(range(3), range(3, 7))]
    assert found.auc == pytest.approx(won(0, 3) / 5)
    assert found.p == pytest.approx(np.mean([one >= won(0, 3) for one in orders]))


def test_the_area_of_one_event_carries_a_wide_interval_and_of_many_a_narrow_one():
    score, moved = np.arange(200.0), np.arange(200) == 199
    one = scoring.ranking(score, moved)
    assert (one.auc, one.high) == (1.0, 1.0)
    assert one.low < 0.6
    many = scoring.ranking(np.arange(400.0), np.arange(400) >= 200)
    assert many.low > 0.97
    middle = scoring.ranking(np.array([0.0, 1.0, 2.0]), np.array([False, True, False]))
    assert middle.low + middle.high == pytest.approx(1.0)


def test_many_decisions_without_ties_are_ranked_within_a_second_and_alike():
    rng = np.random.default_rng(1)
    score, moved = rng.permutation(2600).astype(float), np.arange(2600) < 1300
    found = scoring.ranking(score, moved)
    better = (score[moved][:, np.newaxis] > score[~moved]).mean()
    assert found.auc == pytest.approx(better)


def test_proper_scores_by_hand():
    inputs = quiet(steps=3, states=1)
    path = inputs.record.copy()
    path[2, 0] = 1
    inputs = replace(inputs, record=path)
    probabilities = np.array([[[0.8, 0.1, 0.1]], [[0.5, 0.3, 0.2]]])
    null = np.array([[[0.9, 0.0, 0.1]], [[0.9, 0.0, 0.1]]])
    found = scoring.proper_scores(inputs, probabilities, null)
    # stays, then freezes: (0.2 - 0)^2 and (0.5 - 1)^2
    assert found["brier"].rules == pytest.approx((0.04 + 0.25) / 2)
    assert found["brier"].baseline == pytest.approx((0.01 + 0.81) / 2)
    assert found["brier"].skill == pytest.approx(1 - 0.145 / 0.41)
    # cumulative chances against cumulative outcomes, two steps each
    ranked = ((0.2**2 + 0.1**2) + (0.5**2 + 0.2**2)) / 2
    assert found["ranked probability"].rules == pytest.approx(ranked)
    assert scoring.Proper(0.3, 0.0).skill == 0.0


def test_what_a_state_outside_does_has_no_part_in_the_brier_score_of_leaving():
    inputs = quiet(steps=3, states=2)
    inputs = replace(inputs, initial=np.array([0, 2], np.int8))
    path = inputs.record.copy()
    path[:, 1] = 2
    inputs = replace(inputs, record=path)
    probabilities = np.zeros((2, 2, 3))
    probabilities[:, 0] = [0.8, 0.0, 0.2]
    probabilities[:, 1] = [0.9, 0.0, 0.1]
    found = scoring.proper_scores(inputs, probabilities, probabilities)
    assert found["brier"].rules == pytest.approx(0.04)
    ranked = (2 * 0.2**2 + 2 * 0.9**2) / 2
    assert found["ranked probability"].rules == pytest.approx(ranked)


def test_the_calibration_curve_groups_decisions_by_equal_shares_of_predicted_leaving():
    inputs = quiet(steps=5, states=2)
    path = inputs.record.copy()
    path[4, 0] = 2
    inputs = replace(inputs, record=path)
    leave = np.array([[0.1, 0.1], [0.1, 0.1], [0.1, 0.1], [0.6, 0.4]])
    probabilities = np.stack([1 - leave, 0 * leave, leave], axis=-1)
    low, high = scoring.calibration_curve(inputs, probabilities, bins=2)
    # 0.6 of 1.6 leavings are expected of six decisions at 0.1, then 0.4 would pass a half
    assert (low.decisions, low.moves, low.observed) == (6, 0, 0.0)
    assert low.predicted == pytest.approx(0.1)
    assert (high.decisions, high.moves, high.observed) == (2, 1, 0.5)
    assert high.predicted == pytest.approx(0.5)
    assert scoring.calibration_curve(inputs, probabilities, bins=1)[0].decisions == 8
    even = np.full((4, 2), 0.2)
    same = np.stack([1 - even, 0 * even, even], axis=-1)
    assert len(scoring.calibration_curve(inputs, same)) == 5
    assert sum(b.decisions for b in scoring.calibration_curve(inputs, probabilities)) == 8


def test_states_that_tie_share_the_middle_rank_and_are_said_to_tie():
    probabilities = np.array([[0.5, 0.0, 0.5], [0.5, 0.0, 0.5], [0.2, 0.0, 0.8], [0.5, 0.3, 0.2]])
    before = np.array([0, 0, 0, 1])
    assert scoring.rank_of_mover(probabilities, before, ALL, 0) == scoring.Rank(2.5, 3, 1)
    assert scoring.rank_of_mover(probabilities, before, ALL, 3) == scoring.Rank(1, 1, 0)
    nothing_tells_apart = np.tile([0.7, 0.0, 0.3], (3, 1))
    assert scoring.rank_of_mover(nothing_tells_apart, np.zeros(3, int), ALL[:3], 1) == scoring.Rank(
        2, 3, 2
    )


def test_a_state_is_at_risk_from_the_step_after_the_one_in_which_it_joins():
    inputs = quiet(steps=6, states=2)
    late = replace(inputs, drivers=inputs.drivers.change(entry=np.array([0, 3])))
    assert record.at_risk(late).T.tolist() == [[True] * 5, [False, False, False, True, True]]
