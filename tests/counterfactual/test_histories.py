"""Paired histories: identity, shared noise, declared channels, monotone levers."""

from dataclasses import replace

import numpy as np
import pytest

from alliance_cohesion.analysis.counterfactual.answer import CHANNELS
from alliance_cohesion.analysis.counterfactual.histories import CONTAGION, LEARNED, SOURCE, Paired
from alliance_cohesion.core.inputs import Status
from alliance_cohesion.core.replay import trace
from alliance_cohesion.core.simulate import simulate
from alliance_cohesion.simulation import load

from ..inputs import LEVELS, quiet, random_inputs
from .makers import change, rows, settled

MEMBER = int(Status.MEMBER)
SILENT = {"kappa": 0.0, "omega": 0.0}


def forecast(base, changed, draws, other, branch, count, seed, held=0):
    return Paired(base, changed, draws, other, branch, seed).forecast(count, held)


def replay(base, changed, draws, other, branch, count, seed, coupling, held=0, known=None):
    return Paired(base, changed, draws, other, branch, seed, known).replay(count, coupling, held)


@pytest.fixture(scope="module")
def csto():
    return load("csto").inputs


@pytest.mark.parametrize("coupling", range(3))
def test_with_no_change_the_record_comes_back_in_every_history(csto, coupling):
    draws = rows(200)
    first = csto.drivers.first
    _, path = replay(csto, csto, draws, draws, first, 400, 3, coupling)
    assert np.array_equal(path, np.broadcast_to(csto.record[first:], path.shape))


@pytest.mark.parametrize("coupling", range(3))
@pytest.mark.parametrize("seed", range(12))
def test_with_no_change_any_record_comes_back(coupling, seed):
    inputs, draws = random_inputs(seed), rows(20, seed)
    for branch in (inputs.drivers.first, 15):
        _, path = replay(inputs, inputs, draws, draws, branch, 40, seed, coupling)
        assert np.array_equal(path, np.broadcast_to(inputs.record[branch:], path.shape))
        for held in (CONTAGION, LEARNED, SOURCE, CONTAGION | LEARNED | SOURCE):
            _, path = replay(inputs, inputs, draws, draws, branch, 40, seed, coupling, held)
            assert np.array_equal(path, np.broadcast_to(inputs.record[branch:], path.shape))


@pytest.mark.parametrize("seed", range(6))
def test_a_forecast_from_the_start_is_an_ensemble(seed):
    inputs = settled(random_inputs(seed))
    f = inputs.drivers
    other = replace(random_inputs(seed + 100), initial=inputs.initial, record=inputs.record)
    other = change(other, first=f.first, address=f.address, entry=f.entry)
    draws = rows(7, seed)
    base, changed = forecast(inputs, other, draws, draws, f.first, 21, seed)
    assert np.array_equal(base, simulate(inputs, draws, 21, seed, keep=21).path)
    assert np.array_equal(changed, simulate(other, draws, 21, seed, keep=21).path)


def test_worlds_are_the_same_up_to_the_change():
    """Forecasts and replays with a late change agree until what it feeds can be acted on."""
    inputs = settled(random_inputs(4))
    demand = inputs.drivers.driver("demand").copy()
    demand[20:, 0] = 1.0
    other = change(inputs, demand=demand)
    draws, first = rows(10), inputs.drivers.first
    base, changed = forecast(inputs, other, draws, draws, first, 60, 1)
    until = 21 - first  # what is seen in a time step moves the next
    assert np.array_equal(base[:, :until], changed[:, :until])
    assert not np.array_equal(base, changed)
    for coupling in range(3):
        _, path = replay(inputs, other, draws, draws, first, 60, 1, coupling)
        expected = np.broadcast_to(inputs.record[first:21], (60, until, len(inputs.states)))
        assert np.array_equal(path[:, :until], expected)


def no_pairs(inputs):
    return change(
        inputs,
        pair_start=np.zeros_like(inputs.drivers.pair_start),
        pair_actor=inputs.drivers.pair_actor[:0],
        pair_level=inputs.drivers.pair_level[:0],
        pair_outside=inputs.drivers.pair_outside[:0],
    )


