"""The rows behind a state's drivers, and the rows beside them that move nothing.

What a row does alone is found by compiling that row only and letting the state perceive it, so no
rule of the record is written a second time here. Perceived threats are the highest of the faded
rows; answers to requests and departures add up. So rows taken alone account for the whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ...core import rules
from ...core.elementary import compiled
from ...core.inputs import DRIVERS, Codes, Drivers, Floats, Inputs, Status
from ...core.parameters import NAMES
from ...core.step import Block, block, count, perceive
from ...inference.record import changes
from ...scenario import Event, Scenario
from ...scenario.actions import SetIndicator
from ...scenario.compile import from_events
from ...scenario.dates import Steps
from ...scenario.dependence import components
from ...scenario.drivers import DriverTable
from ...scenario.events import NOTE, RESPONSE, STATUS
from ...scenario.fields import ALL_MEMBERS
from ...scenario.indicators import COMPONENTS
from ...scenario.roles import Cast

TOLERANCE = 0.01
"""Rows this near to the highest level are listed with it."""
NEXT = 2
"""Weaker rows listed besides."""
BEFORE, AFTER = timedelta(days=5 * 365.25), timedelta(days=365.25)
"""How far from the date a statement may lie."""
MOST = 12
"""Statements that are shown; the table holds all."""

THREATS = ("E", "G", "P", "A")
"""Symbols of the drivers that fade (R1), in the order of `DRIVERS`."""
ROW = [
    "id", "date", "end", "kind", "actor", "target", "strength", "threat_level", "confidence",
    "description", "source",
]  # fmt: skip
"""Columns taken from the event table."""
FACTS = ["driver", *ROW, "now", "sets_the_level", "own", "cancelled_by"]
STATEMENTS = [*ROW, "consequence", "own", "days", "shown"]
DEPENDENCE = ["component", "share", "value", "year", "reading", "source", "held_by"]

_OFFER = DRIVERS.index("offer")
_OWN, _OTHERS = slice(5, 7), slice(7, 9)


class Reach(NamedTuple):
    """What a row alone brings to a state."""

    event: Event
    seen: Floats
    """[T, 9] the drivers in the order of `DRIVERS`, then promises kept and broken to others."""


@compiled
def _perceive(b: Block, f: Drivers, i: int, initial: Codes, record: Codes, out: Floats) -> None:
    """Fill `out` [T, 9] with what reaches state `i` along the documented statuses."""
    for t in range(len(out)):
        before = initial if t == 0 else record[t - 1]
        for j in range(len(initial)):
            b.before[j, 0], b.after[j, 0] = before[j], record[t, j]
        count(b.before, b.after, b.extra, b.counts[0])
        s = b.seen[0]
        perceive(f, t, i, b.before, b.after, b.before, b.counts[0], b.extra[0], s)
        out[t, 0], out[t, 1], out[t, 2], out[t, 3] = (
            s.external[0], s.internal[0], s.inside[0], s.demand[0]
        )  # fmt: skip
        out[t, 4], out[t, 5], out[t, 6] = s.offer[0], s.kept[0], s.broken[0]
        out[t, 7], out[t, 8] = s.kept_others[0], s.broken_others[0]


class Evidence:
    """The rows that reached one state before one time step.

    Args:
        scenario: What the inputs were compiled from.
        inputs: The compiled scenario.
        i: The state.
        until: The time step (counted from the first of all).
        draws: Parameter draws, [draw, parameter].
    """

    def __init__(self, scenario: Scenario, inputs: Inputs, i: int, until: int, draws: Floats):
        self.scenario, self.inputs, self.i, self.until = scenario, inputs, i, until
        self._steps = scenario.clock.steps
        self._cast = Cast(scenario, self._steps)
        self._memory = block(len(inputs.states), 1)
        self._omega = draws[:, NAMES.index("omega")][:, np.newaxis]
        self._threat_left = self._left(draws, "h_threat")
        self._memory_left = self._left(draws, "h_memory")
        touching = {i, self._cast.all_members}
        reaches = (
            Reach(event, self.alone(event))
            for event in scenario.events
            if event.kind == RESPONSE or touching & {*self._cast.columns(event.targets)}
        )
        self.reaches = [reach for reach in reaches if reach.seen.any()]

    def alone(self, *rows: Event) -> Floats:
        """[T, 9] what some rows bring if there are no others."""
        table = DriverTable(self._cast, self._steps)
        for event in rows:
            table.add(event)
        drivers = self.inputs.drivers._replace(**from_events(table))
        out = np.zeros((self.until, len(DRIVERS) + 2))
        _perceive(self._memory, drivers, self.i, self.inputs.initial, self.inputs.record, out)
        return out

    def facts(self) -> pd.DataFrame:
        """The rows behind each driver, with the columns `FACTS`; see `Explanation.facts`."""
        result = [fact for k, symbol in enumerate(THREATS) for fact in self._threats(symbol, k)]
        result += [*self._offers(), *self._answers(), *self._departures()]
        return pd.DataFrame(result, columns=FACTS)

    def _threats(self, symbol: str, driver: int) -> Iterator[dict[str, Any]]:
        """R1. The rows that set a level, those near it, and the next strongest."""
        felt = [reach for reach in self.reaches if reach.seen[:, driver].any()]
        if not felt:
            return
        level = np.array(
            [(self._threat_left * reach.seen[:, driver]).max(axis=1) for reach in felt]
        )
        sets = (level >= level.max(axis=0) - 1e-12).mean(axis=1)
        now = level.mean(axis=1)
        near = now.max() - TOLERANCE
        weaker = 0
        for k in sorted(range(len(felt)), key=lambda k: (-now[k], *_age(felt[k].event))):
            if not sets[k] and now[k] < near:
                weaker += 1
                if weaker > NEXT or now[k] <= TOLERANCE:
                    continue
            yield _fact(symbol, felt[k].event, now[k], float(sets[k]))

    def _offers(self) -> list[dict[str, Any]]:
        """The best offer of each outside power, to the state and to all members; cancelled ones
        too. The points of those that are not cancelled add up to O.
        """
        groups: dict[tuple[str, bool], list[Reach]] = defaultdict(list)
        for reach in self.reaches:
            if reach.seen[-1, _OFFER]:
                event = reach.event
                groups[event.actor, event.targets == (ALL_MEMBERS,)].append(reach)
        result = []
        for (actor, _), group in groups.items():
            best = max(group, key=lambda reach: (reach.seen[-1, _OFFER], reach.event.start))
            against = [
                other.id
                for other in self.scenario.events
                if other.actor == actor and not self.alone(best.event, other)[-1, _OFFER]
            ]
            points = 0.0 if against else float(best.seen[-1, _OFFER])
            result.append((points, best.event, "|".join(against)))
        result.sort(key=lambda offer: (-offer[0], *_age(offer[1])))
        return [_fact("O", event, points, cancelled_by=by) for points, event, by in result]

    def _answers(self) -> list[dict[str, Any]]:
        """R2. Answers to requests of the state and of others, by weight; the state's own first."""
        result = []
        for event, seen in self.reaches:
            own, others = seen[:, _OWN].sum(axis=1), seen[:, _OTHERS].sum(axis=1)
            if own.any() or others.any():
                weight = (self._memory_left * (own + self._omega * others)).sum(axis=1)
                result.append(_fact("rho", event, weight.mean(), own=bool(own.any())))
        return sorted(result, key=lambda fact: (not fact["own"], -fact["now"], fact["id"]))

    def _departures(self) -> list[dict[str, Any]]:
        """The share of the other members that each departure was, faded.

        A departure for which the record has no row of its own is left out.
        """
        inputs, result = self.inputs, []
        left = self._memory_left.mean(axis=0)
        for change in changes(inputs):
            t = change.step + inputs.drivers.first
            if t >= self.until or change.state == self.i or change.before != Status.MEMBER:
                continue
            others = np.delete(inputs.initial if t == 0 else inputs.record[t - 1], self.i)
            event = self._status_row(change.state, t)
            if event:
                share = left[t] / np.count_nonzero(others == Status.MEMBER)
                result.append(_fact("C", event, share, own=False))
        return sorted(result, key=lambda fact: (-fact["now"], fact["id"]))

    def _status_row(self, state: int, t: int) -> Event | None:
        """The last row that gives a state its status in a time step."""
        label = Status(int(self.inputs.record[t, state])).label
        rows = [
            event
            for event in self.scenario.events
            if event.kind == STATUS
            and (event.actor, event.strength) == (self.inputs.states[state], label)
            and self._steps.at(event.start) == t
        ]
        return max(rows, key=lambda event: event.start, default=None)

    def _left(self, draws: Floats, half_life: str) -> Floats:
        """[draw, T] share left, at the end of the last time step, of what each one brought."""
        dt = self.inputs.drivers.dt
        kept = [rules.kept_share(dt, years) for years in draws[:, NAMES.index(half_life)]]
        left = np.ones((len(draws), self.until))
        left[:, 1:] = np.array(kept)[:, np.newaxis]
        return np.multiply.accumulate(left, axis=1)[:, ::-1]


