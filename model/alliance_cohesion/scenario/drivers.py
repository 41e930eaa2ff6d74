"""Turn facts into drivers: what reaches each state, time step by time step."""

import math
from collections import defaultdict
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.inputs import Codes, Floats, Ints
from .dates import Steps
from .events import (
    COERCION,
    DEMAND,
    OFFER,
    RESPONSE,
    THREAT,
    UNTIL_END_OF_YEAR,
    Event,
    last_day,
)
from .fields import INTERNAL
from .roles import Cast, Flags, Side, Source

_THREAT_SCALE = 5  # codes of threat, coercion and arms are fifths of a level
_DEMAND_SCALE = 4
_E, _G, _P, _A = range(4)
MOST_PAIRS = 3_000_000  # about 500 MB while they are put in order
MOST_OFFERED = 30_000_000  # time steps of outside powers towards states: about 300 MB
_LASTING = (*UNTIL_END_OF_YEAR, DEMAND, OFFER)


class TooMuchError(ValueError):
    """More facts at once than fit into memory."""

    def __init__(self, what: str, most: int):
        self.what, self.most = what, most
        super().__init__(f"more than {most:,} {what}")


class _Where(NamedTuple):
    """The time steps of one column on which a fact acts."""

    column: int
    begin: int
    stop: int
    which: Flags | slice
    """Of the time steps begin..stop-1."""

    def of(self, values: NDArray[Any]) -> NDArray[Any]:
        """A view of the time steps begin..stop-1 of an array [T]."""
        return values[self.begin : self.stop]


class Pairs:
    """Threats between states of the model, gathered fact by fact."""

    def __init__(self) -> None:
        self._count = 0
        self._steps: list[Ints] = []
        self._rows: list[tuple[int, int, float, int]] = []

    def add(self, steps: Ints, target: int, actor: int, level: float, outside: bool) -> None:
        """A state threatens another in some time steps.

        Raises:
            TooMuchError: it is one too many.
        """
        self._count += len(steps)
        if self._count > MOST_PAIRS:
            raise TooMuchError("threats between states, one a time step and target", MOST_PAIRS)
        self._steps.append(steps)
        self._rows.append((target, actor, level, int(outside)))

    def arrays(self, T: int, N: int, lag: int) -> tuple[Ints, Ints, Floats, Codes]:
        """`pair_start`, `pair_actor`, `pair_level` and `pair_outside`, `lag` time steps later.

        Of several threats alike in time step, target, actor and kind the highest is kept. The first
        time steps repeat time step 0.
        """
        lengths = [len(steps) for steps in self._steps]
        step = np.concatenate([*self._steps, np.empty(0, dtype=np.int64)])
        rows = np.array(self._rows, dtype=float).reshape(-1, 4)
        target, actor, level, outside = np.repeat(rows, lengths, axis=0).T
        if lag:
            early = np.flatnonzero(step == 0)
            again = np.tile(early, lag)
            chosen = np.concatenate([np.arange(len(step)), again])
            step = np.concatenate([step + lag, np.repeat(np.arange(lag), len(early))])
            target, actor, level, outside = (x[chosen] for x in (target, actor, level, outside))
        inside_clock = step < T
        cell = (step * N + target.astype(np.int64))[inside_clock]
        actor, level, outside = actor[inside_clock], level[inside_clock], outside[inside_clock]
        order = np.lexsort((level, outside, actor, cell))
        cell, actor, level, outside = cell[order], actor[order], level[order], outside[order]
        alike = (np.diff(cell) == 0) & (np.diff(actor) == 0) & (np.diff(outside) == 0)
        highest = np.ones(len(cell), dtype=bool)
        highest[:-1] = ~alike
        return (
            np.searchsorted(cell[highest], np.arange(T * N + 1)).astype(np.int64),
            actor[highest].astype(np.int64),
            level[highest],
            outside[highest].astype(np.int8),
        )