def touched(inputs, state=0, since=12):
    """One state's own drivers changed from a time step on."""
    f = inputs.drivers
    arrays = {name: f.driver(name).copy() for name in (*LEVELS, "offer", "kept")}
    arrays["dependence"] = f.dependence.copy()
    rng = np.random.default_rng(8)
    for values in arrays.values():
        values[since:, state] = rng.random(len(values) - since)
    return change(inputs, **arrays, kept_all=arrays["kept"].sum(axis=1))


@pytest.mark.parametrize("seed", range(5))
def test_without_channels_nobody_else_moves(seed):
    inputs = no_pairs(settled(random_inputs(seed)))
    other = touched(inputs)
    draws, first = rows(12, seed, **SILENT), inputs.drivers.first
    base, changed = forecast(inputs, other, draws, draws, first, 60, seed)
    assert np.array_equal(base[..., 1:], changed[..., 1:])
    for coupling in range(3):
        _, path = replay(inputs, other, draws, draws, first, 60, seed, coupling)
        expected = np.broadcast_to(inputs.record[first:, 1:], path[..., 1:].shape)
        assert np.array_equal(path[..., 1:], expected)


@pytest.mark.parametrize("seed", range(5))
def test_all_channels_held_are_no_channels(seed):
    """With every channel fed from the base world, nobody but the state itself moves."""
    inputs = settled(random_inputs(seed))
    other, draws = touched(inputs), rows(12, seed, kappa=2.0, omega=0.5)
    every, first = CONTAGION | LEARNED | SOURCE, inputs.drivers.first
    base, changed = forecast(inputs, other, draws, draws, first, 60, seed, every)
    assert np.array_equal(base[..., 1:], changed[..., 1:])
    for coupling in range(3):
        _, path = replay(inputs, other, draws, draws, first, 60, seed, coupling, every)
        expected = np.broadcast_to(inputs.record[first:, 1:], path[..., 1:].shape)
        assert np.array_equal(path[..., 1:], expected)


def test_each_channel_alone_carries():
    """Others do move where a channel is open."""
    inputs = settled(random_inputs(2, steps=60))
    other, first = touched(inputs, since=5), inputs.drivers.first
    for held, values in (
        (LEARNED | SOURCE, {"kappa": 5.0}),
        (CONTAGION | SOURCE, {"omega": 1.0, "b_S": 10.0}),
        (CONTAGION | LEARNED, {"b_P": 10.0}),
    ):
        draws = rows(20, f_leave=2.0, f_return=1.0, **values)
        base, changed = forecast(inputs, other, draws, draws, first, 400, 1, held)
        assert not np.array_equal(base[..., 1:], changed[..., 1:])


def test_histories_do_not_depend_on_how_many_there_are():
    inputs, draws = settled(random_inputs(3)), rows(5)
    other = touched(inputs)
    _, few = replay(inputs, other, draws, draws, 10, 10, 1, 1)
    _, many = replay(inputs, other, draws, draws, 10, 50, 1, 1)
    assert np.array_equal(few, many[:10])


# Levers that may only push one way, draw by draw. Threat is above zero, no fellow state acts.


def threatened():
    inputs = quiet(steps=40, states=3)
    f = inputs.drivers
    rng = np.random.default_rng(4)
    return change(
        inputs,
        external=np.full_like(f.driver("external"), 0.6),
        offer=rng.integers(0, 5, f.driver("offer").shape).astype(float),
        demand=rng.random(f.driver("demand").shape) / 2,
        broken=np.where(rng.random(f.driver("broken").shape) < 0.1, 0.5, 0.0),
        dependence=np.full_like(f.dependence, 0.3),
    )


def levers(inputs):
    f, own = inputs.drivers, np.zeros_like(inputs.drivers.driver("kept"))
    own[10:, 0] = 0.4
    kept = f.driver("kept") + own
    yield "answers", change(inputs, kept=kept, kept_all=kept.sum(axis=1))
    offer = f.driver("offer").copy()
    offer[10:, 0] = 0.0
    yield "no offers", change(inputs, offer=offer)
    demand = f.driver("demand").copy()
    demand[10:, 0] = 0.0
    yield "no demands", change(inputs, demand=demand)
    yield "dependence", change(inputs, dependence=f.dependence + own)


LEVERS = [name for name, _ in levers(threatened())]


