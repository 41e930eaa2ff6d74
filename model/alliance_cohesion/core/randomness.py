"""Addressed random numbers: Philox 4x64-10, counter (history, tick, state, purpose), key = seed.

A draw depends on its address alone: not on the order of agents, the number of histories, the
workers, the chunk, or another state's fate. Salmon et al. (2011), "Parallel random numbers: as
easy as 1, 2, 3"; the constants are those of that paper and of `numpy.random.Philox`, against
which the tests check this code.
"""

from operator import index

import numpy as np
from numba import njit, uint64

CHOICE = 0  # what a state decides about its standing
PARAMETER = 1  # parameter draws
HYPER = 2  # thresholds of an alliance nobody has fitted
PATRON = 3  # R10, the patron's answers
EPISODE = 4  # R11, threats and offers that no record dates
NOISE = 5  # abduction: noise consistent with the record

SEEDS = 2**63
"""How many seeds there are, from 0."""

_M0, _M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_W0, _W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_LOW = np.uint64(0xFFFFFFFF)
_32, _11 = np.uint64(32), np.uint64(11)


def checked_seed(seed: object) -> int:
    """A seed as a plain whole number; NumPy's whole numbers are taken too.

    Raises:
        ValueError: it is no whole number, or out of range.
    """
    try:
        number = -1 if isinstance(seed, bool) else index(seed)  # type: ignore[call-overload]
    except TypeError:
        number = -1
    if not 0 <= number < SEEDS:
        raise ValueError(f"seed: {seed!r} given; allowed: a whole number from 0 to 2**63 - 1")
    return int(number)


@njit(cache=True, inline="always")
def _high(a, b):  # type: ignore[no-untyped-def]
    """Upper 64 bits of a 64 by 64 bit product."""
    a_low, a_high, b_low, b_high = a & _LOW, a >> _32, b & _LOW, b >> _32
    low_low = a_low * b_low
    middle = a_high * b_low + (low_low >> _32)
    other = a_low * b_high + (middle & _LOW)
    return a_high * b_high + (middle >> _32) + (other >> _32)


@njit(cache=True)
def bits(seed: int, history: int, tick: int, state: int, purpose: int) -> int:
    """First 64 random bits at an address."""
    c0, c1, c2, c3 = uint64(history), uint64(tick), uint64(state), uint64(purpose)
    k0, k1 = uint64(seed), uint64(0)
    for _ in range(10):
        high0, low0 = _high(_M0, c0), _M0 * c0
        high1, low1 = _high(_M1, c2), _M1 * c2
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = k0 + _W0, k1 + _W1
    return c0  # type: ignore[return-value]


@njit(cache=True)
def uniform(seed: int, history: int, tick: int, state: int, purpose: int) -> float:
    """Uniform number in [0, 1) with 53 random bits at an address."""
    return (bits(seed, history, tick, state, purpose) >> _11) * (1.0 / 9007199254740992.0)
