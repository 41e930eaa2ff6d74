"""Stored results are made again, number for number.

When this fails after a change of the rules, the record or the posterior, look at how far the
shares moved, then renew with `make reference` in a commit of its own. When it fails after any
other change, that change has a bug.
"""

import json
from pathlib import Path

import pytest

import alliance_cohesion as ac
from alliance_cohesion.report.subject import Subject
from alliance_cohesion.report.table import summary

REFERENCE = Path(__file__).parents[1] / "results" / "reference"


@pytest.mark.parametrize("name", ["csto", "csto-2035"])
def test_a_shipped_scenario_gives_its_stored_results(name):
    stored = json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8"))
    stored.pop("results")
    case = ac.load(name)
    made = summary(Subject(case.run(), case.scenario)).as_json()
    assert json.loads(json.dumps(made)) == stored