@pytest.mark.parametrize("name", LEVERS)
def test_a_lever_moves_the_chance_of_leaving_one_way_in_every_draw(name):
    inputs = threatened()
    other = dict(levers(inputs))[name]
    draws = rows(300)
    before, after = trace(inputs, draws).probabilities, trace(other, draws).probabilities
    leave = 1.0 - before[:, :, 0, MEMBER], 1.0 - after[:, :, 0, MEMBER]
    assert np.all(leave[1] <= leave[0] + 1e-12)
    moved = (leave[1] < leave[0])[:, -1]
    assert np.mean(moved | (leave[0][:, -1] > 1 - 1e-3)) > 0.99  # unless it is certain either way


@pytest.mark.parametrize("name", LEVERS)
def test_nobody_leaves_sooner_in_the_kinder_world(name):
    """Pairing makes it hold history by history.

    Without contagion: the exit of a fellow that comes later is fresher in mind. And up to the
    first leaving: a frozen state comes back a little less than one outside, which it leaves.
    """
    inputs = threatened()
    draws = rows(100, f_leave=2.0, kappa=0.0)
    other = dict(levers(inputs))[name]
    base, changed = forecast(inputs, other, draws, draws, 1, 800, 2)
    assert np.all(first_leaving(changed) >= first_leaving(base))
    assert np.any(first_leaving(changed) > first_leaving(base))


def first_leaving(path):
    away = path != MEMBER
    return np.where(away.any(axis=1), away.argmax(axis=1), path.shape[1])


def test_more_fear_drives_off_where_the_patron_fails_and_holds_where_it_helps():
    inputs = quiet(steps=20, states=1)
    calm, afraid = inputs, change(inputs, external=np.ones((20, 1)))
    for rho, sign in ((0.1, 1), (0.9, -1)):
        draws = rows(100, rho_prior=rho)
        leave = [1.0 - trace(w, draws).probabilities[:, -1, 0, MEMBER] for w in (calm, afraid)]
        assert np.all(sign * (leave[1] - leave[0]) >= 0)


@pytest.mark.parametrize(
    ("channel", "slope"), [("others that left (R4)", "kappa"), ("promises to others (R2)", "omega")]
)
def test_a_channel_is_named_after_the_rule_whose_slope_closes_it(channel, slope):
    """Without its slope nothing comes through it, and with it something does."""
    inputs = settled(random_inputs(2, steps=60))
    other, first, flag = touched(inputs, since=5), inputs.drivers.first, CHANNELS[channel]
    open_ = {"kappa": 5.0, "omega": 1.0, "b_S": 10.0, "f_leave": 2.0, "f_return": 1.0}

    def changed(draws, held):
        return forecast(inputs, other, draws, draws, first, 300, 1, held)[1]

    closed = rows(20, **{**open_, slope: 0.0})
    assert np.array_equal(changed(closed, 0), changed(closed, flag))
    assert not np.array_equal(changed(rows(20, **open_), 0), changed(rows(20, **open_), flag))


@pytest.mark.parametrize("coupling", range(3))
def test_where_nothing_is_known_yet_a_replay_is_a_forecast(coupling):
    inputs, draws = settled(random_inputs(3)), rows(20)
    other = touched(inputs)
    free = forecast(inputs, other, draws, draws, 10, 60, 1)
    replayed = replay(inputs, other, draws, draws, 10, 60, 1, coupling, known=10)
    assert not np.array_equal(*free)
    assert all(np.array_equal(a, b) for a, b in zip(free, replayed, strict=True))


def test_past_the_record_a_replay_goes_on_by_chance_in_both_worlds():
    inputs, draws, known = settled(random_inputs(3)), rows(20), 18
    base, same = replay(inputs, inputs, draws, draws, 10, 60, 1, 0, known=known)
    assert np.array_equal(base, same)
    told = np.broadcast_to(inputs.record[10:known], base[:, : known - 10].shape)
    assert np.array_equal(base[:, : known - 10], told)
    assert len(np.unique(base[:, known - 10 :], axis=0)) > 1
    whole = replay(inputs, inputs, draws, draws, 10, 60, 1, 0, known=len(inputs.steps))
    assert np.array_equal(whole[1], np.broadcast_to(inputs.record[10:], whole[1].shape))
