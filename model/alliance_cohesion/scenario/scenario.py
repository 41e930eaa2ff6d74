"""A scenario as read: checked, composed, changed, and ready to compile."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from .actions import Change, SetIndicator
from .events import Event
from .indicators import Indicator
from .schema import Alliance, Client, Clock, Engagement, ParameterSettings


@dataclass(frozen=True)
class Reform:
    """New rules of the alliance that act from a date."""

    start: date
    edits: dict[str, Any]


@dataclass(frozen=True)
class Unchanged:
    """What the changes of a scenario start from."""

    events: tuple[Event, ...]
    alliance: Alliance
    fixed: dict[str, float]
    """Parameters held at a value."""


@dataclass(frozen=True)
class Scenario:
    """All that a scenario says, its base and its changes applied."""

    name: str
    title: str
    question: str
    rewrite: str
    path: Path
    clock: Clock
    alliance: Alliance
    clients: tuple[Client, ...]
    engagements: tuple[Engagement, ...]
    events: tuple[Event, ...]
    indicators: tuple[Indicator, ...]
    parameters: ParameterSettings
    histories: int
    seed: int
    changes: tuple[Change, ...]
    """As written, base first; those to events, parameters and rules are applied already. A
    parameter that a file holds over its base counts as one."""
    reforms: tuple[Reform, ...]
    """Changes of the alliance's rules that act from a date."""
    settings: tuple[SetIndicator, ...]
    """Components of dependence held at a value for a time."""
    sweep: dict[str, Any]
    unchanged: Unchanged
    files: tuple[Path, ...]
    """Every file read: scenario files from the base on, then tables."""

    @property
    def states(self) -> tuple[str, ...]:
        """The states the model follows."""
        return self.alliance.members

    def rules(self, day: date) -> Alliance:
        """The alliance's rules in force on a day."""
        starts, eras = self._eras
        return eras[bisect_right(starts, day)]

    @cached_property
    def _eras(self) -> tuple[list[date], list[Alliance]]:
        """Days from which other rules act, and the rules before the first and from each on."""
        reforms = sorted(self.reforms, key=lambda reform: reform.start)
        eras = [self.alliance]
        for reform in reforms:
            eras.append(eras[-1].model_copy(update=reform.edits))
        return [reform.start for reform in reforms], eras
