"""Guards: is the changed world inside the span of the evidence, and does a baseline agree?

King & Zeng (2006), "The Dangers of Extreme Counterfactuals": an answer far from the data comes
from the model, not from the evidence. Two measures, of the decisions that the change alters:
how far the nearest decision of the evidence is (Gower's distance), and whether they lie within
the convex hull of the evidence.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linprog
from sklearn.linear_model import LogisticRegression

from ...core.inputs import Codes, Floats, Standing
from ...core.replay import knowledge
from ...inference import record
from ...inference.logistic import PENALTY, covariates
from .pair import Pair

COVARIATES = ("E", "G", "P", "A", "ln(1 + O)", "reliability", "D", "renewal")
ALTERED = 0.005  # Gower distance from its own base from which a decision counts as altered
NEIGHBOURS = 2.0  # years within which a state's own decisions are no evidence on each other
MOST_POINTS = 200  # for which membership of the hull is worked out
_PERCENTILE = 95.0


@dataclass(frozen=True)
class Span:
    """Where the decisions that a change alters lie."""

    altered: int
    """State-ticks whose covariates the change alters."""
    near: float | None
    """Share whose nearest evidence is as near as 95 % of the evidence has its own nearest."""
    in_hull: float | None
    """Share inside the convex hull of the evidence."""
    farthest: str
    """The altered decision farthest from the evidence: state and month; empty if none."""
    beyond: list[str]
    """Covariates in which some altered decision exceeds the range of the evidence."""


def span(pair: Pair, mean: Floats, mean_changed: Floats, path: Codes) -> Span:
    """Place the altered decisions against all decisions of the evidence.

    Args:
        pair: The two worlds.
        mean: [parameter] at which the minds are worked out.
        mean_changed: The same in the changed world.
        path: [tick from the branch on, state] standings along which the changed world is seen.
    """
    base, changed = pair.worlds
    standings = base.record.copy()
    standings[pair.branch :] = path
    known = knowledge(base, mean)
    other = knowledge(replace(changed, record=standings), mean_changed)
    risk = record.at_risk(base)
    documented = _documented(pair, risk)
    scale = np.ptp(known[documented], axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    after = np.arange(len(risk)) >= pair.branch - base.forcing.first
    moved = np.abs((other - known) / scale).mean(axis=-1) > ALTERED
    moved &= risk & after[:, np.newaxis]
    evidence, points = np.argwhere(documented), np.argwhere(moved)
    if not len(points):
        return Span(0, None, None, "", [])
    apart = round(NEIGHBOURS / base.forcing.dt)
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
        f"{base.states[i]} {str(base.decided[t])[:7]}",
        [name for name, out in zip(COVARIATES, beyond, strict=True) if out],
    )


def _documented(pair: Pair, decisions: np.ndarray) -> np.ndarray:
    """Those of `decisions` [T, N] whose outcome the record tells."""
    told = np.arange(len(decisions)) < pair.known - pair.base.world.forcing.first
    return np.asarray(decisions & told[:, np.newaxis])


def nearest(
    points: Floats, places: np.ndarray, evidence: Floats, known: np.ndarray,
    scale: Floats, apart: int,
) -> Floats:  # fmt: skip
    """Gower distance of each point to its nearest evidence.

    A point's own state within `apart` ticks is left out: decisions in a row are near copies.

    Args:
        points: [point, covariate]
        places: [point, 2] tick and state.
        evidence: [decision, covariate]
        known: [decision, 2] tick and state.
        scale: [covariate] range of the evidence.
        apart: Ticks.
    """
    found = np.empty(len(points))
    for k, (point, (t, i)) in enumerate(zip(points, places, strict=True)):
        distance = np.abs((evidence - point) / scale).mean(axis=1)
        distance[(known[:, 1] == i) & (np.abs(known[:, 0] - t) <= apart)] = np.inf
        found[k] = distance.min()
    return found


def in_hull(point: Floats, evidence: Floats) -> bool:
    """Whether a point is a mixture of points of the evidence (a linear programme says)."""
    if (point < evidence.min(axis=0) - 1e-9).any() or (point > evidence.max(axis=0) + 1e-9).any():
        return False
    mixture = np.vstack([evidence.T, np.ones(len(evidence))])
    answer = linprog(
        np.zeros(len(evidence)), A_eq=mixture, b_eq=np.append(point, 1.0), method="highs"
    )
    return bool(answer.status == 0)


def logistic_changes(pair: Pair) -> Floats | None:
    """[N] by how much a logistic hazard changes each state's expected number of leavings.

    Fitted to the documented decisions of members, it is asked about the same decisions from the
    branch on with the covariates of the changed world. None where nobody ever left; not a
    number where the state was no member after the branch.
    """
    base, changed = pair.worlds
    before, after = record.standings(base)
    member = _documented(pair, record.at_risk(base)) & (before == Standing.MEMBER)
    left = after != Standing.MEMBER
    if not left[member].any() or left[member].all():
        return None
    x, y = covariates(base), covariates(changed)
    model = LogisticRegression(C=PENALTY, max_iter=1000).fit(x[member], left[member])

    def hazard(of: Floats) -> Floats:
        flat = of.reshape(-1, of.shape[-1])
        return np.asarray(model.predict_proba(flat)[:, 1]).reshape(member.shape)

    asked = member & (np.arange(len(member)) >= pair.branch - base.forcing.first)[:, np.newaxis]
    change = np.where(asked, hazard(y) - hazard(x), 0.0).sum(axis=0)
    return np.where(asked.any(axis=0), change, np.nan)
