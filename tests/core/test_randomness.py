"""Counter-based random numbers against NumPy's own Philox."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_cohesion.core import randomness
from alliance_cohesion.core.randomness import Purpose, address

word = st.integers(0, 2**63 - 1)


def numpy_words(seed: int, counter: tuple[int, int, int, int]) -> list[int]:
    """NumPy steps its 256-bit counter before it draws, so ours is started one below."""
    below = (sum(part << (64 * k) for k, part in enumerate(counter)) - 1) % 2**256
    start = np.array([(below >> (64 * k)) % 2**64 for k in range(4)], dtype=np.uint64)
    made = np.random.Philox(counter=start, key=np.array([seed, 0], np.uint64)).random_raw(4)
    return [int(word) for word in made]


def ours(seed: int, counter) -> list[int]:
    return [int(word) % 2**64 for word in randomness.philox(seed, *counter)]


def test_thousands_of_counters_give_numpys_words():
    rng = np.random.default_rng(0)
    for seed, *counter in rng.integers(0, 2**62, (3000, 5)).tolist():
        assert ours(seed, counter) == numpy_words(seed, tuple(counter))


def test_small_counters_give_numpys_words():
    for counter in ((0, 0, 0, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 5), (2, 3, 4, 1)):
        assert ours(7, counter) == numpy_words(7, counter)


@given(word, word, st.integers(0, 10**6), word, st.integers(0, 9))
def test_a_uniform_number_lies_in_the_unit_interval(seed, history, time, state, place):
    assert 0.0 <= randomness.uniform(seed, history, time, state, place) < 1.0


def test_four_times_share_a_block_and_each_has_a_word_of_its_own():
    words = ours(3, (5, 2, 7, 1))
    expected = [(word >> 11) / 2**53 for word in words]
    assert [randomness.uniform(3, 5, time, 7, 1) for time in (8, 9, 10, 11)] == expected
    assert list(randomness.four(3, 5, 2, 7, 1)) == expected


def test_every_part_of_the_address_matters():
    base = [1, 2, 3, 4, 0]
    first = randomness.uniform(*base)
    for place in range(5):
        other = base.copy()
        other[place] += 1
        assert randomness.uniform(*other) != first


def test_neighbouring_addresses_are_uniform_and_unrelated():
    u = np.array([[randomness.uniform(1, r, t, 0, 0) for t in range(50)] for r in range(2000)])
    assert abs(u.mean() - 0.5) < 4 / np.sqrt(12 * u.size)
    assert abs(np.corrcoef(u[:, 0], u[:, 1])[0, 1]) < 0.1
    assert abs(np.corrcoef(u[:-1, 0], u[1:, 0])[0, 1]) < 0.1


def test_every_purpose_has_a_number_of_its_own():
    names = Purpose.__members__  # with those that are another name of the same number
    assert len({int(purpose) for purpose in names.values()}) == len(names)


@given(st.sampled_from(Purpose), st.sampled_from(Purpose), st.integers(0, 2**32 - 1),
       st.integers(0, 2**32 - 1))  # fmt: skip
def test_two_purposes_or_two_indices_never_share_an_address(one, other, i, j):
    same = one == other and i == j
    assert (address(int(one), i) == address(int(other), j)) == same


USED = """
import collections, sys
import alliance_cohesion as ac
from alliance_cohesion.core import reactions, simulate, randomness
from alliance_cohesion.scenario.reacting import by_rule, inputs_and_reactions

seen = collections.Counter()

def uniform(seed, history, time, state, place, made=randomness.uniform):
    seen[history, time, state, place] += 1
    return made(seed, history, time, state, place)

def fill(seed, first, time, state, place, out):
    for lane in range(out.shape[1]):
        for word in range(4):
            seen[first + lane, time // 4 * 4 + word, state, place] += 1
    out[:] = 0.5

reactions.uniform, simulate.fill = uniform, fill
simulate.LANES = 2
sim = ac.load("csto-2035")
scenario = by_rule(sim.scenario)
inputs, rules = inputs_and_reactions(scenario, scenario.clock.start, 2, 1)
rules = rules._replace(source_rate=rules.source_rate + 5.0)   # something of everything happens
simulate.simulate(inputs, sim.draws().values[:2], 2, 1, keep=0, reactions=rules, threads=1)
print(len(seen), max(seen.values()), len({place >> 32 for *_, place in seen}))
"""


@pytest.mark.slow
def test_no_address_is_used_twice_in_a_run_with_reactions():
    """Looked up where numbers are drawn, in plain Python, not from the constants."""
    done = subprocess.run(
        [sys.executable, "-c", USED], env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    used, most, purposes = map(int, done.stdout.split())
    assert used > 10_000
    assert most == 1
    assert purposes == 5  # decisions, episodes, requests, answers, offers