class DriverTable:
    """The drivers of all states, filled fact by fact in any order.

    Column N of every table stands for `members`, whoever is one.
    """

    def __init__(self, cast: Cast, steps: Steps):
        self.cast, self.steps = cast, steps
        self.T, self.N = steps.count, len(cast.states)
        self.levels = np.zeros((4, self.T, self.N + 1))
        """[E G P A, T, N + 1]"""
        self.pairs = Pairs()
        self._offers: dict[tuple[str, int], Floats] = {}
        self._cancelled: dict[tuple[str, int], Flags] = {}
        self._promises: dict[tuple[int, int, int], list[float]] = defaultdict(list)

    def add(self, event: Event) -> None:
        """Take in one fact; without effect if it followed from the decision, or moves nothing."""
        if event.consequence or event.kind not in (*_LASTING, RESPONSE):
            return
        begin, stop = self.steps.span(event.start, last_day(event))
        if begin >= stop:
            return
        for column in self.cast.columns(event.targets):
            if event.kind == RESPONSE:
                self._answer(event, column, begin)
            elif event.actor == INTERNAL:
                self._raise(_G, _Where(column, begin, stop, slice(None)), _level(event))
            else:
                for source in self.cast.sources(event.actor, column, begin, stop):
                    self._act(event, source, _Where(column, begin, stop, source.steps))

    def offers(self) -> Floats:
        """[T, N + 1] points in force: the best offer of each outside power, summed.

        A power's offers to a state are cancelled while it coerces, threatens or makes demands
        on that state or on the members; its offers to the members by what it does to all.
        """
        total = np.zeros((self.T, self.N + 1))
        for (actor, column), best in self._offers.items():
            for whom in {column, self.N}:
                best = np.where(self._cancelled.get((actor, whom), False), 0.0, best)
            total[:, column] += best
        return total

    def promises(self, sign: int) -> Floats:
        """[T, N + 1] requests answered (+1) or refused (-1), weighted by their threats.

        Exact sums, so that the order of rows does not show.
        """
        total = np.zeros((self.T, self.N + 1))
        for (kept_or_broken, step, column), weights in self._promises.items():
            if kept_or_broken == sign:
                total[step, column] = math.fsum(weights)
        return total

    def _answer(self, event: Event, column: int, step: int) -> None:
        if self.cast.answers_for_alliance(event.actor):
            strength = _code(event)
            assert event.threat_level is not None  # every response has one
            weight = abs(strength) * event.threat_level / _THREAT_SCALE
            self._promises[(1 if strength > 0 else -1), step, column].append(weight)

    def _act(self, event: Event, source: Source, where: _Where) -> None:
        if source.side is Side.OUT:
            self._act_from_outside(event, where)
        elif event.kind == DEMAND:
            self._raise(_A, where, _code(event) / _DEMAND_SCALE)
        elif event.kind == OFFER:
            return  # what the alliance gives is no offer to leave it
        elif source.side is Side.PATRON:
            self._raise(_P, where, _level(event))
        else:
            self._act_between_states(event, source.state, where)

    def _act_from_outside(self, event: Event, where: _Where) -> None:
        if event.kind == OFFER:
            self._make_room(self._offers, event.actor, where.column, float)
            _raise(where.of(self._offers[event.actor, where.column]), where.which, _code(event))
        if event.kind == THREAT:
            self._raise(_E, where, _level(event))
        if event.kind in (THREAT, COERCION, DEMAND):
            self._make_room(self._cancelled, event.actor, where.column, bool)
            where.of(self._cancelled[event.actor, where.column])[where.which] = True

    def _make_room(self, kept: dict[Any, Any], actor: str, column: int, kind: type) -> None:
        if (actor, column) not in kept:
            if (len(self._offers) + len(self._cancelled)) * self.T > MOST_OFFERED:
                raise TooMuchError("time steps of outside powers towards states", MOST_OFFERED)
            kept[actor, column] = np.zeros(self.T, dtype=kind)

    def _act_between_states(self, event: Event, actor: int, where: _Where) -> None:
        steps = np.arange(where.begin, where.stop)[where.which]
        targets = range(self.N) if where.column == self.N else (where.column,)
        for target in targets:
            if target != actor:
                self.pairs.add(steps, target, actor, _level(event), event.kind == THREAT)

    def _raise(self, driver: int, where: _Where, level: float) -> None:
        _raise(where.of(self.levels[driver, :, where.column]), where.which, level)


def _raise(now: Floats, which: Flags | slice, level: float) -> None:
    """Lift the values of some time steps to a level, in place."""
    now[which] = np.maximum(now[which], level)


def _code(event: Event) -> float:
    assert isinstance(event.strength, float)  # of every kind that comes here
    return event.strength


def _level(event: Event) -> float:
    """The level of a threat, coercion or arms, 0 to 1: its code in fifths."""
    return _code(event) / _THREAT_SCALE
