"""The facts that are told are those that matter, and no others do."""

import datetime
from dataclasses import replace

import numpy as np
import pytest

from alliance_cohesion.analysis.explain import explain
from alliance_cohesion.core.contributions import TERMS
from alliance_cohesion.core.step import LATENT
from alliance_cohesion.inference.priors import NAMES
from alliance_cohesion.scenario.events import TOWARDS_STATES
from alliance_cohesion.simulation import Case, load

from .cases import EVE, changed, ids, row, starter, told, without

INERTIA = TERMS.index("inertia")
INSIDE = TERMS.index("threat from inside")


def worth(explanation):
    """[draw, term] all terms but inertia, which remembers what has long faded."""
    return np.delete(explanation.terms_by_draw, INERTIA, axis=1)


def test_without_the_highest_threat_from_inside_its_term_changes():
    assert ids(told(), "P")[0] == "coast-2003"
    after = explain(without("coast-2003"), "Velia", EVE)
    assert after.driver("P").now.mean < told().driver("P").now.mean
    assert not np.allclose(after.terms_by_draw[:, INSIDE], told().terms_by_draw[:, INSIDE])
    assert "coast-2003" not in ids(after, "P")


def named(explanation):
    """Ids of all facts that are told, and of those that cancel one."""
    facts = [fact for driver in explanation.drivers for fact in driver.facts]
    return {f.event.id for f in facts} | {name for f in facts for name in f.cancelled_by}


def untold(case, explanation):
    return [
        event.id
        for event in case.scenario.events
        if event.kind in TOWARDS_STATES and event.id not in named(explanation)
    ]


@pytest.mark.parametrize("state", ["Karth", "Ostra", "Velia"])
def test_without_a_fact_that_is_not_told_no_term_changes(state):
    e = told(state, EVE)
    names = untold(starter(), e)
    assert names
    for name in names:
        assert np.allclose(worth(explain(without(name), state, EVE)), worth(e), atol=1e-12)


@pytest.mark.parametrize(("state", "day"), [("ARM", "2024-02-22"), ("UZB", "2012-06-28")])
def test_of_the_shipped_record_all_untold_facts_can_go_at_once(state, day):
    case = load("csto")
    e = explain(case, state, day)
    names = set(untold(case, e))
    assert len(names) > 200
    kept = tuple(event for event in case.scenario.events if event.id not in names)
    after = explain(Case(replace(case.scenario, events=kept)), state, day)
    assert worth(after) == pytest.approx(worth(e), abs=1e-12)


def test_a_weaker_fact_is_told_next_to_the_one_that_sets_the_level():
    facts = told().driver("P").facts
    assert [fact.event.id for fact in facts] == ["coast-2003", "tariff-2003"]
    assert [fact.sets for fact in facts] == [1.0, 0.0]
    assert facts[0].now == pytest.approx(told().driver("P").now.mean)
    assert facts[0].now > facts[1].now > 0


def test_facts_alike_set_a_level_together_and_more_than_two_weaker_ones_are_not_told():
    twin = row("coast-2003", id="twin")
    weak = [row("tariff-2003", id=f"weak-{k}") for k in range(4)]
    e = explain(changed(lambda event: event, twin, *weak), "Velia", EVE)
    assert ids(e, "P") == ["coast-2003", "twin", "tariff-2003", "weak-0"]
    assert [fact.sets for fact in e.driver("P").facts][:2] == [1.0, 1.0]


def test_a_past_fact_has_its_faded_level():
    e = told("Karth", "2001-08")  # riots of code 2 in quarters 1 and 2 of 1999, eight ticks before
    half_life = starter().draws().values[:, NAMES.index("h_threat")]
    faded = 0.4 * np.exp2(-2.0 / half_life)
    (riots,) = e.driver("G").facts
    assert riots.event.id == "riots-1999"
    assert riots.now == pytest.approx(faded.mean())
    assert riots.now == pytest.approx(e.driver("G").now.mean)


