"""What must hold for any table: no crash, and no effect of order."""

import random
from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance_cohesion.core.inputs import Inputs
from alliance_cohesion.scenario import ScenarioError, check, compile_inputs, load
from alliance_cohesion.scenario.events import KINDS

from .builders import TOML, event, indicator, pairs, write

CLIENTS = """
[[client]]
name = "FREE"
sponsor = "PAT"
start = 2000-05-01
source = "A book"
[[client]]
name = "FREE"
sponsor = "CYL"
end = 2000-11-01
source = "A book"
"""
ACTORS = ("PAT", "PACT", "ANA", "BOR", "CYL", "FREE", "FOE", "WES", "internal", "members")
TARGETS = ("ANA", "BOR", "CYL", "members", "ANA|BOR", "Atlantis", "BOR|Atlantis")
STRENGTHS = ("1", "2", "3", "4", "5", "0.5", "-0.5", "-1", "member", "frozen", "out", "act", "")

dates = st.builds(
    lambda year, month, day, parts: "-".join(
        (f"{year:04}", f"{month:02}", f"{day:02}")[:parts]
    ),
    st.integers(1997, 2003), st.integers(1, 12), st.integers(1, 28), st.integers(1, 3),
)  # fmt: skip
facts = st.builds(
    event,
    date=dates,
    end=st.one_of(st.just(""), dates),
    kind=st.sampled_from(KINDS),
    actor=st.sampled_from(ACTORS),
    target=st.sampled_from(TARGETS),
    strength=st.sampled_from(STRENGTHS),
    threat_level=st.sampled_from(("", "1", "2", "3", "4", "5")),
    consequence=st.sampled_from(("", "no", "yes")),
)
figures = st.builds(
    indicator,
    st.sampled_from(("ANA", "BOR", "Atlantis")),
    st.integers(1990, 2010),
    st.sampled_from(("trade_share", "base", "participation")),
    st.floats(0, 1),
)
words = st.text(max_size=12)
anything = st.builds(
    event, words, words, words, words, words, end=words, threat_level=words, source=words
)
on_disk = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def sound(folder, rows, figures=()):
    """The scenario of those rows that are sound alone and together."""
    kept = []
    for row in rows:
        try:
            load(write(folder, *kept, row, toml=CLIENTS))
        except ScenarioError:
            continue
        kept.append(row)
    once = {(row["state"], row["year"], row["indicator"]): row for row in figures}
    return load(write(folder, *kept, indicators=list(once.values()), toml=CLIENTS))


def same(a: Inputs, b: Inputs) -> bool:
    arrays = zip(a.drivers, b.drivers, strict=True)
    return all(np.array_equal(x, y) for x, y in arrays) and all(
        np.array_equal(x, y) for x, y in ((a.initial, b.initial), (a.record, b.record))
    )


@on_disk
@given(st.lists(st.one_of(facts, anything), max_size=6), st.lists(figures, max_size=6))
def test_any_table_compiles_or_is_refused(tmp_path, rows, figures):
    path = write(tmp_path, *rows, indicators=figures, toml=CLIENTS)
    problems = check([path])
    if problems:
        assert not any(set(map(chr, range(32))) & set(str(problem)) for problem in problems)
        return
    scenario = load(path)
    f = compile_inputs(scenario).drivers
    for table in (
        f.driver("external"),
        f.driver("internal"),
        f.driver("inside"),
        f.driver("demand"),
        f.dependence,
        f.members[:, :4],
    ):
        assert ((table >= 0) & (table <= 1)).all()
    assert (f.pair_start[1:] >= f.pair_start[:-1]).all()
    assert f.pair_start[-1] == len(f.pair_level)


@on_disk
@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_bytes_are_refused_in_words(tmp_path, toml, table):
    path = write(tmp_path)
    path.write_bytes(toml)
    (tmp_path / "events.csv").write_bytes(table)
    assert check([path])
    path.write_text(TOML)
    assert check([path])


@on_disk
@given(st.lists(facts, max_size=8), st.lists(figures, max_size=6), st.randoms())
def test_the_order_of_rows_never_shows(tmp_path, rows, figures, chance: random.Random):
    scenario = sound(tmp_path, rows, figures)
    events, indicators = list(scenario.events), list(scenario.indicators)
    chance.shuffle(events)
    chance.shuffle(indicators)
    shuffled = replace(scenario, events=tuple(events), indicators=tuple(indicators))
    for lag in (0, 2):
        assert same(compile_inputs(scenario, lag=lag), compile_inputs(shuffled, lag=lag))


@on_disk
@given(st.lists(facts, max_size=8), st.permutations(range(3)))
def test_the_order_of_states_never_shows(tmp_path, rows, order):
    scenario = sound(tmp_path, rows)
    names = tuple(scenario.states[i] for i in order)
    other = replace(scenario, alliance=scenario.alliance.model_copy(update={"members": names}))
    a, b = compile_inputs(scenario), compile_inputs(other)
    assert np.array_equal(a.drivers.own[:, order], b.drivers.own)
    for name in ("members", "kept_all", "broken_all", "renewal"):
        assert np.array_equal(getattr(a.drivers, name), getattr(b.drivers, name)), name
    assert np.array_equal(a.drivers.entry[order], b.drivers.entry)
    assert np.array_equal(a.drivers.address[order], b.drivers.address)
    assert np.array_equal(a.record[:, order], b.record)
    renamed = {(t, order[i], order[j], *rest) for t, i, j, *rest in pairs(b.drivers)}
    assert renamed == pairs(a.drivers)


@on_disk
@given(st.lists(facts, min_size=1, max_size=6), st.integers(0, 13))
def test_a_lag_shifts_the_rows_and_repeats_the_first(tmp_path, rows, lag):
    scenario = sound(tmp_path, rows)
    now, late = compile_inputs(scenario), compile_inputs(scenario, lag=lag)
    source = np.maximum(np.arange(12) - lag, 0)
    for name in ("external", "internal", "inside", "demand", "offer"):
        expected = now.drivers.driver(name)[source]
        assert np.array_equal(late.drivers.driver(name), expected), name
    assert np.array_equal(late.drivers.dependence, now.drivers.dependence[source])
    by_step: dict[int, set[tuple[float, ...]]] = {t: set() for t in range(12)}
    for t, *rest in pairs(now.drivers):
        by_step[t].add(tuple(rest))
    expected_pairs = {(t, *rest) for t in range(12) for rest in by_step[int(source[t])]}
    assert pairs(late.drivers) == expected_pairs
