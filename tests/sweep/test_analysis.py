"""Sensitivity and regions find what was put there, and say what they cannot know."""

import numpy as np
import pandas as pd
import pytest

from alliance_cohesion.analysis.sweep import discovery
from alliance_cohesion.analysis.sweep.plan import units
from alliance_cohesion.analysis.sweep.sensitivity import indices

INPUTS = ["b_D", "b_P", "b_A"]


def found(kind, points, f):
    """Indices of a function of three uniform inputs in 0 to 1, and the notes."""
    places = units(kind, points, 3, 1)
    outcomes = pd.DataFrame({"y": f(*places.T)})
    rows, notes = indices({"kind": kind, "size": points, "seed": 1}, INPUTS, outcomes)
    return {row["input"]: row for row in rows}, notes


def test_sobol_indices_of_a_known_function_are_found():
    # y = 4a + 2b has variance (16 + 4) / 12: shares 0.8 and 0.2, and c has none.
    rows, notes = found("saltelli", 1024, lambda a, b, c: 4 * a + 2 * b + 0 * c)
    for name, share in (("b_D", 0.8), ("b_P", 0.2), ("b_A", 0.0)):
        assert rows[name]["first"] == pytest.approx(share, abs=0.03)
        assert rows[name]["total"] == pytest.approx(share, abs=0.03)
        assert abs(rows[name]["total"] - share) <= rows[name]["total_ci"] + 1e-9
    assert notes == []


def test_what_acts_only_together_has_a_total_and_no_first_order():
    rows, _ = found("saltelli", 1024, lambda a, b, c: (a - 0.5) * (b - 0.5))
    assert rows["b_D"]["first"] == pytest.approx(0, abs=0.06)
    assert rows["b_D"]["total"] == pytest.approx(1, abs=0.1)


def test_morris_effects_are_those_over_the_whole_range():
    rows, _ = found("morris", 40, lambda a, b, c: 4 * a - 2 * b + a * c)
    assert rows["b_P"]["effect"] == pytest.approx(2)
    assert rows["b_P"]["spread"] == pytest.approx(0, abs=1e-9)
    assert 4 < rows["b_D"]["effect"] < 5
    assert rows["b_D"]["spread"] > 0.1


def test_sobol_indices_of_an_outcome_that_does_not_vary_are_not_defined():
    rows, notes = found("saltelli", 8, lambda a, b, c: 0 * a + 1)
    assert {row[key] for row in rows.values() for key in row if key[0] in "ft"} == {None}
    assert notes == ["Sensitivity of 'y': not defined, because it does not vary."]


def test_morris_effects_on_an_outcome_that_does_not_vary_are_zero():
    rows, notes = found("morris", 8, lambda a, b, c: 0 * a + 1)
    assert {row["effect"] for row in rows.values()} == {0.0}
    assert notes == []


def jump(a, b, c):
    """A rare jump, which few points seldom meet."""
    return (a * b > 0.7).astype(float)


@pytest.mark.parametrize("points", [8, 16, 32])
def test_too_few_points_for_sobol_indices_are_said_to_be_too_few(points):
    rows, notes = found("saltelli", points, jump)
    impossible = sum(row["total"] + row["total_ci"] for row in rows.values()) < 1
    assert impossible or max(row["total_ci"] for row in rows.values()) > 0.25
    assert "too few points" in notes[0]


def test_enough_points_for_sobol_indices_need_no_note():
    assert found("saltelli", 4096, jump)[1] == []


@pytest.fixture
def cloud():
    pytest.importorskip("ema_workbench")
    rng = np.random.default_rng(1)
    x = pd.DataFrame({"event:a.days": rng.random(500), "b": rng.random(500)})
    x["alliance:renewal"] = np.where(rng.random(500) < 0.5, "act", "automatic")
    return x


def test_the_region_that_holds_the_cases_is_found(cloud):
    cases = (cloud["event:a.days"] > 0.6) & (cloud["alliance:renewal"] == "act")
    boxes, note = discovery.regions(cloud, cases.to_numpy())
    assert note == ""
    box = boxes[0]
    assert set(box["limits"]) == {"event:a.days", "alliance:renewal"}
    assert box["limits"]["event:a.days"]["low"] == pytest.approx(0.6, abs=0.05)
    assert box["limits"]["alliance:renewal"]["values"] == ["act"]
    assert box["density"] > 0.9
    assert box["coverage"] > 0.9


@pytest.mark.parametrize("seed", range(6))
def test_a_region_is_counted_as_its_limits_are_shown(cloud, seed):
    rng = np.random.default_rng(seed)
    odds = 0.1 + 0.6 * (cloud["event:a.days"] > 0.4) * (cloud["alliance:renewal"] == "act")
    cases = rng.random(len(cloud)) < odds.to_numpy()
    boxes, _ = discovery.regions(cloud, cases)
    assert boxes
    for box in boxes:
        inside = np.ones(len(cloud), dtype=bool)
        for name, limit in box["limits"].items():
            if "values" in limit:
                inside &= cloud[name].isin(limit["values"]).to_numpy()
            else:
                shown = [float(f"{limit[end]:g}") for end in ("low", "high")]
                inside &= cloud[name].between(*shown).to_numpy()
            assert limit["p"] <= 0.05
        assert (box["points"], box["cases"]) == (inside.sum(), cases[inside].sum())
        assert box["density"] == cases[inside].mean()
        assert box["coverage"] == cases[inside].sum() / cases.sum()
        assert box["mass"] == inside.mean()


def test_too_few_cases_are_no_region():
    pytest.importorskip("ema_workbench")
    x = pd.DataFrame({"a": np.linspace(0, 1, 50)})
    for cases in (x["a"] > 0.97, x["a"] > -1):
        assert "not looked for" in discovery.regions(x, cases.to_numpy())[1]
