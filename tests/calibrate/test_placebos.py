"""Placebos break the record in one known way and in no other."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

import alliance_cohesion as ac
from alliance_cohesion.core.inputs import Forcing
from alliance_cohesion.inference import baselines as rivals
from alliance_cohesion.inference import figures
from alliance_cohesion.inference import placebos as placebo
from alliance_cohesion.scenario import compile_world

from ..worlds import random_world


@pytest.fixture(scope="module")
def case():
    return ac.load("csto")


def same(one: Forcing, other: Forcing) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_swapping_nobody_changes_nothing():
    world = random_world(1)
    assert same(placebo.swap_states(world, np.arange(5)).forcing, world.forcing)


def test_swapping_twice_gives_the_record_back():
    world = random_world(2)
    order = np.array([1, 0, 3, 2, 4])
    there = placebo.swap_states(world, order)
    assert not same(there.forcing, world.forcing)
    assert same(placebo.swap_states(there, order).forcing, world.forcing)


def test_turning_time_all_the_way_round_changes_nothing():
    world = random_world(3)
    assert same(placebo.shift_time(world, len(world.ticks)).forcing, world.forcing)
    there = placebo.shift_time(world, 7)
    assert same(placebo.shift_time(there, -7).forcing, world.forcing)


def test_noise_has_the_values_of_the_record_in_another_place():
    world = random_world(4)
    noisy = placebo.noise(world, np.random.default_rng(1))
    assert np.array_equal(
        np.sort(noisy.forcing.driver("inside"), None), np.sort(world.forcing.driver("inside"), None)
    )
    assert not np.array_equal(noisy.forcing.driver("inside"), world.forcing.driver("inside"))
    assert np.array_equal(noisy.record, world.record)


def test_shuffled_contents_keep_dates_and_rows(case):
    made = placebo.shuffle_contents(case.scenario, np.random.default_rng(1))
    assert [e.start for e in made.events] == [e.start for e in case.scenario.events]
    assert sorted(e.description for e in made.events) == sorted(
        e.description for e in case.scenario.events
    )
    assert [e.kind for e in made.events] != [e.kind for e in case.scenario.events]
    still = [e for e in case.scenario.events if not placebo.drives(e)]
    assert [e for e in made.events if not placebo.drives(e)] == still


def test_thinning_drops_leavers_rows_only(case):
    made = placebo.thin(case.scenario, np.random.default_rng(1), {"AZE"})
    lost = {e.id for e in case.scenario.events} - {e.id for e in made.events}
    by_id = {e.id: e for e in case.scenario.events}
    assert all(by_id[one].targets == ("AZE",) for one in lost)


def test_jittered_strengths_stay_in_the_codebook(case):
    made = placebo.jitter(case.scenario, np.random.default_rng(1))
    moved = 0
    for before, after in zip(case.scenario.events, made.events, strict=True):
        if placebo.drives(before) and before.kind != "response":
            assert abs(after.strength - before.strength) <= 1
            assert 1 <= after.strength <= 5
            moved += after.strength != before.strength
        else:
            assert after == before
    assert moved > 50


def test_dropping_low_confidence_keeps_the_outcomes(case):
    made = placebo.confident(case.scenario)
    assert all(e.confidence != "low" for e in made.events if placebo.drives(e))
    assert [e for e in made.events if e.kind == "standing"] == [
        e for e in case.scenario.events if e.kind == "standing"
    ]


def test_the_second_coder_moves_only_what_was_coded_otherwise(case):
    made = placebo.alternative(case.scenario)
    differ = sum(a != b for a, b in zip(made.events, case.scenario.events, strict=True))
    assert 0 < differ < 40


def test_a_record_that_was_coded_once_is_calibrated_without_the_second_coder(case):
    once = ac.load("cis-charter").scenario
    assert placebo.is_coded_twice(case.scenario)
    assert not placebo.is_coded_twice(once)
    left_out = set(figures.plan("all")) - set(figures.plan("all", coded_twice=False))
    assert left_out == {("second_coder", 0)}


def test_rows_so_far_counts_driver_rows_up_to_each_tick(case):
    world = case.world
    rows = rivals.rows_so_far(world, case.scenario.events)
    assert (np.diff(rows, axis=0) >= 0).all()
    state = world.states[0]
    own = [
        e for e in case.scenario.events
        if placebo.drives(e) and (state in e.targets or "members" in e.targets)
        and np.datetime64(e.start) < world.end
    ]  # fmt: skip
    assert rows[-1, 0] == len(own)


def test_a_consequence_moves_nothing(case):
    events = list(case.scenario.events)
    k = next(i for i, e in enumerate(events) if e.kind == "offer" and not e.consequence
             and e.start > date(2000, 1, 1))  # fmt: skip
    marked = [replace(e, consequence=True) if i == k else e for i, e in enumerate(events)]
    without = [e for i, e in enumerate(events) if i != k]
    one = compile_world(replace(case.scenario, events=tuple(marked)))
    other = compile_world(replace(case.scenario, events=tuple(without)))
    assert same(one.forcing, other.forcing)


def test_silence_leaves_only_the_calendar():
    world = rivals.silence(random_world(5))
    assert not world.forcing.driver("inside").any()
    assert len(world.forcing.pair_actor) == 0
    assert np.array_equal(world.forcing.renewal, random_world(5).forcing.renewal)
