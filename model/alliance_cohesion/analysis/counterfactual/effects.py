"""What paired histories say: effects with their intervals, necessity, and when worlds part.

Histories are [history, tick, state]; history r has parameter draw r mod D, so that the
histories of one draw are a column of [history of the draw, draw].
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from ...core.inputs import Codes, Floats, Standing
from ...inference import record
from ...simulation import Case

MEMBER = int(Standing.MEMBER)
INTERVAL = (0.05, 0.95)
_ONE_SIDED = 1.645
_RARE = 0.2  # of the values that are not zero: so few of the other sign are left out of account


@dataclass(frozen=True)
class Spread:
    """A mean over histories, and what it owes to parameters and to chance."""

    mean: Floats
    low: Floats
    """5 % quantile over parameter draws, the noise of few histories a draw taken out."""
    high: Floats
    """95 % quantile."""
    parameters: Floats
    """Standard deviation between draws, likewise: its upper end."""
    chance: Floats
    """Standard deviation between the histories of one draw."""
    error: Floats
    """Standard error of the mean that is due to the number of histories."""


def by_draw(values: np.ndarray, draws: int) -> np.ndarray:
    """[history of the draw, draw, ..] from [history, ..]."""
    return values.reshape(len(values) // draws, draws, *values.shape[1:])


def spread(values: np.ndarray, draws: int) -> Spread:
    """Sum up values [history, ..] of 0 and 1, or of -1, 0 and 1.

    The means of single draws scatter more than their expectations do, and on a few values only,
    because each is over a few histories. So the interval is not of those means: it is of a beta
    distribution with their mean and the variance between draws (analysis of variance), or rather
    the upper end of what that may be. Where a few histories cannot tell the draws apart, it is
    too wide, not too narrow.
    """
    grouped = by_draw(values, draws)
    m = len(grouped)
    means = grouped.mean(axis=0, dtype=float)
    mean = means.mean(axis=0)
    squares = np.square(grouped.astype(np.float32)).mean(axis=0, dtype=float)
    within = np.maximum(squares - means**2, 0.0)
    within = (within * (m / (m - 1)) if m > 1 else within).mean(axis=0)
    off = means - mean
    between = np.mean(off**2, axis=0)
    slack = np.sqrt(np.maximum(np.mean(off**4, axis=0) - between**2, 0.0) / draws)
    deviation = np.sqrt(np.maximum(between - within / m + _ONE_SIDED * slack, 0.0))
    low, high = quantiles(mean, deviation, (values < 0).mean(axis=0), (values > 0).mean(axis=0))
    error = np.sqrt(within / len(values))
    return Spread(mean, low, high, deviation, np.sqrt(within), error)


def quantiles(mean: Floats, sd: Floats, below: Floats, above: Floats) -> tuple[Floats, Floats]:
    """Quantiles at `INTERVAL` of a beta distribution with this mean and standard deviation.

    It lies between 0 and 1; between -1 and 0 for values that are next to never above zero; and
    between -1 and 1 for those of either sign.

    Args:
        mean: Of the values.
        sd: Between draws.
        below: Share of values below zero.
        above: Share of values above zero.
    """
    rare = _RARE * (below + above)
    start = np.where(below > rare, -1.0, 0.0)
    end = np.where(above > rare, 1.0, 0.0)
    wide = np.maximum(end - start, 1.0)
    place = (mean - start) / wide
    room = place * (1.0 - place)
    variance = np.minimum((sd / wide) ** 2, 0.99 * room)
    shown = (variance > 1e-12) & (room > 0)
    size = room / np.where(shown, variance, 1.0) - 1.0
    a = np.where(shown, place * size, 1.0)
    b = np.where(shown, (1.0 - place) * size, 1.0)
    low, high = (np.where(shown, start + wide * betaincinv(a, b, q), mean) for q in INTERVAL)
    return low, high


def away(path: Codes) -> np.ndarray:
    """Whether a state is frozen or outside, as numbers that can be subtracted."""
    return (path != MEMBER).astype(np.int8)


@dataclass(frozen=True)
class Move:
    """A documented move of a state after the branch, or that it stayed put."""

    state: int
    kind: str
    """`exit`, `freeze`, `return`, or `stay`."""
    date: str
    """Of the move, to the month; of a stay: none."""
    tick: int
    """From the branch on; of a stay: the last one."""
    before: int
    after: int
    start: int
    """First tick that counts, from the branch on: the one after the state's documented move
    before this one."""
    stop: int
    """Last tick that counts: the one before its next documented move, or the end."""


def moves(case: Case, branch: int, known: int, states: list[int]) -> list[Move]:
    """What the record, documented for `known` ticks, says that states did from the branch on."""
    world = case.world
    offset = branch - world.forcing.first
    last = known - branch - 1
    if last < 0:
        return []
    found: list[Move] = []
    for i in states:
        own = [c for c in record.changes(world) if c.state == i and 0 <= c.tick - offset <= last]
        ticks = [c.tick - offset for c in own]
        starts = [0, *(t + 1 for t in ticks)][: len(own)]
        stops = [*(t - 1 for t in ticks[1:]), last][: len(own)]
        for c, tick, start, stop in zip(own, ticks, starts, stops, strict=True):
            before, after = int(c.before), int(c.after)
            found.append(Move(i, c.kind, _dated(case, c), tick, before, after, start, stop))
        if not own and world.forcing.entry[i] < branch:
            standing = int(world.record[branch - 1, i])
            found.append(Move(i, "stay", "", last, standing, standing, 0, last))
    return found


def _dated(case: Case, change: record.Change) -> str:
    """The month of a documented change, or of its tick where no row dates it better."""
    world = case.world
    tick = change.tick + world.forcing.first
    for event in case.scenario.events:
        if event.kind == "standing" and event.actor == world.states[change.state]:
            at = np.searchsorted(world.ticks, np.datetime64(event.start), side="right") - 1
            if at == tick:
                return event.start.isoformat()[:7]
    return str(change.date.astype("datetime64[D]"))[:7]


def happened(move: Move, path: Codes, start: Codes, until: int | None = None) -> np.ndarray:
    """[history] whether a move happened in histories [history, tick, state].

    What counts is any move of its sort between the state's documented moves before and after
    it: out of membership (by exit or freeze), back to it, or from a freeze to the outside. A
    stay is that the state's standing never changed.

    Args:
        move: What the record says.
        path: Standings from the branch on.
        start: [N] standings before the branch.
        until: Last tick that counts, from the branch on; by default the move's own `stop`.
    """
    first = np.broadcast_to(start[move.state], (len(path), 1))
    own = np.concatenate([first, path[:, :, move.state]], axis=1)
    stop = move.stop if until is None else min(until, move.stop)
    before, after = own[:, move.start : stop + 1], own[:, move.start + 1 : stop + 2]
    if move.kind == "stay":
        return np.asarray((before == after).all(axis=1))
    if MEMBER in (move.before, move.after):
        same = ((before == MEMBER) == (move.before == MEMBER)) & (
            (after == MEMBER) == (move.after == MEMBER)
        )
    else:
        same = (before == move.before) & (after == move.after)
    return np.asarray(same.any(axis=1))


@dataclass(frozen=True)
class Parting:
    """When two worlds part: the first tick in which any state's standing differs."""

    share: float
    """Of histories in which they ever do."""
    median: int | None
    """Median tick from the branch on, of those histories."""


def parting(base: np.ndarray, changed: Codes) -> Parting:
    """When the standings of two worlds first differ; `base` may be one history for all."""
    differ = (base != changed).any(axis=2)
    ever = differ.any(axis=1)
    ticks = np.sort(differ.argmax(axis=1)[ever])
    return Parting(float(ever.mean()), int(ticks[len(ticks) // 2]) if len(ticks) else None)


def variance_ratio(base: np.ndarray, changed: np.ndarray) -> float | None:
    """By how much pairing cuts the variance of the difference; None where nothing differs."""
    apart = float(np.var(base, axis=0).sum() + np.var(changed, axis=0).sum())
    paired = float(np.var(changed - base, axis=0).sum())
    return apart / paired if paired > 0 else None
