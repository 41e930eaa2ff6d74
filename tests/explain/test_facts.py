"""The facts that are listed are those that matter, and no others do."""

import datetime
from dataclasses import replace

import numpy as np
import pytest

from alliance_cohesion.analysis.explain import explain, rows
from alliance_cohesion.core.contributions import TERMS
from alliance_cohesion.core.replay import trace
from alliance_cohesion.core.step import LATENT
from alliance_cohesion.inference.priors import NAMES
from alliance_cohesion.scenario import compile_inputs, write_new
from alliance_cohesion.scenario.events import TOWARDS_STATES
from alliance_cohesion.simulation import Simulation, load

from .cases import EVE, changed, facts, ids, now, row, starter, told, without


def utility(explanation):
    """[draw, term] all terms but inertia, which remembers what has long faded."""
    return explanation.by_draw[list(TERMS)].drop(columns="inertia").to_numpy()


def test_without_the_highest_threat_from_inside_its_term_changes():
    assert ids(told(), "P")[0] == "coast-2003"
    after = explain(without("coast-2003"), "Velia", EVE)
    assert now(after, "P") < now(told(), "P")
    term = "threat from inside"
    assert not np.allclose(after.by_draw[term], told().by_draw[term])
    assert "coast-2003" not in ids(after, "P")


def named(explanation):
    """Ids of all facts that are listed, and of those that cancel one."""
    cancelling = explanation.facts["cancelled_by"].str.split("|").explode()
    return {*explanation.facts["id"], *cancelling}


def unnamed(sim, explanation):
    return [
        event.id
        for event in sim.scenario.events
        if event.kind in TOWARDS_STATES and event.id not in named(explanation)
    ]


@pytest.mark.parametrize("state", ["Karth", "Ostra", "Velia"])
def test_without_a_fact_that_is_not_listed_no_term_changes(state):
    e = told(state, EVE)
    names = unnamed(starter(), e)
    assert names
    for name in names:
        assert np.allclose(utility(explain(without(name), state, EVE)), utility(e), atol=1e-12)


@pytest.mark.parametrize(("state", "day"), [("ARM", "2024-02-22"), ("UZB", "2012-06-28")])
def test_of_the_shipped_record_all_unlisted_facts_can_go_at_once(state, day):
    sim = load("csto")
    e = explain(sim, state, day)
    names = set(unnamed(sim, e))
    assert len(names) > 200
    kept = tuple(event for event in sim.scenario.events if event.id not in names)
    after = explain(Simulation(replace(sim.scenario, events=kept)), state, day)
    assert utility(after) == pytest.approx(utility(e), abs=1e-12)


@pytest.mark.parametrize("state", ["Karth", "Velia"])
def test_a_row_alone_brings_what_a_scenario_with_that_row_only_brings(state):
    scenario, inputs = starter().scenario, starter().inputs
    i, until = inputs.states.index(state), len(inputs.steps)
    evidence = rows.Evidence(scenario, inputs, i, until, starter().draws().values)
    for event in scenario.events:
        only = compile_inputs(replace(scenario, events=(event,), indicators=())).drivers
        out = np.zeros((until, 9))
        rows._perceive(evidence._memory, only, i, inputs.initial, inputs.record, out)
        assert np.array_equal(evidence.alone(event), out)


def test_nothing_is_compiled_for_the_rows_beyond_the_scenario_itself(monkeypatch):
    sim = starter()
    assert sim.inputs

    def compiled_again(*_):
        raise AssertionError("the scenario was compiled again")

    monkeypatch.setattr("alliance_cohesion.scenario.compile.membership", compiled_again)
    explain(sim, "Velia", EVE)


def test_a_weaker_fact_is_listed_next_to_the_one_that_sets_the_level():
    found = facts(told(), "P")
    assert [*found["id"]] == ["coast-2003", "tariff-2003"]
    assert [*found["sets_the_level"]] == [1.0, 0.0]
    assert found["now"][0] == pytest.approx(now(told(), "P"))
    assert found["now"][0] > found["now"][1] > 0


def test_facts_alike_set_a_level_together_and_at_most_two_weaker_ones_are_listed():
    twin = row("coast-2003", id="twin")
    weak = [row("tariff-2003", id=f"weak-{k}") for k in range(4)]
    e = explain(changed(lambda event: event, twin, *weak), "Velia", EVE)
    assert ids(e, "P") == ["coast-2003", "twin", "tariff-2003", "weak-0"]
    assert [*facts(e, "P")["sets_the_level"]][:2] == [1.0, 1.0]


