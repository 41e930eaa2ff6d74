"""What can be varied, and what is said of that which cannot."""

import numpy as np
import pytest

import alliance_cohesion as ac
from alliance_cohesion.analysis.sweep import make_plan
from alliance_cohesion.analysis.sweep.plan import digest
from alliance_cohesion.analysis.sweep.variables import scenario_at
from alliance_cohesion.scenario import ScenarioError, compile_inputs, load, shipped_names

from .sweeps import plan, starter

CHANGES = """
[[change]]
name = "help came"
reason = "What if?"
action = "recode"
where = { id = "refused-2003" }
set = { strength = 1 }
"""


def refused(folder, toml="", **over):
    with pytest.raises(ScenarioError) as caught:
        plan(folder, toml, **over)
    return str(caught.value)


def world_at(made, values):
    there, problems = scenario_at(made.scenario, made.variables, values)
    assert not problems
    return compile_inputs(there)


def same(one, two):
    return all(np.array_equal(a, b) for a, b in zip(one.drivers, two.drivers, strict=True))


def test_a_point_equals_a_scenario_file_that_says_the_same(tmp_path):
    made = plan(
        tmp_path,
        vary={
            "event:refused-2003.strength": "-1,1",
            "event:coast-2003.days": "0:200",
            "event:partner-2001.present": "on,off",
            "indicator:Karth.base": "0,1",
            "alliance:renewal": "act,automatic",
        },
    )
    file = tmp_path / "starter" / "other.toml"
    file.write_text(
        'name = "other"\nbase = "scenario.toml"\n'
        + CHANGES.replace('"help came"', '"a"')
        + """
[[change]]
name = "b"
reason = "r"
action = "shift"
where = { id = "coast-2003" }
days = 120
[[change]]
name = "c"
reason = "r"
action = "drop"
where = { id = "partner-2001" }
[[change]]
name = "d"
reason = "r"
action = "indicator"
state = "Karth"
indicator = "base"
value = 1
[[change]]
name = "e"
reason = "r"
action = "alliance"
set = { renewal = "act" }
""",
        encoding="utf-8",
    )
    there = world_at(made, (1.0, 120.0, "off", 1.0, "act"))
    assert same(there, compile_inputs(load(file)))
    assert not same(there, compile_inputs(made.scenario))


def test_no_days_and_nothing_switched_leave_the_scenario_as_it_is(tmp_path):
    made = plan(tmp_path, CHANGES, vary={"event:*.days": "0,1", "change:help came": "on,off"})
    assert same(world_at(made, (0.0, "on")), compile_inputs(made.scenario))


def test_a_change_that_is_switched_off_never_was(tmp_path):
    made = plan(tmp_path, CHANGES, vary={"change:help came": ["on", "off"]})
    before = starter(tmp_path / "pure")
    assert same(world_at(made, ("off",)), before.inputs)
    assert not same(world_at(made, ("on",)), before.inputs)


def test_a_scenario_knows_what_it_said_before_its_changes(tmp_path):
    sim = starter(tmp_path, CHANGES)
    pure = starter(tmp_path / "pure").scenario
    assert sim.scenario.unchanged.events == pure.events == pure.unchanged.events
    assert sim.scenario.events != pure.events


def test_a_range_of_strengths_holds_the_codes_that_lie_in_it(tmp_path):
    made = plan(tmp_path, vary={"event:refused-2003.strength": "-1:1"})
    assert [point[0] for point in made.points] == [-1.0, -0.5, 0.5, 1.0]


