"""Slow checks of the fit itself."""

import json

import numpy as np
import pytest

import alliance_cohesion as ac
from alliance_cohesion.inference import figures, holdout, record
from alliance_cohesion.inference import priors as prior
from alliance_cohesion.inference.fit import fit
from alliance_cohesion.inference.publish import publish
from alliance_cohesion.inference.study import Bench
from alliance_cohesion.util import shipped

pytestmark = pytest.mark.slow


def test_reweighted_hold_outs_agree_with_fits_that_never_saw_the_block():
    world, believed = ac.load("csto").world, prior.default()
    block = record.cluster_blocks(world)
    whole = holdout.fit_block(world, believed, block, live=200, seed=1)
    quick = whole.held_out(world, block)
    mask = ((block >= 0) & (block != 3)).astype(np.int8)
    without = fit(world, believed, mask, live=200, seed=2)
    assert quick[3] == pytest.approx(whole.log_evidence - without.log_evidence, abs=0.5)


def test_a_short_calibration_gives_the_shipped_gain_within_its_noise():
    """Renew calibration/ with `cohesion calibrate csto --holdout all --out calibration`
    whenever rules, priors or evidence change."""
    bench = Bench("csto", 200, 100, 7)
    world, block = bench.world, bench.block
    gain = bench.fit.held_out(world, block) - bench.null.held_out(
        figures.tasks.rivals.silence(world), block
    )
    told = json.loads((shipped.folder("calibration") / "figures.json").read_text())
    assert gain.sum() == pytest.approx(told["gain"]["gain"], abs=0.9)


def test_the_short_form_of_the_calibration_gives_every_figure(tmp_path):
    bench = Bench("csto", 100, 50, 3)
    made = publish(bench, figures.plan("short"), tmp_path, "cohesion calibrate csto")
    for name in (
        "gain", "gain_lagged_one_tick", "gain_forward", "gain_leave_one_state_out", "baselines",
        "placebos", "gain_with_graded_signs", "simulation_based_calibration", "free_run",
        "prior_predictive", "posterior", "reactions_held_out",
    ):  # fmt: skip
        assert made[name], name
    assert made["gain"]["gain"] > made["placebos"]["swap"]["mean_gain"]
    assert made["gain"]["gain"] > made["baselines"]["number of rows so far"]["gain"]
    stored = json.loads((shipped.folder("calibration") / "figures.json").read_text())
    assert set(made["gain"]["gain_by_cluster"]) == set(stored["gain"]["gain_by_cluster"])
