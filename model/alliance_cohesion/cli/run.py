"""`cohesion run`: simulate histories of a scenario, show what came out, write a report."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from . import progress
from .guard import BadInputError, guarded


class Engine(StrEnum):
    """Which of the two engines makes the histories."""

    ENSEMBLE = "ensemble"
    AGENTS = "agents"


Name = Annotated[str, typer.Argument(help="A shipped scenario's name, or a file or folder.")]
Histories = Annotated[
    int | None,
    typer.Option(min=1, max=10**9, help="Histories to simulate. [default: the scenario's]"),
]
Seed = Annotated[
    int | None,
    typer.Option(min=0, max=2**63 - 1, help="Random seed. [default: the scenario's]"),
]
Out = Annotated[
    Path | None,
    typer.Option(help="Results folder. [default: results/NAME; results/NAME-2 if that is taken]"),
]
Which = Annotated[
    Engine, typer.Option(help="Compiled simulation, or the same rules as Mesa agents (slower).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the table as JSON and nothing else.")]
NoPictures = Annotated[bool, typer.Option("--no-pictures", help="Draw nothing.")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace results that are in the folder already.")
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
        command = _command(scenario, histories, seed, out, engine, as_json, no_pictures)
        with progress.note("writing the report"):
            folder = report.write(
                result, folder, command, pictures=not no_pictures, overwrite=overwrite
            )
        work.written = str(folder)
        if as_json:
            import json

            content = {**report.as_json(result), "results": str(folder)}
            typer.echo(json.dumps(content, indent=2, sort_keys=True, allow_nan=False))
        else:
            typer.echo(f"\n{report.further(result, folder / 'report.html', scenario)}")


def _command(
    scenario: str,
    histories: int | None,
    seed: int | None,
    out: Path | None,
    engine: Engine,
    as_json: bool,
    no_pictures: bool,
) -> list[str]:
    """The command line that was given."""
    words = ["cohesion", "run", scenario]
    if histories is not None:
        words += ["--histories", str(histories)]
    if seed is not None:
        words += ["--seed", str(seed)]
    if out is not None:
        words += ["--out", str(out)]
    if engine is not Engine.ENSEMBLE:
        words += ["--engine", engine.value]
    return words + ["--json"] * as_json + ["--no-pictures"] * no_pictures
