"""What a state said and what followed from its decision is listed, and moves nothing."""

import datetime
from dataclasses import replace

import numpy as np
import pytest

from alliance_cohesion.analysis.explain import explain
from alliance_cohesion.simulation import load

from .cases import EVE, changed, row, starter, told

DAY = datetime.date(2004, 11, 15)  # the middle of the month that `EVE` names


def said(name, days=0, actor="Velia", target="Lantern Pact", **columns):
    start = DAY + datetime.timedelta(days=days)
    return row("aid-2004", id=name, kind="note", actor=actor, targets=(target,), strength=None,
               start=start, end=None, date=start.isoformat(), **columns)  # fmt: skip


def listed(*more, state="Velia", date=EVE):
    return explain(changed(lambda event: event, *more), state, date).statements


def test_a_note_of_the_state_is_listed_with_date_description_and_source_and_moves_nothing():
    note = said("we-doubt", -30, description="Membership is in doubt.", source="A newspaper")
    e = explain(changed(lambda event: event, note), "Velia", EVE)
    (found,) = [one for one in e.statements.to_dict("records") if one["id"] == "we-doubt"]
    assert found["date"] == "2004-10-16"
    assert (found["description"], found["source"]) == ("Membership is in doubt.", "A newspaper")
    assert (found["own"], found["days"], found["shown"]) == (True, -30, True)
    for name, table in e.tables().items():
        if name != "statements":
            assert table.equals(told().tables()[name])


def test_a_consequence_is_listed_whatever_its_kind():
    followed = row("coast-2003", id="followed", start=DAY, consequence=True)
    assert "followed" in [*listed(followed)["id"]]
    assert "coast-2003" not in [*listed(followed)["id"]]


def test_rows_of_other_states_are_not_listed_but_those_to_the_members_are():
    found = listed(said("of-karth", actor="Karth"), said("to-karth", actor="Magna", target="Karth"),
                   said("to-all", actor="Magna", target="members"))  # fmt: skip
    assert {"of-karth", "to-karth", "to-all"} & {*found["id"]} == {"to-all"}


def test_a_state_that_is_out_is_not_one_of_the_members():
    to_all = said("to-all", 600, actor="Magna", target="members")
    assert "to-all" in [*listed(to_all, state="Karth", date="2006-06")["id"]]
    assert "to-all" not in [*listed(to_all, state="Velia", date="2006-06")["id"]]


@pytest.mark.parametrize(
    ("days", "there"), [(-1827, False), (-1826, True), (365, True), (366, False)]
)
def test_five_years_before_to_one_year_after_the_date_are_listed(days, there):
    assert ("edge" in [*listed(said("edge", days))["id"]]) == there


def test_the_nearest_dozen_is_shown_the_rest_counted():
    found = listed(*(said(f"n{k:02}", -3 * k) for k in range(1, 16)))
    assert [*found["id"]] == [*(f"n{k:02}" for k in range(1, 16)), "speech-2005"]
    assert [*found["shown"]] == [True] * 12 + [False] * 4


def test_what_the_state_said_comes_before_what_others_did():
    found = listed(said("others", 1, actor="Magna", target="Velia"), said("own", -900))
    assert [*found["id"]] == ["speech-2005", "own", "others"]


def test_the_shipped_record_gives_its_statements_about_the_freeze():
    e = explain(load("csto"), "Armenia", "2024-02-22")
    shown = e.statements[e.statements["shown"]]
    assert len(shown) == 12 < len(e.statements)
    assert shown["source"].str.len().min() > 0
    assert (shown["own"] | shown["consequence"]).all()
    assert "arm-2023-strategic-mistake" in [*shown["id"]]
    assert not {*e.statements["id"]} & {*e.facts["id"]}


def test_dropping_all_statements_changes_no_number():
    sim = load("csto")
    e = explain(sim, "ARM", "2024-02-22")
    quiet = tuple(one for one in sim.scenario.events if one.id not in {*e.statements["id"]})
    after = explain(type(sim)(replace(sim.scenario, events=quiet)), "ARM", "2024-02-22")
    assert np.array_equal(after.by_draw, e.by_draw)
    assert after.statements.empty
    assert starter().scenario.events
