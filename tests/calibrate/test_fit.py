"""Slow checks of the fit itself."""

import json

import numpy as np
import pytest

import alliance_cohesion as ac
from alliance_cohesion import prior, record, shipped
from alliance_cohesion.calibrate import figures, holdout
from alliance_cohesion.calibrate.fit import fit
from alliance_cohesion.calibrate.tasks import Bench

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
