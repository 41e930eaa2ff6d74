"""Generated hostile inputs: each runs or is refused in words; the long form is `fuzz.py`."""

import random
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_cohesion.scenario import ScenarioError, load
from tests.scenario.builders import EVENT_COLUMNS, event, write, write_table

from . import nasty
from .fuzz import outcomes, table
from .ground import CHILD


def test_a_few_hundred_hostile_inputs_run_or_are_refused(tmp_path):
    found = list(outcomes(7, range(300), tmp_path))
    assert [one for one in found if one["wrong"]] == [], table(found)
    statuses = [one["status"] for one in found]
    assert statuses.count(0) > 20
    assert statuses.count(2) > 100


@pytest.mark.slow
def test_a_thousand_more_do_too(tmp_path):
    found = list(outcomes(8, range(1000), tmp_path))
    assert [one for one in found if one["wrong"]] == [], table(found)


def read_or_told(path: Path) -> None:
    """Any other exception, or one that says nothing, is a failure."""
    try:
        load(path)
    except ScenarioError as error:
        problems = error.problems
    else:
        return
    assert problems


CELLS = st.one_of(
    st.text(max_size=30), st.sampled_from(nasty.WORDS), st.from_regex(r"\d{1,5}-?\d*")
)
ROWS = st.lists(st.dictionaries(st.sampled_from(EVENT_COLUMNS), CELLS, max_size=6), max_size=5)


@given(rows=ROWS)
@settings(max_examples=100)
def test_whatever_stands_in_the_cells_the_table_is_read_or_its_errors_are_told(
    tmp_path_factory, rows
):
    folder = tmp_path_factory.mktemp("cells")
    sound = event("2000-01-01", "threat", "FOE", "ANA", "3")
    path = write(folder)
    cells = [{k: v.encode("utf-8", "replace").decode() for k, v in row.items()} for row in rows]
    write_table(folder / "events.csv", EVENT_COLUMNS, [sound | row for row in cells])
    read_or_told(path)


VALUES = st.recursive(
    st.one_of(st.sampled_from(nasty.WORDS), st.integers(), st.floats(), st.booleans()),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(value=VALUES, seed=st.integers(0, 10**6))
@settings(max_examples=100)
def test_whatever_stands_behind_the_keys_the_scenario_is_read_or_its_errors_are_told(
    tmp_path_factory, value, seed
):
    folder = tmp_path_factory.mktemp("keys")
    write(folder)
    tree = tomlkit.parse(CHILD.replace("2003", '"2003"').replace("starter", "scenario")).unwrap()
    places = list(nasty.places(tree))
    holder, key = random.Random(seed).choice(places)
    holder[key] = value
    try:
        text = tomlkit.dumps(tree)
    except (ValueError, TypeError):  # what TOML itself cannot say
        return
    (folder / "child.toml").write_bytes(text.encode("utf-8", "replace"))
    read_or_told(folder / "child.toml")
