"""Guards: does the change stay inside the span of the evidence, and does a baseline agree?

King & Zeng (2006), "The Dangers of Extreme Counterfactuals": an answer far from the data comes
from the model, not from the evidence. Two measures, of the decisions that the change alters:
how far the nearest decision of the evidence is (Gower's distance), and whether they lie within
the convex hull of the evidence.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linprog
from sklearn.linear_model import LogisticRegression

from ...core.inputs import Codes, Floats, Status
from ...core.replay import knowledge
from ...inference import record
from ...inference.logistic import PENALTY, covariates
from .pair import Pair

COVARIATES = ("E", "G", "P", "A", "ln(1 + O)", "reliability", "D", "renewal")
ALTERED = 0.005  # Gower distance from its own base from which a decision counts as altered
NEIGHBOURS = 2.0  # years within which a state's own decisions are no evidence on each other
MOST_POINTS = 200  # for which membership of the hull is worked out
SMALL_EFFECT = 0.005
_PERCENTILE = 95.0
_STEPS = 20  # towards a point, before the linear programme is asked


@dataclass(frozen=True)
class Span:
    """Where the decisions that a change alters lie."""

    altered: int
    """Decisions (a state in a time step) whose covariates the change alters."""
    near: float | None
    """Share whose nearest evidence is as near as 95 % of the evidence has its own nearest."""
    in_hull: float | None
    """Share inside the convex hull of the evidence."""
    farthest: tuple[str, str] | None
    """The altered decision farthest from the evidence: state and month."""
    beyond: list[str]
    """Covariates in which some altered decision exceeds the range of the evidence."""


def span(pair: Pair, mean: Floats, mean_changed: Floats, path: Codes) -> Span:
    """Place the altered decisions against all decisions of the evidence.

    Args:
        pair: The two simulations.
        mean: [parameter] at which latent states are computed.
        mean_changed: The same with the change.
        path: [step from the branch on, state] statuses that the changed simulation follows.
    """
    base, changed = pair.both
    statuses = base.record.copy()
    statuses[pair.branch :] = path
    known = knowledge(base, mean)
    other = knowledge(replace(changed, record=statuses), mean_changed)
    risk = record.at_risk(base)
    documented = _documented(pair, risk)
    scale = np.ptp(known[documented], axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    after = np.arange(len(risk)) >= pair.branch - base.drivers.first
    moved = np.abs((other - known) / scale).mean(axis=-1) > ALTERED
    moved &= risk & after[:, np.newaxis]
    evidence, points = np.argwhere(documented), np.argwhere(moved)
    if not len(points):
        return Span(0, None, None, None, [])
    apart = round(NEIGHBOURS / base.drivers.dt)
    decisions = known[documented]
    own = nearest(decisions, evidence, decisions, evidence, scale, apart)
    far = nearest(other[moved], points, decisions, evidence, scale, apart)
    own = own[np.isfinite(own)]
    limit = float(np.percentile(own, _PERCENTILE)) if len(own) else 0.0
    t, i = points[int(np.argmax(far))]
    values, span_low, span_high = other[moved], decisions.min(axis=0), decisions.max(axis=0)
    beyond = ((values < span_low - 1e-9) | (values > span_high + 1e-9)).any(axis=0)
    some = np.linspace(0, len(values) - 1, min(len(values), MOST_POINTS)).round().astype(int)
    return Span(
        len(points),
        float(np.mean(far <= limit)),
        float(np.mean([in_hull(values[k], decisions) for k in some])),
        (base.states[i], str(base.decided[t])[:7]),
        [name for name, out in zip(COVARIATES, beyond, strict=True) if out],
    )


def _documented(pair: Pair, decisions: np.ndarray) -> np.ndarray:
    """Those of `decisions` [T, N] whose outcome is documented."""
    known = np.arange(len(decisions)) < pair.known - pair.base.inputs.drivers.first
    return np.asarray(decisions & known[:, np.newaxis])


def nearest(
    points: Floats, places: np.ndarray, evidence: Floats, known: np.ndarray,
    scale: Floats, apart: int,
) -> Floats:  # fmt: skip
    """Gower distance of each point to its nearest evidence.

    A point's own state within `apart` time steps is left out: decisions in a row are near copies.

    Args:
        points: [point, covariate]
        places: [point, 2] time step and state.
        evidence: [decision, covariate]
        known: [decision, 2] time step and state.
        scale: [covariate] range of the evidence.
        apart: Time steps.
    """
    result = np.empty(len(points))
    for k, (point, (t, i)) in enumerate(zip(points, places, strict=True)):
        distance = np.abs((evidence - point) / scale).mean(axis=1)
        distance[(known[:, 1] == i) & (np.abs(known[:, 0] - t) <= apart)] = np.inf
        result[k] = distance.min()
    return result


def in_hull(point: Floats, evidence: Floats) -> bool:
    """Whether a point is a mixture of points of the evidence.

    Moving from the evidence's mean towards the point, again and again by way of the extreme
    point of the evidence in its direction, soon shows that most points lie outside. Where it does
    not, a linear programme decides.
    """
    low, high = evidence.min(axis=0), evidence.max(axis=0)
    if (point < low - 1e-9).any() or (point > high + 1e-9).any():
        return False
    scale = np.where(high > low, high - low, 1.0)
    points, near = (evidence - point) / scale, (evidence.mean(axis=0) - point) / scale
    for _ in range(_STEPS):
        reach = (points * near).sum(axis=1)
        if reach.min() > 1e-9:  # the whole evidence lies beyond a plane
            return False
        step = points[np.argmin(reach)] - near
        length = float((step * step).sum())
        if length == 0.0:
            break
        near = near + min(1.0, max(0.0, -float((near * step).sum()) / length)) * step
    mixture = np.vstack([evidence.T, np.ones(len(evidence))])
    answer = linprog(
        np.zeros(len(evidence)), A_eq=mixture, b_eq=np.append(point, 1.0), method="highs"
    )
    return bool(answer.status == 0)


def logistic_changes(pair: Pair) -> Floats | None:
    """[N] by how much a logistic hazard changes each state's expected number of leavings.

    Fitted to the documented decisions of members, it is asked about the same decisions from the
    branch on with the covariates of the changed simulation. None where no state ever left; not
    a number where the state was no member after the branch.
    """
    base, changed = pair.both
    before, after = record.statuses(base)
    member = _documented(pair, record.at_risk(base)) & (before == Status.MEMBER)
    left = after != Status.MEMBER
    if not left[member].any() or left[member].all():
        return None
    x, y = covariates(base), covariates(changed)
    model = LogisticRegression(C=PENALTY, max_iter=1000).fit(x[member], left[member])

    def hazard(of: Floats) -> Floats:
        flat = of.reshape(-1, of.shape[-1])
        return np.asarray(model.predict_proba(flat)[:, 1]).reshape(member.shape)

    asked = member & (np.arange(len(member)) >= pair.branch - base.drivers.first)[:, np.newaxis]
    change = np.where(asked, hazard(y) - hazard(x), 0.0).sum(axis=0)
    return np.where(asked.any(axis=0), change, np.nan)


def agrees(effect: float, logistic: float | None) -> bool | None:
    """Whether the logistic hazard changes a state's leaving in the same direction as the model.

    Args:
        effect: The model's mean difference over the forecast, frozen or out.
        logistic: The change in expected leavings.

    Returns:
        None where the logistic hazard says nothing (the state is no member after the branch), or
        where the model itself sees no effect of half a percentage point on average.
    """
    if logistic is None or not math.isfinite(logistic) or abs(effect) < SMALL_EFFECT:
        return None
    return bool(np.sign(effect) == np.sign(logistic))
