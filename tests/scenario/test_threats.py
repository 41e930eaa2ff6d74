"""Which driver a threat, a coercion or a transfer of arms moves, when and how much."""

import numpy as np
import pytest

from .builders import ANA, BOR, CYL, LAST, Q1999, Q2000, Q2001, event, inputs, pairs

FREE = """
[[client]]
name = "FREE"
sponsor = "{sponsor}"
against = ["ANA"]
start = 2000-04-01
end = 2000-09-30
source = "A book"
"""


def spans(column):
    """Time steps in which a driver is above zero."""
    return list(np.flatnonzero(column))


def test_a_threat_from_outside_is_external_and_ends_with_the_calendar_year(tmp_path):
    f = inputs(tmp_path, event("2000-05-01", "threat", "FOE", "ANA", "3")).drivers
    assert f.driver("external")[:, ANA].tolist() == [0.0] * 5 + [0.6] * 3 + [0.0] * 4
    assert not f.driver("external")[:, [BOR, CYL]].any()
    assert not f.driver("inside").any()
    assert not f.driver("internal").any()


def test_a_threat_acts_in_every_step_that_its_dates_overlap(tmp_path):
    row = event("2000-03-31", "threat", "FOE", "ANA", "1", end="2000-07-01")
    assert spans(inputs(tmp_path, row).drivers.driver("external")[:, ANA]) == [4, 5, 6]


def test_the_highest_of_two_threats_counts(tmp_path):
    rows = [event("2000", "threat", "FOE", "ANA", s) for s in ("2", "5", "3")]
    assert inputs(tmp_path, *rows).drivers.driver("external")[Q2000 + 2, ANA] == 1.0


def test_a_threat_from_within_goes_to_the_regime(tmp_path):
    f = inputs(tmp_path, event("2000-01-05", "threat", "internal", "BOR", "4")).drivers
    assert f.driver("internal")[Q2000, BOR] == 0.8
    assert not f.driver("external").any()


@pytest.mark.parametrize("actor", ["PAT", "PACT"])
@pytest.mark.parametrize("kind", ["threat", "coercion", "arms_to_adversary"])
def test_what_the_patron_or_the_alliance_does_is_a_threat_from_inside(tmp_path, actor, kind):
    f = inputs(tmp_path, event("2000-01-05", kind, actor, "ANA", "2")).drivers
    assert f.driver("inside")[:, ANA].tolist() == [0.0] * 4 + [0.4] * 4 + [0.0] * 4
    assert not f.driver("external").any()


def test_a_threat_between_states_of_the_model_is_a_pair_that_can_become_external(tmp_path):
    row = event("2001-11-01", "threat", "BOR", "ANA", "3")
    f = inputs(tmp_path, row).drivers
    assert pairs(f) == {(LAST, ANA, BOR, 0.6, 1)}
    assert not f.driver("external").any()
    assert not f.driver("inside").any()


@pytest.mark.parametrize("kind", ["coercion", "arms_to_adversary"])
def test_coercion_between_states_never_becomes_external(tmp_path, kind):
    row = event("2001-11-01", kind, "BOR", "ANA", "3")
    assert pairs(inputs(tmp_path, row).drivers) == {(LAST, ANA, BOR, 0.6, 0)}


def test_of_like_pairs_the_highest_is_kept(tmp_path):
    rows = [event("2001-11-01", "threat", "BOR", "ANA", s) for s in ("3", "5", "1")]
    f = inputs(tmp_path, *rows).drivers
    assert pairs(f) == {(LAST, ANA, BOR, 1.0, 1)}
    assert len(f.pair_level) == 1


def test_a_states_threat_on_the_members_reaches_every_other_state(tmp_path):
    f = inputs(tmp_path, event("2001-11-01", "threat", "BOR", "members", "1")).drivers
    assert pairs(f) == {(LAST, ANA, BOR, 0.2, 1), (LAST, CYL, BOR, 0.2, 1)}
    assert not f.members.any()


@pytest.mark.parametrize(("actor", "driver"), [("FOE", 0), ("internal", 1), ("PAT", 2)])
def test_a_threat_on_the_members_is_kept_for_whoever_is_one(tmp_path, actor, driver):
    f = inputs(tmp_path, event("2000-12-01", "threat", actor, "members", "5")).drivers
    expected = np.zeros((12, 7))
    expected[7, driver] = 1.0
    assert f.members.tolist() == expected.tolist()
    assert not f.driver("external").any()


def test_an_outside_powers_coercion_and_arms_threaten_nobody(tmp_path):
    rows = [event("2000", kind, "FOE", "ANA", "3") for kind in ("coercion", "arms_to_adversary")]
    f = inputs(tmp_path, *rows).drivers
    assert not f.driver("external").any()
    assert not f.driver("inside").any()


def test_a_client_of_the_patron_threatens_from_inside_only_while_it_is_one(tmp_path):
    row = event("2000-01-01", "threat", "FREE", "ANA", "5")
    f = inputs(tmp_path, row, toml=FREE.format(sponsor="PAT")).drivers
    assert spans(f.driver("inside")[:, ANA]) == [5, 6]
    assert spans(f.driver("external")[:, ANA]) == [4, 7]


def test_a_client_counts_only_towards_those_it_is_listed_against(tmp_path):
    row = event("2000-01-01", "threat", "FREE", "BOR", "5")
    f = inputs(tmp_path, row, toml=FREE.format(sponsor="PAT")).drivers
    assert spans(f.driver("external")[:, BOR]) == [4, 5, 6, 7]
    assert not f.driver("inside").any()


