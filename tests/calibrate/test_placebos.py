"""Placebos break the record in one known way and in no other."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

import alliance_cohesion as ac
from alliance_cohesion.core.inputs import DRIVERS, Drivers
from alliance_cohesion.inference import baselines as alternatives
from alliance_cohesion.inference import placebos as placebo
from alliance_cohesion.inference import study
from alliance_cohesion.scenario import compile_inputs, write_new

from ..inputs import random_inputs


@pytest.fixture(scope="module")
def sim():
    return ac.load("csto")


def same(one: Drivers, other: Drivers) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_swapping_nobody_changes_nothing():
    inputs = random_inputs(1)
    assert same(placebo.swap_states(inputs, np.arange(5)).drivers, inputs.drivers)


def test_swapping_twice_gives_the_record_back():
    inputs = random_inputs(2)
    order = np.array([1, 0, 3, 2, 4])
    there = placebo.swap_states(inputs, order)
    assert not same(there.drivers, inputs.drivers)
    assert same(placebo.swap_states(there, order).drivers, inputs.drivers)


def test_turning_time_all_the_way_round_changes_nothing():
    inputs = random_inputs(3)
    assert same(placebo.shift_time(inputs, len(inputs.steps)).drivers, inputs.drivers)
    there = placebo.shift_time(inputs, 7)
    assert same(placebo.shift_time(there, -7).drivers, inputs.drivers)


def test_noise_has_the_values_of_every_driver_in_other_places():
    inputs = random_inputs(4)
    f, noisy = inputs.drivers, placebo.noise(inputs, np.random.default_rng(1))
    assert np.array_equal(noisy.record, inputs.record)
    calendar = {"dt", "first", "renewal", "entry", "address"}
    for name in set(Drivers._fields) - calendar:
        assert not np.array_equal(getattr(noisy.drivers, name), getattr(f, name)), name
    for name in calendar:
        assert np.array_equal(getattr(noisy.drivers, name), getattr(f, name)), name
    for name in DRIVERS:
        old, new = f.driver(name), noisy.drivers.driver(name)
        assert np.array_equal(np.sort(old, None), np.sort(new, None)), name
        assert not np.array_equal(old, new), name
    for name in ("dependence", "members", "pair_level"):
        old, new = (np.sort(getattr(one, name), axis=None) for one in (f, noisy.drivers))
        assert np.array_equal(old, new), name
    assert noisy.drivers.kept_all == pytest.approx(noisy.drivers.driver("kept").sum(axis=1))
    assert noisy.drivers.broken_all == pytest.approx(noisy.drivers.driver("broken").sum(axis=1))


def test_noise_in_threats_between_states_names_other_states_and_keeps_which_ones_count_outside():
    inputs = random_inputs(4)
    f, made = inputs.drivers, placebo.noise(inputs, np.random.default_rng(1)).drivers
    assert made.pair_start[-1] == len(made.pair_actor) == len(f.pair_actor)
    target = np.repeat(np.arange(len(made.pair_start) - 1), np.diff(made.pair_start)) % 5
    assert (target != made.pair_actor).all()
    pairs = [sorted(zip(one.pair_level, one.pair_outside, strict=True)) for one in (f, made)]
    assert pairs[0] == pairs[1]


def test_what_noise_replaced_keeps_nothing_of_the_record(sim):
    """No more of each driver stays in its place than chance puts there."""
    f = sim.inputs.drivers
    for seed in range(3):
        made = placebo.noise(sim.inputs, np.random.default_rng(seed)).drivers
        pairs = {name: (f.driver(name), made.driver(name)) for name in DRIVERS}
        pairs["dependence"] = f.dependence, made.dependence
        for name, (a, b) in pairs.items():
            a, b = a.ravel(), b.ravel()
            if a.std() > 0:
                assert abs(np.corrcoef(a, b)[0, 1]) < 0.3, name


def test_shuffled_contents_keep_dates_and_rows(sim):
    made = placebo.shuffle_contents(sim.scenario, np.random.default_rng(1))
    assert [e.start for e in made.events] == [e.start for e in sim.scenario.events]
    assert sorted(e.description for e in made.events) == sorted(
        e.description for e in sim.scenario.events
    )
    assert [e.kind for e in made.events] != [e.kind for e in sim.scenario.events]
    still = [e for e in sim.scenario.events if not placebo.drives(e)]
    assert [e for e in made.events if not placebo.drives(e)] == still


def test_thinning_drops_leavers_rows_only(sim):
    made = placebo.thin(sim.scenario, np.random.default_rng(1), {"AZE"})
    lost = {e.id for e in sim.scenario.events} - {e.id for e in made.events}
    by_id = {e.id: e for e in sim.scenario.events}
    assert all(by_id[one].targets == ("AZE",) for one in lost)


def test_jittered_strengths_stay_in_the_codebook(sim):
    made = placebo.jitter(sim.scenario, np.random.default_rng(1))
    moved = 0
    for before, after in zip(sim.scenario.events, made.events, strict=True):
        if placebo.drives(before) and before.kind != "response":
            assert abs(after.strength - before.strength) <= 1
            assert 1 <= after.strength <= 5
            moved += after.strength != before.strength
        else:
            assert after == before
    assert moved > 50


def test_dropping_low_confidence_keeps_the_outcomes(sim):
    made = placebo.confident(sim.scenario)
    assert all(e.confidence != "low" for e in made.events if placebo.drives(e))
    assert [e for e in made.events if e.kind == "status"] == [
        e for e in sim.scenario.events if e.kind == "status"
    ]


def test_the_second_coder_moves_only_what_was_coded_otherwise(sim):
    made = placebo.alternative(sim.scenario)
    differ = sum(a != b for a, b in zip(made.events, sim.scenario.events, strict=True))
    assert 0 < differ < 40


def test_a_record_that_was_coded_once_is_calibrated_without_the_second_coder(sim, tmp_path):
    once = write_new(tmp_path / "once")
    assert placebo.is_coded_twice(sim.scenario)
    assert not placebo.is_coded_twice(ac.load(once).scenario)
    twice, alone = (
        {one.name for one in study.experiments(study.Study(str(name)), "short")}
        for name in ("csto", once)
    )
    assert "the second coder's strengths" in twice
    assert "the second coder's strengths" not in alone


def test_rows_so_far_counts_driver_rows_up_to_each_step(sim):
    inputs = sim.inputs
    rows = alternatives.rows_so_far(inputs, sim.scenario.events)
    assert (np.diff(rows, axis=0) >= 0).all()
    state = inputs.states[0]
    own = [
        e for e in sim.scenario.events
        if placebo.drives(e) and (state in e.targets or "members" in e.targets)
        and np.datetime64(e.start) < inputs.end
    ]  # fmt: skip
    assert rows[-1, 0] == len(own)


def test_a_consequence_moves_nothing(sim):
    events = list(sim.scenario.events)
    k = next(i for i, e in enumerate(events) if e.kind == "offer" and not e.consequence
             and e.start > date(2000, 1, 1))  # fmt: skip
    marked = [replace(e, consequence=True) if i == k else e for i, e in enumerate(events)]
    without = [e for i, e in enumerate(events) if i != k]
    one = compile_inputs(replace(sim.scenario, events=tuple(marked)))
    other = compile_inputs(replace(sim.scenario, events=tuple(without)))
    assert same(one.drivers, other.drivers)


def test_silence_leaves_only_the_calendar():
    inputs = alternatives.without_drivers(random_inputs(5))
    assert not inputs.drivers.driver("inside").any()
    assert len(inputs.drivers.pair_actor) == 0
    assert np.array_equal(inputs.drivers.renewal, random_inputs(5).drivers.renewal)
