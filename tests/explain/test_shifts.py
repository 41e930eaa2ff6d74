"""A driver at the value that is told does halve or double the chance."""

import numpy as np
import pytest

from alliance_cohesion import rules
from alliance_cohesion.explain.shifts import grid
from alliance_cohesion.prior import NAMES
from alliance_cohesion.replay import trace
from alliance_cohesion.tick import MIND

from .cases import EVE, starter, told

SYMBOLS = ("E", "G", "P", "A", "O", "D", "rho")


def chance_with(symbol: str, value: float) -> float:
    """Velia's mean chance of leaving a year with one driver changed, written out by hand."""
    world, values = starter().world, starter().draws().values
    t = int(np.searchsorted(world.decided, np.datetime64(told().first)))
    mind = dict(
        zip(MIND, trace(world, values).minds[:, t, world.states.index("Velia")].T, strict=True)
    )
    p = dict(zip(NAMES, values.T, strict=True))
    rho = mind["alpha"] / (mind["alpha"] + mind["beta"])
    more = {
        "E": p["b_S"] * (value - mind["E"]) * (2 * rho - 1),
        "G": p["b_S"] * p["gamma"] * (value - mind["G"]) * (2 * rho - 1),
        "P": -p["b_P"] * (value - mind["P"]),
        "A": -p["b_A"] * (value - mind["A"]),
        "O": -p["b_O"] * (np.log1p(value) - np.log1p(mind["O"])),
        "D": p["b_D"] * (value - told().driver("D").now.mean),
        "rho": p["b_S"] * (mind["E"] + p["gamma"] * mind["G"]) * 2 * (value - rho),
    }[symbol]
    return float(
        np.mean(
            [
                rules.chance(rules.leave_rate(a, f), 1.0)
                for a, f in zip(mind["a"] + more, p["f_leave"], strict=True)
            ]
        )
    )


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_the_chance_is_halved_or_doubled_at_the_value_told_or_nowhere_in_range(symbol):
    base, shift = told().chance.mean, told().driver(symbol).shift
    for value, multiple in ((shift.half, 0.5), (shift.double, 2.0)):
        if value is None:
            assert not shift.lowest < multiple < shift.highest
        else:
            low, high = told().driver(symbol).range
            assert low <= value <= high
            assert chance_with(symbol, value) == pytest.approx(multiple * base, rel=1e-6)


def test_some_of_the_values_are_in_range():
    shifts = [told().driver(symbol).shift for symbol in SYMBOLS]
    assert any(shift.half is not None for shift in shifts)
    assert any(shift.double is not None for shift in shifts)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_the_multiples_told_are_the_extremes_over_the_range(symbol):
    base, shift = told().chance.mean, told().driver(symbol).shift
    low, high = told().driver(symbol).range
    assert (grid(symbol)[0], grid(symbol)[-1]) == pytest.approx((low, high))
    ends = [chance_with(symbol, value) / base for value in (low, high)]
    assert shift.lowest <= min(ends) + 1e-9
    assert shift.highest >= max(ends) - 1e-9


def test_contagion_is_no_driver_to_ask_about():
    assert told("Karth", EVE).driver("C").shift is None
