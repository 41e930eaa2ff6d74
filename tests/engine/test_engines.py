"""One rule set, two engines; and laws that any history must obey."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_cohesion.core import simulate as ensemble
from alliance_cohesion.core.agents import AllianceModel, State
from alliance_cohesion.core.step import MEMBER, OUTSIDE
from alliance_cohesion.inference import priors as prior

from ..worlds import quiet, random_world, reorder

believed = prior.default()
draws = believed.transform(believed.cube(50, seed=2))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(0, 2**62), st.integers(0, 10**9))
def test_an_agent_history_equals_the_ensemble_history_bit_for_bit(world_seed, seed, number):
    world = random_world(world_seed)
    fast = ensemble.simulate(world, draws, 1, seed, start=number)
    path, alignment = AllianceModel(world, draws, number, seed).play()
    assert np.array_equal(fast.path[0], path)
    assert np.array_equal(fast.alignment[0], alignment)


def test_two_halves_of_an_ensemble_are_the_whole():
    world = random_world(1)
    whole = ensemble.simulate(world, draws, 300, seed=5)
    halves = ensemble.simulate(world, draws, 120, seed=5) + ensemble.simulate(
        world, draws, 180, seed=5, start=120
    )
    for name in ("standing", "first_leave", "away_at_end", "path", "alignment"):
        assert np.array_equal(getattr(whole, name), getattr(halves, name)), name


@pytest.mark.parametrize("order", [[4, 3, 2, 1, 0], [2, 0, 4, 1, 3]])
def test_the_order_of_states_changes_nothing(order):
    world = random_world(3)
    one = ensemble.simulate(world, draws, 200, seed=5)
    other = ensemble.simulate(reorder(world, order), draws, 200, seed=5)
    assert np.array_equal(one.path[:, :, order], other.path)
    assert np.array_equal(one.away_at_end, other.away_at_end)


def test_agents_may_act_in_any_order():
    orders = set()

    class Shuffled(AllianceModel):
        def _live(self):
            self.agents.shuffle(inplace=True)
            super()._live()
            orders.add(tuple(state.index for state in self.agents))

    world = random_world(4)
    plain, _ = AllianceModel(world, draws, 7, 1).play()
    shuffled, _ = Shuffled(world, draws, 7, 1).play()
    assert len(orders) > 5
    assert np.array_equal(plain, shuffled)


def test_the_workers_do_not_matter():
    import numba

    world = random_world(5)
    two = ensemble.simulate(world, draws, 400, seed=1)
    threads = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        one = ensemble.simulate(world, draws, 400, seed=1)
    finally:
        numba.set_num_threads(threads)
    assert np.array_equal(one.standing, two.standing)
    assert np.array_equal(one.alignment, two.alignment)


def test_another_seed_gives_another_history():
    world = random_world(1)
    assert not np.array_equal(
        ensemble.simulate(world, draws, 200, seed=1).path,
        ensemble.simulate(world, draws, 200, seed=2).path,
    )


def test_counts_of_an_ensemble_add_up_and_agree_with_its_paths():
    world = random_world(8)
    made = ensemble.simulate(world, draws, 150, seed=1, keep=150)
    for standing in range(3):
        assert np.array_equal(made.standing[:, :, standing], (made.path == standing).sum(axis=0))
    assert (made.first_leave.sum(axis=0) == 150).all()
    assert made.away_at_end.sum() == 150
    away = (made.path[:, -1] != MEMBER).sum(axis=1)
    assert np.array_equal(made.away_at_end, np.bincount(away, minlength=6))


def test_a_state_that_was_never_a_member_never_left():
    world = quiet(states=2)
    outside = replace(world, initial=np.full(2, OUTSIDE, np.int8))
    never_back = draws.copy()
    never_back[:, 8] = 30.0
    made = ensemble.simulate(outside, never_back, 50, seed=1)
    assert (made.first_leave[-1] == 50).all()
    assert (made.standing[:, :, OUTSIDE] == 50).all()


def test_a_state_that_leaves_twice_is_counted_at_its_first_leaving():
    path = np.array([[0], [2], [0], [1]], np.int8)
    standing, first, away = np.zeros((4, 1, 3), int), np.zeros((5, 1), int), np.zeros(2, int)
    ensemble.tally(path, np.zeros(1, np.int8), standing, first, away)
    assert first[:, 0].tolist() == [0, 1, 0, 0, 0]
    assert away.tolist() == [0, 1]


def test_without_slopes_a_state_leaves_at_the_constant_rate():
    """The null model is nested: rate 0.2 a year over 40 quarters keeps exp(-2) of the members."""
    world = quiet(ticks=41, states=1)
    flat = np.zeros((1, draws.shape[1]))
    flat[:] = draws[0]
    flat[:, :6] = 0.0
    flat[0, 6], flat[0, 8] = -np.log(0.2), 30.0
    made = ensemble.simulate(world, flat, 20_000, seed=1, keep=1)
    stayed = made.standing[-1, 0, MEMBER] / 20_000
    assert stayed == pytest.approx(np.exp(-2.0), abs=4 * np.sqrt(0.135 * 0.865 / 20_000))


def test_a_threat_from_a_fellow_member_pushes_and_from_an_outsider_does_not():
    world = quiet(ticks=6, states=2)
    f = world.forcing
    start = np.zeros(6 * 2 + 1, np.int64)
    start[2 * 2 + 1 :] = 1  # in tick 2 state 1 threatens state 0
    paired = f._replace(
        pair_start=start, pair_actor=np.array([1]), pair_level=np.array([0.8]),
        pair_outside=np.array([1], np.int8),
    )  # fmt: skip
    stay = draws[:1].copy()
    stay[0, 6], stay[0, 8] = 30.0, 30.0  # nobody moves
    inside = replace(world, forcing=paired)
    outside = replace(inside, initial=np.array([MEMBER, OUTSIDE], np.int8))
    hurt, _ = _worth(inside, stay)
    held, _ = _worth(outside, stay)
    b_P, b_S, rho = stay[0, 2], stay[0, 0], stay[0, 16]
    assert hurt == pytest.approx(-b_P * 0.8)
    assert held == pytest.approx(b_S * 0.8 * (2 * rho - 1))


def _worth(world, row):
    model = AllianceModel(world, row, 0, 1)
    while model.tick < 3:
        model.step()
    states = sorted(model.agents, key=lambda state: state.index)
    return states[0].worth, states[1].worth


def test_a_researcher_can_override_one_rule():
    class Loyal(State):
        def decide(self):
            return self.standing

    world = random_world(6)
    path, _ = AllianceModel(world, draws, 3, 1, state=Loyal).play()
    assert (path == world.initial).all()


def test_the_data_collector_sees_every_tick():
    world = random_world(2)
    model = AllianceModel(world, draws, 3, 1)
    path, _ = model.play()
    table = model.datacollector.get_model_vars_dataframe()
    assert list(table.members) == list((path == MEMBER).sum(axis=1))
    assert len(model.datacollector.get_agent_vars_dataframe()) == path.size


def test_a_late_joiner_decides_nothing_before_it_joins():
    world = quiet(ticks=10, states=2)
    late = replace(
        world,
        forcing=world.forcing._replace(entry=np.array([0, 6])),
        initial=np.array([MEMBER, OUTSIDE], np.int8),
    )
    eager = draws.copy()
    eager[:, 6], eager[:, 8] = 30.0, -20.0  # nobody leaves, everybody outside returns at once
    made = ensemble.simulate(late, eager, 20, seed=1)
    assert (made.path[:, :5, 1] == OUTSIDE).all()
    assert (made.path[:, 5:, 1] == MEMBER).all()
