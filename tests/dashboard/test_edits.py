"""Edits become changes that a scenario file can hold, and can be taken back."""

from dataclasses import replace
from datetime import date

import pytest

from alliance_cohesion import load
from alliance_cohesion.dashboard.edits import Edits, Steps, days_of
from alliance_cohesion.scenario import ScenarioError


@pytest.fixture(scope="module")
def scenario():
    return load("csto").scenario


@pytest.fixture(scope="module")
def event(scenario):
    return next(e for e in scenario.events if e.id == "arm-2022-observers")


def row(scenario, event):
    return next((e for e in scenario.events if e.id == event.id), None)


def test_an_event_switched_off_is_gone_and_switched_on_is_back(scenario, event):
    off = Edits().switch(event, on=False)
    assert row(off.applied(scenario), event) is None
    assert len(off.applied(scenario).events) == len(scenario.events) - 1
    assert off.switch(event, on=True) == Edits()


def test_an_event_that_is_left_out_is_neither_recoded_nor_moved(scenario, event):
    edited = Edits().recode(event, 1.0).move(event, 2).switch(event, on=False)
    assert [change["action"] for change in edited.changes(scenario)] == ["drop"]
    assert row(edited.applied(scenario), event) is None


def test_a_strength_is_replaced_and_its_own_one_is_no_edit(scenario, event):
    granted = Edits().recode(event, 1.0)
    assert row(granted.applied(scenario), event).strength == 1.0
    assert granted.recode(event, event.strength) == Edits()


def test_a_strength_that_the_codebook_does_not_know_is_refused(scenario, event):
    with pytest.raises(ScenarioError, match="for a response"):
        Edits().recode(event, 0.7).applied(scenario)


def test_an_event_moves_by_months_of_the_calendar(scenario, event):
    moved = row(Edits().move(event, -12).applied(scenario), event)
    assert moved.start == event.start.replace(year=event.start.year - 1)
    assert days_of(event, 1) in (28, 29, 30, 31)


def test_a_parameter_is_held_and_let_go(scenario):
    held = Edits().hold("b_S", 0.0)
    assert held.applied(scenario).parameters.fixed == {"b_S": 0.0}
    assert held.hold("b_S", None) == Edits()
    with pytest.raises(ValueError, match="b_S from 0 to 50"):
        Edits().hold("b_S", 99.0).applied(scenario)


RAID = {
    "kind": "threat", "actor": "AZE", "target": "ARM", "date": "2010-06", "strength": 4,
    "description": "A raid",
}  # fmt: skip


def test_an_event_is_added_and_taken_back(scenario):
    one = Edits().add(scenario, RAID)
    two = one.add(scenario, RAID)
    assert (len(two), len(two.added)) == (2, 2)
    new = two.applied(scenario).events[-1]
    assert (new.start, new.strength, new.targets) == (date(2010, 6, 15), 4.0, ("ARM",))
    assert two.remove(new.id) == one
    assert one.told(scenario) == ["threat by AZE, 2010-06"]


@pytest.mark.parametrize(
    ("column", "wrong"), [("date", "soon"), ("strength", 9), ("actor", ""), ("kind", "war")]
)
def test_an_event_that_no_table_could_hold_is_refused(scenario, column, wrong):
    with pytest.raises(ScenarioError, match=column):
        Edits().add(scenario, RAID | {column: wrong}).applied(scenario)


def test_the_clock_ends_earlier_but_not_before_it_starts(scenario):
    assert Edits().until(date(2010, 12, 31)).applied(scenario).clock.end == date(2010, 12, 31)
    with pytest.raises(ScenarioError, match="end after the start"):
        Edits().until(date(1990, 1, 1)).applied(scenario)


def test_edits_leave_the_picked_scenario_as_it_was(scenario, event):
    before = scenario.events, dict(scenario.parameters.fixed)
    Edits().switch(event, on=False).hold("b_S", 0.0).applied(scenario)
    assert (scenario.events, scenario.parameters.fixed) == before


def test_an_id_with_wildcards_selects_its_own_row_only(scenario, event):
    odd = replace(event, id="arm-*")
    wider = replace(scenario, events=(*scenario.events, odd))
    left = Edits().switch(odd, on=False).applied(wider).events
    assert {e.id for e in wider.events} - {e.id for e in left} == {"arm-*"}


def test_steps_are_undone_one_by_one_and_a_reset_too(event):
    one = Edits().switch(event, on=False)
    two = one.hold("b_S", 0.0)
    steps = Steps().then(one).then(two)
    assert steps.then(two) is steps
    assert steps.undo().now == one
    assert steps.undo().undo() == Steps()
    assert steps.undo().undo().undo() == Steps()
    assert steps.reset().now == Edits()
    assert steps.reset().undo().now == two