def test_a_client_of_a_member_threatens_as_that_member(tmp_path):
    row = event("2000-01-01", "threat", "FREE", "ANA", "5")
    f = inputs(tmp_path, row, toml=FREE.format(sponsor="CYL")).drivers
    assert pairs(f) == {(5, ANA, CYL, 1.0, 1), (6, ANA, CYL, 1.0, 1)}
    assert spans(f.driver("external")[:, ANA]) == [4, 7]


def test_a_client_of_the_first_member_is_not_taken_for_the_patrons(tmp_path):
    row = event("2000-05-01", "threat", "FREE", "BOR", "5")
    toml = FREE.format(sponsor="ANA").replace('["ANA"]', '["BOR"]')
    f = inputs(tmp_path, row, toml=toml).drivers
    assert {(target, actor) for _, target, actor, _, _ in pairs(f)} == {(BOR, ANA)}
    assert not f.driver("inside").any()


def test_a_client_that_turns_on_its_sponsor_is_a_threat_from_outside(tmp_path):
    row = event("2000-04-01", "threat", "FREE", "ANA", "5", end="2000-06-01")
    f = inputs(tmp_path, row, toml=FREE.format(sponsor="ANA")).drivers
    assert spans(f.driver("external")[:, ANA]) == [5]
    assert not pairs(f)


def test_a_state_can_be_the_patrons_client_towards_another(tmp_path):
    row = event("2000-01-01", "threat", "BOR", "ANA", "5")
    toml = FREE.format(sponsor="PAT").replace("FREE", "BOR")
    f = inputs(tmp_path, row, toml=toml).drivers
    assert spans(f.driver("inside")[:, ANA]) == [5, 6]
    assert pairs(f) == {(4, ANA, BOR, 1.0, 1), (7, ANA, BOR, 1.0, 1)}


def test_consequences_and_notes_move_nothing(tmp_path):
    rows = [
        event("2000", "threat", "FOE", "ANA", "5", consequence="yes"),
        event("2000", "note", "FOE", "ANA", "5"),
    ]
    f = inputs(tmp_path, *rows).drivers
    assert not any(
        table.any()
        for table in (f.driver("external"), f.driver("inside"), f.driver("internal"), f.members)
    )


def test_a_row_about_states_that_are_not_followed_is_inert(tmp_path):
    row = event("2000", "threat", "FOE", "Atlantis", "5")
    assert not inputs(tmp_path, row).drivers.driver("external").any()


def test_targets_that_are_not_followed_are_passed_over(tmp_path):
    row = event("2000-01-01", "threat", "FOE", "Atlantis|ANA", "5")
    assert spans(inputs(tmp_path, row).drivers.driver("external")[:, ANA]) == [4, 5, 6, 7]


def test_a_fact_begun_before_the_memory_acts_from_the_first_step(tmp_path):
    rows = [
        event("1990", "threat", "FOE", "ANA", "1", end="1999-05"),
        event("1990", "threat", "FOE", "BOR", "1", end="1998"),
        event("2002", "threat", "FOE", "CYL", "1"),
    ]
    f = inputs(tmp_path, *rows).drivers
    assert spans(f.driver("external")[:, ANA]) == [Q1999, Q1999 + 1]
    assert not f.driver("external")[:, [BOR, CYL]].any()


def test_partial_dates_begin_in_the_middle_and_end_on_the_last_day(tmp_path):
    rows = [
        event("1999", "threat", "FOE", "ANA", "1", end="2000"),
        event("2000-02", "threat", "FOE", "BOR", "1", end="2000-04"),
    ]
    f = inputs(tmp_path, *rows).drivers
    assert spans(f.driver("external")[:, ANA]) == [2, 3, 4, 5, 6, 7]
    assert spans(f.driver("external")[:, BOR]) == [4, 5]


def test_a_start_known_to_the_year_never_falls_after_its_end(tmp_path):
    row = event("2000", "threat", "FOE", "ANA", "1", end="2000-03")
    assert spans(inputs(tmp_path, row).drivers.driver("external")[:, ANA]) == [Q2000]


def test_forcing_can_come_later_than_the_facts(tmp_path):
    rows = [
        event("2000-10-01", "threat", "FOE", "ANA", "5", end="2000-10-02"),
        event("1999-01-01", "threat", "FOE", "BOR", "5", end="1999-01-02"),
        event("1999-01-01", "threat", "CYL", "BOR", "5", end="1999-05-01"),
        event("1999-01-01", "response", "PAT", "ANA", "1", threat_level="5"),
    ]
    f = inputs(tmp_path, *rows, lag=2).drivers
    assert spans(f.driver("external")[:, ANA]) == [9]
    assert spans(f.driver("external")[:, BOR]) == [0, 1, 2]
    assert {(t, i, j) for t, i, j, *_ in pairs(f)} == {(t, BOR, CYL) for t in (0, 1, 2, 3)}
    assert spans(f.driver("kept")[:, ANA]) == [2]
    assert spans(f.kept_all) == [2]


def test_a_lag_longer_than_the_clock_repeats_the_first_row(tmp_path):
    row = event("2000-10-01", "threat", "BOR", "ANA", "5")
    f = inputs(tmp_path, row, lag=100).drivers
    assert not pairs(f)
    assert not f.driver("external").any()


def test_a_negative_lag_is_refused(tmp_path):
    with pytest.raises(ValueError, match="negative"):
        inputs(tmp_path, lag=-1)


def test_steps_after_2001_do_not_exist(tmp_path):
    w = inputs(tmp_path)
    assert w.steps[Q2001].astype(str) == "2001-01-01"
    assert len(w.steps) == LAST + 1