def test_events_are_picked_by_any_selector(tmp_path):
    toml = """
[sweep.vary."event:western offers.days"]
low = 0
high = 100
n = 2
where = { kind = "offer", actor = "Western League" }
"""
    assert plan(tmp_path, toml).points == ((0.0,), (100.0,))


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        ({"b_d": "1:2"}, ('"b_d"', 'did you mean "b_D"')),
        ({"b_D": "1:99"}, ("99", "b_D from 0 to 50")),
        ({"b_D": "2:1"}, ("a high above the low",)),
        ({"b_D": "often"}, ('"often"', "numbers")),
        ({"b_D": {"low": 1, "hihg": 2}}, ("hihg", 'did you mean "high"')),
        ({"event:coast-2004.days": "1:2"}, ("no row matches", "coast-2003")),
        ({"event:coast-2003.day": "1:2"}, ('"day"', 'did you mean "days"')),
        ({"event:coast-2003.days": "0.5:2"}, ("whole days",)),
        ({"event:coast-2003.strength": "7,8"}, ("1, 2, 3, 4, 5",)),
        ({"event:coast-2003.strength": "7:9"}, ("1, 2, 3, 4, 5",)),
        ({"indicator:Kart.base": "0:1"}, ('"Kart"', 'did you mean "Karth"')),
        ({"indicator:Karth.bas": "0:1"}, ('"bas"', 'did you mean "base"')),
        ({"alliance:renewel": "act"}, ('"renewel"', 'did you mean "renewal"')),
        ({"alliance:renewal": "akt,automatic"}, ("akt", "act")),
        ({"change:help": "on,off"}, ('"help"', "the scenario has no changes")),
        ({"evnt:x.days": "1:2"}, ('"evnt:"', 'did you mean "event:"')),
    ],
)
def test_what_cannot_be_varied_is_named_with_what_can(tmp_path, vary, words):
    message = refused(tmp_path, vary=vary)
    assert all(word in message for word in words), message
    assert message.count("\n") <= 1, message


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ('[sweep]\ndesing = "grid"', ("desing", 'did you mean "design"')),
        ('[sweep]\ndesign = "gird"', ("gird", 'did you mean "grid"')),
        ("[sweep]\npoints = 0", ("points", "greater than or equal to 1")),
        ('[sweep]\ndesign = "sobol"\npoints = 100\nvary.b_D = "1:2"', ("64 or 128",)),
        ('[sweep]\ndesign = "list"', ("a CSV file of points",)),
        ("[sweep]", ("nothing to vary",)),
        ('[[sweep.outcome]]\nmeasure = "lft"', ("lft", 'did you mean "left"')),
        ('[[sweep.outcome]]\nmeasure = "frozen"', ("a state, for frozen",)),
        ('[[sweep.outcome]]\nmeasure = "out"\nstate = "Kart"', ('did you mean "Karth"',)),
        ('[[sweep.outcome]]\nmeasure = "leavers"\nby = 1990-01-01', ("by", "2000-01-01")),
        ('[[sweep.outcome]]\nmeasure = "away"', ('its new name is "frozen_or_out"',)),
        ('[[sweep.outcome]]\nmeasure = "outside"', ('its new name is "out"',)),
        ('[[sweep.outcome]]\nmeasure = "whole"', ('its new name is "nobody_left"',)),
        ('[sweep.interest]\noutcome = "x"\nabove = 1', ('"x"', "leavers")),
        ('[sweep]\nvary.b_D = "0:9:2000"\nvary.b_P = "0:9:2000"', ("4,000,000 points",)),
    ],
)
def test_a_wrong_table_is_explained(tmp_path, toml, words):
    message = refused(tmp_path, "\n" + toml + "\n")
    assert all(word in message for word in words), message


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    toml = '[[sweep.outcome]]\nmeasure = "out"\nstate = "Kart"\n'
    message = refused(tmp_path, toml, vary={"b_d": "1:2", "b_P": "1:2:1", "b_D": "1:99"})
    assert all(word in message for word in ('"b_d"', '"b_P"', "99", '"Kart"')), message


def test_a_list_of_points_comes_from_a_csv_file(tmp_path):
    starter(tmp_path)
    (tmp_path / "starter" / "points.csv").write_text("b_D,alliance:renewal\n1,act\n2.5,automatic\n")
    made = plan(tmp_path, vary={}, design="list", file="points.csv")
    assert made.points == ((1.0, "act"), (2.5, "automatic"))
    (tmp_path / "starter" / "points.csv").write_text("b_D,b_P\n1,2\n2.5\n")
    assert "row 3" in refused(tmp_path, vary={}, design="list", file="points.csv")


@pytest.mark.parametrize(
    ("vary", "word"),
    [
        ({"change:help came": [True, "on"]}, "on"),
        ({"event:coast-2003.present": ["on", True, "off"]}, "on"),
        ({"event:refused-2003.strength": [1, "1"]}, "1.0"),
        ({"event:coast-2003.days": [0.0, -0.0]}, "-0.0"),
        ({"alliance:renewal_length": [5, "5.0"]}, "5.0"),
        ({"alliance:renewal": ["act", " act"]}, "act"),
    ],
)
def test_one_value_written_in_two_ways_is_not_two_points(tmp_path, vary, word):
    message = refused(tmp_path, CHANGES, vary=vary)
    assert f'found "{word}" twice' in message or "each value once" in message, message


def test_a_point_that_a_list_holds_twice_is_refused(tmp_path):
    starter(tmp_path)
    points = "b_D,alliance:renewal\n1,act\n2,act\n1.0, act\n"
    (tmp_path / "starter" / "points.csv").write_text(points)
    message = refused(tmp_path, vary={}, design="list", file="points.csv")
    assert "row 4: the same point as row 2" in message


@pytest.mark.parametrize("design", ["latin", "sobol", "saltelli", "morris"])
def test_designs_fill_the_ranges_and_give_the_same_points_again(tmp_path, design):
    vary = {"b_D": "1:6", "event:coast-2003.days": "-3:3", "alliance:renewal": "act,automatic"}
    made, again = (plan(tmp_path, vary=vary, design=design, points=32) for _ in range(2))
    other = plan(tmp_path, vary=vary, design=design, points=32, seed=2)
    assert made.points == again.points
    assert digest(made.as_json) == digest(again.as_json) != digest(other.as_json)
    columns = list(zip(*made.points, strict=True))
    assert all(1 <= value <= 6 for value in columns[0])
    if design != "morris":  # four levels a range
        assert set(columns[1]) == set(map(float, range(-3, 4)))
    assert set(columns[2]) == {"act", "automatic"}


@pytest.mark.parametrize("name", [name for name in shipped_names() if name.startswith("sweeps/")])
def test_shipped_sweeps_can_be_planned(name):
    made = make_plan(ac.load(name))
    assert len(made.points) >= 100
    assert made.outcomes
