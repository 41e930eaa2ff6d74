"""Offers, demands and answers to requests for help."""

import numpy as np
import pytest

from .builders import ANA, BOR, CYL, Q2000, event, inputs


def test_an_offer_stays_in_force_until_the_end_of_the_clock(tmp_path):
    f = inputs(tmp_path, event("2000-05-01", "offer", "WES", "ANA", "3")).drivers
    assert f.driver("offer")[:, ANA].tolist() == [0.0] * 5 + [3.0] * 7


def test_the_best_offer_of_each_power_is_summed(tmp_path):
    rows = [
        event("2000-01-01", "offer", "WES", "ANA", "1"),
        event("2000-01-01", "offer", "WES", "ANA", "3"),
        event("2000-01-01", "offer", "EAS", "ANA", "2", end="2000-06-30"),
    ]
    f = inputs(tmp_path, *rows).drivers
    assert f.driver("offer")[:, ANA].tolist() == [0.0] * 4 + [5.0] * 2 + [3.0] * 6


@pytest.mark.parametrize("actor", ["PAT", "PACT", "members", "BOR"])
def test_offers_from_within_the_alliance_do_nothing(tmp_path, actor):
    assert (
        not inputs(tmp_path, event("2000", "offer", actor, "ANA", "4"))
        .drivers.driver("offer")
        .any()
    )


@pytest.mark.parametrize("kind", ["coercion", "demand", "threat"])
def test_an_outside_powers_pressure_cancels_its_own_offers_while_it_lasts(tmp_path, kind):
    rows = [
        event("1999-01-01", "offer", "WES", "ANA|BOR", "4"),
        event("1999-01-01", "offer", "EAS", "ANA", "1"),
        event("2000-01-01", kind, "WES", "ANA", "1", end="2000-06-30"),
    ]
    f = inputs(tmp_path, *rows).drivers
    assert f.driver("offer")[:, ANA].tolist() == [5.0] * 4 + [1.0] * 2 + [5.0] * 6
    assert f.driver("offer")[:, BOR].tolist() == [4.0] * 12


def test_arms_to_an_adversary_leave_an_outside_powers_offers_alone(tmp_path):
    rows = [
        event("1999-01-01", "offer", "WES", "ANA", "4"),
        event("2000-01-01", "arms_to_adversary", "WES", "ANA", "1"),
    ]
    assert inputs(tmp_path, *rows).drivers.driver("offer")[:, ANA].tolist() == [4.0] * 12


def test_pressure_on_the_members_cancels_a_powers_offers_to_all(tmp_path):
    rows = [
        event("1999-01-01", "offer", "WES", "ANA", "4"),
        event("1999-01-01", "offer", "WES", "members", "2"),
        event("2000-01-01", "coercion", "WES", "members", "1", end="2000-03-31"),
    ]
    f = inputs(tmp_path, *rows).drivers
    assert f.driver("offer")[3:6, ANA].tolist() == [4.0, 0.0, 4.0]
    assert f.members[3:6, 4].tolist() == [2.0, 0.0, 2.0]


def test_an_offer_to_the_members_is_kept_for_whoever_is_one(tmp_path):
    rows = [event("2000-01-01", "offer", "WES", "members", s) for s in ("1", "2")]
    f = inputs(tmp_path, *rows).drivers
    assert f.members[:, 4].tolist() == [0.0] * 4 + [2.0] * 8
    assert not f.driver("offer").any()


@pytest.mark.parametrize("actor", ["PAT", "PACT", "BOR"])
def test_demands_from_the_alliance_weigh_on_autonomy(tmp_path, actor):
    f = inputs(tmp_path, event("2000-05-01", "demand", actor, "ANA", "3")).drivers
    assert f.driver("demand")[:, ANA].tolist() == [0.0] * 5 + [0.75] * 7


def test_demands_of_outside_powers_do_not_weigh_on_autonomy(tmp_path):
    assert (
        not inputs(tmp_path, event("2000", "demand", "WES", "ANA", "3"))
        .drivers.driver("demand")
        .any()
    )


def test_demands_on_the_members_are_kept_for_whoever_is_one(tmp_path):
    f = inputs(tmp_path, event("2000-05-01", "demand", "PAT", "members", "4")).drivers
    assert f.members[:, 3].tolist() == [0.0] * 5 + [1.0] * 7


def test_promises_count_once_by_the_threat_that_prompted_them(tmp_path):
    rows = [
        event("2000-01-10", "response", "PAT", "ANA", "0.5", threat_level="4"),
        event("2000-02-10", "response", "PACT", "ANA", "1", threat_level="3"),
        event("2000-02-10", "response", "PAT", "BOR", "-1", threat_level="5"),
        event("2000-02-10", "response", "CYL", "BOR", "-0.5", threat_level="1", end="2001"),
    ]
    f = inputs(tmp_path, *rows).drivers
    kept, broken = np.zeros((12, 3)), np.zeros((12, 3))
    kept[Q2000, ANA] = 0.4 + 0.6
    broken[Q2000, BOR] = 1.0 + 0.1
    assert f.driver("kept").tolist() == kept.tolist()
    assert f.driver("broken").tolist() == broken.tolist()
    assert f.kept_all.tolist() == kept.sum(1).tolist()
    assert f.broken_all.tolist() == broken.sum(1).tolist()


def test_answers_of_outside_powers_are_no_promises(tmp_path):
    row = event("2000-01-10", "response", "WES", "ANA", "1", threat_level="5")
    f = inputs(tmp_path, row).drivers
    assert not f.driver("kept").any()
    assert not f.kept_all.any()


def test_answers_to_the_members_are_kept_apart_from_those_to_states(tmp_path):
    row = event("2000-01-10", "response", "PAT", "members", "-1", threat_level="5")
    f = inputs(tmp_path, row).drivers
    assert f.members[Q2000].tolist() == [0, 0, 0, 0, 0, 0, 1.0]
    assert not f.broken_all.any()


def test_answers_before_the_memory_are_forgotten(tmp_path):
    row = event("1998-12-31", "response", "PAT", "CYL", "1", threat_level="5")
    assert not inputs(tmp_path, row).drivers.driver("kept")[:, CYL].any()


TENTHS = (("0.5", "1"), ("1", "1"), ("0.5", "3"))  # 0.1, 0.2 and 0.3, whose plain sum is not 0.6


def test_the_sum_of_promises_to_a_state_is_exact(tmp_path):
    rows = [
        event("2000-01-10", "response", "PAT", "ANA", strength, threat_level=level)
        for strength, level in TENTHS
    ]
    assert inputs(tmp_path, *rows).drivers.driver("kept")[Q2000, ANA] == 0.6


def test_the_sum_of_promises_over_states_is_exact(tmp_path):
    rows = [
        event("2000-01-10", "response", "PAT", state, strength, threat_level=level)
        for state, (strength, level) in zip(("ANA", "BOR", "CYL"), TENTHS, strict=True)
    ]
    assert inputs(tmp_path, *rows).drivers.kept_all[Q2000] == 0.6
