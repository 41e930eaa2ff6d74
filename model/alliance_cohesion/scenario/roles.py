"""Whose fact it is: the patron's side, a state of the model, or an outside power."""

from collections import defaultdict
from enum import Enum, auto
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .dates import Steps
from .fields import ALL_MEMBERS
from .scenario import Scenario

Flags = NDArray[np.bool_]


class Side(Enum):
    """Where an actor stands."""

    PATRON = auto()
    """The patron, the alliance, a member that is not followed, or a client of the patron."""
    STATE = auto()
    """A state of the model, or its client."""
    OUT = auto()
    """Anyone else."""


class Source(NamedTuple):
    """Who is behind a fact, and in which of its time steps."""

    side: Side
    state: int
    """Axis `state` if the side is a state, else -1."""
    steps: Flags | slice
    """Of the time steps of the fact, those in which this source is behind it."""


class _Patronage(NamedTuple):
    side: Side
    state: int
    against: frozenset[int]
    begin: int
    stop: int


class Cast:
    """Everyone who is named in the scenario and has a part."""

    def __init__(self, scenario: Scenario, steps: Steps):
        alliance = scenario.alliance
        self.states = {name: i for i, name in enumerate(scenario.states)}
        self.all_members = len(self.states)
        """Column that stands for whoever is a member."""
        self._leaders = {alliance.patron, alliance.name, ALL_MEMBERS, *alliance.fellow_members}
        self._clients: dict[str, list[_Patronage]] = defaultdict(list)
        for client in scenario.clients:
            sponsor = self.states.get(client.sponsor, -1)
            self._clients[client.name].append(
                _Patronage(
                    Side.PATRON if sponsor < 0 else Side.STATE,
                    sponsor,
                    frozenset(self.states[name] for name in client.against),
                    *steps.span(client.start, client.end),
                )
            )

    def columns(self, targets: tuple[str, ...]) -> list[int]:
        """The columns that targets stand for; states that are not followed have none."""
        if targets == (ALL_MEMBERS,):
            return [self.all_members]
        return [self.states[name] for name in targets if name in self.states]

    def answers_for_alliance(self, actor: str) -> bool:
        """Whether an actor's answer to a request is the alliance's."""
        return actor in self._leaders or actor in self.states

    def sources(self, actor: str, column: int, begin: int, stop: int) -> list[Source]:
        """Who is behind what an actor does to a column in the time steps begin..stop-1.

        A client counts as its sponsor's while its sponsorship lasts, but never towards the
        sponsor itself; at other times it is whoever it is by its own name.
        """
        if actor in self._leaders:
            return [Source(Side.PATRON, -1, slice(None))]
        own = self._own(actor)
        sponsored = [
            patronage
            for patronage in self._clients.get(actor, ())
            if (not patronage.against or column in patronage.against)
            and patronage.state != column
            and max(begin, patronage.begin) < min(stop, patronage.stop)
        ]
        if not sponsored:
            return [Source(*own, slice(None))]
        steps = np.arange(begin, stop)
        alone, sources = np.ones(stop - begin, dtype=bool), []
        for patronage in sponsored:
            in_force = (patronage.begin <= steps) & (steps < patronage.stop)
            alone &= ~in_force
            sources.append(Source(patronage.side, patronage.state, in_force))
        return [*sources, Source(*own, alone)]

    def _own(self, actor: str) -> tuple[Side, int]:
        if actor in self.states:
            return Side.STATE, self.states[actor]
        return Side.OUT, -1
