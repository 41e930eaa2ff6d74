"""The two engines on the shipped record, not only on worlds made for tests."""

import numpy as np
import pytest

import alliance_cohesion as ac
from alliance_cohesion.core import simulate as ensemble
from alliance_cohesion.core.agents import AllianceModel, State


@pytest.fixture(scope="module")
def sim():
    return ac.load("csto")


def test_agent_histories_of_the_record_equal_ensemble_histories_bit_for_bit(sim):
    values = sim.draws().values
    fast = ensemble.simulate(sim.inputs, values, 12, seed=1, keep=12)
    for number in range(12):
        path, alignment = AllianceModel(sim.inputs, values, number, seed=1).play()
        assert np.array_equal(fast.path[number], path)
        assert np.array_equal(fast.alignment[number], alignment)


def test_a_run_through_agents_gives_the_dataset_of_the_ensemble(sim):
    one, other = (sim.run(8, seed=5, engine=engine).dataset for engine in ("ensemble", "agents"))
    assert one.identical(other)


class Steadfast(State):
    """Stays what it is."""

    def decide(self):
        return self.status


def test_a_run_can_use_an_agent_class_of_ones_own(sim):
    data = sim.run(3, engine="agents", state=Steadfast).dataset
    assert (data["path"].values == sim.inputs.initial).all()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"engine": "mesa"}, "engine: 'mesa' given, allowed are ensemble and agents"),
        ({"state": Steadfast}, "engine: ensemble knows no agent class; pass engine='agents'"),
    ],
)
def test_an_engine_that_cannot_run_what_is_asked_says_so(sim, asked, message):
    with pytest.raises(ValueError, match=message):
        sim.run(1, **asked)


def test_a_model_whose_clock_has_ended_says_so_instead_of_stepping_on(sim):
    model = AllianceModel(sim.inputs, sim.draws().values)
    model.play()
    assert not model.running
    with pytest.raises(ValueError, match=f"ended after step {len(sim.inputs.steps)};"):
        model.step()


def test_a_run_of_several_parts_keeps_the_first_thousand_histories(sim):
    data = sim.run(2010, seed=3).dataset
    values = sim.draws(3).values
    whole = ensemble.simulate(sim.inputs, values, 2010, seed=3, keep=1000)
    assert np.array_equal(data["path"].values, whole.path)
    assert np.array_equal(data["share"].values, whole.status / 2010)


def test_left_by_is_the_share_of_histories_that_have_ever_left_by_a_date(sim):
    data = sim.run(200, seed=4).dataset
    path = data["path"].values
    start = np.broadcast_to(sim.inputs.initial, (200, 1, path.shape[2]))
    before = np.concatenate([start, path[:, :-1]], axis=1)
    ever = np.logical_or.accumulate((before == 0) & (path != 0), axis=1)
    assert data["left_by"].values == pytest.approx(ever.mean(axis=0))
