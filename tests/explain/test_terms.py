"""Terms add up to the alignment, and the alignment gives the probabilities."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from alliance_cohesion.analysis.explain import explain
from alliance_cohesion.core import replay, rules
from alliance_cohesion.core.contributions import TERMS
from alliance_cohesion.core.inputs import Status
from alliance_cohesion.core.step import LATENT
from alliance_cohesion.inference.held_out import HeldOut
from alliance_cohesion.inference.prediction import Prediction, predict
from alliance_cohesion.inference.priors import NAMES
from alliance_cohesion.report.explain import document
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
ENDS = [f"ends the step {status}" for status in ("member", "frozen", "out")]


def added(e):
    return e.by_draw[list(TERMS)].sum(axis=1).to_numpy()


@pytest.mark.parametrize(("state", "day"), QUESTIONS)
def test_the_terms_add_up_to_the_alignment_in_every_draw(state, day):
    e = told(state, day)
    assert added(e) == pytest.approx(e.by_draw["alignment"].to_numpy(), abs=1e-9)
    means = e.terms["mean"]
    assert means.drop("alignment").sum() == pytest.approx(means["alignment"])


@pytest.mark.parametrize(("state", "day"), QUESTIONS)
def test_probabilities_and_alignment_are_those_of_the_whole_record(state, day):
    inputs, e = starter().inputs, told(state, day)
    i = inputs.states.index(state)
    t = int(np.searchsorted(inputs.decided, np.datetime64(e.first)))
    whole = replay.trace(inputs, starter().draws().values)
    assert np.array_equal(whole.latent[:, t, i, LATENT.index("a")], e.by_draw["alignment"])
    means = e.probabilities["mean"]
    assert [*means[ENDS]] == [whole.probabilities[:, t, i, to].mean() for to in Status]
    assert means[ENDS].sum() == pytest.approx(1)


def test_between_renewals_the_yearly_probability_of_leaving_is_the_mean_of_those_of_the_draws():
    e, values = told(), starter().draws().values
    assert (e.before, e.renewal, e.move) == (Status.MEMBER, False, "leaving")
    yearly = [
        rules.event_probability(rules.leave_rate(a, f), 1.0)
        for a, f in zip(e.by_draw["alignment"], values[:, NAMES.index("f_leave")], strict=True)
    ]
    assert e.probability["mean"] == pytest.approx(np.mean(yearly))
    error = np.std(yearly) / np.sqrt(len(yearly))
    assert e.probability["monte_carlo_error"] == pytest.approx(error)


def test_frozen_and_out_are_apart_and_share_the_probability_of_leaving_as_in_the_step():
    inputs, e = starter().inputs, told()
    t = int(np.searchsorted(inputs.decided, np.datetime64(e.first)))
    steps = replay.trace(inputs, starter().draws().values).probabilities[
        :, t, inputs.states.index("Velia")
    ]
    _, freezes, leaves = steps.T
    means = e.probabilities["mean"]
    frozen, out = means["leaving to frozen"], means["leaving to out"]
    assert frozen + out == pytest.approx(means["leaving"])
    a_year = 1 - (1 - freezes - leaves) ** 4
    assert frozen == pytest.approx((a_year * freezes / (freezes + leaves)).mean())
    assert out == pytest.approx((a_year * leaves / (freezes + leaves)).mean())


def test_in_a_renewal_the_probability_is_that_of_the_renewal_itself():
    e = told("Velia", "2005-01-01")
    assert (e.renewal, e.per, e.after) == (True, "renewal", Status.OUT)
    member = e.probabilities.loc["ends the step member", "mean"]
    assert e.probability["mean"] == pytest.approx(1 - member)


def test_a_state_that_is_out_is_asked_about_coming_back_even_in_a_renewal():
    e = told("Velia", "2007")
    assert (e.before, e.move) == (Status.OUT, "coming back")
    per_year = 1 - (1 - e.probabilities.loc["ends the step member", "mean"]) ** 4
    assert e.probability["mean"] == pytest.approx(per_year, rel=0.2)  # mean of powers


def test_the_rank_is_among_states_of_the_same_status_the_likeliest_to_move_first():
    assert [len(told(*q).peers) for q in (("Velia", EVE), ("Velia", "2007"))] == [3, 1]
    e = told("Karth", "2007")
    assert {*e.peers.index} == {"Karth", "Ostra"}
    assert e.peers["probability"].is_monotonic_decreasing
    assert e.peers.index[e.rank - 1] == "Karth"
    assert e.peers.loc["Karth", "probability"] == e.probability["mean"]
    assert e.peers.loc["Karth", "alignment"] == pytest.approx(e.terms.loc["alignment", "mean"])


def test_a_date_stands_for_its_time_step_and_a_month_and_a_year_for_their_middle():
    assert (told().first, told().last) == (date(2004, 10, 1), date(2004, 12, 31))
    assert told().known_until == date(2004, 9, 30)
    assert told("Velia", "2007").first == date(2007, 7, 1)


def test_another_seed_draws_other_thresholds():
    assert explain(starter(), "Velia", EVE, 9).probability["mean"] != told().probability["mean"]
    assert explain(starter(), "Velia", EVE).as_json() == told().as_json()


@pytest.mark.parametrize("state", ["ARM", "Uzbekistan", "azerbaijan"])
def test_terms_of_the_shipped_record_add_up_too(state):
    e = explain(load("csto"), state, "2013-05")
    assert added(e) == pytest.approx(e.by_draw["alignment"].to_numpy(), abs=1e-9)


def test_numbers_of_a_fitted_record_are_in_sample_and_those_of_another_are_not():
    assert explain(load("csto"), "ARM", "2013-05").sample == "in sample"
    assert told().sample == "held out"


@pytest.mark.parametrize(("state", "day"), QUESTIONS[:4])
def test_the_yearly_probability_is_that_of_compare(state, day):
    inputs, e = starter().inputs, told(state, day)
    t = int(np.searchsorted(inputs.decided, np.datetime64(e.first)))
    compared = predict(inputs, starter().draws().values).in_a_year[t, inputs.states.index(state)]
    assert e.probability["mean"] == pytest.approx(compared, rel=1e-12)


def test_a_prediction_by_fits_that_never_saw_the_episode_is_given_beside_with_its_rank(monkeypatch):
    sim = load("csto")
    shape = (len(sim.inputs.decided), len(sim.inputs.states))
    rules, baseline = np.full(shape, 0.01), np.full(shape, 0.002)
    rules[:, sim.inputs.states.index("BLR")] = 0.07
    nothing = np.zeros((*shape, 3))
    kept = HeldOut(np.zeros(shape, int), Prediction(nothing, rules), Prediction(nothing, baseline),
                   np.zeros(1), np.zeros(1))  # fmt: skip
    monkeypatch.setattr("alliance_cohesion.inference.held_out.read", lambda *_: kept)
    e = explain(sim, "ARM", "2024-02")
    means = e.probabilities["mean"]
    assert (means["leaving, held out"], means["leaving, held out, base rate"]) == (0.01, 0.002)
    assert [*e.probabilities["sample"].unique()] == ["in sample", "held out"]
    assert e.peers.loc["BLR", "held_out"] == 0.07
    said = document(e).answer[0]
    assert "it was 1.0 % a year, 2nd of 5 members; the base rate was 0.20 %" in said


def test_nothing_held_out_is_claimed_of_a_record_with_other_inputs():
    sim = load("csto")
    fewer = type(sim)(replace(sim.scenario, events=sim.scenario.events[:-40]))
    assert explain(fewer, "ARM", "2013-05").peers["held_out"].isna().all()
