"""Sensitivity and regions find what was put there."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from alliance_cohesion.analysis.sweep import discovery
from alliance_cohesion.analysis.sweep.sensitivity import indices
from alliance_cohesion.analysis.sweep.tables import Means

from .sweeps import plan

VARY = {"b_D": "0:1", "b_P": "0:1", "b_A": "0:1"}
OUTCOME = '\n[[sweep.outcome]]\nname = "y"\nmeasure = "whole"\n'


def found(tmp_path, design, points, f):
    """Indices of a function of three uniform inputs in 0 to 1."""
    made = plan(tmp_path, OUTCOME, vary=VARY, design=design, points=points)
    y = f(*made.units.T)[:, np.newaxis]
    rows = indices(made, Means(np.arange(len(y)), y, np.zeros_like(y)))
    return {row["input"]: row for row in rows}


def test_sobol_indices_of_a_known_function_are_found(tmp_path):
    # y = 4a + 2b has variance (16 + 4) / 12: shares 0.8 and 0.2, and c has none.
    rows = found(tmp_path, "saltelli", 1024, lambda a, b, c: 4 * a + 2 * b + 0 * c)
    for name, share in (("b_D", 0.8), ("b_P", 0.2), ("b_A", 0.0)):
        assert rows[name]["first"] == pytest.approx(share, abs=0.03)
        assert rows[name]["total"] == pytest.approx(share, abs=0.03)
        assert abs(rows[name]["total"] - share) <= rows[name]["total_pm"] + 1e-9


def test_what_acts_only_together_has_a_total_and_no_first_order(tmp_path):
    rows = found(tmp_path, "saltelli", 1024, lambda a, b, c: (a - 0.5) * (b - 0.5))
    assert rows["b_D"]["first"] == pytest.approx(0, abs=0.06)
    assert rows["b_D"]["total"] == pytest.approx(1, abs=0.1)


def test_morris_effects_are_those_over_the_whole_range(tmp_path):
    rows = found(tmp_path, "morris", 40, lambda a, b, c: 4 * a - 2 * b + a * c)
    assert rows["b_P"]["effect"] == pytest.approx(2)
    assert rows["b_P"]["spread"] == pytest.approx(0, abs=1e-9)
    assert 4 < rows["b_D"]["effect"] < 5
    assert rows["b_D"]["spread"] > 0.1


def test_an_outcome_that_does_not_move_has_no_sensitivity(tmp_path):
    for design in ("saltelli", "morris"):
        rows = found(tmp_path / design, design, 8, lambda a, b, c: 0 * a + 1)
        assert {row[key] for row in rows.values() for key in row if key[0] in "te"} == {0.0}


def test_the_region_that_holds_the_cases_is_found():
    pytest.importorskip("ema_workbench")
    rng = np.random.default_rng(1)
    x = pd.DataFrame({"event:a.days": rng.random(500), "b": rng.random(500)})
    x["alliance:renewal"] = np.where(rng.random(500) < 0.5, "act", "automatic")
    cases = (x["event:a.days"] > 0.6) & (x["alliance:renewal"] == "act")
    boxes, note = discovery.regions(x, cases.to_numpy())
    assert note == ""
    box = boxes[0]
    assert set(box["limits"]) == {"event:a.days", "alliance:renewal"}
    assert box["limits"]["event:a.days"]["low"] == pytest.approx(0.6, abs=0.05)
    assert box["limits"]["alliance:renewal"]["values"] == ["act"]
    assert box["density"] > 0.9
    assert box["coverage"] > 0.9


def test_too_few_cases_are_no_region():
    pytest.importorskip("ema_workbench")
    x = pd.DataFrame({"a": np.linspace(0, 1, 50)})
    for cases in (x["a"] > 0.97, x["a"] > -1):
        assert "not looked for" in discovery.regions(x, cases.to_numpy())[1]


def test_a_plan_says_what_it_is_whatever_is_asked_of_it_later(tmp_path):
    made = plan(tmp_path, OUTCOME, vary=VARY)
    assert replace(made, histories=7).digest == made.digest
    assert replace(made, seed=7).digest != made.digest
