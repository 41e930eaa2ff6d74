"""Membership is read as data sets write it: spells with a beginning and an end."""

from datetime import date

import pytest

from alliance_cohesion.scenario import load, notes
from alliance_cohesion.scenario.membership import statuses

from .builders import ANA, BOR, event, indicator, inputs, write

KNOWN = [indicator(state, 1999, "trade_share", 0.2) for state in ("ANA", "BOR", "CYL")]
MEMBER, FROZEN, OUT = 0, 1, 2


def status(date: str, word: str, end: str = "", state: str = "ANA"):
    return event(date, "status", state, "", word, end=end)


def record(place, *rows, state=ANA):
    """The state's status at the end of each quarter of 1999 to 2001."""
    return inputs(place, *rows).record[:, state].tolist()


def noted(place, *rows):
    return notes(load(write(place, *rows, indicators=KNOWN)))


def test_a_frozen_spell_ends_where_it_says(tmp_path):
    found = record(tmp_path, status("2000-02-01", "frozen", "2000-08-15"))
    assert found == [MEMBER] * 4 + [FROZEN] * 2 + [MEMBER] * 6
    assert noted(tmp_path, status("2000-02-01", "frozen", "2000-08-15")) == []


def test_a_spell_of_membership_ends_outside(tmp_path):
    found = record(tmp_path, status("1990", "member", "2000-06-30"))
    assert found == [MEMBER] * 6 + [OUT] * 6


def test_two_spells_of_membership_are_an_exit_and_a_return(tmp_path):
    spells = [status("1990", "member", "2000-03-31"), status("2001-01-01", "member")]
    w = inputs(tmp_path, *spells)
    assert w.record[:, ANA].tolist() == [MEMBER] * 5 + [OUT] * 3 + [MEMBER] * 4
    assert w.drivers.entry[ANA] == 0  # it returns, it does not enter


def test_a_first_spell_within_the_clock_is_an_entry(tmp_path):
    w = inputs(tmp_path, status("2000-05-01", "member", "2001-02-28"))
    assert w.record[:, ANA].tolist() == [OUT] * 5 + [MEMBER] * 3 + [OUT] * 4
    assert w.drivers.entry[ANA] == 5


def test_a_row_that_follows_on_an_end_takes_its_place(tmp_path):
    rows = [status("1990", "member", "2000-05-31"), status("2000-06-01", "frozen")]
    found = [(s.day, s.code) for s in statuses(load(write(tmp_path, *rows)).events, "ANA")]
    assert found == [(date(1990, 7, 1), MEMBER), (date(2000, 6, 1), FROZEN)]


OVERLAPS = {
    "the end of an earlier spell does not bring it back": (
        [("2000-02-01", "frozen", "2000-09-30"), ("2000-05-01", "out", "2001-03-31")],
        [MEMBER] * 4 + [FROZEN] + [OUT] * 4 + [MEMBER] * 3,
    ),
    "a spell within another gives way to it and ends with it": (
        [("2000-02-01", "out", "2001-06-30"), ("2000-07-01", "frozen", "2000-12-31")],
        [MEMBER] * 4 + [OUT] * 2 + [FROZEN] * 2 + [OUT] * 2 + [MEMBER] * 2,
    ),
    "a freeze within membership that ends": (
        [("1990", "member", "2001-06-30"), ("2000-02-01", "frozen", "2000-06-30")],
        [MEMBER] * 4 + [FROZEN] * 2 + [MEMBER] * 4 + [OUT] * 2,
    ),
    "a spell that outlasts one without end": (
        [("2000-02-01", "frozen", "2001-06-30"), ("2000-07-01", "out", "")],
        [MEMBER] * 4 + [FROZEN] * 2 + [OUT] * 6,
    ),
}


@pytest.mark.parametrize("name", OVERLAPS)
def test_of_spells_that_overlap_the_one_begun_last_holds_while_it_lasts(tmp_path, name):
    rows, expected = OVERLAPS[name]
    assert record(tmp_path, *(status(*row) for row in rows)) == expected


def test_a_spell_within_one_step_is_undone_by_its_own_end(tmp_path):
    (said,) = noted(tmp_path, status("2000-02-01", "frozen", "2000-02-20"))
    assert "is undone within the same quarter by its own end and does not count" in said


def test_an_end_after_the_clock_ends_nothing(tmp_path):
    rows = [status("1990", "member", "2001-12-31"), status("2000", "frozen", "2030", "BOR")]
    assert record(tmp_path, *rows) == [MEMBER] * 12
    assert record(tmp_path, *rows, state=BOR) == [MEMBER] * 6 + [FROZEN] * 6
    assert noted(tmp_path, *rows) == []


def test_membership_that_ends_for_many_on_one_day_may_end_with_the_data(tmp_path):
    rows = [status("1990", "member", "2001-06-30", state) for state in ("ANA", "BOR", "CYL")]
    (said,) = noted(tmp_path, *rows)
    assert said.startswith("ANA, BOR, CYL: membership ends just before 2001-07-01; if only the")


def test_an_exit_of_a_state_that_is_out_is_told(tmp_path):
    rows = [status("2000-02-01", "out"), status("2001-02-01", "out")]
    (said,) = noted(tmp_path, *rows)
    assert "row 3: ANA, out from 2001-02-01, changes nothing: the state is out" in said


@pytest.mark.parametrize("before", ["1998-01-01", "2000-01-01"])
def test_a_state_outside_before_it_was_ever_a_member_enters_and_does_not_return(tmp_path, before):
    rows = [status(before, "out"), status("2001-02-01", "member")]
    w = inputs(tmp_path, *rows)
    assert w.record[:, ANA].tolist()[3:] == [OUT] * 5 + [MEMBER] * 4
    assert w.drivers.entry[ANA] == 8
    (said,) = noted(tmp_path, *rows)
    assert "row 3: ANA, member from 2001-02-01, is read as joining for the first time" in said


def test_a_state_that_left_before_the_clock_returns_if_its_membership_is_on_record(tmp_path):
    rows = [
        status("1990-01-01", "member"),
        status("1998-01-01", "out"),
        status("2001-02-01", "member"),
    ]
    assert inputs(tmp_path, *rows).drivers.entry[ANA] == 0
    assert noted(tmp_path, *rows) == []


def test_a_state_that_joins_after_the_clock_is_outside_throughout_and_the_note_says_so(tmp_path):
    rows = [status("2005-01-01", "member")]
    assert record(tmp_path, *rows) == [OUT] * 12
    (said,) = noted(tmp_path, *rows)
    assert said.endswith("(2001-12-31): the state is out all the time")
