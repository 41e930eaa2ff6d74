"""What the record says: documented changes of status, their clusters and folds, who was at risk."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..core.elementary import each, expm1, log1p
from ..core.inputs import Floats, Inputs, Ints, Status

CLUSTER_GAP = 1.0  # years: changes that follow each other within it are one cluster


@dataclass(frozen=True)
class Change:
    """A documented change of one state's status."""

    step: int
    """Among the decided time steps."""
    state: int
    before: Status
    after: Status
    date: np.datetime64
    """First day of its time step."""
    window: bool
    """It came in a time step in which the term had to be renewed."""

    @property
    def kind(self) -> str:
        """`exit`, `freeze` or `return`."""
        if self.after == Status.MEMBER:
            return "return"
        return "freeze" if self.after == Status.FROZEN else "exit"


def statuses(inputs: Inputs) -> tuple[np.ndarray, np.ndarray]:
    """Documented statuses before and after each decided time step, each [T, N]."""
    first = inputs.drivers.first
    after = inputs.record[first:]
    before = np.vstack([inputs.initial[np.newaxis], after[:-1]])
    return before, after


def changes(inputs: Inputs) -> list[Change]:
    """All documented changes in order of time; first accessions are not choices and left out."""
    before, after = statuses(inputs)
    f = inputs.drivers
    result = []
    for t, i in zip(*np.nonzero(before != after), strict=True):
        if t + f.first > f.entry[i]:
            result.append(
                Change(
                    int(t),
                    int(i),
                    Status(before[t, i]),
                    Status(after[t, i]),
                    inputs.decided[t],
                    bool(f.renewal[t + f.first]),
                )
            )
    return result


def clusters(inputs: Inputs) -> list[list[Change]]:
    """Changes grouped where they follow each other closely: not independent evidence."""
    groups: list[list[Change]] = []
    for change in changes(inputs):
        if groups and (change.step - groups[-1][-1].step) * inputs.drivers.dt <= CLUSTER_GAP:
            groups[-1].append(change)
        else:
            groups.append([change])
    return groups


def label(group: list[Change], inputs: Inputs) -> str:
    """A cluster's plain name: its year and who moved."""
    year = str(group[0].date)[:4]
    return f"{year} {' '.join(inputs.states[change.state] for change in group)}"


def at_risk(inputs: Inputs) -> np.ndarray:
    """[T, N] whether the state decides anything in the time step."""
    steps = np.arange(inputs.drivers.first, len(inputs.steps))[:, np.newaxis]
    return steps > inputs.drivers.entry[np.newaxis]


def cluster_blocks(inputs: Inputs) -> Ints:
    """[T, N] each decision's fold, for leave-one-cluster-out cross-validation.

    Time is cut half-way between clusters, so that every decision, the uneventful ones too, is held
    out exactly once; -1 where a state decides nothing.
    """
    groups = clusters(inputs)
    middles = [(a[-1].step + b[0].step + 1) // 2 for a, b in pairwise(groups)]
    block = np.searchsorted(middles, np.arange(len(inputs.decided)), side="right")
    return _spread(inputs, block)


def time_blocks(inputs: Inputs, until: np.datetime64) -> Ints:
    """[T, N] fold 0 up to and including the day `until`, fold 1 after it."""
    return _spread(inputs, (inputs.decided > until).astype(np.int64))


def state_blocks(inputs: Inputs) -> Ints:
    """[T, N] one fold per state."""
    block = np.broadcast_to(
        np.arange(len(inputs.states)), (len(inputs.decided), len(inputs.states))
    )
    return np.where(at_risk(inputs), block, -1).astype(np.int64)


def _spread(inputs: Inputs, block: np.ndarray) -> Ints:
    return np.where(at_risk(inputs), block[:, np.newaxis], -1).astype(np.int64)


def yearly(chance: Floats, dt: float) -> Floats:
    """Probability within a year from that within a time step of `dt` years."""
    return -each(expm1, each(log1p, -np.asarray(chance, dtype=float)) / dt)
