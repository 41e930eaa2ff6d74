"""Scores of predicted chances against what happened. Never plain accuracy: staying is common.

Chances are [T, N, 3] (member, frozen, outside), outcomes [T, N] statuses. Cells in which a
state decides nothing are left out by a mask.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.inputs import Floats, Inputs, Ints, Status
from .record import at_risk, statuses

MEMBER = int(Status.MEMBER)
Bools = NDArray[np.bool_]
_EXACT = 10_000_000  # additions for an exact p


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
    low: float
    """95 % interval of the AUC (Newcombe 2006, method 5): wide where few moved."""
    high: float
    p: float
    """Probability of such a sum of ranks, or a higher one, under random order within folds."""
    moves: int
    others: int


def ranking(score: Floats, moved: Bools, fold: Ints | None = None) -> Ranking | None:
    """AUC of `score` for `moved`, or None where in no fold some moved and some did not.

    Decisions are compared within folds: the levels of fits that have seen different parts of a
    record differ, and over folds even a constant would rank badly. Ties count half.

    Args:
        score: [decision]
        moved: [decision]
        fold: [decision]; by default all are in one.
    """
    fold = np.zeros(len(score), dtype=np.int64) if fold is None else fold
    groups = []
    for one in np.unique(fold):
        here = fold == one
        if moved[here].any() and not moved[here].all():
            groups.append((_twice_middle_ranks(score[here]), moved[here]))
    if not groups:
        return None
    won, pairs, moves, others = 0.0, 0, 0, 0
    for ranks, yes in groups:
        m, n = int(yes.sum()), int((~yes).sum())
        won += ranks[yes].sum() / 2 - m * (m + 1) / 2
        pairs, moves, others = pairs + m * n, moves + m, others + n
    auc = float(won / pairs)
    return Ranking(auc, *_auc_interval(auc, moves, others), _p_of(groups), moves, others)


def _twice_middle_ranks(score: Floats) -> Ints:
    """Twice each one's rank from the lowest, ties sharing the middle: whole numbers."""
    ordered = np.sort(score)
    below = np.searchsorted(ordered, score, side="left")
    return below + np.searchsorted(ordered, score, side="right") + 1


def _p_of(groups: list[tuple[Ints, Bools]]) -> float:
    """One-sided p of the sum of the movers' ranks: exact, or normal where that takes long."""
    observed = sum(int(ranks[yes].sum()) for ranks, yes in groups)
    work = sum(len(ranks) * int(yes.sum()) ** 2 * len(ranks) for ranks, yes in groups)
    if work <= _EXACT:
        share = np.ones(1)  # of orders, by twice the sum of ranks so far
        for ranks, yes in groups:
            share = _add_ranks(share, ranks, int(yes.sum()))
        return min(1.0, float(share[observed:].sum()))
    mean, variance = 0.0, 0.0
    for ranks, yes in groups:
        m, size = int(yes.sum()), len(ranks)
        mean += m * (size + 1)
        variance += m * (size - m) / size * float(((ranks - (size + 1)) ** 2).sum()) / (size - 1)
    z = (observed - mean - 1.0) / math.sqrt(variance) if variance > 0 else -math.inf
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def _add_ranks(share: Floats, ranks: Ints, moves: int) -> Floats:
    """Distribution of a sum after `moves` of `ranks`, chosen at random, are added to it."""
    width = len(share) + int(np.sort(ranks)[-moves:].sum())
    chosen = np.zeros((moves + 1, width))
    chosen[0, : len(share)] = share
    for seen, rank in enumerate(ranks, 1):
        for k in range(min(moves, seen), 0, -1):
            chosen[k, rank:] += chosen[k - 1, : width - rank]
    return chosen[moves] / chosen[moves].sum()


def _auc_interval(auc: float, moves: int, others: int) -> tuple[float, float]:
    """95 % score interval of an AUC, with the variance of Hanley & McNeil (1982)."""
    more = (moves + others) / 2 - 1

    def far(true: float) -> bool:
        variance = true * (1 - true) / (moves * others)
        variance *= 1 + more * ((1 - true) / (2 - true) + true / (1 + true))
        return (auc - true) ** 2 > 1.96**2 * variance

    ends = []
    for outer in (0.0, 1.0):
        inner = auc
        for _ in range(50):
            middle = 0.5 * (outer + inner)
            outer, inner = (middle, inner) if far(middle) else (outer, middle)
        ends.append(inner)
    return ends[0], ends[1]


