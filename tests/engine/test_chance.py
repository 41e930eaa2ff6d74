"""Addressed random numbers against NumPy's own Philox."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alliance_cohesion.core import randomness as chance

word = st.integers(0, 2**63 - 1)


def numpy_bits(seed: int, address: tuple[int, int, int, int]) -> int:
    """NumPy steps its 256-bit counter before it draws, so ours is started one below."""
    below = (sum(part << (64 * k) for k, part in enumerate(address)) - 1) % 2**256
    counter = np.array([(below >> (64 * k)) % 2**64 for k in range(4)], dtype=np.uint64)
    return int(np.random.Philox(counter=counter, key=np.array([seed, 0], np.uint64)).random_raw())


def test_thousands_of_addresses_give_numpys_bits():
    rng = np.random.default_rng(0)
    for seed, *address in rng.integers(0, 2**62, (3000, 5)):
        found = int(chance.bits(seed, *address))
        assert found % 2**64 == numpy_bits(int(seed), tuple(map(int, address)))


def test_small_addresses_give_numpys_bits():
    for address in ((0, 0, 0, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 5), (2, 3, 4, 1)):
        assert int(chance.bits(7, *address)) % 2**64 == numpy_bits(7, address)


@given(word, word, word, word, st.integers(0, 9))
def test_a_uniform_number_lies_in_the_unit_interval(seed, history, tick, state, purpose):
    assert 0.0 <= chance.uniform(seed, history, tick, state, purpose) < 1.0


def test_every_part_of_the_address_matters():
    base = [1, 2, 3, 4, 0]
    first = chance.uniform(*base)
    for place in range(5):
        other = base.copy()
        other[place] += 1
        assert chance.uniform(*other) != first


def test_neighbouring_addresses_are_uniform_and_unrelated():
    u = np.array([[chance.uniform(1, r, t, 0, 0) for t in range(50)] for r in range(2000)])
    assert abs(u.mean() - 0.5) < 4 / np.sqrt(12 * u.size)
    assert abs(np.corrcoef(u[:, 0], u[:, 1])[0, 1]) < 0.1
    assert abs(np.corrcoef(u[:-1, 0], u[1:, 0])[0, 1]) < 0.1


def test_a_uniform_number_is_its_upper_53_bits_and_so_never_one():
    for address in ((1, 2, 3, 4, 0), (7, 0, 0, 0, 5), (2**62, 9, 1, 1, 1)):
        bits = int(chance.bits(*address)) % 2**64
        assert chance.uniform(*address) == (bits >> 11) / 2**53


def test_no_two_purposes_share_their_random_numbers():
    purposes = {name: value for name, value in vars(chance).items() if name.isupper()}
    purposes = {name: value for name, value in purposes.items() if not name.startswith("_")}
    assert len(set(purposes.values())) == len(purposes) == 6
