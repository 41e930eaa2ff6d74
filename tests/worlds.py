"""Small worlds made by hand or at random, without any file."""

import numpy as np

from alliance_cohesion.core.inputs import DRIVERS, Forcing, World

LEVELS = ("external", "internal", "inside", "demand")


def quiet(ticks: int = 12, states: int = 3, dt: float = 0.25, first: int = 1) -> World:
    """A world in which nothing happens, all are members and nobody moves."""
    names = tuple(f"S{i}" for i in range(states))
    shape = (ticks, states)
    forcing = Forcing(
        dt=dt,
        first=first,
        drivers=np.zeros((*shape, len(DRIVERS))),
        members=np.zeros((ticks, 7)),
        kept_all=np.zeros(ticks),
        broken_all=np.zeros(ticks),
        dependence=np.zeros(shape),
        renewal=np.zeros(ticks, np.int8),
        pair_start=np.zeros(ticks * states + 1, np.int64),
        pair_actor=np.zeros(0, np.int64),
        pair_level=np.zeros(0),
        pair_outside=np.zeros(0, np.int8),
        entry=np.zeros(states, np.int64),
        address=np.arange(10, 10 + states, dtype=np.int64) * 7919,
    )
    days = np.datetime64("2000-01-01") + np.arange(ticks) * np.timedelta64(int(365 * dt), "D")
    return World(
        "quiet", names, days, days[-1] + 91, forcing,
        np.zeros(states, np.int8), np.zeros(shape, np.int8),
    )  # fmt: skip


def random_world(seed: int, ticks: int = 30, states: int = 5) -> World:
    """A world full of everything: threats of all kinds, members' rows, renewals, late entries."""
    rng = np.random.default_rng(seed)
    world = quiet(ticks, states, first=int(rng.integers(1, 4)))
    shape = (ticks, states)

    def sparse(share: float) -> np.ndarray:
        return np.where(rng.random(shape) < share, rng.random(shape), 0.0)

    sizes = rng.integers(0, 3, ticks * states)
    pairs = int(sizes.sum())
    kept, broken = sparse(0.05), sparse(0.05)
    entry = np.zeros(states, np.int64)
    entry[-1] = rng.integers(0, ticks)
    initial = rng.integers(0, 3, states).astype(np.int8)
    if entry[-1] > 0:
        initial[-1] = 2
    return World(
        "random", world.states, world.ticks, world.end,
        world.forcing.change(
            **{name: sparse(0.2) for name in LEVELS},
            offer=np.round(sparse(0.4) * 4),
            kept=kept,
            broken=broken,
            kept_all=kept.sum(axis=1),
            broken_all=broken.sum(axis=1),
            members=np.where(rng.random((ticks, 7)) < 0.1, rng.random((ticks, 7)), 0.0),
            dependence=rng.random(shape),
            renewal=(rng.random(ticks) < 0.1).astype(np.int8),
            pair_start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            pair_actor=rng.integers(0, states, pairs),
            pair_level=rng.random(pairs),
            pair_outside=rng.integers(0, 2, pairs).astype(np.int8),
            entry=entry,
            address=rng.integers(0, 2**62, states),
        ),
        initial,
        rng.integers(0, 3, shape).astype(np.int8),
    )  # fmt: skip


def reorder(world: World, order: list[int]) -> World:
    """The same world with its states listed in another order."""
    f = world.forcing
    back = np.argsort(order)
    T, n = f.dependence.shape
    start, pieces = [0], []
    for t in range(T):
        for i in order:
            span = np.arange(f.pair_start[t * n + i], f.pair_start[t * n + i + 1])
            pieces.append(span)
            start.append(start[-1] + len(span))
    pairs = np.concatenate(pieces)
    forcing = f.change(
        own=np.ascontiguousarray(f.own[:, order]),
        dependence=np.ascontiguousarray(f.dependence[:, order]),
        pair_start=np.array(start),
        pair_actor=back[f.pair_actor[pairs]],
        pair_level=f.pair_level[pairs],
        pair_outside=f.pair_outside[pairs],
        entry=f.entry[order],
        address=f.address[order],
    )
    return World(
        world.name, tuple(world.states[i] for i in order), world.ticks, world.end, forcing,
        world.initial[order], np.ascontiguousarray(world.record[:, order]),
    )  # fmt: skip
