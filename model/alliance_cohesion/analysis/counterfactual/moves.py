"""Documented moves of states after the branch, and whether they happen in histories.

Histories are [history, step from the branch on, state].
"""

from dataclasses import dataclass

import numpy as np

from ...core.inputs import Codes, Status
from ...inference import record
from ...simulation import Simulation

MEMBER = int(Status.MEMBER)


@dataclass(frozen=True)
class Move:
    """A documented move of a state after the branch, or that its status stayed the same."""

    state: int
    kind: str
    """`exit`, `freeze`, `return`, or `stay`."""
    date: str
    """Of the move, to the month; of a stay: none."""
    step: int
    """From the branch on; of a stay: the last one."""
    before: int
    after: int
    start: int
    """First step that counts, from the branch on: the one after the state's documented move
    before this one."""
    stop: int
    """Last step that counts: the one before its next documented move, or the end."""


def moves(sim: Simulation, branch: int, known: int, states: list[int]) -> list[Move]:
    """What the record, documented for `known` steps, says that states did from the branch on."""
    inputs = sim.inputs
    offset = branch - inputs.drivers.first
    last = known - branch - 1
    if last < 0:
        return []
    result: list[Move] = []
    for i in states:
        own = [c for c in record.changes(inputs) if c.state == i and 0 <= c.step - offset <= last]
        steps = [c.step - offset for c in own]
        starts = [0, *(t + 1 for t in steps)][: len(own)]
        stops = [*(t - 1 for t in steps[1:]), last][: len(own)]
        for c, step, start, stop in zip(own, steps, starts, stops, strict=True):
            before, after = int(c.before), int(c.after)
            result.append(Move(i, c.kind, _dated(sim, c), step, before, after, start, stop))
        if not own and inputs.drivers.entry[i] < branch:
            status = int(inputs.record[branch - 1, i])
            result.append(Move(i, "stay", "", last, status, status, 0, last))
    return result


def _dated(sim: Simulation, change: record.Change) -> str:
    """The month of a documented change, or of its step if no row dates it better."""
    inputs = sim.inputs
    step = change.step + inputs.drivers.first
    for event in sim.scenario.events:
        if event.kind == "status" and event.actor == inputs.states[change.state]:
            at = np.searchsorted(inputs.steps, np.datetime64(event.start), side="right") - 1
            if at == step:
                return event.start.isoformat()[:7]
    return str(change.date.astype("datetime64[D]"))[:7]


def outcome(move: Move, path: Codes, start: Codes, until: int | None = None) -> Codes:
    """[history] status to which a state first makes a move of this kind, -1 where it does not.

    Any move of the kind counts between the state's documented moves before and after it: out of
    membership (by exit or freeze), back to it, or from a freeze to the outside. For a stay, any
    change of status counts.

    Args:
        move: What the record says.
        path: Statuses from the branch on.
        start: [N] statuses before the branch.
        until: Last step that counts, from the branch on; by default the move's own `stop`.
    """
    first = np.broadcast_to(start[move.state], (len(path), 1))
    own = np.concatenate([first, path[:, :, move.state]], axis=1)
    stop = move.stop if until is None else min(until, move.stop)
    before, after = own[:, move.start : stop + 1], own[:, move.start + 1 : stop + 2]
    if move.kind == "stay":
        same = before != after
    elif MEMBER in (move.before, move.after):
        same = ((before == MEMBER) == (move.before == MEMBER)) & (
            (after == MEMBER) == (move.after == MEMBER)
        )
    else:
        same = (before == move.before) & (after == move.after)
    at = same.argmax(axis=1)[:, np.newaxis]
    return np.where(same.any(axis=1), np.take_along_axis(after, at, axis=1)[:, 0], -1)


def happened(move: Move, path: Codes, start: Codes, until: int | None = None) -> np.ndarray:
    """[history] whether what the record says happens: the move, or that the status stays."""
    return (outcome(move, path, start, until) < 0) == (move.kind == "stay")


@dataclass(frozen=True)
class Parting:
    """When two simulations part: the first step in which any state's status differs."""

    share: float
    """Of histories in which they ever do."""
    median: int | None
    """Median step from the branch on, of those histories."""


def parting(base: Codes, changed: Codes) -> Parting:
    """When the statuses of two simulations first differ; `base` may be one history for all."""
    differ = (base != changed).any(axis=2)
    ever = differ.any(axis=1)
    steps = np.sort(differ.argmax(axis=1)[ever])
    return Parting(float(ever.mean()), int(steps[len(steps) // 2]) if len(steps) else None)
