"""Small worlds made by hand or at random, without any file."""

import numpy as np

from alliance_cohesion.core.inputs import DRIVERS, Drivers, Inputs

LEVELS = ("external", "internal", "inside", "demand")


def quiet(steps: int = 12, states: int = 3, dt: float = 0.25, first: int = 1) -> Inputs:
    """A world in which nothing happens, all are members and nobody moves."""
    names = tuple(f"S{i}" for i in range(states))
    shape = (steps, states)
    drivers = Drivers(
        dt=dt,
        first=first,
        own=np.zeros((*shape, len(DRIVERS))),
        members=np.zeros((steps, 7)),
        kept_all=np.zeros(steps),
        broken_all=np.zeros(steps),
        dependence=np.zeros(shape),
        renewal=np.zeros(steps, np.int8),
        pair_start=np.zeros(steps * states + 1, np.int64),
        pair_actor=np.zeros(0, np.int64),
        pair_level=np.zeros(0),
        pair_outside=np.zeros(0, np.int8),
        entry=np.zeros(states, np.int64),
        address=np.arange(10, 10 + states, dtype=np.int64) * 7919,
    )
    days = np.datetime64("2000-01-01") + np.arange(steps) * np.timedelta64(int(365 * dt), "D")
    return Inputs(
        "quiet", names, days, days[-1] + 91, drivers,
        np.zeros(states, np.int8), np.zeros(shape, np.int8),
    )  # fmt: skip


def random_inputs(seed: int, steps: int = 30, states: int = 5) -> Inputs:
    """A world full of everything: threats of all kinds, members' rows, renewals, late entries."""
    rng = np.random.default_rng(seed)
    inputs = quiet(steps, states, first=int(rng.integers(1, 4)))
    shape = (steps, states)

    def sparse(share: float) -> np.ndarray:
        return np.where(rng.random(shape) < share, rng.random(shape), 0.0)

    sizes = rng.integers(0, 3, steps * states)
    pairs = int(sizes.sum())
    kept, broken = sparse(0.05), sparse(0.05)
    entry = np.zeros(states, np.int64)
    entry[-1] = rng.integers(0, steps)
    initial = rng.integers(0, 3, states).astype(np.int8)
    if entry[-1] > 0:
        initial[-1] = 2
    return Inputs(
        "random", inputs.states, inputs.steps, inputs.end,
        inputs.drivers.change(
            **{name: sparse(0.2) for name in LEVELS},
            offer=np.round(sparse(0.4) * 4),
            kept=kept,
            broken=broken,
            kept_all=kept.sum(axis=1),
            broken_all=broken.sum(axis=1),
            members=np.where(rng.random((steps, 7)) < 0.1, rng.random((steps, 7)), 0.0),
            dependence=rng.random(shape),
            renewal=(rng.random(steps) < 0.1).astype(np.int8),
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


def reorder(inputs: Inputs, order: list[int]) -> Inputs:
    """The same world with its states listed in another order."""
    f = inputs.drivers
    back = np.argsort(order)
    T, n = f.dependence.shape
    start, pieces = [0], []
    for t in range(T):
        for i in order:
            span = np.arange(f.pair_start[t * n + i], f.pair_start[t * n + i + 1])
            pieces.append(span)
            start.append(start[-1] + len(span))
    pairs = np.concatenate(pieces)
    drivers = f.change(
        own=np.ascontiguousarray(f.own[:, order]),
        dependence=np.ascontiguousarray(f.dependence[:, order]),
        pair_start=np.array(start),
        pair_actor=back[f.pair_actor[pairs]],
        pair_level=f.pair_level[pairs],
        pair_outside=f.pair_outside[pairs],
        entry=f.entry[order],
        address=f.address[order],
    )
    return Inputs(
        inputs.name, tuple(inputs.states[i] for i in order), inputs.steps, inputs.end, drivers,
        inputs.initial[order], np.ascontiguousarray(inputs.record[:, order]),
    )  # fmt: skip
