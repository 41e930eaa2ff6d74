"""Runs of the starter scenario for tests of what is shown and kept."""

import itertools
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import xarray as xr
from matplotlib.figure import Figure
from matplotlib.text import Text

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


def numbers(folder: Path) -> xr.Dataset:
    """The numbers of a results folder."""
    seconds = xr.coders.CFDatetimeCoder(time_unit="s")  # nanoseconds begin in 1678
    with xr.open_dataset(folder / "histories.nc", decode_times=seconds) as data:
        return data.load()


def followed(until: date) -> Result:
    """A run that follows the record to a day; the rows after it are dropped."""
    scenario = result().simulation.scenario
    clock = scenario.clock.model_copy(update={"known_until": until})
    events = tuple(e for e in scenario.events if e.kind != "status" or e.start <= until)
    return Simulation(replace(scenario, clock=clock, events=events)).run(HISTORIES, 3)


def lies_wrong(figure: Figure) -> list[str]:
    """Texts of a figure that are cut by its edge, or lie over another."""
    figure.draw_without_rendering()
    named = [axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]
    beyond = {  # labels outside the axis are not drawn
        id(label)
        for axis in named
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())
        for label in (tick.label1, tick.label2)
        if not (min(axis.get_view_interval()) - 1e-9 <= tick.get_loc()
                <= max(axis.get_view_interval()) + 1e-9)
    }  # fmt: skip
    boxes = [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(Text)
        if text.get_text().strip() and text.get_visible() and id(text) not in beyond
    ]
    edge = figure.bbox.expanded(1.002, 1.002)
    cut = [
        f"{text!r} is cut" for text, box in boxes
        if not (edge.x0 <= box.x0 and box.x1 <= edge.x1 and edge.y0 <= box.y0 and box.y1 <= edge.y1)
    ]  # fmt: skip
    over = [
        f"{one!r} lies over {two!r}"
        for (one, first), (two, second) in itertools.combinations(boxes, 2)
        if first.overlaps(second)
    ]
    return cut + over if boxes else ["no text"]
