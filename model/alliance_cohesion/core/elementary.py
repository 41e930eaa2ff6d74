"""exp, expm1, log, log1p and the normal quantile in plain arithmetic: the same bits everywhere.

The functions of a system's math library, of NumPy and of vector libraries differ in the last bits
from one processor to the next. These use only additions, multiplications, divisions and integer
operations, which IEEE 754 fixes to the bit, compiled without fast-math and without contraction.
Over their whole range they are accurate to 2 units in the last place, the quantile to 4 (tests
compare with mpmath). LLVM turns a loop over exp, expm1, log or log1p into vector code.

Reductions and polynomials: exp and expm1 by Cody & Waite's reduction and the Taylor series, log
and log1p after FDLIBM (Sun Microsystems 1993), the normal quantile by Wichura (1988), AS 241.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from .inputs import Floats

_njit: Any = njit
_options: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
compiled: Callable[..., Any] = _njit(**_options)
"""How every function of the model is compiled. Division follows IEEE 754, as in NumPy."""
inner: Callable[..., Any] = _njit(**_options, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""For functions that only compiled code calls: they compile in half the time."""

_ROUND = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to a whole number in the low bits
_LOG2_E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_SQRT_2 = 1.4142135623730951


@compiled
def _power_of_two(k: int) -> float:
    """2**k for -1022 <= k <= 1023, by writing the exponent."""
    return np.int64((k + 1023) << 52).view(np.float64)


@compiled
def _reduced(x: float) -> tuple[Any, float]:
    """k and r with x = k ln 2 + r and |r| <= ln 2 / 2."""
    shifted = x * _LOG2_E + _ROUND
    n = shifted - _ROUND
    k = np.float64(shifted).view(np.int64) - np.float64(_ROUND).view(np.int64)
    return k, (x - n * _LN2_HIGH) - n * _LN2_LOW


@compiled
def _exp_less_one(r: float) -> float:
    """exp(r) - 1 for |r| <= ln 2 / 2, by the Taylor series to the 14th power."""
    p = 1.0 / 87178291200.0
    p = p * r + 1.0 / 6227020800.0
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    return r + r * r * p


@compiled
def exp(x: float) -> float:
    """e**x; 0 below -745.2, infinite above 709.8."""
    y = 710.0 if x > 710.0 else x
    y = -746.0 if y < -746.0 else y
    k, r = _reduced(y)
    half = k >> 1
    return (1.0 + _exp_less_one(r)) * _power_of_two(half) * _power_of_two(k - half)


@compiled
def expm1(x: float) -> float:
    """e**x - 1, accurate near zero."""
    y = 710.0 if x > 710.0 else x
    y = -40.0 if y < -40.0 else y  # -1 to the last bit
    k, r = _reduced(y)
    half = k >> 1
    small, low, high = _exp_less_one(r), _power_of_two(half), _power_of_two(k - half)
    return (small * low + (low - _power_of_two(half - k))) * high


@compiled
def log(x: float) -> float:
    """Natural logarithm; minus infinite at 0, not a number below."""
    scale = 54.0 if x < 2.2250738585072014e-308 else 0.0  # subnormal numbers are scaled up first
    bits = np.float64(x * 18014398509481984.0 if scale > 0.0 else x).view(np.int64)
    k = ((bits >> 52) & 2047) - 1023
    m = np.int64((bits & 4503599627370495) | 4607182418800017408).view(np.float64)  # in [1, 2)
    large = m > _SQRT_2
    f = (0.5 * m if large else m) - 1.0
    n = np.float64(k + 1 if large else k) - scale
    s = f / (2.0 + f)
    z = s * s
    p = 1.479819860511658591e-01
    p = p * z + 1.531383769920937332e-01
    p = p * z + 1.818357216161805012e-01
    p = p * z + 2.222219843214978396e-01
    p = p * z + 2.857142874366239149e-01
    p = p * z + 3.999999999940941908e-01
    p = p * z + 6.666666666666735130e-01
    square = 0.5 * f * f
    result = n * _LN2_HIGH - ((square - (s * (square + z * p) + n * _LN2_LOW)) - f)
    if x > 0.0:
        return result if x < np.inf else x
    return -np.inf if x == 0.0 else np.nan


