"""A driver at the value that is told does halve or double the chance."""

import numpy as np
import pytest

from alliance_cohesion.analysis.explain.shifts import grid
from alliance_cohesion.core.replay import trace
from alliance_cohesion.core.step import LATENT
from alliance_cohesion.inference.priors import NAMES

from .cases import EVE, starter, told

SYMBOLS = ("E", "G", "P", "A", "O", "D", "rho")
VELIA, OSTRA = ("Velia", EVE), ("Ostra", "2001-06")
"""One pushed from inside the alliance, one threatened from outside it."""


def each(test):
    cases = [(question, symbol) for question in (VELIA, OSTRA) for symbol in SYMBOLS]
    return pytest.mark.parametrize(("question", "symbol"), cases)(test)


def chance_with(question: tuple[str, str], symbol: str, value: float) -> float:
    """A member's mean chance of leaving a year with one driver changed, written out by hand."""
    e, i = told(*question), starter().world.states.index(question[0])
    world, values = starter().world, starter().draws().values
    t = int(np.searchsorted(world.decided, np.datetime64(e.first)))
    mind = dict(zip(LATENT, trace(world, values).minds[:, t, i].T, strict=True))
    p = dict(zip(NAMES, values.T, strict=True))
    rho = mind["alpha"] / (mind["alpha"] + mind["beta"])
    more = {
        "E": p["b_S"] * (value - mind["E"]) * (2 * rho - 1),
        "G": p["b_S"] * p["gamma"] * (value - mind["G"]) * (2 * rho - 1),
        "P": -p["b_P"] * (value - mind["P"]),
        "A": -p["b_A"] * (value - mind["A"]),
        "O": -p["b_O"] * (np.log1p(value) - np.log1p(mind["O"])),
        "D": p["b_D"] * (value - e.driver("D").now.mean),
        "rho": p["b_S"] * (mind["E"] + p["gamma"] * mind["G"]) * 2 * (value - rho),
    }[symbol]
    return float(np.mean(-np.expm1(-np.exp(-(p["f_leave"] + mind["a"] + more)))))


@each
def test_the_chance_is_halved_or_doubled_at_the_value_told_or_nowhere_in_range(question, symbol):
    e = told(*question)
    base, shift = e.chance.mean, e.driver(symbol).shift
    for value, multiple in ((shift.half, 0.5), (shift.double, 2.0)):
        if value is None:
            assert not shift.lowest < multiple < shift.highest
        else:
            low, high = e.driver(symbol).range
            assert low <= value <= high
            assert chance_with(question, symbol, value) == pytest.approx(multiple * base, rel=1e-6)


def test_some_of_the_values_are_in_range():
    shifts = {symbol: told(*OSTRA).driver(symbol).shift for symbol in SYMBOLS}
    assert any(shift.half is not None for shift in shifts.values())
    assert any(shift.double is not None for shift in shifts.values())


def test_reliability_does_nothing_for_a_state_without_threat():
    shift = told().driver("rho").shift
    assert (told().driver("E").now.mean, told().driver("G").now.mean) == (0, 0)
    assert (shift.half, shift.double) == (None, None)
    assert (shift.lowest, shift.highest) == pytest.approx((1, 1))


@each
def test_the_multiples_told_are_the_extremes_over_the_range(question, symbol):
    e = told(*question)
    base, shift = e.chance.mean, e.driver(symbol).shift
    values = grid(symbol)
    assert (values[0], values[-1]) == pytest.approx(e.driver(symbol).range)
    multiples = [chance_with(question, symbol, value) / base for value in values]
    assert (shift.lowest, shift.highest) == pytest.approx((min(multiples), max(multiples)))


def test_contagion_is_no_driver_to_ask_about():
    assert told("Karth", EVE).driver("C").shift is None
