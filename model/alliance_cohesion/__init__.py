"""Alliance cohesion: states are agents whose alignment answers threat and outside offers.

>>> import alliance_cohesion as ac
>>> sim = ac.load("csto")
>>> sim.scenario.alliance.patron
'RUS'
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .core.agents import AllianceModel, State
    from .simulation import Simulation, load

__all__ = ["AllianceModel", "Simulation", "State", "__version__", "load"]

_HOMES = {
    "load": "simulation",
    "Simulation": "simulation",
    "AllianceModel": "core.agents",
    "State": "core.agents",
}


def __getattr__(name: str) -> Any:
    """Import the heavy parts only when somebody asks for them, so that start-up stays fast."""
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    """The names that completion shows."""
    return sorted(__all__)
