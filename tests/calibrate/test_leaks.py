"""What is held out stays out, and base rates are learned from those who decided."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri

import alliance_cohesion as ac
from alliance_cohesion.core import replay
from alliance_cohesion.inference import held_out, logistic, record, signs
from alliance_cohesion.inference import priors as prior
from alliance_cohesion.inference.draws import Hyper
from alliance_cohesion.inference.fit import fit, normalized
from alliance_cohesion.inference.free_run import against_record
from alliance_cohesion.inference.likelihood import Record
from alliance_cohesion.inference.prediction import predict_held_out
from alliance_cohesion.inference.recalibrate import recalibrate

from ..inputs import quiet

believed = prior.default()


@pytest.fixture(scope="module")
def csto():
    return ac.load("csto")


@pytest.fixture(scope="module")
def few(csto):
    """A fit of few draws, so that what each fold says of each can be worked out one by one."""
    return fit(Record(csto.inputs, record.cluster_blocks(csto.inputs)), believed, draws=64, seed=1)


def test_the_weights_without_a_fold_are_those_of_the_other_folds_alone(csto, few):
    """Thresholds integrated out by brute force: their prior, sampled."""
    inputs, fold = csto.inputs, few.records[0].fold
    chance = np.random.default_rng(1)
    best = np.argsort(-few.log_weights)[:3]
    columns = [prior.NAMES.index(name) for name in believed.thresholds]
    for held in range(few.records[0].folds):
        others = np.where(fold == held, -1, np.minimum(fold, 0))
        for d in best:
            rows = np.repeat(few.values[d : d + 1], 40_000, axis=0)
            rows[:, columns] += few.spread[d, columns] * chance.standard_normal((40_000, 4))
            each = replay.scores(inputs, rows, others)[:, 0]
            expected = np.log(np.mean(np.exp(each)))
            found = few.log_weights_without(held)[d] - few.log_mass[d]
            assert found == pytest.approx(expected, abs=0.06)


def test_a_fold_is_predicted_by_draws_that_have_not_seen_it(csto, few, monkeypatch):
    inputs = csto.inputs
    made = predict_held_out(few, seed=1)
    for held in range(few.records[0].folds):
        cells = few.records[0].fold == held
        blind = few.draws(2000, 1, without=held)
        along = replay.trace(inputs, blind).probabilities
        assert made.probability[cells] == pytest.approx(along.mean(axis=0)[cells])
        # Draws are as often chosen as their weight without the fold says.
        slope = prior.NAMES.index("b_S")
        mean = normalized(few.log_weights_without(held)) @ few.values[:, slope]
        assert blind[:, slope].mean() == pytest.approx(mean, rel=0.01)


def test_thresholds_of_a_held_out_prediction_have_not_seen_the_fold(csto):
    """Had all refused at the renewal: thresholds that know it differ from those that do not."""
    inputs = csto.inputs
    fold = record.cluster_blocks(inputs)
    path = inputs.record.copy()
    t = inputs.drivers.first + int(
        np.flatnonzero(inputs.drivers.renewal[inputs.drivers.first :])[0]
    )
    path[t:] = 2
    refused = Record(replace(inputs, record=path), fold)
    seen, other = fit(Record(inputs, fold), believed, draws=64, seed=1), None
    other = replace(seen, records=(refused,))
    k, held = prior.NAMES.index("f_renew"), int(fold[t - inputs.drivers.first].max())
    chosen = np.arange(64)
    blind = [one.parameters(chosen, 1, without=held)[:, k] for one in (seen, other)]
    knowing = [one.parameters(chosen, 1)[:, k] for one in (seen, other)]
    assert blind[0] == pytest.approx(blind[1])
    assert (knowing[1] < knowing[0]).mean() > 0.9


def test_a_fit_learns_from_every_fold_and_not_from_what_is_left_out():
    inputs = quiet(steps=30, states=3)
    path = inputs.record.copy()
    path[20:, 1] = 2
    inputs = replace(inputs, record=path)
    fold = np.where(np.arange(29)[:, np.newaxis] < 10, 0, 1) + np.zeros((29, 3), int)
    found = {
        name: fit(Record(inputs, some), believed, draws=1024, seed=1)
        for name, some in (
            ("both", fold), ("one", np.zeros_like(fold)), ("first", np.where(fold == 1, -1, 0)),
        )
    }  # fmt: skip
    error = np.hypot(found["both"].log_evidence_error, found["one"].log_evidence_error)
    both, one, first = (found[name].log_evidence for name in ("both", "one", "first"))
    assert both == pytest.approx(one, abs=4 * error)
    assert first > both + 1.0
    assert first - both == pytest.approx(-found["both"].held_out()[1], abs=4 * error)


def test_the_logistic_baseline_scores_a_block_by_a_fit_to_the_others(csto):
    inputs = csto.inputs
    block = record.cluster_blocks(inputs)
    found = logistic.held_out_logistic(inputs, block)
    _, after = record.statuses(inputs)
    for held in range(len(found)):
        blind = logistic.logistic_probabilities(inputs, (block >= 0) & (block != held))
        happened = np.take_along_axis(blind, after[..., None].astype(int), -1)[..., 0]
        assert found[held] == pytest.approx(np.log(happened[block == held]).sum())


def test_the_baseline_of_an_alliance_that_was_fitted_is_held_out_as_the_rules_are(csto):
    fold = record.cluster_blocks(csto.inputs)
    rules, baseline = (
        one(csto.inputs, believed, fold, draws=256, seed=1)
        for one in (held_out.fit_rules, held_out.fit_baseline)
    )
    found = held_out.hold_out(rules, baseline, seed=1)
    blind = predict_held_out(baseline, 1)
    assert np.array_equal(found.baseline.probability, blind.probability, equal_nan=True)
    assert np.array_equal(found.baseline_score, baseline.held_out())


def test_a_graded_sign_belongs_to_the_end_of_its_year(csto):
    found = signs.read(csto.scenario, csto.inputs)
    assert len(found.step)
    months = csto.inputs.decided[found.step].astype("datetime64[M]").astype(int) % 12 + 1
    assert (months == 10).all()  # the last quarter


def test_half_of_those_asked_refuse_so_the_threshold_is_an_even_chance():
    inputs = quiet(steps=8, states=40)
    inputs.drivers.renewal[5] = 1
    path = inputs.record.copy()
    path[5:, :20] = 2
    flat = believed.transform(believed.cube(300, seed=3))
    flat[:, : prior.NAMES.index("f_leave")] = 0.0  # no slope, so alignment is zero throughout
    same = {name: np.zeros(300) for name in believed.thresholds}
    wide = {name: np.full(300, 2.0) for name in believed.thresholds}
    found = recalibrate(replace(inputs, record=path), flat, Hyper(same, wide), seed=1)
    assert found[:, prior.NAMES.index("f_renew")].mean() == pytest.approx(0.0, abs=0.1)


def test_alliances_lie_apart_by_the_spread_that_was_drawn():
    cube = believed.cube(50, seed=4)
    values, hyper = believed.split(cube)
    for j, name in enumerate(believed.thresholds):
        mean, spread = hyper[:, 1 + 2 * j], hyper[:, 2 + 2 * j]
        place = ndtri(cube[:, 1 + len(prior.NAMES) + 2 * j + 1])
        assert values[:, prior.NAMES.index(name)] == pytest.approx(mean + spread * place)


def test_a_change_two_years_off_is_within_two_years_and_changes_a_year_apart_are_one_cluster():
    inputs = quiet(steps=20, states=2)
    path = inputs.record.copy()
    path[3:, 0] = 2
    path[7:, 1] = 2
    inputs = replace(inputs, record=path)
    late = np.zeros((1, 19, 2), np.int8)
    late[0, 10:, 0] = 2  # eight quarters after time step 2
    first = against_record(inputs, late).changes[0]
    assert (first.within_1_year, first.within_2_years) == (0.0, 1.0)
    assert [len(group) for group in record.clusters(inputs)] == [2]
