"""The fit: weighted draws, hold-outs by weighting anew, tempering, and several alliances."""

import json
from dataclasses import replace

import numpy as np
import pytest

import alliance_cohesion as ac
from alliance_cohesion.core import replay
from alliance_cohesion.inference import checks, draws, figures, fit, pareto, posterior, study
from alliance_cohesion.inference import priors as prior
from alliance_cohesion.inference import record as records
from alliance_cohesion.inference.likelihood import Record
from alliance_cohesion.util import shipped

believed = prior.default()


@pytest.fixture(scope="module")
def csto():
    inputs = ac.load("csto").inputs
    return Record(inputs, records.cluster_blocks(inputs))


@pytest.fixture(scope="module")
def charter():
    inputs = ac.load("cis-charter").inputs
    return Record(inputs, records.cluster_blocks(inputs))


@pytest.fixture(scope="module")
def quick(csto):
    return fit.fit(csto, believed, draws=2**12, seed=3)


def test_the_same_seed_gives_the_same_bytes_and_another_one_gives_the_same_answer(csto, quick):
    again = fit.fit(csto, believed, draws=2**12, seed=3)
    other = fit.fit(csto, believed, draws=2**12, seed=4)
    assert again.log_weights.tobytes() == quick.log_weights.tobytes()
    assert again.values.tobytes() == quick.values.tobytes()
    error = np.hypot(quick.log_evidence_error, other.log_evidence_error)
    assert abs(quick.log_evidence - other.log_evidence) < 4 * error
    error = np.hypot(quick.held_out_error(), other.held_out_error())
    assert abs(quick.held_out().sum() - other.held_out().sum()) < 4 * error


def test_a_hold_out_by_weighting_agrees_with_a_fit_that_never_saw_the_fold(csto, quick):
    for fold in range(csto.folds):
        blind = fit.fit(
            replace(csto, fold=np.where(csto.fold == fold, -1, np.minimum(csto.fold, 0))),
            believed, draws=2**12, seed=5,
        )  # fmt: skip
        expected = quick.log_evidence - blind.log_evidence
        assert quick.held_out()[fold] == pytest.approx(expected, abs=0.25)


def test_importance_sampling_and_tempering_agree(csto, quick, monkeypatch):
    monkeypatch.setattr(fit, "_ENOUGH", 2.0)  # more than there can be
    other = fit.fit(csto, believed, draws=2**12, seed=3)
    assert (quick.method, other.method) == ("importance sampling", "sequential Monte Carlo")
    error = np.hypot(quick.log_evidence_error, other.log_evidence_error)
    assert abs(quick.log_evidence - other.log_evidence) < 4 * error
    assert other.held_out() == pytest.approx(quick.held_out(), abs=0.35)


def test_a_record_that_says_a_hundred_times_as_much_is_fitted_by_tempering():
    """A narrow peak at a point of the cube, whose volume is known."""

    def loud(points):
        off = (points[:, :2] - 0.4) / 0.002
        return [np.repeat(-0.5 * (off**2).sum(axis=1)[:, np.newaxis], 2, axis=1)]

    from alliance_cohesion.inference.tempering import tempered

    sample = tempered(loud, 6, 2**13, seed=1)
    log_weights = sample.log_mass + sample.logs[0][:, 0]
    assert fit.log_sum_exp(log_weights) == pytest.approx(np.log(2 * np.pi * 0.002**2), abs=0.25)
    mean = fit.normalized(log_weights) @ sample.points
    assert mean[:2] == pytest.approx([0.4, 0.4], abs=0.001)
    assert mean[2:] == pytest.approx(0.5, abs=0.1)


def test_two_alliances_are_fitted_together_and_each_fold_of_each_is_held_out(csto, charter):
    both = fit.fit([csto, charter], believed, draws=2**12, seed=1)
    assert [len(both.held_out(which)) for which in (0, 1)] == [csto.folds, charter.folds]
    alone = sum(fit.fit(one, believed, draws=2**12, seed=1).log_evidence for one in (csto, charter))
    # The same shared draws, one by one: neither record is counted twice or left out.
    assert both.log_weights == pytest.approx(
        both.log_mass + both.marginals[0][:, 0] + both.marginals[1][:, 0]
    )
    assert both.log_evidence == pytest.approx(alone, abs=3.0)
    own = [both.draws(400, 1, which)[:, prior.NAMES.index("f_renew")].mean() for which in (0, 1)]
    assert own[0] != pytest.approx(own[1], abs=0.05)


