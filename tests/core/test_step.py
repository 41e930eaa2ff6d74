"""One time step against a second, plain reading of the model: loops and dictionaries, no shortcuts.

Agents and simulation share `step.py`, so that they agree says nothing about it. What follows is
written from the equations R1 to R9 as the documentation has them.
"""

from dataclasses import dataclass
from math import exp, isnan, log, nan

import numpy as np
import pytest

from alliance_cohesion.core import step
from alliance_cohesion.core.inputs import DRIVERS, Inputs
from alliance_cohesion.core.step import FROZEN, MEMBER, OUT
from alliance_cohesion.inference import priors as prior

from ..inputs import quiet, random_inputs
from .lanes import LATENT, Lane, named, transition

believed = prior.default()
STANDINGS = (MEMBER, FROZEN, OUT)
alternatives = {"b_R": 0.7, "b_T": -0.4}  # slopes of the tournament, which the prior holds at zero


def row(draw: int) -> np.ndarray:
    values = believed.transform(believed.cube(1, seed=9, start=draw))[0]
    for name, value in alternatives.items():
        values[prior.NAMES.index(name)] = value
    return values


@dataclass
class Mind:
    """What a state carries from time step to time step, by the names of the model."""

    E: float = 0.0
    G: float = 0.0
    P: float = 0.0
    A: float = 0.0
    O: float = 0.0  # noqa: E741 - the symbol of the equation
    alpha: float = nan
    beta: float = nan
    left: float = 0.0
    V: float = 0.0
    a: float = nan


def reaches(inputs: Inputs, t: int, i: int, before: np.ndarray) -> dict[str, float]:
    """What state `i` perceives: its own rows, the members' rows if it is no outsider, and fellow
    states, who threaten from inside unless they are outside themselves.
    """
    f = inputs.drivers
    seen = {name: float(f.driver(name)[t, i]) for name in DRIVERS}
    if before[i] != OUT:
        for k, name in enumerate(DRIVERS):
            of_members = float(f.members[t, k])
            adds_up = name in ("offer", "kept", "broken")
            seen[name] = seen[name] + of_members if adds_up else max(seen[name], of_members)
    cell = t * len(inputs.states) + i
    for k in range(f.pair_start[cell], f.pair_start[cell + 1]):
        actor_is_outside = before[f.pair_actor[k]] == OUT
        if not actor_is_outside:
            seen["inside"] = max(seen["inside"], float(f.pair_level[k]))
        elif f.pair_outside[k]:
            seen["external"] = max(seen["external"], float(f.pair_level[k]))
    return seen


def promises(inputs: Inputs, t: int, i: int, before: np.ndarray, name: str) -> float:
    """What every other state was answered, one state after the other."""
    total = 0.0
    for j in range(len(inputs.states)):
        if j != i:
            total += float(inputs.drivers.driver(name)[t, j])
            if before[j] != OUT:
                total += float(inputs.drivers.members[t, DRIVERS.index(name)])
    return total


def judged(p, inputs: Inputs, t: int, before, after, i: int, mind: Mind) -> Mind:
    dt, seen = inputs.drivers.dt, reaches(inputs, t, i, before)
    fades = 0.5 ** (dt / p.h_threat)
    forgets = 0.5 ** (dt / p.h_memory)
    lingers = 0.5 ** (dt / p.h_align)
    E, G, P, A = (
        max(seen[name], getattr(mind, symbol) * fades)
        for name, symbol in (("external", "E"), ("internal", "G"), ("inside", "P"), ("demand", "A"))
    )
    kept, broken = p.n_prior * p.rho_prior, p.n_prior * (1 - p.rho_prior)
    alpha = kept + (mind.alpha - kept) * forgets + seen["kept"]
    alpha += p.omega * promises(inputs, t, i, before, "kept")
    beta = broken + (mind.beta - broken) * forgets + seen["broken"]
    beta += p.omega * promises(inputs, t, i, before, "broken")
    fellows = [j for j in range(len(before)) if j != i and before[j] == MEMBER]
    gone = [j for j in fellows if after[j] != MEMBER]
    left = min(1.0, mind.left * forgets + (len(gone) / len(fellows) if fellows else 0.0))
    rho = alpha / (alpha + beta)
    D, O = float(inputs.drivers.dependence[t, i]), seen["offer"]  # noqa: E741
    V = p.b_S * (E + p.gamma * G) * (2 * rho - 1) + p.b_D * D - p.b_P * P - p.b_A * A
    V += -p.b_O * log(1 + O) - p.kappa * left + p.b_R * (2 * rho - 1) + p.b_T * (E + p.gamma * G)
    a = V if isnan(mind.a) else V + (mind.a - V) * lingers
    return Mind(E, G, P, A, O, alpha, beta, left, V, a)


