"""One lane at a time: what tests need to step a world by hand."""

from types import SimpleNamespace

import numpy as np

from alliance_cohesion.core import step
from alliance_cohesion.core.elementary import compiled
from alliance_cohesion.core.parameters import NAMES, THRESHOLDS
from alliance_cohesion.core.simulate import load
from alliance_cohesion.core.step import LATENT


@compiled
def _react(b, i):
    step.add_reactions(b.extra[i], b.seen[i])


@compiled
def _choose(b, dt, D, renewal, u, i):
    return step.choose(b.p[0], dt, D, renewal, u, b.before[i], b.latent[i], b.near, b.after[i])


def named(row: np.ndarray) -> SimpleNamespace:
    """A parameter draw by name."""
    return SimpleNamespace(**dict(zip(NAMES, map(float, row), strict=True)))


def transition(p: SimpleNamespace, dt, status, a, D, renewal) -> tuple[float, float, float]:
    """R6 to R9 of one state."""
    thresholds = [getattr(p, name) for name in THRESHOLDS]
    return step.transition_probabilities(*thresholds, dt, status, a, D, renewal)


@compiled
def _load(b, draws, dt, initial):
    load(b, draws, dt, initial, 0)


@compiled
def _step(b, f, t):
    step.count(b.before, b.after, b.extra, b.counts[0])
    for i in range(b.before.shape[0]):
        step.perceive(f, t, i, b.before, b.after, b.before, b.counts[0], b.extra[i], b.seen[i])
        step.update(b.p[0], b.seen[i], f.dependence[t, i], b.latent[i])


class Lane:
    """The states of a world under one draw, stepped with statuses that the test sets."""

    def __init__(self, inputs, row):
        self.inputs, self.block = inputs, step.block(len(inputs.states), 1)
        _load(self.block, row[np.newaxis].astype(float), inputs.drivers.dt, inputs.initial)

    def step(self, t, before, after) -> None:
        """Perceive and update in step t, given statuses before and after it."""
        self.block.before[:, 0], self.block.after[:, 0] = before, after
        _step(self.block, self.inputs.drivers, t)

    def react(self, i) -> None:
        """Add to what state i has seen what R11 adds, by `block.extra`."""
        _react(self.block, i)

    def choose(self, i, u, status, a, D, renewal) -> tuple[int, bool]:
        """What state i decides by the number u, with this alignment; whether it moved."""
        self.block.before[i, 0], self.block.latent[i].a[0] = status, a
        moved = _choose(self.block, self.inputs.drivers.dt, D, renewal, np.array([u]), i)
        return int(self.block.after[i, 0]), bool(moved)

    def seen(self, i) -> dict[str, float]:
        """What reached state i in the last step."""
        record = self.block.seen[i]
        return {name: float(record[name][0]) for name in record.dtype.names}

    @property
    def latent(self) -> np.ndarray:
        """[N, 10] latent states, in the order of LATENT."""
        return self.block.latent_rows[:, :, 0].copy()


__all__ = ["LATENT", "Lane", "named", "transition"]
