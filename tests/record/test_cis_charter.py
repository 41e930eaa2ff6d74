"""The CIS Charter: another alliance, coded for two new states, the rest borrowed and turned."""

import csv
import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

import alliance_cohesion as ac
from alliance_cohesion.analysis import compare
from alliance_cohesion.inference import record
from alliance_cohesion.inference.placebos import drives
from alliance_cohesion.scenario import load
from examples import own_alliance

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "scenarios" / "cis-charter"
NEW = ("MDA", "UKR")


@cache
def scenario():
    return load("cis-charter")


@cache
def sim():
    return ac.load("cis-charter")


def table(name):
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def page():
    """The page as it is read: without the marks behind its figures."""
    text = (ROOT / "docs" / "own-alliance.md").read_text(encoding="utf-8")
    return re.sub(r"<!--.*?-->", "", text)


def test_the_documented_changes_are_those_of_georgia_ukraine_and_moldova():
    found = [
        (sim().inputs.states[c.state], c.kind, str(c.date)) for c in record.changes(sim().inputs)
    ]
    assert found == [
        ("GEO", "exit", "2008-07-01"), ("UKR", "exit", "2018-04-01"),
        ("MDA", "freeze", "2022-10-01"), ("MDA", "exit", "2026-01-01"),
    ]  # fmt: skip


def test_the_charter_has_no_terms_and_a_year_of_notice():
    assert not sim().inputs.drivers.renewal.any()
    assert scenario().alliance.notice == 12


def test_doubtful_statuses_keep_their_alternatives_and_a_low_confidence():
    status = {row["id"]: row for row in table("events.csv") if row["kind"] == "status"}
    for name in ("ukr-1991-member", "ukr-2018-out", "mda-2022-frozen"):
        assert status[name]["confidence"] == "low"
        assert status[name]["alternatives"]
    assert status["mda-2026-out"]["confidence"] == "medium"


def test_nothing_of_the_other_institution_is_left():
    events = scenario().events
    assert not [e.id for e in events if e.actor == "CSTO" or "CSTO" in e.targets]
    aimed_at_all = {e.id for e in events if e.targets == ("members",) and drives(e)}
    assert aimed_at_all == {"all-1995-integration-course"}
    assert not {"all-2009-ksor", "all-2010-scope"} & {e.id for e in events}
    refused = next(e for e in events if e.id == "uzb-2009-ksor")
    assert (refused.actor, refused.end) == ("RUS", date(2012, 6, 27))


def test_what_was_asked_of_the_treatys_members_reaches_them_by_name():
    asked = [e for e in scenario().events if e.id.endswith("2008-recognition")]
    reached = sorted(state for e in asked for state in e.targets)
    assert reached == ["ARM", "BLR", "KAZ", "KGZ", "TJK", "UZB"]
    assert {e.strength for e in asked} == {1.0}


def test_what_the_borrowed_record_carries_to_its_end_is_carried_on():
    last = load("csto").clock.end
    borrowed = {e.id for e in load("csto").events if drives(e) and e.end == last}
    carried = {e.id for e in scenario().events if e.end == scenario().clock.end}
    assert borrowed - carried == {"arm-1992-aze-blockade"}  # over by its own words


@pytest.mark.parametrize("state", NEW)
def test_a_new_state_has_the_four_components_of_dependence(state):
    found = {row["indicator"] for row in table("indicators.csv") if row["state"] == state}
    assert found == {"trade_share", "remittances_gdp", "base", "energy"}


def test_the_posterior_has_not_seen_this_alliance():
    found = sim().draws()
    assert not found.seen
    assert found.hyper is not None


@pytest.mark.slow
def test_the_page_tells_the_score_as_it_comes_out():
    card = compare.compare(sim())
    text = page()
    for value in card.gain:
        assert f"{value:+.2f}" in text
    assert f"**{sum(card.gain):+.2f}**" in text
    assert f"Brier skill {card.proper['brier'].skill:.2f}" in text
    assert card.proper["brier"].skill < 0.0  # "worse than the baseline's"
    ranked = card.auc["leaving off the window"]
    assert f"AUC of leaving {ranked.auc:.2f}" in text
    free = [f"{one.within_2_years:.0%}".replace("%", "") for one in card.free.changes]
    assert f"Ukraine in {free[1]} %, Georgia in {free[0]} %" in text
    assert f"Moldova in {free[2]} and {free[3]} %" in text
    assert f"{card.free.right_status:.0%}".replace("%", " %") in text


@pytest.mark.slow
def test_the_page_tells_what_the_example_finds():
    found, text = own_alliance.tables(), page()
    told = own_alliance.report(found)
    codings = found["codings"]
    assert len(codings) == 6
    for label, value in codings.items():
        assert f"| {label} | {value:+.2f} |" in text
        assert re.search(rf"^  {label} +{re.escape(f'{value:+.2f}')}$", told, re.M)
    assert codings["as coded"] == max(codings.values())
    rules, rows = found["refitted"]["the rules"], found["refitted"]["number of rows so far"]
    assert f"the count of rows gains {rows:.1f} nats on the baseline, the rules {rules:.1f}" in text
    alone = found["auc"]["new ones"]
    assert alone["rows"] >= alone["rules"]  # "the count ranks leavers as well"
    by_state = found["by_state"]
    assert [f"({by_state[state]:+.2f})" in text for state in ("MDA", "UKR", "AZE")] == [True] * 3
    assert (
        by_state["MDA"]
        > by_state["UKR"]
        > max(value for state, value in by_state.items() if state not in NEW)
    )
    assert by_state["AZE"] == min(by_state.values())
