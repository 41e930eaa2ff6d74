"""The forecast where history answers back."""

import numpy as np
import pytest

from alliance_cohesion.analysis import counterfactual
from alliance_cohesion.analysis.counterfactual.answer import (
    BY_RULE,
    FORECAST,
    contested,
    forecast_by_rule,
)


@pytest.fixture(scope="module")
def pair():
    return counterfactual.load("armenia-answered-2021-2022")


def test_the_rows_in_question_are_those_that_differ(pair):
    keep = contested(pair.base.scenario, pair.changed.scenario)
    assert keep
    assert all(one.startswith("arm-202") for one in keep)


def test_a_change_that_changes_nothing_has_no_effect_where_history_answers_back(pair):
    same = counterfactual.Pair(pair.base, pair.base)
    sample = pair.sample(40, seed=1)
    base, changed = forecast_by_rule(same, sample, 80, seed=1)
    assert np.array_equal(base, changed)


def test_help_still_helps_where_history_answers_back(pair):
    sample = pair.sample(100, seed=1, all_of_it=False)
    base, changed = forecast_by_rule(pair, sample, 800, seed=1)
    asked = pair.base.inputs.states.index(pair.base.inputs.states[pair.focal[0]])
    assert (base[:, -1, asked] != 0).mean() > (changed[:, -1, asked] != 0).mean()


def test_an_answer_reports_both_the_script_and_the_rules(pair):
    found = counterfactual.answer(pair, 80, seed=1)
    assert {FORECAST, BY_RULE} <= set(found.data["question"].values)
    assert "effect_by_rule" in found.tables["moves"]
