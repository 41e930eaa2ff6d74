"""What the server has on its desk: sessions by scenario, which one is first, where files go."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from ..scenario import shipped_names
from .session import Session


@dataclass
class Desk:
    """Shared by all tabs of one server."""

    first: str = ""
    """The scenario that a new tab opens."""
    folder: Path = field(default_factory=Path)
    """Where saved scenarios go."""
    sessions: dict[str, Session] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def session(self, reference: str) -> Session:
        """The session of a scenario, loaded once.

        Raises:
            ScenarioError: with everything that is wrong in its files.
            ValueError: its posterior cannot be used.
        """
        with self._lock:
            if reference not in self.sessions:
                self.sessions[reference] = Session(reference)
            return self.sessions[reference]

    def choices(self) -> list[str]:
        """Scenarios to pick from: the one given first, then the shipped ones."""
        shipped = [n for n in shipped_names() if not n.startswith("sweeps/") and "/bases/" not in n]
        return [*dict.fromkeys([self.first, *shipped])]


DESK = Desk()
"""The one desk of this process; `serve` sets it up."""
