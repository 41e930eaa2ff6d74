"""R10 and R11: the rules by hand, their fits on made data, and histories that react."""

from dataclasses import replace
from datetime import date
from math import exp, log
from types import SimpleNamespace

import numpy as np
import pytest

import alliance_cohesion as ac
from alliance_cohesion.core import reactions
from alliance_cohesion.core import simulate as ensemble
from alliance_cohesion.core.step import MEMBER
from alliance_cohesion.inference import fit_reactions as fits
from alliance_cohesion.inference import priors as prior
from alliance_cohesion.scenario import patron, reacting

from ..worlds import quiet, random_world

believed = prior.default()
draws = believed.transform(believed.cube(40, seed=6))


@pytest.fixture(scope="module")
def csto():
    return ac.load("csto")


def test_an_aligned_requester_of_a_free_patron_is_answered_more_often():
    b = np.array([0.0, 1.0, 0.5, 0.0, 2.0])
    assert reactions.answer_chance(b, 0.0, 0.0, 0.0, 0.0) == 0.5
    assert reactions.answer_chance(b, log(3.0), 0.0, 0.0, 0.0) == pytest.approx(0.75)
    assert reactions.answer_chance(b, 0.0, 1.0, 0.0, 1.0) == pytest.approx(1 / (1 + exp(-2.5)))


def test_an_unreliable_patron_invites_episodes_and_the_estranged_are_courted():
    assert reactions.episode_rate(0.0, 2.0, 0.3, 0.3) == 1.0
    assert reactions.episode_rate(0.0, 2.0, 0.1, 0.3) == pytest.approx(exp(0.4))
    assert reactions.offer_rate(0.0, 0.5, -3.0, -1.0) == pytest.approx(exp(1.0))


def test_an_episode_lasts_as_long_as_it_is_said_to():
    world = quiet(ticks=8, states=1)
    r = reacting.silent(world, 1)._replace(
        start=1, episodes=1, source_target=np.array([0]), source_actor=np.array([-1]),
        source_rate=np.array([[20.0]]), source_level=np.array([0.6]), source_ticks=np.array([3]),
    )  # fmt: skip
    f, minds = world.forcing, np.ones((1, 10))
    until, offers = np.zeros(1, np.int64), np.zeros((8, 1))
    reactions.react(r, 0, f, 2, np.zeros(1, np.int8), minds, until, offers, 1, 0)
    assert until.tolist() == [5]
    never = r._replace(source_rate=np.array([[-50.0]]))
    for t in range(3, 8):
        reactions.react(never, 0, f, t, np.zeros(1, np.int8), minds, until, offers, 1, 0)
    assert f.external[:, 0].tolist() == [0.0, 0.0, 0.6, 0.6, 0.6, 0.0, 0.0, 0.0]


def test_a_war_elsewhere_ties_the_patron_down_by_its_level():
    world = quiet(ticks=8, states=1)  # quarters from 2000 on
    wars = [
        SimpleNamespace(start=date(2000, 5, 1), end=date(2000, 8, 1), level=4),
        SimpleNamespace(start=date(2000, 6, 1), end=None, level=1),
    ]
    free = patron.spare(SimpleNamespace(engagements=wars), world)
    assert free.tolist() == pytest.approx([1.0, 0.2, 0.2, 0.8, 0.8, 0.8, 0.8, 0.8])


def test_without_reactions_the_histories_are_those_of_the_ensemble():
    world = random_world(3)
    quiet = reacting.silent(world, len(draws))
    path, aligned = reactions.simulate(world, draws, quiet, 100, seed=4)
    plain = ensemble.simulate(world, draws, 100, seed=4, keep=100)
    assert np.array_equal(path, plain.path)
    assert np.array_equal(aligned, plain.alignment)


def test_known_standings_are_the_documented_ones_and_later_ones_are_not_scripted(csto):
    world = csto.world
    values = csto.draws().values[:40]
    known = len(world.ticks) - 30
    path, _ = reactions.simulate(world, values, reacting.silent(world, 40), 60, seed=4, known=known)
    first = world.forcing.first
    assert (path[:, : known - first] == world.record[first:known]).all()
    assert not (path[:, known - first :] == world.record[known:]).all()


def test_reactions_begin_on_their_day(csto):
    scenario = reacting.by_rule(csto.scenario)
    since = date(2015, 1, 1)
    values = csto.draws().values[:40]
    world, rules = reacting.world_and_reactions(scenario, since, 40, seed=1)
    path, aligned = reactions.simulate(world, values, rules, 80, seed=2)
    plain = ensemble.simulate(csto.world, values, 80, seed=2, keep=80)
    begins = rules.start - world.forcing.first
    assert np.array_equal(aligned[:, :begins], plain.alignment[:, :begins])
    assert not np.array_equal(aligned[:, begins + 8], plain.alignment[:, begins + 8])
    assert path.shape == plain.path.shape


