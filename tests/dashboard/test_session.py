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
from alliance_cohesion.dashboard.session import Session
from alliance_cohesion.dashboard.view import view
from alliance_cohesion.scenario import write_new
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
    assert np.array_equal(answer.end().before, answer.end().after)


def test_both_worlds_are_what_the_engine_makes_of_them_with_one_seed(session, refused):
    answer = session.answer(refused, FEW, seed=7)
    for found, kept in (
        (load("csto").run(FEW, 7).dataset, answer.before),
        (session.sim(refused).run(FEW, 7).dataset, answer.after),
    ):
        assert np.array_equal(found["share"], kept["share"])
    before, after, _ = answer.end()
    assert after[answer.states.index("ARM")] < before[0]


def test_worlds_are_paired_so_that_what_no_edit_reaches_is_the_same(session, refused):
    answer = session.answer(refused, FEW)
    until = int(np.searchsorted(answer.after["time"].values, np.datetime64("2022-07-01")))
    paths = [inputs["path"].values[:, :until] for inputs in (answer.before, answer.after)]
    assert np.array_equal(*paths)


def test_a_shorter_clock_compares_both_worlds_on_its_last_day(session):
    edits = Edits().until(date(2005, 12, 31))
    answer = session.answer(edits, FEW)
    assert answer.before.sizes["time"] == answer.after.sizes["time"]
    assert np.allclose(answer.end().before, answer.end().after)
    sentence = words.headline(session, answer, "ARM", date(2005, 12, 31), True)
    assert "at the end of 2005" in sentence


def test_a_counterfactual_is_held_against_its_base():
    session = Session("counterfactuals/armenia-answered-2022")
    answer = session.answer(Edits(), FEW)
    assert session.compared
    assert answer.changed
    sentence = words.headline(session, answer, "ARM", date(2025, 12, 31), False)
    assert "; as armenia-answered-2022 has it out in" in sentence


def test_a_projection_is_held_against_itself_since_its_clock_is_another():
    assert not Session("projections/csto-2035").compared


def test_the_headline_gives_the_numbers_of_the_cards(session, refused):
    shown = view(session, refused, FEW, 1)
    card = next(card for card in shown.states if card["name"] == "Armenia")
    out, frozen = card["numbers"]
    sentence = words.headline(session, shown.answer, "ARM", date(2025, 12, 31), True)
    assert sentence == (
        f"In {out['before']} of 100 histories Armenia is out at the end of 2025, "
        f"in {frozen['before']} frozen; with your changes out in {out['after']}, "
        f"frozen in {frozen['after']}."
    )
    assert words.foremost(shown.answer) == "ARM"


def test_out_and_frozen_are_shown_apart(session):
    shown = view(session, Edits(), FEW, 1)
    share = session.picked.run(FEW, 1).dataset["share"].isel(time=-1)
    for card in shown.states:
        own = share.sel(state=card["code"])
        for number in card["numbers"]:
            assert number["before"] == words.hundred(float(own.sel(status=number["status"])))
        assert [number["status"] for number in card["numbers"]] == ["out", "frozen"]
        frozen_on_top, out = (area["points"] for area in card["chart"]["areas"])
        assert frozen_on_top.startswith(card["chart"]["after"])
        assert out != frozen_on_top


def test_nothing_is_coloured_that_did_not_change(session, refused):
    shown = view(session, refused, FEW, 1)
    cards = {card["code"]: card for card in shown.states}
    assert not cards["ARM"]["same"]  # the help that comes keeps Armenia in
    assert [card for card in shown.states if card["same"]]
    for card in shown.states:
        for number in card["numbers"]:
            if number["before"] == number["after"]:
                assert not number["more"]
                assert not number["fewer"]
        coloured = any(number["more"] or number["fewer"] for number in card["numbers"])
        assert card["same"] is not coloured
    assert not [card for card in view(session, Edits(), FEW, 1).states if card["same"]]


def test_a_difference_too_small_to_be_seen_or_within_chance_is_not_coloured():
    number = rows._number("out", before=0.1501, after=0.1549, margin=0.0)
    assert (number["before"], number["after"]) == ("15", "15")
    assert not number["more"]
    assert rows._number("out", before=0.15, after=0.17, margin=0.01)["more"]
    assert not rows._number("out", before=0.15, after=0.17, margin=0.03)["more"]


def test_the_page_says_whether_its_numbers_are_in_sample(session, tmp_path):
    assert words.sample(session.answer(Edits(), FEW)).startswith("In sample: the parameters")
    own = Session(write_new(tmp_path / "own"))
    assert words.sample(own.answer(Edits(), FEW)).startswith("Held out: ")
    future = Session("projections/csto-2035-scripted")
    assert words.sample(future.answer(Edits(), FEW)).startswith("Beyond the record: ")


def test_a_value_that_no_draw_supports_is_warned_of(session):
    drawn = session.draws.values[:, [a.name for a in PARAMETERS].index("b_O")]

    def warning(value):
        listed = rows.parameters(session, Edits().hold("b_O", value))
        return next(row["warning"] for row in listed if row["name"] == "b_O")

    assert warning(float(np.median(drawn))) == ""
    for value in (float(drawn.max()) + 1, 0.0):
        assert "the record does not support" in warning(value)


def test_events_name_their_states_and_an_added_one_is_among_them(session):
    raid = {
        "kind": "threat", "actor": "Azerbaijan", "target": "ARM", "date": "2010-06",
        "strength": 4, "description": "A raid",
    }  # fmt: skip
    edits = Edits().add(session.picked.scenario, raid)
    answer = session.answer(edits, FEW)
    added = rows.events(session, answer, edits, "ARM")[-1]
    assert (added["who"], added["added"]) == ("Azerbaijan \N{RIGHTWARDS ARROW} Armenia", True)
    assert answer.end().after[0] != answer.end().before[0]
    assert rows.events(session, answer, edits, "ARM", now=Edits())[-1]["id"] != added["id"]
    assert added["id"] not in {row["id"] for row in rows.events(session, answer, edits, "BLR")}


def test_kinds_that_can_be_added_come_with_all_their_codes():
    listed = {row["kind"]: sorted(c["value"] for c in row["choices"]) for row in rows.kinds()}
    assert listed.pop("threat from within") == listed["threat"]
    assert listed == {kind: sorted(codes) for kind, codes in CODES.items()}


def test_the_picture_is_16_to_9(session, refused):
    from alliance_cohesion.dashboard.picture import picture

    png = picture(view(session, refused, FEW, 1), "ARM")
    assert png.startswith(b"\x89PNG")
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    assert (width, height) == (1920, 1080)


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