def rankings(inputs: Inputs, probabilities: Floats, fold: Ints) -> dict[str, Ranking | None]:
    """AUC split by kind of change: leaving off the window, not signing in it, coming back.

    Args:
        inputs: The compiled scenario with its record.
        chances: [T, N, 3]
        fold: [T, N] the fold of each decision.
    """
    before, after = statuses(inputs)
    window = (inputs.drivers.renewal[inputs.drivers.first :] == 1)[:, np.newaxis]
    risk = at_risk(inputs)
    member = risk & (before == MEMBER)
    away = risk & (before != MEMBER)
    leave = 1.0 - probabilities[..., MEMBER]
    off, inside = member & ~window, member & window
    return {
        "leaving off the window": ranking(leave[off], after[off] != MEMBER, fold[off]),
        "not signing in the window": ranking(leave[inside], after[inside] != MEMBER, fold[inside]),
        "coming back": ranking(probabilities[..., MEMBER][away], after[away] == MEMBER, fold[away]),
    }


@dataclass(frozen=True)
class Proper:
    """A proper score of the rules and of the baseline; skill is one less their ratio."""

    rules: float
    baseline: float

    @property
    def skill(self) -> float:
        """1 is perfect, 0 is as good as the baseline, below 0 is worse."""
        return 1.0 - self.rules / self.baseline if self.baseline > 0 else 0.0


def proper_scores(inputs: Inputs, probabilities: Floats, baseline: Floats) -> dict[str, Proper]:
    """Brier score of leaving and ranked probability score of status, per decision."""
    before, after = statuses(inputs)
    risk = at_risk(inputs)
    member = risk & (before == MEMBER)

    def brier(predicted: Floats) -> float:
        left = (after[member] != MEMBER).astype(float)
        return float(np.mean((1.0 - predicted[member][:, MEMBER] - left) ** 2))

    def ranked(predicted: Floats) -> float:
        steps = np.arange(predicted.shape[-1] - 1)
        happened = after[risk][:, np.newaxis] <= steps  # cumulated, as the probabilities are
        return float(
            np.mean(((predicted[risk].cumsum(axis=1)[:, :-1] - happened) ** 2).sum(axis=1))
        )

    return {
        "brier": Proper(brier(probabilities), brier(baseline)),
        "ranked probability": Proper(ranked(probabilities), ranked(baseline)),
    }


@dataclass(frozen=True)
class Bin:
    """One point of the calibration curve."""

    predicted: float
    observed: float
    decisions: int
    moves: int


def calibration_curve(inputs: Inputs, probabilities: Floats, bins: int = 5) -> list[Bin]:
    """Predicted against observed share of leaving, members' decisions in groups of equal size
    of predicted leaving (not of equal count: the rare high chances are what matters).
    """
    before, after = statuses(inputs)
    member = at_risk(inputs) & (before == MEMBER)
    predicted = 1.0 - probabilities[member][:, MEMBER]
    left = after[member] != MEMBER
    order = np.argsort(predicted)
    mass = np.cumsum(predicted[order])
    group = np.minimum((mass / mass[-1] * bins).astype(int), bins - 1)
    result = []
    for b in range(bins):
        cells = order[group == b]
        if len(cells):
            result.append(
                Bin(
                    float(predicted[cells].mean()),
                    float(left[cells].mean()),
                    len(cells),
                    int(left[cells].sum()),
                )
            )
    return result


@dataclass(frozen=True)
class Rank:
    """The place of a state that moved among its peers, by their probabilities of moving."""

    rank: float
    """1 is the likeliest; states that nothing tells apart share the middle."""
    of: int
    tied: int
    """How many peers nothing tells apart from it."""


def rank_of_mover(probabilities: Floats, before: np.ndarray, risk: Bools, state: int) -> Rank:
    """Rank of `state` by its probability to change status.

    Its peers are the states of the same status that decide something: a state that has never been
    a member is no peer of one that may come back.

    Args:
        chances: [N, 3] of one time step.
        before: [N] statuses before it.
        risk: [N] who decides something.
        state: Who moved.
    """
    peers = np.flatnonzero((before == before[state]) & risk)
    move = 1.0 - probabilities[np.arange(len(before)), before]
    same = np.abs(move[peers] - move[state]) <= 1e-9 * move[state] + 1e-15
    above = int(np.sum(move[peers][~same] > move[state]))
    return Rank(above + (int(same.sum()) + 1) / 2, len(peers), int(same.sum()) - 1)
