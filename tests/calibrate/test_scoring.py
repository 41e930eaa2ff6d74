"""Scores against brute force."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from alliance_cohesion import record, scoring
from alliance_cohesion.freerun import against_record

from ..worlds import quiet


def moved(changes):
    """Three states, twelve quarters; `changes` are (tick, state, standing)."""
    world = quiet(ticks=13, states=3)
    path = world.record.copy()
    for tick, state, standing in changes:
        path[tick + 1 :, state] = standing
    return replace(world, record=path)


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


def test_the_rank_of_the_mover_is_among_its_peers_only():
    chances = np.array([[0.9, 0.0, 0.1], [0.5, 0.0, 0.5], [0.01, 0.0, 0.99]])
    assert scoring.rank_of_mover(chances, np.array([0, 0, 2]), 1) == (1, 2)
    assert scoring.rank_of_mover(chances, np.array([0, 0, 2]), 0) == (2, 2)


def test_perfect_chances_have_perfect_scores_and_the_null_has_no_skill():
    world = moved([(4, 0, 2)])
    _, after = record.standings(world)
    perfect = np.eye(3)[after]
    null = np.full((*after.shape, 3), 1 / 3)
    scores = scoring.proper_scores(world, perfect, null)
    assert scores["brier"].model == 0.0
    assert scores["brier"].skill == 1.0
    assert scoring.proper_scores(world, null, null)["ranked probability"].skill == 0.0


def test_the_calibration_curve_counts_every_decision_once():
    world = moved([(4, 0, 2), (8, 1, 1)])
    rng = np.random.default_rng(0)
    leave = rng.random((12, 3)) * 0.2
    chances = np.stack([1 - leave, np.zeros_like(leave), leave], axis=-1)
    bins = scoring.calibration_curve(world, chances)
    before, _ = record.standings(world)
    assert sum(b.decisions for b in bins) == int((before == 0).sum())
    assert sum(b.moves for b in bins) == 2


def test_changes_close_to_each_other_are_one_cluster_and_every_decision_is_held_out_once():
    world = moved([(2, 0, 2), (3, 1, 2), (10, 2, 1)])
    groups = record.clusters(world)
    assert [len(group) for group in groups] == [2, 1]
    assert [change.kind for group in groups for change in group] == ["exit", "exit", "freeze"]
    block = record.cluster_blocks(world)
    assert set(np.unique(block)) == {0, 1}
    assert block[3, 0] == 0
    assert block[10, 2] == 1


def test_time_and_state_blocks_split_all_decisions():
    world = moved([(2, 0, 2)])
    until = world.decided[5]
    assert (record.time_blocks(world, until)[:6] == 0).all()
    assert (record.time_blocks(world, until)[6:] == 1).all()
    assert (record.state_blocks(world) == np.array([0, 1, 2])).all()


def test_a_second_exit_is_matched_by_a_second_exit():
    world = moved([(2, 0, 2), (5, 0, 0), (9, 0, 2)])
    path = np.stack([world.record[1:], np.where(np.arange(12)[:, None] >= 2, 2, 0) * [1, 0, 0]])
    found = against_record(world, path.astype(np.int8))
    first, back, second = found.changes
    assert (first.ever, back.ever, second.ever) == (1.0, 0.5, 0.5)
    assert first.median == world.decided[2]
    assert found.no_stayer_leaves == 1.0
    assert found.documented_leavers == 1


def test_a_stayer_that_leaves_is_counted():
    world = moved([(2, 0, 2)])
    path = np.zeros((4, 12, 3), dtype=np.int8)
    path[0, 6:, 1] = 2
    found = against_record(world, path)
    assert found.no_stayer_leaves == 0.75
    assert found.false_leavers == 0.25
