"""The rules R1 to R9, one scalar function each, compiled.

The agents call these functions for one state, the simulation for many histories at once. Nothing
here knows arrays, files, names of states or dates. The numbering is the one that the documentation
and `explain` use.

Times are in years, rates per year; levels of threat and demand lie in 0 to 1; alignment and
utility are in log-odds (natural-log units of the leaving rate).
"""

from math import isnan

from .elementary import compiled, exp, expm1

_LARGEST_EXPONENT = 30.0  # beyond e^30 a year nothing changes any more, and inf/inf is avoided
_LN2 = 0.6931471805599453


@compiled
def kept_share(years: float, half_life: float) -> float:
    """Share of a memory that is left after `years`, given its half-life in years."""
    return exp(-_LN2 * years / half_life)


@compiled
def rate(exponent: float) -> float:
    """`exp(exponent)`, kept finite: a yearly rate."""
    return exp(min(exponent, _LARGEST_EXPONENT))


@compiled
def logistic(x: float) -> float:
    """`1 / (1 + exp(-x))` without overflow on either side."""
    if x >= 0.0:
        return 1.0 / (1.0 + exp(-x))
    return exp(x) / (1.0 + exp(x))


@compiled
def perceived_threat(level: float, event: float, keep: float) -> float:
    """R1. Perceived threat rises at once to the `event` level, else fades to the share `keep`."""
    return max(event, level * keep)


@compiled
def evidence(
    weight: float, prior: float, keep: float, own: float, others: float, omega: float
) -> float:
    """R2. One side of the belief Beta(alpha, beta): kept (alpha) or broken (beta) promises.

    It fades towards the `prior` and grows by what the patron did for oneself (`own`) and, times
    the small `omega`, by what it did for others.
    """
    return prior + (weight - prior) * keep + own + omega * others


@compiled
def reliability(alpha: float, beta: float) -> float:
    """R2. Believed probability that the patron will help: the mean of Beta(alpha, beta)."""
    return alpha / (alpha + beta)


@compiled
def security(external: float, internal: float, rho: float, gamma: float) -> float:
    """R3. A threatened state is held by a patron that helps and driven off by one that does not.

    Walt (1987), Snyder (1984); internal threats: David (1991).
    """
    return (external + gamma * internal) * (2.0 * rho - 1.0)


@compiled
def utility(
    b_S: float, S: float,
    b_D: float, D: float,
    b_P: float, P: float,
    b_A: float, A: float,
    b_O: float, ln_offers: float,
    kappa: float, C: float,
    b_R: float, R: float,
    b_T: float, T: float,
) -> float:  # fmt: skip
    """R4. Utility of membership: `S` security, `D` dependence, `P` threat from inside the
    alliance, `A` demands on autonomy, `ln_offers` ln(1 + offers in points), `C` share that stayed.

    `R` (reliability alone) and `T` (threat alone) are rivals of `S`; their slopes are zero but
    in the theory tournament.

    Dependence: Miller (2006), Leeds & Savun (2007). Autonomy: Morrow (1991). Outside offers:
    Leeds & Savun (2007). Contagion: von Borzyskowski & Vabulas (2019).
    """
    drawn = b_S * S + b_D * D - b_P * P - b_A * A - b_O * ln_offers + kappa * (C - 1.0)
    return drawn + b_R * R + b_T * T


@compiled
def alignment(a: float, V: float, keep: float) -> float:
    """R5. Alignment follows utility with inertia; it starts at the first utility."""
    return V if isnan(a) else V + (a - V) * keep


@compiled
def leave_rate(a: float, f_leave: float) -> float:
    """R6. Rate per year at which a state leaves between renewals: leaving takes an act."""
    return rate(-(f_leave + a))


@compiled
def event_probability(yearly_rate: float, years: float) -> float:
    """Probability of at least one event within `years` at a constant rate."""
    return -expm1(-yearly_rate * years)


@compiled
def refusal(a: float, f_renew: float) -> float:
    """R7. Probability of not signing at a renewal: staying takes an act."""
    return logistic(-(f_renew + a))


@compiled
def freeze_share(D: float, c_freeze: float, b_freeze: float) -> float:
    """R8. Share of acts of leaving that freeze instead: the dependent cannot slam the door."""
    return logistic(c_freeze + b_freeze * D)


@compiled
def return_rate(a: float, f_return: float) -> float:
    """R9. Rate per year at which a state outside (or frozen) comes back."""
    return rate(a - f_return)
