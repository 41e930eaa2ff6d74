"""`cohesion compare`: score a scenario, or the results of a run, against what happened."""

from pathlib import Path
from typing import Annotated

import typer

from .guard import BadInputError, guarded

Name = Annotated[
    str, typer.Argument(metavar="SCENARIO|RESULTS", help="A scenario, or a results folder.")
]
Histories = Annotated[
    int | None,
    typer.Option(min=1, max=100_000, help="Free-running histories. [default: the scenario's]"),
]
Seed = Annotated[
    int | None, typer.Option(min=0, max=2**63 - 1, help="Random seed. [default: the scenario's]")
]
Out = Annotated[Path | None, typer.Option(help="Write table, JSON and pictures to this folder.")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace results that are in the folder already.")
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print the scorecard as JSON and nothing else.")
]


def compare(
    scenario: Name,
    histories: Histories = None,
    seed: Seed = None,
    out: Out = None,
    as_json: AsJson = False,
    overwrite: Overwrite = False,
) -> None:
    """Score a scenario against the documented record.

    Three questions: one step ahead (held out), free-running, and conditional on the record.
    """
    with guarded() as work:
        import json

        from ..analysis.compare import compare as score
        from ..report import run as results
        from ..report.folder import ready
        from ..simulation import load

        if out is not None:
            ready(out, overwrite=overwrite)
        words = _command(scenario, histories, seed, out)
        path = None
        given = Path(scenario)
        if given.is_dir() and (given / "manifest.json").exists():
            kept = results.read(given)
            sim = load(kept.entry)
            if known := sim.scenario.clock.known_until:
                raise BadInputError(
                    f"{scenario}: its histories follow the record up to {known} and go on where it "
                    "ends: nothing to compare; allowed: results of a run from the clock's start"
                )
            path = kept.data["path"].values
            decided = sim.inputs.record[sim.inputs.drivers.first :]
            if path.shape[1:] != decided.shape:
                raise BadInputError(f"{scenario}: its histories are not of the scenario it holds")
            seed = kept.manifest["seed"] if seed is None else seed
        else:
            sim = load(scenario)
        try:
            card = score(
                sim, histories=histories, seed=seed, path=path,
                say=lambda words: typer.echo(f"{words} ...", err=True),
            )  # fmt: skip
        except ValueError as error:
            raise BadInputError(error) from error
        if out is not None:
            from ..report.compare_folder import write
            from ..report.timeline import Timeline

            names = sim.run(histories=1, seed=seed).dataset  # states and dates for the axes
            timeline = Timeline(names, sim.scenario)
            place = write(out, timeline, sim.inputs, card, words, overwrite=overwrite)
            work.written = str(place)
        if as_json:
            typer.echo(json.dumps(card.as_json(), indent=1, sort_keys=True))
        else:
            from ..report.scorecard import show
            from ..report.terminal import console

            show(console(), card)
            if work.written:
                from ..report.text import clean

                typer.echo(f"Results: {clean(work.written)}")


def _command(scenario: str, histories: int | None, seed: int | None, out: Path | None) -> list[str]:
    """The command line that was given."""
    words = ["cohesion", "compare", scenario]
    for option, value in (("histories", histories), ("seed", seed), ("out", out)):
        if value is not None:
            words += [f"--{option}", str(value)]
    return words
