"""What the server has on its desk: sessions by scenario, which one is first, where files go."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from ..scenario import shipped_names
from .edits import Steps
from .session import USUAL, Session

_MOST_KEPT = 200  # works; the oldest are forgotten


@dataclass(frozen=True)
class Kept:
    """What a tab has made, so that a reload finds it again."""

    reference: str
    """The scenario."""
    steps: Steps = field(default_factory=Steps)
    histories: int = USUAL
    seed: int | None = None
    """None: the scenario's."""


@dataclass
class Desk:
    """Shared by all tabs of one server."""

    first: str = ""
    """The scenario that a new tab opens."""
    folder: Path = field(default_factory=Path)
    """Where saved scenarios go."""
    sessions: dict[str, Session] = field(default_factory=dict)
    _works: OrderedDict[str, Kept] = field(default_factory=OrderedDict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def session(self, reference: str) -> Session:
        """The session of a scenario that the page offers, loaded once.

        Raises:
            ScenarioError: with everything that is wrong in its files.
            ValueError: it is not offered, or its posterior cannot be used.
        """
        if reference not in self.choices():
            raise ValueError("this scenario is not in the list")
        with self._lock:
            if reference not in self.sessions:
                self.sessions[reference] = Session(reference)
            return self.sessions[reference]

    def choices(self) -> list[str]:
        """Scenarios to pick from: the one given first, then the shipped ones."""
        shipped = [n for n in shipped_names() if not n.startswith("sweeps/") and "/bases/" not in n]
        return [*dict.fromkeys([self.first, *shipped])]

    def kept(self, work: str) -> Kept:
        """What was made under a work's name; the first scenario, unchanged, if nothing was."""
        with self._lock:
            return self._works.get(work, Kept(self.first))

    def keep(self, work: str, made: Kept) -> None:
        """Keep what was made, until this process ends."""
        with self._lock:
            self._works[work] = made
            self._works.move_to_end(work)
            while len(self._works) > _MOST_KEPT:
                self._works.popitem(last=False)


DESK = Desk()
"""The one desk of this process; `serve` sets it up."""