@pytest.mark.parametrize("seed", range(6))
def test_minds_follow_the_equations_through_a_random_inputs(seed):
    inputs = random_inputs(seed)
    p = named(row(seed))
    rng = np.random.default_rng(seed)
    n = len(inputs.states)
    lane = Lane(inputs, row(seed))
    plain = [Mind(alpha=p.n_prior * p.rho_prior, beta=p.n_prior * (1 - p.rho_prior))] * n
    before = rng.choice(STANDINGS, n).astype(np.int8)
    for t in range(len(inputs.steps)):
        after = np.where(rng.random(n) < 0.3, rng.choice(STANDINGS, n), before).astype(np.int8)
        lane.step(t, before, after)
        plain = [judged(p, inputs, t, before, after, i, plain[i]) for i in range(n)]
        expected = [[getattr(mind, name) for name in LATENT] for mind in plain]
        assert lane.latent == pytest.approx(np.array(expected), rel=1e-12, abs=1e-12)
        before = after


@pytest.mark.parametrize("seed", range(4))
def test_a_state_perceives_and_hears_of_others_as_the_loop_over_states_does(seed):
    inputs = random_inputs(seed)
    before = np.random.default_rng(seed).choice(STANDINGS, len(inputs.states)).astype(np.int8)
    lane = Lane(inputs, row(seed))
    for t in range(len(inputs.steps)):
        lane.step(t, before, before)
        for i in range(len(inputs.states)):
            seen = lane.seen(i)
            assert {name: seen[name] for name in DRIVERS} == reaches(inputs, t, i, before)
            assert seen["ln_offers"] == pytest.approx(log(1 + seen["offer"]))
            for name in ("kept", "broken"):
                assert seen[f"{name}_others"] == pytest.approx(promises(inputs, t, i, before, name))


def test_what_the_members_were_promised_counts_for_others_as_often_as_it_was_perceived():
    inputs = quiet(states=3)
    inputs.drivers.members[1, DRIVERS.index("kept")] = 1.0
    before = np.array([MEMBER, FROZEN, FROZEN], np.int8)
    lane = Lane(inputs, row(0))
    lane.step(1, before, before)
    assert [lane.seen(i)["kept_others"] for i in range(3)] == [2.0, 2.0, 2.0]


def by_acts(p, dt, status, a, D, renewal) -> dict[int, float]:
    """R6 to R9 act by act: first the signature, then the time step."""
    found = {MEMBER: 0.0, FROZEN: 0.0, OUT: 0.0}
    leave, back = exp(-(p.f_leave + a)), exp(a - p.f_return)
    signs = 1.0
    if renewal and status != OUT:
        signs = 1 / (1 + exp(-(p.f_renew + a)))
        found[OUT] += 1 - signs
    if status == MEMBER:
        stays = exp(-leave * dt)
        freezes = 1 / (1 + exp(-(p.c_freeze + p.b_freeze * D)))
        found[MEMBER] += signs * stays
        found[FROZEN] += signs * (1 - stays) * freezes
        found[OUT] += signs * (1 - stays) * (1 - freezes)
    elif status == FROZEN:
        stays = exp(-(leave + back) * dt)
        found[FROZEN] += signs * stays
        found[MEMBER] += signs * (1 - stays) * back / (leave + back)
        found[OUT] += signs * (1 - stays) * leave / (leave + back)
    else:
        found[MEMBER] += 1 - exp(-back * dt)
        found[OUT] += exp(-back * dt)
    return found


@pytest.mark.parametrize("status", [MEMBER, FROZEN, OUT])
@pytest.mark.parametrize("renewal", [0, 1])
def test_the_probabilities_of_a_step_are_those_of_its_acts(status, renewal):
    for draw, (a, D) in enumerate([(-2.0, 0.0), (0.0, 0.3), (1.5, 0.8), (4.0, 1.0)]):
        p = named(row(draw))
        p.f_leave, p.f_renew, p.f_return = 0.5, -0.5, 1.0
        for dt in (0.25, 1.0):
            found = transition(p, dt, status, a, D, renewal)
            expected = by_acts(p, dt, status, a, D, renewal)
            assert found == pytest.approx(tuple(expected.values()), abs=1e-12)