@compiled
def log1p(x: float) -> float:
    """log(1 + x), accurate near zero."""
    u = 1.0 + x
    lost = x - (u - 1.0) if u < 9007199254740992.0 else 0.0  # what adding 1 rounded away
    return log(u) + (lost / u if u > 0.0 else 0.0)


_CENTRAL = (
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
     4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
     1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4,
     2.1213794301586595867e4, 5.3941960214247511077e3, 6.8718700749205790830e2,
     4.2313330701600911252e1, 1.0),
)  # fmt: skip
_TAIL = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
     1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
     4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
     1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
     2.05319162663775882187e0, 1.0),
)  # fmt: skip
_FAR_TAIL = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
     2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
     5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
     7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
     5.99832206555887937690e-1, 1.0),
)  # fmt: skip
"""Numerators and denominators of AS 241, highest power first."""


@compiled
def _halves(x: float) -> tuple[float, float]:
    """Two numbers of 26 bits each that add up to x (Veltkamp)."""
    scaled = 134217729.0 * x
    high = scaled - (scaled - x)
    return high, x - high


@compiled
def _polynomial(coefficients: tuple[float, ...], x: float) -> float:
    """Horner's scheme with its rounding errors carried along (Graillat, Langlois & Louvet 2005)."""
    x_high, x_low = _halves(x)
    total, error = coefficients[0], 0.0
    for k in range(1, len(coefficients)):
        product = total * x
        high, low = _halves(total)
        off = low * x_low - (((product - high * x_high) - low * x_high) - high * x_low)
        total = product + coefficients[k]
        part = total - product
        off += (product - (total - part)) + (coefficients[k] - part)
        error = error * x + off
    return total + error


@compiled
def normal_quantile(p: float) -> float:
    """The standard normal's quantile at `p`; infinite at 0 and 1, not a number outside."""
    q = p - 0.5
    if -0.425 <= q <= 0.425:
        r = 0.180625 - q * q
        return q * (_polynomial(_CENTRAL[0], r) / _polynomial(_CENTRAL[1], r))
    tail = p if q < 0.0 else 1.0 - p
    if not tail > 0.0:
        return q * np.inf if tail == 0.0 else np.nan
    square = -log(tail)
    root = np.sqrt(square)
    high, low = _halves(root)
    rest = ((square - high * high) - 2.0 * high * low) - low * low  # what the root rounded away
    if root <= 5.0:
        r = (root - 1.6) + rest / (2.0 * root)
        result = _polynomial(_TAIL[0], r) / _polynomial(_TAIL[1], r)
    else:
        r = (root - 5.0) + rest / (2.0 * root)
        result = _polynomial(_FAR_TAIL[0], r) / _polynomial(_FAR_TAIL[1], r)
    return -result if q < 0.0 else result


# A loop each, spelt out: Numba cannot keep a compiled function that takes another as argument.


@compiled
def _each_exp(values: Floats, out: Floats) -> None:
    for k in range(np.uint64(values.size)):
        out[k] = exp(values[k])


@compiled
def _each_expm1(values: Floats, out: Floats) -> None:
    for k in range(np.uint64(values.size)):
        out[k] = expm1(values[k])


@compiled
def _each_log(values: Floats, out: Floats) -> None:
    for k in range(np.uint64(values.size)):
        out[k] = log(values[k])


@compiled
def _each_log1p(values: Floats, out: Floats) -> None:
    for k in range(np.uint64(values.size)):
        out[k] = log1p(values[k])


@compiled
def _each_normal_quantile(values: Floats, out: Floats) -> None:
    for k in range(np.uint64(values.size)):
        out[k] = normal_quantile(values[k])


_LOOPS = {
    exp: _each_exp, expm1: _each_expm1, log: _each_log, log1p: _each_log1p,
    normal_quantile: _each_normal_quantile,
}  # fmt: skip


def each(function: Callable[[float], float], values: Any) -> Floats:
    """A function of this module over an array of any shape."""
    given = np.ascontiguousarray(values, dtype=np.float64)
    out = np.empty(given.shape)
    _LOOPS[function](given.ravel(), out.ravel())
    return out


@compiled
def log_sum_exp(values: Floats) -> float:
    """log(sum(exp(values))), summed in the order given; minus infinite for no values."""
    largest = -np.inf
    for value in values:
        largest = max(largest, value)
    if largest == -np.inf or largest == np.inf:
        return largest
    total = 0.0
    for value in values:
        total += exp(value - largest)
    return largest + log(total)
