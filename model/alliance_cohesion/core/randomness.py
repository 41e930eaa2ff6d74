"""Counter-based random numbers: Philox 4x64-10, addressed by history, time, state and purpose.

A number depends on its address alone: not on the order of agents, the number of histories, the
workers, or another state's fate. Salmon et al. (2011), "Parallel random numbers: as easy as 1, 2,
3"; the constants are those of that paper and of `numpy.random.Philox`, against which the tests
check this code. One block of the generator has four words: four consecutive times share a block.
"""

from enum import IntEnum
from operator import index as as_index

import numpy as np
from numba import uint64

from .elementary import compiled, inner
from .inputs import Floats

WORDS = 4


class Purpose(IntEnum):
    """What a random number decides. Two purposes never share a number."""

    DECISION = 0
    """a state's membership status (R6 to R9)"""
    PRIOR = 1
    """a parameter draw from the prior; the index is unused"""
    NEW_ALLIANCE = 2
    """thresholds of an alliance that no fit has seen"""
    EPISODE = 3
    """whether a source of threat acts (R11); the index is the source"""
    REQUEST = 4
    """whether a threatened state asks for help; the index is the source"""
    ANSWER = 5
    """the patron's answer (R10); the index is the source, or the recorded request after them"""
    OFFER = 6
    """whether an outside power makes an offer (R11)"""
    CARRIED = 7
    """noise consistent with the record (counterfactual); a step has a block of its own"""


@compiled
def address(purpose: int, index: int = 0) -> int:
    """The place of a purpose and an index below 2**32 in the counter."""
    return (purpose << 32) | index


DECISION = address(int(Purpose.DECISION))

SEEDS = 2**63
"""How many seeds there are, from 0."""

_M0, _M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_W0, _W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_LOW = np.uint64(0xFFFFFFFF)
_32, _11 = np.uint64(32), np.uint64(11)
_UNIT = 1.0 / 9007199254740992.0  # 2**-53


def checked_seed(seed: object) -> int:
    """A seed as a plain whole number; NumPy's whole numbers are taken too.

    Raises:
        ValueError: it is no whole number, or out of range.
    """
    try:
        number = -1 if isinstance(seed, bool) else as_index(seed)  # type: ignore[arg-type]
    except TypeError:
        number = -1
    if not 0 <= number < SEEDS:
        raise ValueError(f"seed: {seed!r} given; allowed: a whole number from 0 to 2**63 - 1")
    return int(number)


@compiled
def _high(a, b):  # type: ignore[no-untyped-def]
    """Upper 64 bits of a 64 by 64 bit product."""
    a_low, a_high, b_low, b_high = a & _LOW, a >> _32, b & _LOW, b >> _32
    low_low = a_low * b_low
    middle = a_high * b_low + (low_low >> _32)
    other = a_low * b_high + (middle & _LOW)
    return a_high * b_high + (middle >> _32) + (other >> _32)


@compiled
def philox(seed: int, c0: int, c1: int, c2: int, c3: int) -> tuple[int, int, int, int]:
    """Four random words of 64 bits at a counter of four words."""
    a, b, c, d = uint64(c0), uint64(c1), uint64(c2), uint64(c3)
    k0, k1 = uint64(seed), uint64(0)
    for _ in range(10):
        high0, low0 = _high(_M0, a), _M0 * a
        high1, low1 = _high(_M1, c), _M1 * c
        a, b, c, d = high1 ^ b ^ k0, low1, high0 ^ d ^ k1, low0
        k0, k1 = k0 + _W0, k1 + _W1
    return a, b, c, d  # type: ignore[return-value]


@compiled
def uniform(seed: int, history: int, time: int, state: int, place: int) -> float:
    """Uniform number in [0, 1) with 53 random bits; `place` comes from `address`."""
    words = philox(seed, history, time >> 2, state, place)
    return (words[time & 3] >> _11) * _UNIT


@compiled
def four(seed: int, history: int, block: int, state: int, place: int) -> tuple[float, ...]:
    """The four uniform numbers of a block."""
    a, b, c, d = philox(seed, history, block, state, place)
    return (a >> _11) * _UNIT, (b >> _11) * _UNIT, (c >> _11) * _UNIT, (d >> _11) * _UNIT


@inner
def fill(seed: int, first: int, time: int, state: int, place: int, out: Floats) -> None:
    """Fill `out` [4, lanes] with the numbers of four times, the block that holds `time`.

    Lane l belongs to history `first + l`.
    """
    for lane in range(np.uint64(out.shape[1])):
        a, b, c, d = four(seed, first + np.int64(lane), time >> 2, state, place)
        out[0, lane], out[1, lane], out[2, lane], out[3, lane] = a, b, c, d
