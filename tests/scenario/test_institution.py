"""The clock, the terms, dependence and documented statuses."""

import hashlib

import numpy as np
import pytest

from alliance_cohesion.core.inputs import Drivers
from alliance_cohesion.scenario import ScenarioError

from .builders import ANA, BOR, CYL, LAST, TOML, event, indicator, inputs

TERMS = "entry = {entry}\nfirst_term = {first}\nrenewal_length = {length}\n"


def with_alliance(lines: str) -> str:
    return TOML.replace("[tables]", f"{lines}\n[tables]")


def renewals(w):
    return [str(day) for day in w.steps[w.drivers.renewal == 1]]


@pytest.mark.parametrize(
    ("step", "dt", "first", "count", "second"),
    [
        ("month", 1 / 12, 12, 36, "1999-02-01"),
        ("quarter", 0.25, 4, 12, "1999-04-01"),
        ("year", 1.0, 1, 3, "2000-01-01"),
    ],
)
def test_steps_are_calendar_months_quarters_or_years(tmp_path, step, dt, first, count, second):
    w = inputs(tmp_path, head=TOML.replace("[clock]", f'[clock]\nstep = "{step}"'))
    assert (w.drivers.dt, w.drivers.first, len(w.steps)) == (dt, first, count)
    assert str(w.steps[0]) == "1999-01-01"
    assert str(w.steps[1]) == second
    assert str(w.end) == "2002-01-01"
    assert str(w.decided[0]) == "2000-01-01"


def test_memory_reaches_two_years_back_unless_told_otherwise(tmp_path):
    w = inputs(tmp_path, head=TOML.replace("memory = 1999-01-01", ""))
    assert w.drivers.first == 8


def test_at_least_one_step_comes_before_the_start(tmp_path):
    w = inputs(tmp_path, head=TOML.replace("memory = 1999-01-01", "memory = 2000-01-01"))
    assert w.drivers.first == 1


def test_the_first_term_ends_by_act_and_later_ones_by_themselves(tmp_path):
    lines = TERMS.format(entry="1999-02-10", first=1, length=0.5) + 'first_renewal = "act"'
    assert renewals(inputs(tmp_path, head=with_alliance(lines))) == ["2000-01-01"]


def test_every_term_ends_by_act_where_the_treaty_says_so(tmp_path):
    lines = TERMS.format(entry="1999-02-10", first=1, length=0.5) + 'renewal = "act"'
    found = renewals(inputs(tmp_path, head=with_alliance(lines)))
    assert found == ["2000-07-01", "2001-01-01", "2001-07-01"]


def test_without_a_first_term_of_its_own_all_terms_are_alike(tmp_path):
    lines = 'entry = 1999-06-01\nrenewal_length = 1\nrenewal = "act"'
    assert renewals(inputs(tmp_path, head=with_alliance(lines))) == ["2000-04-01", "2001-04-01"]


def test_an_alliance_without_term_never_ends(tmp_path):
    assert not renewals(inputs(tmp_path, head=with_alliance('renewal = "act"')))


def test_renewals_are_ignored_in_memory(tmp_path):
    lines = 'entry = 1999-01-01\nrenewal_length = 0.25\nrenewal = "act"'
    assert renewals(inputs(tmp_path, head=with_alliance(lines)))[0] == "2000-01-01"


def test_a_reform_acts_from_its_date(tmp_path):
    change = """
[[change]]
name = "terms"
reason = "A treaty on terms"
action = "alliance"
set = { renewal = "act" }
from = 2001-01-01
"""
    lines = "entry = 1999-02-01\nrenewal_length = 0.5"
    found = renewals(inputs(tmp_path, head=with_alliance(lines), toml=change))
    assert found == ["2001-01-01", "2001-07-01"]


def test_a_reform_can_give_an_open_ended_alliance_a_term(tmp_path):
    change = """
[[change]]
name = "terms"
reason = "A treaty on terms"
action = "alliance"
set = { renewal = "act", renewal_length = 1 }
from = 2000-05-01
"""
    assert renewals(inputs(tmp_path, toml=change)) == ["2001-04-01"]


def test_renewals_in_the_record_count_where_they_are_acts(tmp_path):
    rows = [
        event("2000-02-01", "renewal", "PACT", "members", ""),
        event("2000-05-01", "renewal", "PACT", "members", "automatic"),
        event("2000-08-01", "renewal", "PACT", "members", "act"),
        event("1999-08-01", "renewal", "PACT", "members", "act"),
    ]
    assert renewals(inputs(tmp_path, *rows)) == ["2000-01-01", "2000-07-01"]
    assert renewals(inputs(tmp_path, *rows, lag=1)) == ["2000-01-01", "2000-07-01"]


def test_dependence_is_the_mean_of_what_is_known_and_has_a_default(tmp_path):
    rows = [
        indicator("ANA", 2000, "trade_share", 0.25),
        indicator("ANA", 2000, "remittances_gdp", 0.3),
        indicator("ANA", 2000, "participation", 0.0),
        indicator("BOR", 2000, "base", 0.5),
        indicator("BOR", 2000, "energy", 1.0),
    ]
    f = inputs(tmp_path, indicators=rows).drivers
    assert f.dependence[0].tolist() == [(0.5 + 1.0) / 2, 0.75, 0.25]
    assert f.dependence[0].tolist() == f.dependence[LAST].tolist()


