"""Rates are per year, so the length of a tick hardly matters; docs/model-notes.md says how much.

The figures there were measured with 20,000 histories (`python benchmarks/ticks.py`). The
tolerances here leave a small margin over them. Measure again when the posterior is renewed.
"""

import numpy as np
import pytest

from benchmarks.ticks import apart, away


@pytest.mark.slow
def test_by_the_prior_month_quarter_and_year_ticks_give_the_same_chances_within_the_stated_bounds():
    found = apart(20_000, seed=1, posterior="prior")
    assert below(found["month and quarter"], largest=0.015, mean=0.005)
    assert below(found["quarter and year"], largest=0.045, mean=0.0125)
    assert below(found["month and year"], largest=0.045, mean=0.0125)


@pytest.mark.slow
def test_by_the_parameters_a_run_uses_by_default_they_do_too_within_wider_bounds():
    found = apart(20_000, seed=1)
    assert below(found["month and quarter"], largest=0.045, mean=0.007)
    assert below(found["quarter and year"], largest=0.11, mean=0.02)
    assert below(found["month and year"], largest=0.11, mean=0.02)


def test_a_few_thousand_histories_show_no_more_than_that_and_their_noise():
    quarter, year = (away(tick, 3000, 1, "prior") for tick in ("quarter", "year"))
    assert np.abs(quarter - year).max() < 0.06
    assert np.abs(quarter - year).mean() < 0.02


def below(found: tuple[float, float], largest: float, mean: float) -> bool:
    return found[0] < largest and found[1] < mean
