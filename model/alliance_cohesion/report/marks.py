"""Events as marks under a panel: one lane a kind of driver, size by strength."""

from dataclasses import dataclass

import numpy as np

from ..scenario import Event
from ..scenario.dates import Steps
from ..scenario.drivers import last_day
from ..scenario.roles import Cast, Side
from .text import clean
from .timeline import Timeline, decimal_year

STRONGEST = {"threat": 5.0, "coercion": 3.0, "arms_to_adversary": 3.0, "demand": 4.0, "offer": 4.0}
"""The codebook's highest code of each kind."""
WEIGHED = {*STRONGEST, "response"}
MOST = 100
"""Marks of one state; a report with thousands could not be opened."""


@dataclass(frozen=True)
class Kind:
    """How events of one kind look."""

    label: str
    marker: str
    colour: str
    lane: int


THREAT = Kind("threat", "o", "#333333", 0)
PRESSURE = Kind("patron's pressure", "s", "#b2182b", 1)
OTHERS = Kind("others' pressure", "X", "#8c6d31", 1)
DEMAND = Kind("demand on autonomy", "D", "#762a83", 2)
OFFER = Kind("outside offer", "P", "#1b7837", 3)
ANSWERED = Kind("request answered", "^", "#2166ac", 4)
REFUSED = Kind("request refused", "v", "#e08214", 4)
KINDS = (THREAT, PRESSURE, OTHERS, DEMAND, OFFER, ANSWERED, REFUSED)
LANES = 5


@dataclass(frozen=True)
class Mark:
    """An event that moved a state."""

    event: Event
    kind: Kind
    start: float
    """Decimal year."""
    end: float
    weight: float
    """0 to 1, relative to the codebook's highest code."""


def marks(timeline: Timeline, i: int) -> list[Mark]:
    """Events that moved state `i` and were in force within the clock, by date.

    Of more than `MOST` events the strongest.
    """
    first, last = float(timeline.years[0]), float(timeline.years[-1])
    result: list[Mark] = []
    steps = timeline.scenario.clock.steps
    cast = Cast(timeline.scenario, steps)
    drivers = timeline.drivers(i)
    if len(drivers) > MOST:
        drivers = sorted((e for e in drivers if e.kind in WEIGHED), key=_weight, reverse=True)
    for event in drivers:
        if len(result) == MOST:
            break
        kind = _kind(event, _by_patron(event, cast, steps, str(timeline.data["state"].values[i])))
        if kind is None:
            continue
        start, end = _span(event, last)
        if start < last and end >= first:
            result.append(Mark(event, kind, start, min(end, last), _weight(event)))
    return sorted(result, key=lambda mark: mark.start)


def _by_patron(event: Event, cast: Cast, steps: Steps, state: str) -> bool:
    """Whether the patron, the alliance or a client of the patron does it, if only for a time."""
    span = steps.span(event.start, last_day(event))
    sources = cast.sources(event.actor, cast.states[state], *span)
    return any(source.side is Side.PATRON for source in sources)


def _kind(event: Event, by_patron: bool) -> Kind | None:
    if event.kind == "response":
        return ANSWERED if _code(event) > 0 else REFUSED
    if event.kind in ("coercion", "arms_to_adversary"):
        return PRESSURE if by_patron else OTHERS
    if event.kind == "threat":
        return PRESSURE if by_patron else THREAT
    return {"demand": DEMAND, "offer": OFFER}.get(event.kind)


def _code(event: Event) -> float:
    return float(event.strength or 0)


def _weight(event: Event) -> float:
    if event.kind == "response":
        return abs(_code(event)) * float(event.threat_level or 5) / 5.0
    return _code(event) / STRONGEST[event.kind]


def _span(event: Event, last: float) -> tuple[float, float]:
    start = decimal_year(np.datetime64(event.start, "D"))
    if event.kind == "response":
        return start, start
    if event.end is not None:
        return start, decimal_year(np.datetime64(event.end, "D"))
    return start, last if event.kind in ("offer", "demand") else float(int(start) + 1)


def coded(event: Event) -> str:
    """What a row of the record is and how it is coded: `threat: X to Y, code 4`."""
    said = event.strength if isinstance(event.strength, str) else f"code {event.strength:g}"
    text = f"{event.kind.replace('_', ' ')}: {event.actor}"
    if event.targets and any(event.targets):
        text += f" to {', '.join(event.targets)}"
    text += f", {said}"
    if event.threat_level is not None:
        text += f" for a threat of level {event.threat_level:g}"
    return clean(text)
