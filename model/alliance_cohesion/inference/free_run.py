"""Free-running histories against the record: only the drivers are scripted."""

from dataclasses import dataclass

import numpy as np

from ..core import simulate as ensemble
from ..core.inputs import Codes, Floats, Inputs, Status
from .record import Change, at_risk, changes

MEMBER = int(Status.MEMBER)


@dataclass(frozen=True)
class FreeChange:
    """What free histories make of one documented change."""

    change: Change
    within_1_year: float
    """Share of histories in which the state makes the same change within a year of it."""
    within_2_years: float
    median: np.datetime64 | None
    """Median date of the state's n-th such change, where the documented one is its n-th; None
    where under half of the histories have one."""
    ever: float
    """Share of histories in which the state makes an n-th such change at all."""


@dataclass(frozen=True)
class FreeRun:
    """Free histories summed up against the record."""

    histories: int
    changes: list[FreeChange]
    right_status: float
    """Share of state-steps in which the status is the documented one."""
    no_stayer_leaves: float
    """Share of histories in which no state leaves that documented never did."""
    false_leavers: float
    """Mean number of such states that leave."""
    leavers: list[float]
    """[n] share of histories in which n states ever leave."""
    documented_leavers: int
    spacing_years: float | None
    """Median time between consecutive leavings in a history, in years."""


def matching(path: Codes, initial: Codes, change: Change) -> np.ndarray:
    """[history, T] where a state changes to the status that `change` documents."""
    own = path[:, :, change.state]
    before = np.concatenate([np.full((len(own), 1), initial[change.state]), own[:, :-1]], axis=1)
    return (before != own) & (own == int(change.after))


def free_run(inputs: Inputs, draws: Floats, histories: int, seed: int) -> FreeRun:
    """Run freely from the start and compare with the record.

    Args:
        inputs: The compiled scenario.
        draws: Parameter draws, [draw, parameter].
        histories: How many.
        seed: Of the random numbers.
    """
    return against_record(
        inputs, ensemble.simulate(inputs, draws, histories, seed, keep=histories).path
    )


def against_record(inputs: Inputs, path: Codes) -> FreeRun:
    """Compare free histories, [history, T, N], with the record."""
    histories = len(path)
    documented = inputs.record[inputs.drivers.first :]
    dt = inputs.drivers.dt
    result, so_far = [], list[Change]()
    for change in changes(inputs):
        made = matching(path, inputs.initial, change)
        near = np.abs(np.arange(made.shape[1]) - change.step) * dt
        nth = sum(c.state == change.state and c.after == change.after for c in so_far) + 1
        so_far.append(change)
        ever = made.sum(axis=1) >= nth
        when = np.where(ever, (made.cumsum(axis=1) >= nth).argmax(axis=1), made.shape[1])
        middle = int(np.sort(when)[len(when) // 2])
        result.append(
            FreeChange(
                change,
                float(made[:, near <= 1.0].any(axis=1).mean()),
                float(made[:, near <= 2.0].any(axis=1).mean()),
                inputs.decided[middle] if middle < made.shape[1] else None,
                float(ever.mean()),
            )
        )
    start = np.broadcast_to(inputs.initial, (histories, 1, len(inputs.states)))
    before = np.concatenate([start, path[:, :-1]], axis=1)
    leaving = (before == MEMBER) & (path != MEMBER)
    left = leaving.any(axis=1)
    really = {c.state for c in changes(inputs) if c.before == Status.MEMBER}
    stayers = [i for i in range(len(inputs.states)) if i not in really]
    gaps = np.concatenate([np.diff(np.flatnonzero(h.any(axis=1))) for h in leaving])
    risk = at_risk(inputs)
    return FreeRun(
        histories,
        result,
        float((path == documented)[:, risk].mean()),
        float((~left[:, stayers].any(axis=1)).mean()),
        float(left[:, stayers].sum(axis=1).mean()),
        [
            float(x)
            for x in np.bincount(left.sum(axis=1), minlength=len(inputs.states) + 1) / histories
        ],
        len(really),
        float(np.median(gaps) * dt) if len(gaps) else None,
    )