def test_a_past_fact_has_its_faded_level():
    e = told("Karth", "2001-08")  # riots of code 2 in quarters 1 and 2 of 1999, eight steps before
    half_life = starter().draws().values[:, NAMES.index("h_threat")]
    faded = 0.4 * np.exp2(-2.0 / half_life)
    (riots,) = facts(e, "G").to_dict("records")
    assert riots["id"] == "riots-1999"
    assert riots["now"] == pytest.approx(faded.mean())
    assert riots["now"] == pytest.approx(now(e, "G"))


def test_facts_of_the_time_step_itself_and_later_have_no_part():
    late = row("coast-2003", id="late", start=datetime.date(2004, 10, 1), strength=5.0)
    e = explain(changed(lambda event: event, late), "Velia", EVE)
    assert "late" not in ids(e, "P")
    assert e.as_json() == told().as_json()
    assert "late" in ids(explain(changed(lambda event: event, late), "Velia", "2005-01-01"), "P")


def test_a_consequence_is_never_among_the_facts():
    def follow(event):
        return replace(event, consequence=event.consequence or event.id == "coast-2003")

    e = explain(changed(follow), "Velia", EVE)
    assert "coast-2003" not in named(e)
    assert ids(e, "P") == ["tariff-2003"]


def test_the_points_of_the_offers_listed_add_up_to_the_driver():
    assert facts(told(), "O")["now"].sum() == now(told(), "O") == 3.0
    assert ids(told(), "O") == ["aid-2004"]  # the best of the League's two


def test_a_cancelled_offer_is_named_with_what_cancels_it():
    threat = row("border-2006", id="blockade", actor="Western League", targets=("Velia",),
                 start=datetime.date(2004, 3, 1))  # fmt: skip
    e = explain(changed(lambda event: event, threat), "Velia", EVE)
    (offer,) = facts(e, "O").to_dict("records")
    assert (offer["id"], offer["now"], offer["cancelled_by"]) == ("aid-2004", 0.0, "blockade")
    assert now(e, "O") == 0.0
    assert ids(e, "E") == ["blockade"]


def test_answers_listed_account_for_all_that_was_learned_of_the_patron():
    for state in starter().inputs.states:
        e = told(state, "2005-05")
        learned = evidence(state, e) - starter().draws().values[:, NAMES.index("n_prior")]
        assert facts(e, "rho")["now"].sum() == pytest.approx(learned.mean(), abs=1e-12)
    found = facts(told("Velia", "2005-05"), "rho")
    assert [*zip(found["id"], found["own"], strict=True)] == [
        ("refused-2003", True),
        ("helped-1998", False),
    ]


def evidence(state, e):
    """[draw] alpha + beta in the time step that is explained."""
    inputs = starter().inputs
    t = int(np.searchsorted(inputs.decided, np.datetime64(e.first)))
    latent = trace(inputs, starter().draws().values).latent[:, t, inputs.states.index(state)]
    return latent[:, LATENT.index("alpha")] + latent[:, LATENT.index("beta")]


def test_who_left_adds_up_to_the_share_that_left():
    e = told("Karth", "2007")
    (left,) = facts(e, "C").to_dict("records")
    assert left["id"] == "lapse-2005"
    assert left["now"] == pytest.approx(now(e, "C"))
    assert ids(told(), "C") == []


def test_the_components_of_dependence_are_read_between_the_rows_that_are_listed():
    trade = told().dependence
    assert [*trade["component"]] == ["trade_share"]
    assert [*zip(trade["year"], trade["reading"], strict=True)] == [
        (2004, 0.15)
    ]  # mid-2004 is past
    assert [*told("Velia", "2001").dependence["year"]] == [1998, 2004]
    for e in (told(), told("Karth", "2003")):
        shares = e.dependence.drop_duplicates("component")["share"]
        assert shares.mean() == pytest.approx(now(e, "D"))


def test_a_component_that_a_change_holds_names_the_change(tmp_path):
    path = write_new(tmp_path / "held")
    with path.open("a", encoding="utf-8") as file:
        file.write(
            '\n[[change]]\nname = "no trade"\nreason = "An embargo."\naction = "indicator"\n'
            'state = "Velia"\nindicator = "trade_share"\nvalue = 0.0\nfrom = "2003"\n'
        )
    (trade,) = explain(load(path), "Velia", EVE).dependence.to_dict("records")
    assert (trade["held_by"], trade["share"]) == ("no trade", 0.0)
    assert np.isnan(trade["year"])
    assert [*explain(load(path), "Velia", "2002").dependence["held_by"].unique()] == [""]
