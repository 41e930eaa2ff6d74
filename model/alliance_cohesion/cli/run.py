"""`cohesion run`: simulate histories of a scenario, show what came out, write a report."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from . import progress
from .guard import BadInputError, guarded
from .options import AsJson, Histories, NoPictures, Overwrite, Seed, given, print_json


class Engine(StrEnum):
    """Which of the two engines makes the histories."""

    ENSEMBLE = "ensemble"
    AGENTS = "agents"


Name = Annotated[str, typer.Argument(help="A shipped scenario's name, or a file or folder.")]
Out = Annotated[
    Path | None,
    typer.Option(help="Results folder. [default: results/NAME; results/NAME-2 if that is taken]"),
]
Which = Annotated[
    Engine, typer.Option(help="Compiled simulation, or the same rules as Mesa agents (slower).")
]


def run(
    scenario: Name,
    histories: Histories = None,
    seed: Seed = None,
    out: Out = None,
    engine: Which = Engine.ENSEMBLE,
    as_json: AsJson = False,
    no_pictures: NoPictures = False,
    overwrite: Overwrite = False,
) -> None:
    """Simulate a scenario: how likely is what happened?

    Prints a table of the documented changes and writes a results folder with a report.
    """
    with guarded() as work:
        from ..report import run as report
        from ..report.folder import place_for
        from ..simulation import load

        simulation = load(scenario)
        folder = place_for(simulation.scenario.name, out, overwrite=overwrite)
        try:
            simulation.draws(seed)
            if engine is Engine.AGENTS:
                simulation.engine(engine.value, 1, 0)
        except ValueError as error:
            raise BadInputError(error) from error
        total = simulation.scenario.histories if histories is None else histories
        with progress.bar("histories", total) as advance:
            result = simulation.run(histories, seed, engine=engine.value, progress=advance)
        if not as_json:
            from ..report.terminal import console

            screen = console()
            report.show(screen, result)
        command = given(
            "run", scenario, histories=histories, seed=seed, out=out, json=as_json,
            engine=None if engine is Engine.ENSEMBLE else engine.value, no_pictures=no_pictures,
        )  # fmt: skip
        with progress.note("writing the report"):
            folder = report.write(
                result, folder, command, pictures=not no_pictures, overwrite=overwrite
            )
        work.written = str(folder)
        if as_json:
            print_json({**report.as_json(result), "results": str(folder)})
        else:
            typer.echo(f"\n{report.further(result, folder / 'report.html', scenario)}")
