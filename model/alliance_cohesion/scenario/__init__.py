"""Scenarios: read, check, compose, change, and compile to the arrays the engines run on."""

from .compile import compile_world
from .events import Event, load_events
from .indicators import Indicator
from .locate import shipped_names
from .new import write_new
from .notes import notes
from .problems import Problem, ScenarioError
from .read import check, load
from .scenario import Scenario
from .schema import schema

__all__ = [
    "Event",
    "Indicator",
    "Problem",
    "Scenario",
    "ScenarioError",
    "check",
    "compile_world",
    "load",
    "load_events",
    "notes",
    "schema",
    "shipped_names",
    "write_new",
]
