"""The rules R1 to R9, one scalar function each, compiled.

Both fronts of the model call these functions: an agent for one state, the ensemble for
millions. Nothing here knows arrays, files, names of states or dates. The numbering is the one
that the documentation and `explain` use.

Times are in years, rates per year; levels of threat and demand lie in 0 to 1; alignment and
worth are in log-odds (natural-log units of the leaving rate).
"""

from math import exp, log1p

from numba import njit

_LARGEST_EXPONENT = 30.0  # beyond e^30 a year nothing changes any more, and inf/inf is avoided


@njit(cache=True)
def half(years: float, half_life: float) -> float:
    """Share that is left of a memory after `years`, given its half-life in years."""
    return 2.0 ** (-years / half_life)


@njit(cache=True)
def rate(exponent: float) -> float:
    """`exp(exponent)`, kept finite: a yearly rate."""
    return exp(min(exponent, _LARGEST_EXPONENT))


@njit(cache=True)
def logistic(x: float) -> float:
    """`1 / (1 + exp(-x))` without overflow on either side."""
    if x >= 0.0:
        return 1.0 / (1.0 + exp(-x))
    return exp(x) / (1.0 + exp(x))


@njit(cache=True)
def fear(level: float, event: float, keep: float) -> float:
    """R1. Fear rises at once to the `event` level and otherwise fades by the share `keep`."""
    return max(event, level * keep)


@njit(cache=True)
def evidence(
    weight: float, prior: float, keep: float, own: float, others: float, omega: float
) -> float:
    """R2. One side of the belief Beta(alpha, beta): kept (alpha) or broken (beta) promises.

    It fades towards the `prior` and grows by what the patron did for oneself (`own`) and, times
    the small `omega`, by what it did for others.
    """
    return prior + (weight - prior) * keep + own + omega * others


@njit(cache=True)
def reliability(alpha: float, beta: float) -> float:
    """R2. Believed chance that the patron will help: the mean of Beta(alpha, beta)."""
    return alpha / (alpha + beta)


@njit(cache=True)
def security(external: float, internal: float, rho: float, gamma: float) -> float:
    """R3. A threatened state is held by a patron that helps and driven off by one that does not.

    Walt (1987), Snyder (1984); internal threats: David (1991).
    """
    return (external + gamma * internal) * (2.0 * rho - 1.0)


@njit(cache=True)
def worth(
    b_S: float, S: float,
    b_D: float, D: float,
    b_P: float, P: float,
    b_A: float, A: float,
    b_O: float, O: float,  # noqa: E741 - the symbol of the equation
    kappa: float, C: float,
    b_R: float, R: float,
    b_T: float, T: float,
) -> float:  # fmt: skip
    """R4. What membership is worth to a state: `S` security, `D` dependence, `P` threat from
    inside the alliance, `A` demands on autonomy, `O` offers in points, `C` share that stayed.

    `R` (reliability alone) and `T` (threat alone) are rivals of `S`; their slopes are zero but
    in the theory tournament.

    Dependence: Miller (2006), Leeds & Savun (2007). Autonomy: Morrow (1991). Outside offers:
    Leeds & Savun (2007). Contagion: von Borzyskowski & Vabulas (2019).
    """
    drawn = b_S * S + b_D * D - b_P * P - b_A * A - b_O * log1p(O) + kappa * (C - 1.0)
    return drawn + b_R * R + b_T * T


@njit(cache=True)
def alignment(a: float, V: float, keep: float) -> float:
    """R5. Alignment follows worth with inertia."""
    return V + (a - V) * keep


@njit(cache=True)
def leave_rate(a: float, f_leave: float) -> float:
    """R6. Rate per year at which a state leaves between renewals: leaving takes an act."""
    return rate(-(f_leave + a))


@njit(cache=True)
def chance(yearly_rate: float, years: float) -> float:
    """Chance of at least one event within `years` at a constant rate."""
    return 1.0 - exp(-yearly_rate * years)


@njit(cache=True)
def refusal(a: float, f_renew: float) -> float:
    """R7. Chance of not signing at a renewal: staying takes an act."""
    return logistic(-(f_renew + a))


@njit(cache=True)
def freeze_share(D: float, c_freeze: float, b_freeze: float) -> float:
    """R8. Share of acts of leaving that freeze instead: the dependent cannot slam the door."""
    return logistic(c_freeze + b_freeze * D)


@njit(cache=True)
def return_rate(a: float, f_return: float) -> float:
    """R9. Rate per year at which a state outside (or frozen) comes back."""
    return rate(a - f_return)
