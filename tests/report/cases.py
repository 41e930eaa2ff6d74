"""Runs of the starter scenario for tests of what is shown and kept."""

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import xarray as xr

from alliance_cohesion.report.subject import Subject
from alliance_cohesion.scenario import write_new
from alliance_cohesion.simulation import Case, load

HISTORIES = 60


def starter(folder: Path) -> Case:
    """The starter scenario, written to a folder."""
    return load(write_new(folder))


@lru_cache(maxsize=1)
def subject() -> Subject:
    """A small run of the starter scenario."""
    with TemporaryDirectory() as folder:
        case = starter(Path(folder) / "starter")
        return Subject(case.run(HISTORIES, 3), case.scenario)


def changed(**arrays: xr.DataArray) -> Subject:
    """The same run with other numbers."""
    return Subject(subject().data.assign(arrays), subject().scenario)
