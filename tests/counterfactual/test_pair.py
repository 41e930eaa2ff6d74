"""Pairs: what is a counterfactual, where its worlds branch, and the shipped library."""

import json

import numpy as np
import pytest

from alliance_cohesion.analysis.counterfactual import (
    CounterfactualError,
    answer,
    library,
    load,
)
from alliance_cohesion.core import replay
from alliance_cohesion.core.inputs import DRIVERS
from alliance_cohesion.inference import record
from alliance_cohesion.inference.priors import NAMES
from alliance_cohesion.report import counterfactual as report
from alliance_cohesion.scenario import write_new
from alliance_cohesion.simulation import load as load_case

from ..inputs import random_inputs
from .makers import change, pair_of, rows

NULL = """\
name = "null"
base = "starter"
question = "What if nothing had been otherwise?"
rewrite = "Nothing."
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    write_new(tmp_path / "starter")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(place, text, name="what-if.toml"):
    (place / name).write_text(text, encoding="utf-8")
    return place / name


def refused(file) -> str:
    with pytest.raises(CounterfactualError) as caught:
        load(file)
    return str(caught.value)


def test_null_gives_no_effect_at_all(place):
    found = answer(load(write(place, NULL)), 80)
    assert found.pair.branch == found.pair.base.inputs.drivers.first
    assert not found.pair.focal
    assert not found.data["frozen_or_out"].sel(simulation="difference").values.any()
    parted = found.tables["partings"].set_index("question")["share"]
    assert not parted.any()
    assert found.tables["guards"]["altered"].item() == 0
    json.dumps(found.as_json(), allow_nan=False)
    assert report.sentences(found)


def test_a_rewrite_note_is_required(place):
    assert "rewrite" in refused(write(place, NULL.replace('rewrite = "Nothing."', "")))


def test_a_base_is_required(place):
    assert "no base" in refused("starter")


def test_both_worlds_need_the_same_clock_and_statuses(place):
    assert "clock" in refused(write(place, NULL + '[clock]\nstep = "month"\n'))
    table = load_case("starter").scenario.events
    row = next(event for event in table if event.kind == "status")
    dropped = (
        '[[change]]\nname = "x"\naction = "drop"\nreason = "a test"\n'
        f'where = {{ id = "{row.id}" }}\n'
    )
    assert "statuses" in refused(write(place, NULL + dropped))


@pytest.mark.parametrize("name", ["external", "inside", "offer", "kept", "dependence"])
def test_worlds_branch_where_forcing_first_differs(name):
    inputs = random_inputs(1)
    f = inputs.drivers
    values = (f.driver(name) if name in DRIVERS else getattr(f, name)).copy()
    values[17, 2] += 0.5
    pair = pair_of(inputs, change(inputs, **{name: values}))
    assert pair.branch == 17
    assert pair.focal == [2]


def test_worlds_branch_where_threats_between_states_differ():
    inputs = random_inputs(1)
    level = inputs.drivers.pair_level.copy()
    k = len(level) // 2
    level[k] += 0.5
    cell = int(np.searchsorted(inputs.drivers.pair_start, k, side="right")) - 1
    pair = pair_of(inputs, change(inputs, pair_level=level))
    assert (pair.branch, pair.focal) == (
        max(cell // len(inputs.states), inputs.drivers.first),
        [cell % len(inputs.states)],
    )


def test_a_changed_renewal_reaches_all_that_are_in():
    inputs = random_inputs(1)
    renewal = inputs.drivers.renewal.copy()
    renewal[12] = 1 - renewal[12]
    pair = pair_of(inputs, change(inputs, renewal=renewal))
    assert pair.branch == 12
    assert pair.focal == np.flatnonzero(inputs.record[11] != 2).tolist()


def test_a_parameter_reaches_everybody_from_the_start():
    inputs = random_inputs(1)
    pair = pair_of(inputs, inputs, kappa=0.0)
    assert pair.branch == inputs.drivers.first
    assert len(pair.focal) == len(inputs.states)
    sample = pair.sample(20, 1)
    column = NAMES.index("kappa")
    assert not sample.changed[:, column].any()
    assert sample.base[:, column].any()
    assert sample.effective is not None


def test_draws_that_have_not_seen_the_record_are_weighted_by_it():
    """The resampled draws explain the record better than the prior does, on average."""
    inputs = load_case("csto").inputs
    pair = pair_of(inputs, inputs)
    sample = pair.sample(200, 1)
    block = np.where(record.at_risk(inputs), 0, -1)
    score = replay.scores(inputs, sample.base, block).mean()
    assert score > replay.scores(inputs, rows(200), block).mean() + 3


@pytest.mark.parametrize("pair", library(), ids=lambda pair: pair.changed.scenario.name)
def test_every_shipped_counterfactual_is_whole(pair):
    scenario = pair.changed.scenario
    own = scenario.changes[len(pair.base.scenario.changes) :]
    assert own
    assert all(one.reason and one.source for one in own)
    assert len(scenario.rewrite) > 100
    assert scenario.question.endswith("?")
    assert scenario.question != pair.base.scenario.question
    assert scenario.name == scenario.path.stem
    assert pair.different.any()
    assert pair.focal


def test_the_library_reads_each_base_once_and_is_in_order_of_time():
    pairs = library()
    days = [pair.branch_day for pair in pairs]
    assert days == sorted(days)
    by_file = {}
    for pair in pairs:
        by_file.setdefault(pair.base.scenario.path, set()).add(id(pair.base))
    assert all(len(same) == 1 for same in by_file.values())


def test_the_library_is_as_large_as_promised():
    assert len(library()) >= 12
