"""The starter scenario and changes to it, for questions about its states."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from alliance_cohesion.analysis.explain import Explanation, explain
from alliance_cohesion.scenario import Event, write_new
from alliance_cohesion.simulation import Simulation, load

EVE = "2004-11"
"""Two months before Velia does not sign."""


@lru_cache(maxsize=1)
def starter() -> Simulation:
    with TemporaryDirectory() as folder:
        return load(write_new(Path(folder) / "starter"))


def changed(change: Callable[[Event], Event | None], *more: Event) -> Simulation:
    """The starter with each row changed, or dropped where `change` gives None."""
    scenario = starter().scenario
    rows = [row for event in scenario.events if (row := change(event))]
    return Simulation(replace(scenario, events=(*rows, *more)))


def without(*ids: str) -> Simulation:
    return changed(lambda event: None if event.id in ids else event)


def row(name: str, **columns: object) -> Event:
    """A row of the starter with other columns."""
    found = next(event for event in starter().scenario.events if event.id == name)
    return replace(found, **columns)


@lru_cache(maxsize=16)
def told(state: str = "Velia", date: str = EVE) -> Explanation:
    return explain(starter(), state, date)


def ids(explanation: Explanation, symbol: str) -> list[str]:
    return [*facts(explanation, symbol)["id"]]


def facts(explanation: Explanation, symbol: str) -> pd.DataFrame:
    return explanation.facts[explanation.facts["driver"] == symbol].reset_index(drop=True)


def now(explanation: Explanation, symbol: str) -> float:
    return explanation.drivers.loc[symbol, "mean"]