def test_facts_of_the_tick_itself_and_later_have_no_part():
    late = row("coast-2003", id="late", start=datetime.date(2004, 10, 1), strength=5.0)
    e = explain(changed(lambda event: event, late), "Velia", EVE)
    assert "late" not in ids(e, "P")
    assert e.as_json() == told().as_json()
    assert "late" in ids(explain(changed(lambda event: event, late), "Velia", "2005-01-01"), "P")


def test_a_consequence_is_never_told():
    def follow(event):
        return replace(event, consequence=event.consequence or event.id == "coast-2003")

    e = explain(changed(follow), "Velia", EVE)
    assert "coast-2003" not in named(e)
    assert ids(e, "P") == ["tariff-2003"]


def test_the_points_of_the_offers_told_add_up_to_the_driver():
    offers = told().driver("O")
    assert sum(fact.now for fact in offers.facts) == offers.now.mean == 3.0
    assert ids(told(), "O") == ["aid-2004"]  # the best of the League's two


def test_a_cancelled_offer_is_named_with_what_cancels_it():
    threat = row("border-2006", id="blockade", actor="Western League", targets=("Velia",),
                 start=datetime.date(2004, 3, 1))  # fmt: skip
    e = explain(changed(lambda event: event, threat), "Velia", EVE)
    (offer,) = e.driver("O").facts
    assert (offer.event.id, offer.now, offer.cancelled_by) == ("aid-2004", 0.0, ("blockade",))
    assert e.driver("O").now.mean == 0.0
    assert ids(e, "E") == ["blockade"]


def test_promises_told_account_for_all_that_was_learned_of_the_patron():
    for state in starter().world.states:
        e = told(state, "2005-05")
        learned = evidence(state, e) - starter().draws().values[:, NAMES.index("n_prior")]
        weights = [fact.now for fact in e.driver("rho").facts]
        assert sum(weights) == pytest.approx(learned.mean(), abs=1e-12)
    facts = told("Velia", "2005-05").driver("rho").facts
    assert [(f.event.id, f.own) for f in facts] == [("refused-2003", True), ("helped-1998", False)]


def evidence(state, e):
    """[draw] alpha + beta in the tick that is explained."""
    from alliance_cohesion.core.replay import trace

    world = starter().world
    t = int(np.searchsorted(world.decided, np.datetime64(e.first)))
    minds = trace(world, starter().draws().values).minds[:, t, world.states.index(state)]
    return minds[:, LATENT.index("alpha")] + minds[:, LATENT.index("beta")]


def test_who_left_adds_up_to_the_share_that_left():
    e = told("Karth", "2007")
    (left,) = e.driver("C").facts
    assert left.event.id == "lapse-2005"
    assert left.now == pytest.approx(e.driver("C").now.mean)
    assert ids(told(), "C") == []


def test_the_components_of_dependence_are_read_between_the_rows_that_are_told():
    e = told()
    (trade,) = e.driver("D").components
    assert trade.name == "trade_share"
    assert [(r.year, r.value) for r in trade.rows] == [(2004, 0.15)]  # mid-2004 has passed
    (before,) = told("Velia", "2001").driver("D").components
    assert [r.year for r in before.rows] == [1998, 2004]
    for told_of in (e, told("Karth", "2003")):
        shares = [component.share for component in told_of.driver("D").components]
        assert np.mean(shares) == pytest.approx(told_of.driver("D").now.mean)


def test_a_component_that_a_change_holds_names_the_change(tmp_path):
    from alliance_cohesion.scenario import write_new

    path = write_new(tmp_path / "held")
    with path.open("a", encoding="utf-8") as file:
        file.write(
            '\n[[change]]\nname = "no trade"\nreason = "An embargo."\naction = "indicator"\n'
            'state = "Velia"\nindicator = "trade_share"\nvalue = 0.0\nfrom = "2003"\n'
        )
    (trade,) = explain(load(path), "Velia", EVE).driver("D").components
    assert (trade.held_by, trade.share, trade.rows) == ("no trade", 0.0, ())
    (earlier,) = explain(load(path), "Velia", "2002").driver("D").components
    assert earlier.held_by == ""
