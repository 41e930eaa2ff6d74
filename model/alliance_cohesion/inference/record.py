"""What the record says: documented changes of standing, their clusters, and who was at risk."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..core.elementary import each, expm1, log1p
from ..core.inputs import Floats, Ints, Standing, World

CLUSTER_GAP = 1.0  # years: changes that follow each other within it are one cluster


@dataclass(frozen=True)
class Change:
    """A documented change of one state's standing."""

    tick: int
    """Among the decided ticks."""
    state: int
    before: Standing
    after: Standing
    date: np.datetime64
    """First day of its tick."""
    window: bool
    """It came in a tick in which the term had to be renewed."""

    @property
    def kind(self) -> str:
        """`exit`, `freeze` or `return`."""
        if self.after == Standing.MEMBER:
            return "return"
        return "freeze" if self.after == Standing.FROZEN else "exit"


def standings(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Documented standings before and after each decided tick, each [T, N]."""
    first = world.forcing.first
    after = world.record[first:]
    before = np.vstack([world.initial[np.newaxis], after[:-1]])
    return before, after


def changes(world: World) -> list[Change]:
    """All documented changes in order of time; first accessions are not choices and left out."""
    before, after = standings(world)
    f = world.forcing
    found = []
    for t, i in zip(*np.nonzero(before != after), strict=True):
        if t + f.first > f.entry[i]:
            found.append(
                Change(
                    int(t),
                    int(i),
                    Standing(before[t, i]),
                    Standing(after[t, i]),
                    world.decided[t],
                    bool(f.renewal[t + f.first]),
                )
            )
    return found


def clusters(world: World) -> list[list[Change]]:
    """Changes grouped where they follow each other closely: not independent evidence."""
    groups: list[list[Change]] = []
    for change in changes(world):
        if groups and (change.tick - groups[-1][-1].tick) * world.forcing.dt <= CLUSTER_GAP:
            groups[-1].append(change)
        else:
            groups.append([change])
    return groups


def label(group: list[Change], world: World) -> str:
    """A cluster's plain name: its year and who moved."""
    year = str(group[0].date)[:4]
    return f"{year} {' '.join(world.states[change.state] for change in group)}"


def at_risk(world: World) -> np.ndarray:
    """[T, N] whether the state decides anything in the tick."""
    ticks = np.arange(world.forcing.first, len(world.ticks))[:, np.newaxis]
    return ticks > world.forcing.entry[np.newaxis]


def cluster_blocks(world: World) -> Ints:
    """[T, N] each decision's block: time is cut half-way between clusters, so that every
    decision, the uneventful ones too, is held out exactly once.
    """
    groups = clusters(world)
    middles = [(a[-1].tick + b[0].tick + 1) // 2 for a, b in pairwise(groups)]
    block = np.searchsorted(middles, np.arange(len(world.decided)), side="right")
    return _spread(world, block)


def time_blocks(world: World, until: np.datetime64) -> Ints:
    """[T, N] block 0 up to and including the day `until`, block 1 after it."""
    return _spread(world, (world.decided > until).astype(np.int64))


def state_blocks(world: World) -> Ints:
    """[T, N] one block per state."""
    block = np.broadcast_to(np.arange(len(world.states)), (len(world.decided), len(world.states)))
    return np.where(at_risk(world), block, -1).astype(np.int64)


def _spread(world: World, block: np.ndarray) -> Ints:
    return np.where(at_risk(world), block[:, np.newaxis], -1).astype(np.int64)


def yearly(chance: Floats, dt: float) -> Floats:
    """Probability within a year from that within a time step of `dt` years."""
    return -each(expm1, each(log1p, -np.asarray(chance, dtype=float)) / dt)
