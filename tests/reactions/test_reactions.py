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
from alliance_cohesion.core.parameters import NAMES
from alliance_cohesion.core.randomness import Purpose, address, uniform
from alliance_cohesion.core.step import LATENT, MEMBER, OUT
from alliance_cohesion.inference import fit_reactions as fits
from alliance_cohesion.inference import priors as prior
from alliance_cohesion.scenario import patron, reacting

from ..inputs import quiet, random_inputs

believed = prior.default()
draws = believed.transform(believed.cube(40, seed=6))


@pytest.fixture(scope="module")
def csto():
    return ac.load("csto")


def test_an_aligned_requester_of_a_free_patron_is_answered_more_often():
    b = np.array([0.0, 1.0, 0.5, 0.0, 2.0])
    assert reactions.answer_probability(b, 0.0, 0.0, 0.0, 0.0) == 0.5
    assert reactions.answer_probability(b, log(3.0), 0.0, 0.0, 0.0) == pytest.approx(0.75)
    assert reactions.answer_probability(b, 0.0, 1.0, 0.0, 1.0) == pytest.approx(1 / (1 + exp(-2.5)))


def test_an_unreliable_patron_invites_episodes_and_the_estranged_are_courted():
    assert reactions.episode_rate(0.0, 2.0, 0.3, 0.3) == 1.0
    assert reactions.episode_rate(0.0, 2.0, 0.1, 0.3) == pytest.approx(exp(0.4))
    assert reactions.offer_rate(0.0, 0.5, -3.0, -1.0) == pytest.approx(exp(1.0))


def silent(inputs, draws):
    """Reactions that never act."""
    nobody, nothing = np.zeros(0, np.int64), np.zeros(0)
    return reactions.Reactions(
        start=len(inputs.steps), answers=0, episodes=0, offers=0, answer=np.zeros((draws, 5)),
        spare=np.ones(len(inputs.steps)), strength=np.zeros(3), request_step=nobody,
        request_state=nobody, request_level=nothing, request_internal=nothing,
        request_inside=nothing, source_target=nobody, source_actor=nobody,
        source_rate=np.zeros((draws, 0)), source_slope=np.zeros(draws), source_level=nothing,
        source_steps=nobody, offer_rate=np.zeros((draws, len(inputs.states))),
        offer_slope=np.zeros(draws), offer_points=0.0, offer_steps=1, usual=np.zeros(2),
    )  # fmt: skip


def latent(inputs, row, reacting=None):
    """[T, N, 10] latent states at the end of the step before, along the record."""
    out = ensemble.outputs(inputs, 1, "latent", rows=LATENT)
    ensemble.walk_all(inputs, row[np.newaxis], 1, lambda: out, known=99, reactions=reacting)
    return out.latent[0]


def test_an_episode_lasts_as_long_as_it_is_said_to():
    """Begun in step 2 for three steps, the threat is felt at 0.6 in steps 2, 3 and 4, then fades;
    the chance of another is nil while the first lasts, since sources act one at a time."""
    inputs = quiet(steps=9, states=1)
    r = silent(inputs, 1)._replace(
        start=2, episodes=1, source_target=np.array([0]), source_actor=np.array([-1]),
        source_rate=np.array([[20.0]]), source_level=np.array([0.6]), source_steps=np.array([3]),
    )  # fmt: skip
    row = draws[0].copy()
    E = latent(inputs, row, r)[:, 0, LATENT.index("E")]
    assert E[:2].tolist() == [0.0, 0.0]
    assert (E[2:] == 0.6).all()  # a source this busy begins again as soon as it may
    never = latent(inputs, row, r._replace(source_rate=np.array([[-50.0]])))
    assert not never[:, 0, LATENT.index("E")].any()


def test_an_episode_ends_after_its_length_and_only_then_may_another_begin():
    inputs, length = quiet(steps=60, states=1), 3
    r = silent(inputs, 1)._replace(
        start=2, episodes=1, source_target=np.array([0]), source_actor=np.array([-1]),
        source_rate=np.array([[0.0]]), source_level=np.array([0.6]),
        source_steps=np.array([length]),
    )  # fmt: skip
    row = draws[0].copy()
    fades = 0.5 ** (0.25 / row[NAMES.index("h_threat")])
    place, begins = address(int(Purpose.EPISODE), 0), 1 - exp(-0.25)  # once a year, by quarters
    until, felt, expected, pauses = 0, 0.0, [], 0
    for t in range(60):
        expected.append(felt)
        if t >= max(2, until):
            if uniform(0, 0, t, int(inputs.drivers.address[0]), place) < begins:
                until = t + length
            else:
                pauses += 1
        felt = max(0.6 if t < until else 0.0, felt * fades)
    E = latent(inputs, row, r)[:, 0, LATENT.index("E")]
    assert E.tolist() == pytest.approx(expected[1:])
    assert 10 < pauses < 50


def test_an_offer_counts_for_as_long_as_it_stands():
    inputs = quiet(steps=7, states=1)
    r = silent(inputs, 1)._replace(
        start=2, offers=1, offer_rate=np.array([[40.0]]), offer_points=2.0, offer_steps=3
    )
    O = latent(inputs, draws[0], r)[:, 0, LATENT.index("O")]  # noqa: E741
    assert O.tolist() == [0.0, 0.0, 2.0, 4.0, 6.0, 6.0]  # one a step, each for three steps


