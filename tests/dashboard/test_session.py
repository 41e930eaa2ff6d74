"""Both worlds of a session, what is said of them, and what the page lists."""

from datetime import date

import numpy as np
import pytest

from alliance_cohesion import load
from alliance_cohesion.core.parameters import PARAMETERS
from alliance_cohesion.dashboard import rows, why, words
from alliance_cohesion.dashboard.codes import meanings
from alliance_cohesion.dashboard.desk import Desk
from alliance_cohesion.dashboard.edits import Edits
from alliance_cohesion.dashboard.session import Session, away
from alliance_cohesion.dashboard.view import view
from alliance_cohesion.scenario.events import CODES

FEW = 300


@pytest.fixture(scope="module")
def session():
    return Session("csto")


@pytest.fixture(scope="module")
def refused(session):
    """The edits that switch the help of 2022 from observers to forces."""
    event = next(e for e in session.picked.scenario.events if e.id == "arm-2022-observers")
    return Edits().recode(event, 1.0)


def test_without_edits_there_is_one_world(session):
    answer = session.answer(Edits(), FEW)
    assert not answer.changed
    assert answer.after is not None
    assert np.array_equal(answer.away_before, answer.away_after)


def test_both_worlds_are_what_the_engine_makes_of_them_with_one_seed(session, refused):
    answer = session.answer(refused, FEW, seed=7)
    assert np.allclose(away(load("csto").run(FEW, 7).dataset), away(answer.before))
    changed = session.sim(refused).run(FEW, 7).dataset
    assert np.allclose(away(changed), away(answer.after))
    assert answer.away_after[answer.states.index("ARM")] < answer.away_before[0]


def test_worlds_are_paired_so_that_what_no_edit_reaches_is_the_same(session, refused):
    answer = session.answer(refused, FEW)
    until = int(np.searchsorted(answer.after["time"].values, np.datetime64("2022-07-01")))
    paths = [inputs["path"].values[:, :until] for inputs in (answer.before, answer.after)]
    assert np.array_equal(*paths)


def test_a_shorter_clock_compares_both_worlds_on_its_last_day(session):
    edits = Edits().until(date(2005, 12, 31))
    answer = session.answer(edits, FEW)
    assert answer.before.sizes["time"] == answer.after.sizes["time"]
    assert np.allclose(answer.away_before, answer.away_after)
    sentence = words.headline(session, answer, "ARM", date(2005, 12, 31), True)
    assert "at the end of 2005" in sentence


def test_a_counterfactual_is_held_against_its_base():
    session = Session("counterfactuals/armenia-answered-2022")
    answer = session.answer(Edits(), FEW)
    assert session.compared
    assert answer.changed
    sentence = words.headline(session, answer, "ARM", date(2025, 12, 31), False)
    assert "as armenia-answered-2022 has it in" in sentence


def test_a_projection_is_held_against_itself_since_its_clock_is_another():
    assert not Session("projections/csto-2035").compared


def test_the_headline_gives_the_numbers_of_the_cards(session, refused):
    shown = view(session, refused, FEW, 1)
    card = next(card for card in shown.states if card["name"] == "ARM")
    sentence = words.headline(session, shown.answer, "ARM", date(2025, 12, 31), True)
    assert sentence == (
        f"In {card['before']} of 100 histories ARM is away at the end of 2025; "
        f"with your changes in {card['after']}."
    )
    assert words.foremost(shown.answer) == "ARM"


def test_numbers_are_never_rounded_to_none_or_all():
    assert words.hundred(0.001) == "fewer than 1"
    assert words.hundred(0.999) == "more than 99"
    assert (words.hundred(0.0), words.hundred(0.42), words.hundred(1.0)) == ("0", "42", "100")


def test_a_difference_that_chance_may_have_made_is_called_none(session):
    answer = session.answer(Edits().until(date(2005, 12, 31)), FEW)
    assert "No difference" in words.caution(answer, "ARM")


def test_counting_error_is_not_passed_off_as_all_the_doubt_there_is(session, refused):
    told = words.caution(session.answer(refused, FEW), "ARM")
    assert "by chance" in told
    assert "parameters" in told


def test_every_code_of_the_codebook_has_a_meaning(session):
    by_kind = {event.kind: event for event in session.picked.scenario.events}
    for kind, codes in CODES.items():
        assert sorted(meanings(by_kind[kind])) == sorted(codes), kind


def test_events_are_listed_with_their_own_code_and_the_edited_one(session, refused):
    answer = session.answer(refused, FEW)
    listed = {row["id"]: row for row in rows.events(session, answer, refused, "ARM")}
    row = listed["arm-2022-observers"]
    assert (row["coded"], row["code"], row["edited"]) == (-0.5, 1.0, True)
    assert row["code"] in [choice["value"] for choice in row["choices"]]
    assert "arm-2022-observers" not in {
        row["id"] for row in rows.events(session, answer, refused, "BLR")
    }


def test_an_event_switched_off_stays_in_the_list(session, refused):
    event = next(e for e in session.picked.scenario.events if e.id == "arm-2022-observers")
    edits = Edits().switch(event, on=False)
    listed = rows.events(session, session.answer(edits, FEW), edits, "ARM")
    assert [row["on"] for row in listed if row["id"] == event.id] == [False]


def test_every_parameter_has_a_slider_within_its_range(session):
    listed = rows.parameters(session, Edits())
    assert [row["name"] for row in listed] == [a.name for a in PARAMETERS]
    for row in listed:
        assert row["lowest"] <= row["low"] < row["high"] <= row["highest"], row
        assert row["low"] <= row["value"] <= row["high"], row
        assert row["step"] > 0


def test_an_explanation_puts_the_world_before_beside_the_changed_one(session, refused):
    told = why.told(session, refused, "ARM", "2024-02-22")
    assert told["problem"] == ""
    security = told["terms"][0]
    assert float(security["after"]) > float(security["before"])  # it holds more
    assert told["chance_before"] not in told["chance"]
    assert any(fact["id"] == "arm-2022-observers" for d in told["facts"] for fact in d["facts"])


def test_a_date_without_decision_is_a_problem_in_words(session):
    told = why.told(session, Edits(), "ARM", "1980")
    assert "outside the clock" in told["problem"]


def test_moments_begin_with_the_documented_changes(session):
    assert why.moments(session, Edits(), "ARM")[:2] == ["2024-02-22", "2025"]


def test_a_desk_opens_a_scenario_once_and_offers_the_given_one_first(tmp_path):
    desk = Desk(first=str(tmp_path / "own.toml"))
    assert desk.session("csto") is desk.session("csto")
    assert desk.choices()[0] == desk.first
    assert "csto" in desk.choices()
    assert not [name for name in desk.choices() if name.startswith("sweeps/")]
