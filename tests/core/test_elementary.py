"""exp and its kin against mpmath, over their whole range."""

import mpmath
import numpy as np
import pytest

from alliance_cohesion.core import elementary
from alliance_cohesion.core.elementary import each

rng = np.random.default_rng(1)
TINY = rng.normal(0, 1e-9, 200)
EVERY_SIZE = np.exp(rng.uniform(-700, 709, 2000))
RANGES = {
    "exp": (rng.uniform(-745, 709.7, 2000), rng.uniform(-1, 1, 1000), TINY),
    "expm1": (rng.uniform(-45, 709.7, 1500), rng.uniform(-1, 1, 2000), TINY, [1e-300, -1e-300]),
    "log": (EVERY_SIZE, rng.uniform(0.5, 2, 1500), 1 + TINY, [5e-324, 1e-310, 1.7e308]),
    "log1p": (EVERY_SIZE, rng.uniform(-1, 2, 1500), TINY, np.exp(rng.uniform(-36, -1, 500)) - 1),
}  # fmt: skip


def units_off(found: np.ndarray, exact: list) -> float:
    """The largest distance in units in the last place of the exact value."""
    return max(
        float(abs(mpmath.mpf(float(y)) - t) / mpmath.mpf(float(np.spacing(abs(float(t))))))
        for y, t in zip(found, exact, strict=True)
    )


@pytest.mark.parametrize("name", RANGES)
def test_they_are_right_to_two_units_in_the_last_place(name):
    x = np.concatenate([np.asarray(part, float) for part in RANGES[name]])
    with mpmath.workdps(40):
        exact = [getattr(mpmath, name)(mpmath.mpf(float(value))) for value in x]
        assert units_off(each(getattr(elementary, name), x), exact) <= 2.0


def test_the_normal_quantile_is_right_to_four_units_in_the_last_place():
    p = np.concatenate([rng.uniform(1e-9, 1, 500), np.exp(rng.uniform(-80, -1, 100)), 0.5 + TINY])
    with mpmath.workdps(100):
        exact = [mpmath.sqrt(2) * mpmath.erfinv(2 * mpmath.mpf(float(value)) - 1) for value in p]
        assert units_off(each(elementary.normal_quantile, p), exact) <= 4.0


def test_at_the_ends_they_give_what_ieee_754_wants():
    e, inf, nan = elementary, np.inf, np.nan
    assert (e.exp(710.0), e.exp(-746.0), e.exp(inf), e.exp(-inf)) == (inf, 0.0, inf, 0.0)
    assert (e.expm1(800.0), e.expm1(-1e9), e.expm1(0.0)) == (inf, -1.0, 0.0)
    assert (e.log(0.0), e.log(1.0), e.log(inf)) == (-inf, 0.0, inf)
    assert (e.log1p(-1.0), e.log1p(0.0)) == (-inf, 0.0)
    assert (e.normal_quantile(0.0), e.normal_quantile(0.5), e.normal_quantile(1.0)) == (
        -inf,
        0,
        inf,
    )
    for function in (e.exp, e.expm1, e.log, e.log1p, e.normal_quantile):
        assert np.isnan(function(nan))
    assert np.isnan(e.log(-1.0))
    assert np.isnan(e.normal_quantile(2.0))


def test_a_log_of_summed_exponentials_neither_overflows_nor_vanishes():
    values = np.array([1000.0, 1000.0 + np.log(3.0)])
    assert elementary.log_sum_exp(values) == pytest.approx(1000.0 + np.log(4.0))
    assert elementary.log_sum_exp(values - 2000.0) == pytest.approx(-1000.0 + np.log(4.0))
    assert elementary.log_sum_exp(np.array([-np.inf, -np.inf])) == -np.inf
