"""Stored results are made again, number for number.

When this fails after a change of the rules, the record or the posterior, look at how far the
numbers moved, say so in `CHANGELOG.md`, then renew with `make reference` in a commit of its own.
When it fails after any other change, that change has a bug. When it fails on another machine
only, `python -m tests.reproduce.pythons` says what differs there.
"""

import json

import pytest

from .reproduce.reference import FOLDER, REFERENCES, SLOW, TELL, differences, text

RENEW = (
    "If rules, record or posterior were meant to change, renew with `make reference` in a commit "
    "that says how far the numbers moved; else find the bug."
)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in REFERENCES],
)
def test_a_shipped_scenario_gives_its_stored_results(name):
    stored = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    found = differences(stored, json.loads(text(REFERENCES[name]())))
    told = "\n  ".join([*found[:TELL], *([f"and {len(found) - TELL} more"] * (len(found) > TELL))])
    assert not found, f"{name}: {len(found)} values differ:\n  {told}\n{RENEW}"


def test_every_stored_result_is_made_again():
    assert {path.stem for path in FOLDER.glob("*.json")} == set(REFERENCES)


def test_differences_are_told_by_name_the_largest_first():
    stored = {"states": [{"state": "ARM", "away": 0.25}, {"state": "BLR", "away": 0.1}], "seed": 1}
    made = {"states": [{"state": "ARM", "away": 0.26}, {"state": "BLR", "away": 0.2}], "seed": 1}
    assert differences(stored, stored) == []
    assert differences(stored, made) == [
        "states[1 BLR].away: by 0.1: stored 0.1, now 0.2",
        "states[0 ARM].away: by 0.01: stored 0.25, now 0.26",
    ]
    assert differences(stored, {**stored, "seed": None}) == ["seed: stored 1, now None"]
    assert differences(stored, {**stored, "states": stored["states"][:1]})[0].startswith("states")
