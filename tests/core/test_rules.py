"""The rules against numbers worked by hand."""

from math import exp, log, nan
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_cohesion.core import rules
from alliance_cohesion.inference import priors as prior

from .lanes import named, transition

finite = st.floats(-50, 50)


def test_a_memory_is_halved_after_its_half_life():
    assert rules.kept_share(2.0, 2.0) == pytest.approx(0.5, rel=1e-15)
    assert rules.kept_share(4.0, 2.0) == pytest.approx(0.25, rel=1e-15)
    assert rules.kept_share(0.0, 3.0) == 1.0


def test_fear_rises_at_once_and_fades_slowly():
    assert rules.perceived_threat(0.2, 0.8, 0.5) == 0.8
    assert rules.perceived_threat(0.8, 0.0, 0.5) == 0.4
    assert rules.perceived_threat(0.8, 0.4, 0.25) == 0.4


def test_promises_fade_towards_the_prior_and_grow_by_what_the_patron_did():
    # 0.3 + (2.3 - 0.3) / 2 + 0.8 + 0.1 * 0.5
    assert rules.evidence(2.3, 0.3, 0.5, 0.8, 0.5, 0.1) == pytest.approx(2.15)
    assert rules.reliability(1.0, 3.0) == 0.25


def test_security_turns_its_sign_with_the_patrons_reliability():
    assert rules.security(0.8, 0.4, 0.75, 0.5) == pytest.approx(0.5)  # (0.8 + 0.2) * 0.5
    assert rules.security(0.8, 0.4, 0.25, 0.5) == pytest.approx(-0.5)
    assert rules.security(0.0, 0.0, 0.9, 0.5) == 0.0


def test_worth_adds_what_pulls_and_subtracts_what_pushes():
    found = rules.utility(
        1.0, 0.5, 2.0, 0.25, 3.0, 0.1, 4.0, 0.2, 1.5, 1.0, 2.0, 0.75, 0.0, 9.0, 0.0, 9.0
    )
    # 0.5 + 0.5 - 0.3 - 0.8 - 1.5 * 1.0 - 2 * 0.25
    assert found == pytest.approx(-2.1)


def test_the_rivals_of_security_count_when_let_in():
    found = rules.utility(*[0.0] * 12, 2.0, -0.5, 3.0, 0.1)
    assert found == pytest.approx(-0.7)


def test_alignment_moves_half_way_to_worth_in_a_half_life():
    assert rules.alignment(2.0, 0.0, 0.5) == 1.0
    assert rules.alignment(2.0, 1.0, 0.25) == 1.25  # a quarter of the way is left, not gone
    assert rules.alignment(nan, 1.0, 0.25) == 1.0  # it starts at the first utility


def test_a_state_at_its_threshold_leaves_once_a_year():
    assert rules.leave_rate(-3.0, 3.0) == 1.0
    assert rules.leave_rate(log(2.0), 0.0) == pytest.approx(0.5)
    assert rules.event_probability(1.0, 0.5) == pytest.approx(1.0 - exp(-0.5))


def test_refusal_is_an_even_chance_at_the_threshold():
    assert rules.refusal(-1.5, 1.5) == 0.5
    assert rules.refusal(log(3.0), 0.0) == pytest.approx(0.25)


def test_the_dependent_freeze_rather_than_leave():
    assert rules.freeze_share(0.5, -1.0, 2.0) == 0.5
    assert rules.freeze_share(1.0, 0.0, log(3.0)) == pytest.approx(0.75)


def test_the_aligned_come_back():
    assert rules.return_rate(4.0, 4.0) == 1.0
    assert rules.return_rate(0.0, log(10.0)) == pytest.approx(0.1)


@given(finite)
def test_the_logistic_curve_is_symmetric(x):
    assert rules.logistic(x) + rules.logistic(-x) == pytest.approx(1.0)


@given(st.floats(-1e6, 1e6))
def test_no_rate_overflows(x):
    assert 0.0 <= rules.rate(x) < 1e14


@given(
    st.sampled_from([0, 1, 2]), st.floats(-1e3, 1e3), st.floats(0, 1), st.sampled_from([0, 1]),
    st.sampled_from([1 / 12, 0.25, 1.0]), st.integers(0, 10_000),
)  # fmt: skip
def test_probabilities_are_chances_and_sum_to_one(status, a, D, renewal, dt, draw):
    p = draw_of_prior(draw)
    three = transition(p, dt, status, a, D, renewal)
    assert all(-1e-12 <= chance <= 1.0 + 1e-12 for chance in three)
    assert sum(three) == pytest.approx(1.0, abs=1e-12)


@given(st.floats(-20, 20), st.floats(0.01, 5), st.integers(0, 1000))
def test_a_better_aligned_member_is_never_likelier_to_go(a, more, draw):
    p = draw_of_prior(draw)
    for renewal in (0, 1):
        stay, _, _ = transition(p, 0.25, 0, a, 0.3, renewal)
        closer, _, _ = transition(p, 0.25, 0, a + more, 0.3, renewal)
        assert closer >= stay


def test_at_a_renewal_the_signature_comes_before_the_step():
    p = SimpleNamespace(f_leave=0.0, f_renew=0.0, f_return=0.0, c_freeze=-1000.0, b_freeze=0.0)
    member, frozen, out = transition(p, 1.0, 0, 0.0, 0.0, 1)
    assert member == pytest.approx(0.5 * exp(-1.0))  # signs, then does not leave at rate 1
    assert frozen == pytest.approx(0.0)
    assert out == pytest.approx(1.0 - member)


def test_without_chance_or_inertia_a_state_leaves_when_its_worth_falls_below_the_threshold():
    """The limit the model nests: a cliff at a = -f_leave."""
    p = draw_of_prior(0)
    p.f_leave, p.c_freeze, p.b_freeze = 0.0, -1000.0, 0.0
    sure_to_stay, _, _ = transition(p, 1.0, 0, 40.0, 0.0, 0)
    sure_to_go, _, _ = transition(p, 1.0, 0, -40.0, 0.0, 0)
    assert sure_to_stay == pytest.approx(1.0)
    assert sure_to_go == pytest.approx(0.0)


def draw_of_prior(draw: int) -> SimpleNamespace:
    believed = prior.default()
    return named(believed.transform(believed.cube(1, seed=3, start=draw))[0])