def test_a_uniform_number_picks_the_status_in_whose_stretch_it_falls():
    assert [step.decide(u, 0.5, 0.25) for u in (0.0, 0.49)] == [MEMBER, MEMBER]
    assert [step.decide(u, 0.5, 0.25) for u in (0.5, 0.74)] == [FROZEN, FROZEN]
    assert [step.decide(u, 0.5, 0.25) for u in (0.75, 0.99)] == [OUT, OUT]


def test_a_state_that_has_seen_nothing_feels_nothing_and_believes_what_the_prior_says():
    p = named(row(3))
    begun = dict(zip(LATENT, Lane(quiet(states=2), row(3)).latent[1].tolist(), strict=True))
    assert begun.pop("alpha") == pytest.approx(p.rho_prior * p.n_prior)
    assert begun.pop("beta") == pytest.approx((1 - p.rho_prior) * p.n_prior)
    assert isnan(begun.pop("a"))
    assert begun == dict.fromkeys(("E", "G", "P", "A", "O", "left", "V"), 0.0)


def test_a_block_decides_as_the_probabilities_say_wherever_the_number_falls():
    p, lane = named(row(0)), Lane(quiet(states=1), row(0))
    for status in STANDINGS:
        for renewal in (0, 1):
            for a, D in [(-9.0, 0.2), (-3.0, 0.0), (0.0, 0.3), (4.0, 1.0), (12.0, 0.5)]:
                three = transition(p, lane.inputs.drivers.dt, status, a, D, renewal)
                ends = [part * share for part in three for share in (0.01, 0.6, 0.9, 0.999, 1.001)]
                for u in [0.0, 0.5, *ends, *(1.0 - end for end in ends)]:
                    if 0.0 <= u < 1.0:
                        after = step.decide(u, three[0], three[1])
                        assert lane.choose(0, u, status, a, D, renewal) == (after, after != status)


def test_what_rules_answer_to_others_is_heard_and_ones_own_answer_is_ones_own():
    inputs = quiet(states=3)
    before = np.full(3, MEMBER, np.int8)
    lane = Lane(inputs, row(0))
    lane.block.extra[0].kept[0], lane.block.extra[1].kept[0] = 0.25, 0.5
    lane.block.extra[1].broken[0], lane.block.extra[2].broken[0] = 2.0, 4.0
    lane.step(1, before, before)
    assert [lane.seen(i)["kept"] for i in range(3)] == [0.25, 0.5, 0.0]
    assert [lane.seen(i)["broken"] for i in range(3)] == [0.0, 2.0, 4.0]
    assert [lane.seen(i)["kept_others"] for i in range(3)] == [0.5, 0.25, 0.75]
    assert [lane.seen(i)["broken_others"] for i in range(3)] == [6.0, 4.0, 2.0]


def test_threats_by_rule_count_where_they_are_higher_and_offers_by_rule_add_up():
    inputs = quiet(states=1)
    for name, value in (("external", 0.3), ("internal", 0.6), ("inside", 0.2), ("offer", 2.0)):
        inputs.drivers.own[1, 0, DRIVERS.index(name)] = value
    before = np.full(1, MEMBER, np.int8)
    lane = Lane(inputs, row(0))
    extra = lane.block.extra[0]
    extra.external[0], extra.internal[0], extra.inside[0], extra.offer[0] = 0.5, 0.4, 0.7, 3.0
    lane.step(1, before, before)
    lane.react(0)
    seen = lane.seen(0)
    assert [seen[name] for name in ("external", "internal", "inside")] == [0.5, 0.6, 0.7]
    assert seen["offer"] == 5.0
    assert seen["ln_offers"] == pytest.approx(log(6.0))


def test_the_only_member_has_no_others_that_could_leave():
    inputs = quiet(states=2)
    before, after = np.array([MEMBER, OUT], np.int8), np.array([OUT, OUT], np.int8)
    lane = Lane(inputs, row(0))
    lane.step(1, before, after)
    assert lane.seen(0)["others_left"] == 0.0
    assert lane.seen(1)["others_left"] == 1.0
