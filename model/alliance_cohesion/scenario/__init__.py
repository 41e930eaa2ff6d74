"""Scenarios: read, check, compose, change, and compile to the arrays the engines run on."""

from .compile import compile_inputs
from .events import Event
from .indicators import Indicator
from .locate import shipped_names
from .new import write_new
from .notes import notes
from .problems import Problem, ScenarioError
from .read import check, load
from .scenario import Scenario
from .schema import schema
from .states import code_of, name_of
from .tables import load_events

__all__ = [
    "Event",
    "Indicator",
    "Problem",
    "Scenario",
    "ScenarioError",
    "check",
    "code_of",
    "compile_inputs",
    "load",
    "load_events",
    "name_of",
    "notes",
    "schema",
    "shipped_names",
    "write_new",
]
