"""Scores of predicted chances against what happened. Never plain accuracy: staying is common.

Chances are [T, N, 3] (member, frozen, outside), outcomes [T, N] standings. Cells in which a
state decides nothing are left out by a mask.
"""

from dataclasses import dataclass

import numpy as np
import scoringrules
from scipy.stats import mannwhitneyu

from ..core.inputs import Floats, Ints, Standing, World
from .record import at_risk, standings

MEMBER = int(Standing.MEMBER)


def set_likelihood(chance: Floats, moved: Ints) -> float:
    """Chance that just the states `moved` move, given how many do.

    Args:
        chance: [state] each state's chance to move, independent of the others' given the past.
        moved: Indices of those that moved.

    The sum over all sets of that size is an elementary symmetric polynomial of the odds, built
    up one state at a time.
    """
    odds = chance / (1.0 - chance)
    polynomial = np.zeros(len(moved) + 1)
    polynomial[0] = 1.0
    for value in odds:
        polynomial[1:] = polynomial[1:] + value * polynomial[:-1]
    return float(np.prod(odds[moved]) / polynomial[-1])


@dataclass(frozen=True)
class Ranking:
    """How well a score ranks the decisions that ended in a move above those that did not."""

    auc: float
    p: float
    """Chance of such a rank sum, or a higher one, under random order (exact where feasible)."""
    moves: int
    others: int


def ranking(score: Floats, moved: np.ndarray) -> Ranking | None:
    """AUC of `score` for the boolean `moved`, or None where nobody or everybody moved."""
    yes, no = score[moved], score[~moved]
    if not len(yes) or not len(no):
        return None
    ties = len(np.unique(score)) < len(score)
    method = "asymptotic" if ties or len(yes) * len(no) > 1e6 else "exact"
    test = mannwhitneyu(yes, no, alternative="greater", method=method)
    return Ranking(
        float(test.statistic / (len(yes) * len(no))), float(test.pvalue), len(yes), len(no)
    )


def rankings(world: World, chances: Floats) -> dict[str, Ranking | None]:
    """AUC split by kind of change: leaving off the window, not signing in it, coming back."""
    before, after = standings(world)
    window = (world.forcing.renewal[world.forcing.first :] == 1)[:, np.newaxis]
    risk = at_risk(world)
    member = risk & (before == MEMBER)
    away = risk & (before != MEMBER)
    leave = 1.0 - chances[..., MEMBER]
    off, inside = member & ~window, member & window
    return {
        "leaving off the window": ranking(leave[off], after[off] != MEMBER),
        "not signing in the window": ranking(leave[inside], after[inside] != MEMBER),
        "coming back": ranking(chances[..., MEMBER][away], after[away] == MEMBER),
    }


@dataclass(frozen=True)
class Proper:
    """A proper score of the model and of the null; skill is one less their ratio."""

    model: float
    null: float

    @property
    def skill(self) -> float:
        """1 is perfect, 0 is as good as the null, below 0 is worse."""
        return 1.0 - self.model / self.null if self.null > 0 else 0.0


def proper_scores(world: World, chances: Floats, null: Floats) -> dict[str, Proper]:
    """Brier score of leaving and ranked probability score of standing, per decision."""
    before, after = standings(world)
    risk = at_risk(world)
    member = risk & (before == MEMBER)

    def brier(predicted: Floats) -> float:
        left = (after[member] != MEMBER).astype(float)
        return float(np.mean(scoringrules.brier_score(left, 1.0 - predicted[member][:, MEMBER])))

    def ranked(predicted: Floats) -> float:
        return float(
            np.mean(scoringrules.rps_score(after[risk].astype(float) + 1.0, predicted[risk]))
        )

    return {
        "brier": Proper(brier(chances), brier(null)),
        "ranked probability": Proper(ranked(chances), ranked(null)),
    }


@dataclass(frozen=True)
class Bin:
    """One point of the calibration curve."""

    predicted: float
    observed: float
    decisions: int
    moves: int


def calibration_curve(world: World, chances: Floats, bins: int = 5) -> list[Bin]:
    """Predicted against observed share of leaving, members' decisions in groups of equal size
    of predicted leaving (not of equal count: the rare high chances are what matters).
    """
    before, after = standings(world)
    member = at_risk(world) & (before == MEMBER)
    predicted = 1.0 - chances[member][:, MEMBER]
    left = after[member] != MEMBER
    order = np.argsort(predicted)
    mass = np.cumsum(predicted[order])
    group = np.minimum((mass / mass[-1] * bins).astype(int), bins - 1)
    found = []
    for b in range(bins):
        cells = order[group == b]
        if len(cells):
            found.append(
                Bin(
                    float(predicted[cells].mean()),
                    float(left[cells].mean()),
                    len(cells),
                    int(left[cells].sum()),
                )
            )
    return found


def rank_of_mover(chances: Floats, before: np.ndarray, state: int) -> tuple[int, int]:
    """Rank of `state` by its chance to change, among those of the same standing, and of how many.

    Args:
        chances: [N, 3] of one tick.
        before: [N] standings before it.
        state: Who moved.
    """
    same = np.flatnonzero(before == before[state])
    move = 1.0 - chances[np.arange(len(before)), before]
    return int(np.sum(move[same] > move[state])) + 1, len(same)