def dependence(scenario: Scenario, state: str, step: int) -> pd.DataFrame:
    """The components that D is the mean of in a time step, with the columns `DEPENDENCE`.

    A component has a line for each of the two indicator rows between which it is read. There is
    no line where the alliance's default holds.
    """
    steps = scenario.clock.steps
    result = []
    for (whose, name), shares in components(scenario, steps).items():
        share = float(shares[step])
        if whose != state or np.isnan(share):
            continue
        line = {"component": name, "share": share, "value": share * COMPONENTS[name]}
        held = [
            change.name
            for change in scenario.settings
            if (change.state, change.indicator) == (state, name) and _holds(change, steps, step)
        ]
        if held:
            result.append(line | {"held_by": held[-1]})
            continue
        rows = sorted(
            (row for row in scenario.indicators if (row.state, row.indicator) == (state, name)),
            key=lambda row: row.year,
        )
        middle = float(steps.middles[step])
        by = [row for row in rows if row.year + 0.5 <= middle][-1:]
        after = [row for row in rows if row.year + 0.5 > middle][:1]
        result += [
            line | {"year": row.year, "reading": row.value, "source": row.source, "held_by": ""}
            for row in (*by, *after)
        ]
    return pd.DataFrame(result, columns=DEPENDENCE)


def _holds(change: SetIndicator, steps: Steps, step: int) -> bool:
    first = change.since.first if change.since else None
    last = change.until.last if change.until else None
    begin, stop = steps.span(first, last)
    return begin <= step < stop