def test_a_granted_request_counts_as_kept_for_oneself_and_a_little_for_others():
    inputs = quiet(steps=5, states=2)
    r = silent(inputs, 1)._replace(
        start=2, answers=1, answer=np.array([[50.0, 0, 0, 0, 0]]), strength=np.array([1.0, 0.5, 1]),
        request_step=np.array([2]), request_state=np.array([0]), request_level=np.array([0.8]),
        request_internal=np.zeros(1), request_inside=np.zeros(1),
    )  # fmt: skip
    row = draws[0].copy()
    row[NAMES.index("omega")] = 0.25
    before, after = latent(inputs, row)[2], latent(inputs, row, r)[2]
    gained = (after - before)[:, LATENT.index("alpha")]
    assert gained == pytest.approx([0.8 * 0.5, 0.25 * 0.8 * 0.5])
    assert (after - before)[:, LATENT.index("beta")] == pytest.approx([0.0, 0.0])


def test_a_request_of_a_state_that_is_out_gets_no_answer():
    inputs = quiet(steps=5, states=2)
    inputs = replace(
        inputs, initial=np.array([OUT, MEMBER], np.int8),
        record=np.tile(np.array([OUT, MEMBER], np.int8), (5, 1)),
    )  # fmt: skip
    r = silent(inputs, 1)._replace(
        start=2, answers=1, answer=np.array([[50.0, 0, 0, 0, 0]]), strength=np.ones(3),
        request_step=np.array([2]), request_state=np.array([0]), request_level=np.array([0.8]),
        request_internal=np.zeros(1), request_inside=np.zeros(1),
    )  # fmt: skip
    assert np.array_equal(latent(inputs, draws[0], r), latent(inputs, draws[0]), equal_nan=True)


def test_a_war_elsewhere_ties_the_patron_down_by_its_level():
    inputs = quiet(steps=8, states=1)  # quarters from 2000 on
    wars = [
        SimpleNamespace(start=date(2000, 5, 1), end=date(2000, 8, 1), level=4),
        SimpleNamespace(start=date(2000, 6, 1), end=None, level=1),
    ]
    free = patron.spare(SimpleNamespace(engagements=wars), inputs)
    assert free.tolist() == pytest.approx([1.0, 0.2, 0.2, 0.8, 0.8, 0.8, 0.8, 0.8])


def test_reactions_that_never_act_change_nothing():
    inputs = random_inputs(3)
    made = ensemble.simulate(inputs, draws, 100, seed=4, keep=100, reactions=silent(inputs, 40))
    plain = ensemble.simulate(inputs, draws, 100, seed=4, keep=100)
    assert np.array_equal(made.path, plain.path)
    assert np.array_equal(made.alignment, plain.alignment)


def test_reactions_begin_on_their_day(csto):
    scenario = reacting.by_rule(csto.scenario)
    since = date(2015, 1, 1)
    values = csto.draws().values[:40]
    inputs, rules = reacting.inputs_and_reactions(scenario, since, 40, seed=1)
    made = ensemble.simulate(inputs, values, 80, seed=2, keep=80, reactions=rules)
    path, aligned = made.path, made.alignment
    plain = ensemble.simulate(csto.inputs, values, 80, seed=2, keep=80)
    begins = rules.start - inputs.drivers.first
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
    _, all_by_rule = reacting.inputs_and_reactions(
        reacting.by_rule(csto.scenario, "responses"), since, 5, seed=1
    )
    _, but_one = reacting.inputs_and_reactions(
        reacting.by_rule(csto.scenario, "responses"), since, 5, seed=1, keep=keep
    )
    assert len(but_one.request_step) < len(all_by_rule.request_step)


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
    inputs, rules = reacting.inputs_and_reactions(scenario, date(1994, 4, 20), 60, seed=1)
    shares = []
    for constant in (30.0, -30.0):
        b = np.zeros_like(rules.answer)
        b[:, 0] = constant
        reacting_ = rules._replace(answer=b)
        made = ensemble.simulate(inputs, values, 600, seed=3, reactions=reacting_)
        shares.append(float(made.status[..., MEMBER].mean()))
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
    sim = ac.load("csto-2035")
    data = sim.run(histories=60).dataset
    at_end = data.share.sel(status="member").sel(time="2025-10-01").values
    assert set(at_end.tolist()) <= {0.0, 1.0}
    later = data.share.sel(status="member").sel(time="2035-10-01").values
    assert ((later > 0) & (later < 1)).any()


def test_agents_refuse_what_they_cannot_do():
    with pytest.raises(ValueError, match="ensemble only"):
        ac.load("csto-2035").run(histories=2, engine="agents")


def test_an_alliance_nobody_fitted_gets_the_mean_rates(csto):
    renamed = replace(csto.inputs, states=tuple(f"X{i}" for i in range(8)))
    found = reacting.fitted()
    _, _, columns = reacting._sources(renamed, found)
    assert all(len(column) > 1 for column in columns)
