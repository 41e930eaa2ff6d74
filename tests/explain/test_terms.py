"""Terms add up to the alignment, and the alignment gives the chances that are told."""

from datetime import date

import numpy as np
import pytest

from alliance_cohesion.analysis.explain import explain
from alliance_cohesion.core import replay, rules
from alliance_cohesion.core.inputs import Standing
from alliance_cohesion.core.step import LATENT
from alliance_cohesion.inference.priors import NAMES
from alliance_cohesion.simulation import load

from .cases import EVE, starter, told

QUESTIONS = [
    ("Karth", "2000-01-01"),
    ("Ostra", "2001-06"),
    ("Velia", EVE),
    ("Velia", "2005-01-01"),
    ("Velia", "2007"),
    ("Karth", "2009-12-31"),
]


@pytest.mark.parametrize(("state", "day"), QUESTIONS)
def test_the_terms_add_up_to_the_alignment_in_every_draw(state, day):
    e = told(state, day)
    assert e.terms_by_draw.sum(axis=1) == pytest.approx(e.alignment_by_draw, abs=1e-9)
    assert sum(term.log_odds.mean for term in e.terms) == pytest.approx(e.alignment.mean)


@pytest.mark.parametrize(("state", "day"), QUESTIONS)
def test_chances_and_alignment_are_those_of_the_whole_record(state, day):
    world, e = starter().world, told(state, day)
    i = world.states.index(state)
    t = int(np.searchsorted(world.decided, np.datetime64(e.first)))
    whole = replay.trace(world, starter().draws().values)
    assert np.array_equal(whole.minds[:, t, i, LATENT.index("a")], e.alignment_by_draw)
    for to in Standing:
        assert e.chances[to].mean == whole.chances[:, t, i, to].mean()
    assert sum(spread.mean for spread in e.chances.values()) == pytest.approx(1)


def test_between_renewals_the_yearly_chance_of_leaving_is_that_of_the_leaving_rate():
    e, values = told(), starter().draws().values
    assert (e.standing, e.window, e.move) == (Standing.MEMBER, False, "leaving")
    yearly = [
        rules.event_probability(rules.leave_rate(a, f), 1.0)
        for a, f in zip(e.alignment_by_draw, values[:, NAMES.index("f_leave")], strict=True)
    ]
    assert e.chance.mean == pytest.approx(np.mean(yearly))


def test_in_a_renewal_the_chance_is_that_of_the_window_itself():
    e = told("Velia", "2005-01-01")
    assert (e.window, e.per, e.ended) == (True, "window", Standing.OUTSIDE)
    assert e.chance.mean == pytest.approx(1 - e.chances[Standing.MEMBER].mean)


def test_a_state_outside_is_asked_about_coming_back_even_in_a_renewal():
    e = told("Velia", "2007")
    assert (e.standing, e.move) == (Standing.OUTSIDE, "coming back")
    per_year = 1 - (1 - e.chances[Standing.MEMBER].mean) ** 4
    assert e.chance.mean == pytest.approx(per_year, rel=0.2)  # mean of powers, not power of mean


def test_the_rank_is_among_states_of_the_same_standing_the_likeliest_to_move_first():
    assert [len(told(*q).peers) for q in (("Velia", EVE), ("Velia", "2007"))] == [3, 1]
    e = told("Karth", "2007")
    assert {peer.state for peer in e.peers} == {"Karth", "Ostra"}
    chances = [peer.chance for peer in e.peers]
    assert chances == sorted(chances, reverse=True)
    assert e.peers[e.rank - 1].state == "Karth"
    assert e.peers[e.rank - 1].chance == e.chance.mean
    assert e.peers[e.rank - 1].alignment == pytest.approx(e.alignment.mean)


def test_a_date_stands_for_its_tick_and_a_month_and_a_year_for_their_middle():
    assert (told().first, told().last) == (date(2004, 10, 1), date(2004, 12, 31))
    assert told().perceived_until == date(2004, 9, 30)
    assert told("Velia", "2007").first == date(2007, 7, 1)


def test_another_seed_draws_other_thresholds():
    assert explain(starter(), "Velia", EVE, 9).chance != told().chance
    assert explain(starter(), "Velia", EVE).as_json() == told().as_json()


@pytest.mark.parametrize("state", ["ARM", "UZB", "AZE"])
def test_terms_of_the_shipped_record_add_up_too(state):
    e = explain(load("csto"), state, "2013-05")
    assert e.terms_by_draw.sum(axis=1) == pytest.approx(e.alignment_by_draw, abs=1e-9)
