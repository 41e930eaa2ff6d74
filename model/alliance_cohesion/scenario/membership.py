"""The documented standings: who begins as what, who enters when, and what history did."""

from collections import defaultdict
from datetime import date

import numpy as np

from ..core.inputs import Codes, Ints, Standing
from .dates import Ticks
from .events import STANDING
from .scenario import Scenario

_CODES = {standing.label: int(standing) for standing in Standing}
_MEMBER, _OUTSIDE = _CODES["member"], _CODES["outside"]


def membership(scenario: Scenario, ticks: Ticks) -> tuple[Codes, Codes, Ints]:
    """Standings at the start [N], at the end of each tick [T, N], and ticks of entry [N].

    The standing at the start is the last one dated by then. A state without any by then began
    as a member, unless the first thing the record says is that it becomes one.
    """
    history: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for event in scenario.events:
        if event.kind == STANDING:
            history[event.actor].append((event.start, _CODES[str(event.strength)]))
    N = len(scenario.states)
    initial, entry = np.empty(N, dtype=np.int8), np.zeros(N, dtype=np.int64)
    record = np.empty((ticks.count, N), dtype=np.int8)
    for i, state in enumerate(scenario.states):
        dated = sorted(history[state])
        before = [standing for day, standing in dated if day <= scenario.clock.start]
        after = [(day, standing) for day, standing in dated if day > scenario.clock.start]
        initial[i] = before[-1] if before else _MEMBER
        if not before and after and after[0][1] == _MEMBER:
            initial[i] = _OUTSIDE
            entry[i] = min(ticks.at(after[0][0]), ticks.count)
        record[:, i] = initial[i]
        for day, standing in after:
            record[ticks.at(day) :, i] = standing
    return initial, record, entry