def test_only_the_rows_that_rules_replace_are_left_out(csto):
    since = date(2015, 1, 1)
    scenario = reacting.by_rule(csto.scenario, "responses")
    kept = {event.id for event in reacting.scripted(scenario, since).events}
    for event in csto.scenario.events:
        replaced = event.kind == "response" and event.start >= since
        assert (event.id not in kept) == replaced, event.id


def test_what_a_counterfactual_is_about_stays_scripted(csto):
    since = date(2015, 1, 1)
    scenario = reacting.by_rule(csto.scenario)
    one = next(e.id for e in csto.scenario.events if e.kind == "response" and e.start > since)
    keep = frozenset({one})
    assert one in {event.id for event in reacting.scripted(scenario, since, keep).events}
    _, all_by_rule = reacting.world_and_reactions(
        reacting.by_rule(csto.scenario, "responses"), since, 5, seed=1
    )
    _, but_one = reacting.world_and_reactions(
        reacting.by_rule(csto.scenario, "responses"), since, 5, seed=1, keep=keep
    )
    assert len(but_one.request_tick) < len(all_by_rule.request_tick)


def test_the_patrons_own_pressure_is_never_replaced(csto):
    scenario = reacting.by_rule(csto.scenario, "episodes")
    left_out = {e.id for e in csto.scenario.events} - {
        e.id for e in reacting.scripted(scenario, date(1994, 4, 20)).events
    }
    patron = csto.scenario.alliance.patron
    for event in csto.scenario.events:
        if event.id in left_out:
            assert event.kind == "threat"
            assert event.actor != patron


def test_a_patron_that_always_answers_is_believed_more(csto):
    scenario = reacting.by_rule(csto.scenario, "responses")
    values = csto.draws().values[:60]
    world, rules = reacting.world_and_reactions(scenario, date(1994, 4, 20), 60, seed=1)
    shares = []
    for constant in (30.0, -30.0):
        b = np.zeros_like(rules.answer)
        b[:, 0] = constant
        path, _ = reactions.simulate(world, values, rules._replace(answer=b), 600, seed=3)
        shares.append(float((path == MEMBER).mean()))
    assert shares[0] > shares[1]


def test_the_logistic_fit_finds_the_coefficients_that_made_the_answers():
    rng = np.random.default_rng(1)
    x = np.column_stack([np.ones(4000), rng.normal(size=4000), *rng.integers(0, 2, (2, 4000)),
                         rng.random(4000)])  # fmt: skip
    truth = np.array([-0.5, 0.8, 1.0, -1.0, 1.5])
    kept = rng.random(4000) < 1 / (1 + np.exp(-x @ truth))
    found = fits.fit_answers(x, kept)
    error = np.sqrt(np.diag(found.covariance))
    assert (np.abs(found.mean - truth) < 4 * error + 0.05).all()


def test_the_poisson_fit_finds_rates_and_slope_and_shrinks_the_silent():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(3000, 3))
    rates = np.log([0.5, 1.0, 2.0])
    counts = rng.poisson(np.exp(rates + 0.3 * x) * 0.25).astype(float)
    found = fits.fit_rates(counts, x, np.full(x.shape, 0.25))
    assert found.mean[:3] == pytest.approx(rates, abs=0.2)
    assert found.mean[-1] == pytest.approx(0.3, abs=0.08)
    short = fits.fit_rates(counts[:4] * 0, x[:4], np.full((4, 3), 0.25))
    assert np.isfinite(short.mean).all()


def test_a_projection_starts_where_the_record_ends():
    case = ac.load("csto-2035")
    data = case.run(histories=60)
    at_end = data.share.sel(standing="member").sel(time="2025-10-01").values
    assert set(at_end.tolist()) <= {0.0, 1.0}
    later = data.share.sel(standing="member").sel(time="2035-10-01").values
    assert ((later > 0) & (later < 1)).any()


def test_agents_refuse_what_they_cannot_do():
    with pytest.raises(ValueError, match="ensemble only"):
        ac.load("csto-2035").run(histories=2, engine="agents")


def test_an_alliance_nobody_fitted_gets_the_mean_rates(csto):
    renamed = replace(csto.world, states=tuple(f"X{i}" for i in range(8)))
    found = reacting.fitted()
    _, _, columns = reacting._sources(renamed, found)
    assert all(len(column) > 1 for column in columns)