def test_a_posterior_file_of_two_alliances_serves_both_and_any_other(csto, charter, tmp_path):
    both = fit.fit([csto, charter], believed, draws=2**11, seed=1)
    about = {"alliances": ["CSTO", "CIS Charter"], "seed": 1, "scenario": "both"}
    path = posterior.write(tmp_path, "posterior", both, believed, (), about)
    one, other, unseen = (
        draws.draws(str(path), name, {}, seed=1) for name in ("CSTO", "CIS Charter", "Elsewhere")
    )
    assert (one.seen, other.seen, unseen.seen) == (True, True, False)
    slopes = [prior.NAMES.index(name) for name in ("b_S", "b_D", "h_align")]
    leave = prior.NAMES.index("f_leave")
    assert np.array_equal(one.values[:, slopes], other.values[:, slopes])
    assert np.array_equal(one.values[:, slopes], unseen.values[:, slopes])
    assert not np.array_equal(one.values[:, leave], other.values[:, leave])
    assert unseen.values[:, leave].std() > one.values[:, leave].std()


def test_the_tail_of_weights_is_as_heavy_as_the_distribution_they_come_from():
    chance = np.random.default_rng(1)
    for k in (0.2, 0.5, 0.9):
        weights = (chance.random(20_000) ** -k - 1) / k  # generalized Pareto
        assert pareto.pareto_k(np.log(weights + 1e-12)) == pytest.approx(k, abs=0.15)
    assert pareto.pareto_k(np.zeros(1000)) == float("-inf")


def test_ranks_of_truths_are_counted_among_fitted_draws(csto):
    (row,) = checks.check_by_prior(csto.inputs, believed, None, [3], seed=1)
    assert row["start"] == "prior"
    assert set(row["ranks"]) == {*prior.NAMES, "log likelihood"}
    assert all(0 <= rank < checks.RANKS for rank in row["ranks"].values())
    assert row["ranks"]["b_R"] == 0  # pinned: nothing lies below


def test_the_tidy_table_gives_the_gain_over_the_baseline_of_the_same_fold():
    rows = [
        {"experiment": name, "number": 0, "folds": folds, "fold": fold, "log_score": value}
        for name, folds, fold, value in (
            (study.RULES, "clusters", "a", -1.0), (study.RULES, "clusters", "b", -2.0),
            (study.BASELINE, "clusters", "a", -1.5), (study.BASELINE, "clusters", "b", -1.0),
            (study.RULES, "states", "a", -3.0), (study.BASELINE, "states", "a", -4.0),
            ("swap", "clusters", "a", -1.75),
        )
    ]  # fmt: skip
    table = figures.scores_table([*rows, {"start": "prior", "number": 0, "ranks": {}}])
    assert table["gain"].tolist() == [0.5, -1.0, 0.0, 0.0, 1.0, 0.0, -0.25]


@pytest.mark.slow
def test_a_nested_sampler_finds_the_same_evidence_and_hold_outs(csto):
    """An independent check: nested sampling over all parameters, thresholds among them."""
    dynesty = pytest.importorskip("dynesty")
    everything = np.minimum(csto.fold, 0)

    def log_likelihood(point):
        row = believed.transform(point[np.newaxis])
        return float(replay.scores(csto.inputs, row, everything)[0, 0])

    sampler = dynesty.NestedSampler(
        log_likelihood, lambda u: u, believed.dimensions,
        nlive=200, bound="none", sample="rslice", rstate=np.random.default_rng(1),
    )  # fmt: skip
    sampler.run_nested(dlogz=0.1, print_progress=False)
    nested = sampler.results
    found = fit.fit(csto, believed, draws=2**13, seed=1)
    assert found.log_evidence == pytest.approx(nested.logz[-1], abs=4 * nested.logzerr[-1])
    each = replay.scores(csto.inputs, believed.transform(nested.samples), csto.fold)
    rest = (nested.logwt - nested.logl)[:, np.newaxis] + each.sum(axis=1)[:, np.newaxis] - each
    held = nested.logz[-1] - np.array([fit.log_sum_exp(np.ascontiguousarray(r)) for r in rest.T])
    assert found.held_out() == pytest.approx(held, abs=0.5)


@pytest.mark.slow
def test_a_quick_fit_gives_the_shipped_gain_within_its_error():
    """Renew calibration/ with `cohesion calibrate csto --holdout all --out calibration`
    whenever rules, priors or evidence change."""
    quick = study.Study("csto", 2**13, 7)
    gain = quick.rules.held_out() - quick.baseline.held_out()
    told = json.loads((shipped.folder("calibration") / "figures.json").read_text())
    error = np.hypot(quick.rules.held_out_error(), told["gain"]["error"])
    assert gain.sum() == pytest.approx(told["gain"]["gain"], abs=4 * error)
