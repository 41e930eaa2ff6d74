"""Runs of the starter scenario for tests of what is shown and kept."""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from alliance_cohesion.report.timeline import Timeline
from alliance_cohesion.result import Result
from alliance_cohesion.scenario import write_new
from alliance_cohesion.simulation import Simulation, load

HISTORIES = 60


def starter(folder: Path) -> Simulation:
    """The starter scenario, written to a folder."""
    return load(write_new(folder))


@lru_cache(maxsize=1)
def result() -> Result:
    """A small run of the starter scenario."""
    with TemporaryDirectory() as folder:
        made = starter(Path(folder) / "starter").run(HISTORIES, 3)
        assert made.dataset is not None  # read before the folder goes
        return made


def timeline() -> Timeline:
    """The same run as dataset and scenario."""
    return Timeline(result().dataset, result().simulation.scenario)


def followed(until: date) -> Result:
    """A run that follows the record to a day; the rows after it are dropped."""
    scenario = result().simulation.scenario
    clock = scenario.clock.model_copy(update={"known_until": until})
    events = tuple(e for e in scenario.events if e.kind != "status" or e.start <= until)
    return Simulation(replace(scenario, clock=clock, events=events)).run(HISTORIES, 3)
