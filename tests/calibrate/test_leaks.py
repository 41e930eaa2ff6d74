"""What is held out stays out, and base rates are learned from those who decided."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri

import alliance_cohesion as ac
from alliance_cohesion.analysis import compare
from alliance_cohesion.core import replay
from alliance_cohesion.inference import draws, logistic, record, signs
from alliance_cohesion.inference import priors as prior
from alliance_cohesion.inference.baselines import silence
from alliance_cohesion.inference.draws import Hyper
from alliance_cohesion.inference.fit import Fit
from alliance_cohesion.inference.free_run import against_record
from alliance_cohesion.inference.holdout import fit_block, predict
from alliance_cohesion.inference.recalibrate import recalibrate

from ..worlds import quiet

believed = prior.default()


def weightless(values) -> Fit:
    """Samples of equal prior mass, whatever they say of the record."""
    n = len(values)
    return Fit(values, np.zeros((n, 1)), np.zeros(n), np.zeros(n), 0.0, 0.0, n)


@pytest.fixture(scope="module")
def csto():
    return ac.load("csto")


def test_a_held_out_block_is_predicted_by_draws_weighted_by_the_other_blocks_only(csto):
    world = csto.world
    block = record.cluster_blocks(world)
    found = weightless(csto.draws().values[:6])
    each = replay.scores(world, found.values, block)
    along = replay.trace(world, found.values).chances
    made = predict(found, world, block, seed=1)
    for held in range(each.shape[1]):
        others = np.delete(each, held, axis=1).sum(axis=1)
        weights = np.exp(others - others.max())
        mean = np.tensordot(weights / weights.sum(), along, axes=1)
        cells = block == held
        assert made[cells] == pytest.approx(mean[cells], abs=6 / 400)  # 400 draws are taken


def test_a_fit_to_blocks_learns_from_every_one_of_them(monkeypatch):
    learned = []
    monkeypatch.setattr(
        "alliance_cohesion.inference.holdout.fit",
        lambda world, prior, mask, **_: learned.append(mask),
    )
    block = np.array([[0, 1], [2, -1]])
    fit_block(quiet(), believed, block, live=50, seed=1)
    assert learned[0].tolist() == [[1, 1], [1, 0]]


def test_the_logistic_baseline_scores_a_block_by_a_fit_to_the_others(csto):
    world = csto.world
    block = record.cluster_blocks(world)
    found = logistic.held_out_logistic(world, block)
    _, after = record.standings(world)
    for held in range(len(found)):
        blind = logistic.logistic_chances(world, (block >= 0) & (block != held))
        happened = np.take_along_axis(blind, after[..., None].astype(int), -1)[..., 0]
        assert found[held] == pytest.approx(np.log(happened[block == held]).sum())


def test_the_null_of_an_alliance_that_was_fitted_is_held_out_as_the_rules_are(csto, monkeypatch):
    null = draws.draws("null", "CSTO", {}, seed=1)
    few = weightless(null.values[:8])
    monkeypatch.setattr(compare, "fit_block", lambda *_, **__: weightless(csto.draws().values[:8]))
    monkeypatch.setattr(compare, "null_fit", lambda *_, **__: few)
    card = compare.compare(csto, histories=20, seed=1)
    block = record.cluster_blocks(csto.world)
    assert card.held_out
    assert np.array_equal(card.null, predict(few, silence(csto.world), block, 1), equal_nan=True)


def test_a_graded_sign_belongs_to_the_end_of_its_year(csto):
    found = signs.read(csto.scenario, csto.world)
    assert len(found.tick)
    months = csto.world.decided[found.tick].astype("datetime64[M]").astype(int) % 12 + 1
    assert (months == 10).all()  # the last quarter


def test_half_of_those_asked_refuse_so_the_threshold_is_an_even_chance():
    world = quiet(ticks=8, states=40)
    world.forcing.renewal[5] = 1
    path = world.record.copy()
    path[5:, :20] = 2
    flat = believed.transform(believed.cube(300, seed=3))
    flat[:, : prior.NAMES.index("f_leave")] = 0.0  # no slope, so alignment is zero throughout
    same = {name: np.zeros(300) for name in believed.thresholds}
    wide = {name: np.full(300, 2.0) for name in believed.thresholds}
    found = recalibrate(replace(world, record=path), flat, Hyper(same, wide), seed=1)
    assert found[:, prior.NAMES.index("f_renew")].mean() == pytest.approx(0.0, abs=0.1)


def test_alliances_lie_apart_by_the_spread_that_was_drawn():
    cube = believed.cube(50, seed=4)
    values, hyper = believed.split(cube)
    for j, name in enumerate(believed.thresholds):
        mean, spread = hyper[:, 1 + 2 * j], hyper[:, 2 + 2 * j]
        place = ndtri(cube[:, 1 + len(prior.NAMES) + 2 * j + 1])
        assert values[:, prior.NAMES.index(name)] == pytest.approx(mean + spread * place)


def test_a_change_two_years_off_is_within_two_years_and_changes_a_year_apart_are_one_cluster():
    world = quiet(ticks=20, states=2)
    path = world.record.copy()
    path[3:, 0] = 2
    path[7:, 1] = 2
    world = replace(world, record=path)
    late = np.zeros((1, 19, 2), np.int8)
    late[0, 10:, 0] = 2  # eight quarters after tick 2
    first = against_record(world, late).changes[0]
    assert (first.within_1_year, first.within_2_years) == (0.0, 1.0)
    assert [len(group) for group in record.clusters(world)] == [2]
