"""Agents and simulation give the same histories, and laws that any history must obey."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_cohesion.core import replay
from alliance_cohesion.core import simulate as ensemble
from alliance_cohesion.core.agents import AllianceModel, State
from alliance_cohesion.core.step import MEMBER, OUT
from alliance_cohesion.inference import priors as prior

from ..inputs import quiet, random_inputs, reorder

believed = prior.default()
draws = believed.transform(believed.cube(50, seed=2))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(0, 2**62), st.integers(0, 10**9))
def test_an_agent_history_equals_the_ensemble_history_bit_for_bit(world_seed, seed, number):
    inputs = random_inputs(world_seed)
    fast = ensemble.simulate(inputs, draws, 1, seed, start=number)
    path, alignment = AllianceModel(inputs, draws, number, seed).play()
    assert np.array_equal(fast.path[0], path)
    assert np.array_equal(fast.alignment[0], alignment)


def test_two_halves_of_an_ensemble_are_the_whole():
    inputs = random_inputs(1)
    whole = ensemble.simulate(inputs, draws, 300, seed=5)
    halves = ensemble.simulate(inputs, draws, 120, seed=5) + ensemble.simulate(
        inputs, draws, 180, seed=5, start=120
    )
    for name in ("status", "first_leave", "away_at_end", "path", "alignment"):
        assert np.array_equal(getattr(whole, name), getattr(halves, name)), name


@pytest.mark.parametrize("order", [[4, 3, 2, 1, 0], [2, 0, 4, 1, 3]])
def test_the_order_of_states_changes_nothing(order):
    inputs = random_inputs(3)
    one = ensemble.simulate(inputs, draws, 200, seed=5)
    other = ensemble.simulate(reorder(inputs, order), draws, 200, seed=5)
    assert np.array_equal(one.path[:, :, order], other.path)
    assert np.array_equal(one.away_at_end, other.away_at_end)


def test_agents_may_act_in_any_order():
    orders = set()

    class Shuffled(AllianceModel):
        def _live(self):
            self.agents.shuffle(inplace=True)
            super()._live()
            orders.add(tuple(state.index for state in self.agents))

    inputs = random_inputs(4)
    plain, _ = AllianceModel(inputs, draws, 7, 1).play()
    shuffled, _ = Shuffled(inputs, draws, 7, 1).play()
    assert len(orders) > 5
    assert np.array_equal(plain, shuffled)


def test_the_number_of_threads_does_not_matter():
    inputs = random_inputs(5)
    made = [ensemble.simulate(inputs, draws, 700, seed=1, threads=count) for count in (1, 2, 5)]
    for other in made[1:]:
        assert np.array_equal(made[0].status, other.status)
        assert np.array_equal(made[0].first_leave, other.first_leave)
        assert np.array_equal(made[0].alignment, other.alignment)


def test_another_seed_gives_another_history():
    inputs = random_inputs(1)
    assert not np.array_equal(
        ensemble.simulate(inputs, draws, 200, seed=1).path,
        ensemble.simulate(inputs, draws, 200, seed=2).path,
    )


def test_counts_of_an_ensemble_add_up_and_agree_with_its_paths():
    inputs = random_inputs(8)
    made = ensemble.simulate(inputs, draws, 150, seed=1, keep=150)
    for status in range(3):
        assert np.array_equal(made.status[:, :, status], (made.path == status).sum(axis=0))
    assert (made.first_leave.sum(axis=0) == 150).all()
    assert made.away_at_end.sum() == 150
    away = (made.path[:, -1] != MEMBER).sum(axis=1)
    assert np.array_equal(made.away_at_end, np.bincount(away, minlength=6))


def test_a_state_that_was_never_a_member_never_left():
    inputs = quiet(states=2)
    outside = replace(inputs, initial=np.full(2, OUT, np.int8))
    never_back = draws.copy()
    never_back[:, 8] = 30.0
    made = ensemble.simulate(outside, never_back, 50, seed=1)
    assert (made.first_leave[-1] == 50).all()
    assert (made.status[:, :, OUT] == 50).all()


def test_a_state_that_leaves_twice_is_counted_at_its_first_leaving():
    inputs = quiet(steps=5, states=1)
    path = np.array([0, 2, 0, 1], np.int8)[np.newaxis, :, np.newaxis]
    made = ensemble.tally(inputs, path, np.zeros(path.shape), keep=1)
    assert made.first_leave[:, 0].tolist() == [0, 1, 0, 0, 0]
    assert made.away_at_end.tolist() == [0, 1]


def test_histories_made_one_by_one_are_counted_as_the_simulation_counts_its_own():
    inputs = random_inputs(9)
    made = ensemble.simulate(inputs, draws, 90, seed=2, keep=90)
    again = ensemble.tally(inputs, made.path, made.alignment, keep=90)
    for name in ("status", "first_leave", "away_at_end", "path"):
        assert np.array_equal(getattr(made, name), getattr(again, name)), name


def test_the_simulation_counts_the_first_exit_of_states_that_come_and_go():
    inputs, restless = random_inputs(9), draws.copy()
    for name in ("f_leave", "f_renew", "f_return"):
        restless[:, prior.NAMES.index(name)] = -1.0
    made = ensemble.simulate(inputs, restless, 90, seed=2, keep=90)
    exits = ((made.path[:, :-1] == MEMBER) & (made.path[:, 1:] != MEMBER)).sum(axis=1)
    assert (exits > 1).any()
    again = ensemble.tally(inputs, made.path, made.alignment, keep=90)
    assert np.array_equal(made.first_leave, again.first_leave)


@pytest.mark.parametrize("seed", range(4))
def test_a_walk_that_is_known_follows_the_record_and_then_is_free(seed):
    inputs, until = random_inputs(seed), 15
    made = ensemble.simulate(inputs, draws, 60, seed=3, keep=60, known=until)
    first = inputs.drivers.first
    assert (made.path[:, : until - first] == inputs.record[first:until]).all()
    assert len(np.unique(made.path[:, until - first :], axis=0)) > 1


@pytest.mark.parametrize("seed", range(4))
def test_a_simulated_path_taken_for_the_record_has_the_probability_it_was_made_with(seed):
    inputs = random_inputs(seed)
    inputs.record[: inputs.drivers.first] = inputs.initial
    risk = np.where(np.arange(inputs.drivers.first, 30)[:, None] > inputs.drivers.entry, 0, -1)
    out = ensemble.outputs(inputs, 40, "log_p", "path", folds=1, keep=40)
    ensemble.walk_all(inputs, draws, 40, lambda: out, known=0, seed=5, fold=risk)
    for r in (0, 7, 39):
        record = inputs.record.copy()
        record[inputs.drivers.first :] = out.path[r]
        told = replay.scores(replace(inputs, record=record), draws[r % len(draws)][None], risk)
        assert told[0, 0] == pytest.approx(out.log_p[r, 0], rel=1e-9)


def test_draws_of_another_length_are_refused():
    with pytest.raises(ValueError, match=r"draws: shape \(3, 4\)"):
        ensemble.simulate(random_inputs(1), np.ones((3, 4)), 10, seed=1)


def test_without_slopes_a_state_leaves_at_the_constant_rate():
    """The null model is nested: rate 0.2 a year over 40 quarters keeps exp(-2) of the members."""
    inputs = quiet(steps=41, states=1)
    flat = np.zeros((1, draws.shape[1]))
    flat[:] = draws[0]
    flat[:, :6] = 0.0
    flat[0, 6], flat[0, 8] = -np.log(0.2), 30.0
    made = ensemble.simulate(inputs, flat, 20_000, seed=1, keep=1)
    stayed = made.status[-1, 0, MEMBER] / 20_000
    assert stayed == pytest.approx(np.exp(-2.0), abs=4 * np.sqrt(0.135 * 0.865 / 20_000))


def test_a_threat_from_a_fellow_member_pushes_and_from_an_outsider_does_not():
    inputs = quiet(steps=6, states=2)
    f = inputs.drivers
    start = np.zeros(6 * 2 + 1, np.int64)
    start[2 * 2 + 1 :] = 1  # in time step 2 state 1 threatens state 0
    paired = f.change(
        pair_start=start, pair_actor=np.array([1]), pair_level=np.array([0.8]),
        pair_outside=np.array([1], np.int8),
    )  # fmt: skip
    stay = draws[:1].copy()
    stay[0, 6], stay[0, 8] = 30.0, 30.0  # nobody moves
    inside = replace(inputs, drivers=paired)
    outside = replace(inside, initial=np.array([MEMBER, OUT], np.int8))
    hurt, _ = _worth(inside, stay)
    held, _ = _worth(outside, stay)
    b_P, b_S, rho = stay[0, 2], stay[0, 0], stay[0, 16]
    assert hurt == pytest.approx(-b_P * 0.8)
    assert held == pytest.approx(b_S * 0.8 * (2 * rho - 1))


def _worth(inputs, row):
    model = AllianceModel(inputs, row, 0, 1)
    while model.time_step < 3:
        model.step()
    states = sorted(model.agents, key=lambda state: state.index)
    return states[0].utility, states[1].utility


def test_a_researcher_can_override_one_rule():
    class Loyal(State):
        def decide(self):
            return self.status

    inputs = random_inputs(6)
    path, _ = AllianceModel(inputs, draws, 3, 1, state=Loyal).play()
    assert (path == inputs.initial).all()


def test_the_data_collector_sees_every_step():
    inputs = random_inputs(2)
    model = AllianceModel(inputs, draws, 3, 1)
    path, _ = model.play()
    table = model.datacollector.get_model_vars_dataframe()
    assert list(table.members) == list((path == MEMBER).sum(axis=1))
    assert len(model.datacollector.get_agent_vars_dataframe()) == path.size


def test_a_late_joiner_decides_nothing_before_it_joins():
    inputs = quiet(steps=10, states=2)
    late = replace(
        inputs,
        drivers=inputs.drivers.change(entry=np.array([0, 6])),
        initial=np.array([MEMBER, OUT], np.int8),
    )
    eager = draws.copy()
    eager[:, 6], eager[:, 8] = 30.0, -20.0  # nobody leaves, everybody outside returns at once
    made = ensemble.simulate(late, eager, 20, seed=1)
    assert (made.path[:, :5, 1] == OUT).all()
    assert (made.path[:, 5:, 1] == MEMBER).all()