def test_dependence_is_linear_between_mid_years_and_flat_outside(tmp_path):
    rows = [indicator("ANA", 2000, "energy", 0.0), indicator("ANA", 2001, "energy", 1.0)]
    D = inputs(tmp_path, indicators=rows).drivers.dependence[:, ANA]
    expected = [0.0] * 6 + [0.125, 0.375, 0.625, 0.875] + [1.0] * 2
    assert D.tolist() == pytest.approx(expected, abs=1e-12)


def test_dependence_can_come_later(tmp_path):
    rows = [indicator("ANA", 2000, "energy", 0.0), indicator("ANA", 2001, "energy", 1.0)]
    D = inputs(tmp_path, indicators=rows, lag=1).drivers.dependence[:, ANA]
    assert D[7] == pytest.approx(0.125)


def test_a_component_can_be_held_at_a_value_for_a_time(tmp_path):
    change = """
[[change]]
name = "embargo"
reason = "What if trade had stopped?"
action = "indicator"
state = "ANA"
indicator = "trade_share"
value = 0.5
from = "2000-04"
until = "2000-09"
"""
    D = inputs(tmp_path, toml=change).drivers.dependence
    assert D[:, ANA].tolist() == [0.25] * 5 + [1.0] * 2 + [0.25] * 5
    assert D[:, BOR].tolist() == [0.25] * 12


def test_states_begin_as_members_unless_the_record_says_otherwise(tmp_path):
    rows = [
        event("1999-03-01", "status", "ANA", "", "frozen"),
        event("2000-01-01", "status", "ANA", "", "out", consequence="yes"),
        event("2000-06-01", "status", "CYL", "", "out"),
    ]
    w = inputs(tmp_path, *rows)
    assert w.initial.tolist() == [2, 0, 0]
    assert w.record[:, ANA].tolist() == [2] * 12
    assert w.record[:, CYL].tolist() == [0] * 5 + [2] * 7
    assert w.drivers.entry.tolist() == [0, 0, 0]


def test_a_state_that_first_becomes_a_member_later_is_outside_until_then(tmp_path):
    rows = [
        event("2000-05-01", "status", "BOR", "", "member"),
        event("2001-05-01", "status", "BOR", "", "frozen"),
        event("2005-05-01", "status", "CYL", "", "member"),
    ]
    w = inputs(tmp_path, *rows, lag=1)
    assert w.initial.tolist() == [0, 2, 2]
    assert w.drivers.entry.tolist() == [0, 5, 12]
    assert w.record[:, BOR].tolist() == [2] * 5 + [0] * 4 + [1] * 3
    assert w.record[:, CYL].tolist() == [2] * 12


def test_the_last_status_of_a_step_is_recorded(tmp_path):
    rows = [
        event("2000-02-20", "status", "ANA", "", "out"),
        event("2000-02-10", "status", "ANA", "", "frozen"),
    ]
    assert inputs(tmp_path, *rows).record[4:, ANA].tolist() == [2] * 8


def test_an_address_is_63_bits_of_the_hash_of_a_name(tmp_path):
    w = inputs(tmp_path)
    digest = hashlib.sha256(b"CYL").hexdigest()
    assert w.drivers.address[CYL] == int(digest[:16], 16) // 2
    assert (w.drivers.address > 0).all()


def test_arrays_have_the_types_the_engines_expect(tmp_path):
    rows = [event("2000", "threat", "BOR", "ANA", "3"), event("2000", "offer", "WES", "ANA", "3")]
    for lag in (0, 1):
        w = inputs(tmp_path, *rows, lag=lag)
        for name, hint in Drivers.__annotations__.items():
            array = getattr(w.drivers, name)
            if hint in (int, float):
                assert type(array) is hint, name
                continue
            expected = {"renewal": np.int8, "pair_outside": np.int8}.get(
                name,
                np.int64 if name in ("pair_start", "pair_actor", "entry", "address") else float,
            )
            assert array.dtype == expected, name
            assert array.flags.c_contiguous, name
        assert w.initial.dtype == w.record.dtype == np.int8
        assert w.record.flags.c_contiguous


@pytest.mark.parametrize(
    ("end", "step", "phrase"),
    [
        ("2000-01-01", "quarter", "an end after the start"),
        ("1999-12-31", "quarter", "an end after the start"),
        ("9999-12-31", "month", None),
    ],
)
def test_a_clock_must_run_forwards(tmp_path, end, step, phrase):
    head = TOML.replace("2001-12-31", end).replace("[clock]", f'[clock]\nstep = "{step}"')
    if phrase is None:
        assert len(inputs(tmp_path, head=head).steps) == 8001 * 12
        return
    with pytest.raises(ScenarioError, match=phrase):
        inputs(tmp_path, head=head)


def test_a_clock_of_too_many_steps_is_refused(tmp_path):
    head = TOML.replace("2001-12-31", "9999-12-31").replace("1999-01-01", "0001-01-01")
    with pytest.raises(ScenarioError, match="at most 100,000 time steps"):
        inputs(tmp_path, head=head.replace("[clock]", '[clock]\nstep = "month"'))


@pytest.mark.parametrize(("states", "phrase"), [(2001, "2000"), (1500, "1,000,000")])
def test_more_states_than_memory_holds_are_refused(tmp_path, states, phrase):
    names = ", ".join(f'"S{i}"' for i in range(states))
    head = TOML.replace('"ANA", "BOR", "CYL"', names).replace("2001-12-31", "9999-12-31")
    with pytest.raises(ScenarioError, match=phrase):
        inputs(tmp_path, head=head)