def statements(
    events: Iterable[Event], state: str, groups: tuple[str, ...], day: date
) -> pd.DataFrame:
    """Rows that name a state and move nothing: notes, and consequences of a decision.

    Args:
        events: The event table.
        state: Its code.
        groups: Other names of targets that the state is one of.
        day: Rows from five years before it to one year after it are listed.

    Returns:
        The columns `STATEMENTS`: first what the state itself said or did and what followed from a
        decision, then other notes, each the nearest in time first; `days` counts from the day.
    """
    result = []
    for event in events:
        if not (event.kind == NOTE or event.consequence):
            continue
        own = state in event.actor.split("|")
        near = day - BEFORE <= event.start <= day + AFTER
        if near and (own or {state, *groups} & {*event.targets}):
            more = {"consequence": event.consequence, "own": own, "days": (event.start - day).days}
            result.append(_row(event) | more)
    result.sort(
        key=lambda row: (not (row["own"] or row["consequence"]), abs(row["days"]), row["id"])
    )
    table = pd.DataFrame(result, columns=STATEMENTS)
    return table.assign(shown=np.arange(len(result)) < MOST)


def _fact(
    driver: str,
    event: Event,
    now: float,
    sets: float | None = None,
    own: bool = True,
    cancelled_by: str = "",
) -> dict[str, Any]:
    return {
        "driver": driver,
        **_row(event),
        "now": float(now),
        "sets_the_level": sets,
        "own": own,
        "cancelled_by": cancelled_by,
    }


def _row(event: Event) -> dict[str, Any]:
    """A row's cells, by the names in `ROW`; codes stay numbers."""
    cells = {name: getattr(event, name) for name in ROW if name not in ("end", "target")}
    end = event.end.isoformat() if event.end else None
    return cells | {"end": end, "target": "|".join(event.targets)}


def _age(event: Event) -> tuple[date, str]:
    return event.start, event.id
