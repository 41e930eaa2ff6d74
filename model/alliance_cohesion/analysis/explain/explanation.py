"""What an explanation holds: numbers over the parameter draws, and the facts behind them."""

import datetime
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...core.inputs import Floats, Standing
from ...scenario import Event, Indicator

LOW, HIGH = 0.05, 0.95


@dataclass(frozen=True)
class Spread:
    """A number over the parameter draws."""

    mean: float
    low: float
    """5 % quantile."""
    high: float
    """95 % quantile."""

    @staticmethod
    def of(values: Floats) -> "Spread":
        """Sum up one number a draw."""
        low, high = np.quantile(values, (LOW, HIGH))
        return Spread(float(np.mean(values)), float(low), float(high))

    def as_json(self) -> dict[str, float]:
        """The same as plain data."""
        return {"mean": self.mean, "q05": self.low, "q95": self.high}


@dataclass(frozen=True)
class Fact:
    """A row of the event table, and what it still does at the date."""

    event: Event
    now: float
    """Mean over the draws of its faded level, its points, or the weight of its promise."""
    sets: float | None = None
    """Share of the draws in which no other fact is higher; None where facts add up."""
    cancelled_by: tuple[str, ...] = ()
    """Ids of the facts that cancel an offer."""
    own: bool = True
    """False: a promise to others, or another's departure."""

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        event = self.event
        return {
            "id": event.id,
            "date": event.date,
            "end": event.end.isoformat() if event.end else None,
            "kind": event.kind,
            "actor": event.actor,
            "targets": list(event.targets),
            "code": event.strength,
            "threat_level": event.threat_level,
            "description": event.description,
            "source": event.source,
            "confidence": event.confidence,
            "now": self.now,
            "sets_the_level": self.sets,
            "cancelled_by": list(self.cancelled_by),
            "own": self.own,
        }


@dataclass(frozen=True)
class Component:
    """A component of dependence at the date."""

    name: str
    share: float
    """0 to 1: of what counts as full dependence."""
    value: float
    """In the indicator's own unit, cut to what counts as full dependence."""
    rows: tuple[Indicator, ...]
    """The row or the two rows between which it is read."""
    held_by: str = ""
    """The change of the scenario that holds it, if one does."""

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        rows = [{"year": r.year, "value": r.value, "source": r.source} for r in self.rows]
        return {
            "name": self.name,
            "share": self.share,
            "value": self.value,
            "rows": rows,
            "held_by": self.held_by,
        }


@dataclass(frozen=True)
class Shift:
    """What one driver alone would have had to be, all others held."""

    half: float | None
    """Value at which the mean chance is half of what it was; None: none in range."""
    double: float | None
    lowest: float
    """Smallest multiple of the chance that the driver's range allows."""
    highest: float

    def as_json(self) -> dict[str, float | None]:
        """The same as plain data."""
        return {
            "half": self.half,
            "double": self.double,
            "lowest_multiple": self.lowest,
            "highest_multiple": self.highest,
        }


@dataclass(frozen=True)
class Driver:
    """One driver of a state: its level, the facts that set it, what would have changed much."""

    symbol: str
    name: str
    range: tuple[float, float]
    now: Spread
    facts: tuple[Fact, ...] = ()
    components: tuple[Component, ...] = ()
    shift: Shift | None = None

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "symbol": self.symbol,
            "name": self.name,
            "range": list(self.range),
            "now": self.now.as_json(),
            "facts": [fact.as_json() for fact in self.facts],
            "components": [component.as_json() for component in self.components],
            "shift": self.shift.as_json() if self.shift else None,
        }


@dataclass(frozen=True)
class Term:
    """One term of R4."""

    name: str
    log_odds: Spread
    drivers: tuple[str, ...]
    """Symbols of the drivers that it is made of."""

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "term": self.name,
            "log_odds": self.log_odds.as_json(),
            "drivers": list(self.drivers),
        }


@dataclass(frozen=True)
class Peer:
    """A state of the same standing in the same tick."""

    state: str
    alignment: float
    chance: float
    """Mean chance of the move that the explanation is about."""

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        return {"state": self.state, "alignment": self.alignment, "chance": self.chance}


@dataclass(frozen=True)
class Explanation:
    """Why a state stood where it stood in the tick that holds a date."""

    attributes: dict[str, Any]
    """Scenario, question, alliance, seed, where the parameters come from."""
    state: str
    date: str
    """As asked."""
    first: datetime.date
    """First day of the tick."""
    last: datetime.date
    standing: Standing
    """Documented at the start of the tick."""
    ended: Standing
    """Documented at its end."""
    window: bool
    """In this tick the term ends and staying takes a signature."""
    alignment: Spread
    terms: tuple[Term, ...]
    chances: dict[Standing, Spread]
    """Of ending the tick in each standing."""
    move: str
    """The move in words: `leaving`, `going out`, `coming back`."""
    chance: Spread
    """Of the move: in this tick if it is a window, else per year."""
    chance_at_zero: float
    """The mean of the same chance at alignment 0, where nothing pulls either way."""
    peers: tuple[Peer, ...]
    """States of the same standing, this one among them, the likeliest to move first."""
    drivers: tuple[Driver, ...]
    terms_by_draw: Floats = field(repr=False, compare=False)
    """[draw, term]"""
    alignment_by_draw: Floats = field(repr=False, compare=False)
    """[draw]"""

    @property
    def calibrated(self) -> bool:
        """Whether the parameters are posterior draws."""
        return str(self.attributes["parameters_from"]) != "prior"

    @property
    def rank(self) -> int:
        """Place among the states of the same standing: 1 is the likeliest to move."""
        return 1 + [peer.state for peer in self.peers].index(self.state)

    @property
    def per(self) -> str:
        """What the chance of the move refers to."""
        return "window" if self.window else "year"

    @property
    def perceived_until(self) -> datetime.date:
        """Last day of the tick before: nothing later has a part in the explanation."""
        return self.first - datetime.timedelta(days=1)

    def driver(self, symbol: str) -> Driver:
        """The driver of a symbol."""
        return next(driver for driver in self.drivers if driver.symbol == symbol)

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            **dict(sorted(self.attributes.items())),
            "calibrated": self.calibrated,
            "state": self.state,
            "date": self.date,
            "tick": {"first": self.first.isoformat(), "last": self.last.isoformat()},
            "perceived_until": self.perceived_until.isoformat(),
            "standing": self.standing.label,
            "ended_as": self.ended.label,
            "window": self.window,
            "alignment": self.alignment.as_json(),
            "terms": [term.as_json() for term in self.terms],
            "chances": {to.label: chance.as_json() for to, chance in self.chances.items()},
            "move": self.move,
            "chance": {"per": self.per, **self.chance.as_json(), "at_zero": self.chance_at_zero},
            "rank": self.rank,
            "peers": [peer.as_json() for peer in self.peers],
            "drivers": [driver.as_json() for driver in self.drivers],
        }
