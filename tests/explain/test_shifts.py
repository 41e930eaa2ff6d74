"""A driver at the value that is given does halve or double the probability."""

import numpy as np
import pytest

from alliance_cohesion.analysis.explain.shifts import grid
from alliance_cohesion.core.replay import trace
from alliance_cohesion.core.step import LATENT
from alliance_cohesion.inference.priors import NAMES

from .cases import EVE, now, starter, told

SYMBOLS = ("E", "G", "P", "A", "O", "D", "rho")
VELIA, OSTRA = ("Velia", EVE), ("Ostra", "2001-06")
"""One pushed from inside the alliance, one threatened from outside it."""


def each(test):
    cases = [(question, symbol) for question in (VELIA, OSTRA) for symbol in SYMBOLS]
    return pytest.mark.parametrize(("question", "symbol"), cases)(test)


def probability_with(question: tuple[str, str], symbol: str, value: float) -> float:
    """A member's mean probability of leaving a year with one driver changed, by hand."""
    e, i = told(*question), starter().inputs.states.index(question[0])
    inputs, values = starter().inputs, starter().draws().values
    t = int(np.searchsorted(inputs.decided, np.datetime64(e.first)))
    mind = dict(zip(LATENT, trace(inputs, values).latent[:, t, i].T, strict=True))
    p = dict(zip(NAMES, values.T, strict=True))
    rho = mind["alpha"] / (mind["alpha"] + mind["beta"])
    more = {
        "E": p["b_S"] * (value - mind["E"]) * (2 * rho - 1),
        "G": p["b_S"] * p["gamma"] * (value - mind["G"]) * (2 * rho - 1),
        "P": -p["b_P"] * (value - mind["P"]),
        "A": -p["b_A"] * (value - mind["A"]),
        "O": -p["b_O"] * (np.log1p(value) - np.log1p(mind["O"])),
        "D": p["b_D"] * (value - now(e, "D")),
        "rho": p["b_S"] * (mind["E"] + p["gamma"] * mind["G"]) * 2 * (value - rho),
    }[symbol]
    return float(np.mean(-np.expm1(-np.exp(-(p["f_leave"] + mind["a"] + more)))))


@each
def test_the_probability_is_halved_or_doubled_at_the_value_given_or_nowhere_in_range(
    question, symbol
):
    e = told(*question)
    base, shift = e.probability["mean"], e.shifts.loc[symbol]
    for value, multiple in ((shift["half"], 0.5), (shift["double"], 2.0)):
        if np.isnan(value):
            assert not shift["lowest_multiple"] < multiple < shift["highest_multiple"]
        else:
            assert 0 <= value <= e.drivers.loc[symbol, "high"]
            assert probability_with(question, symbol, value) == pytest.approx(
                multiple * base, rel=1e-6
            )


def test_some_of_the_values_are_in_range():
    assert told(*OSTRA).shifts[["half", "double"]].notna().any().all()


def test_reliability_does_nothing_for_a_state_without_threat():
    shift = told().shifts.loc["rho"]
    assert (now(told(), "E"), now(told(), "G")) == (0, 0)
    assert shift[["half", "double"]].isna().all()
    assert [shift["lowest_multiple"], shift["highest_multiple"]] == pytest.approx([1, 1])


@each
def test_the_multiples_given_are_the_extremes_over_the_range(question, symbol):
    e = told(*question)
    base, shift = e.probability["mean"], e.shifts.loc[symbol]
    values = grid(symbol)
    assert [values[0], values[-1]] == pytest.approx([0, e.drivers.loc[symbol, "high"]])
    multiples = [probability_with(question, symbol, value) / base for value in values]
    lowest, highest = shift["lowest_multiple"], shift["highest_multiple"]
    assert [lowest, highest] == pytest.approx([min(multiples), max(multiples)])


def test_contagion_is_no_driver_to_ask_about():
    assert [*told("Karth", EVE).shifts.index] == [*SYMBOLS]
