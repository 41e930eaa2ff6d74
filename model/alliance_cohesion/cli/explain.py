"""`cohesion explain`: why a state kept or changed its status at a date."""

import re
from pathlib import Path
from typing import Annotated

import typer

from .guard import BadInputError, guarded

Name = Annotated[str, typer.Argument(help="A shipped scenario's name, or a file or folder.")]
Who = Annotated[str, typer.Argument(help="A state of the scenario, by name or code.")]
When = Annotated[str, typer.Argument(help="A date: 1999-04-20, 1999-04 or 1999.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON and nothing else.")]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Results folder. [default: results/SCENARIO-STATE-DATE; with -2 if that is taken]",
    ),
]
NoReport = Annotated[bool, typer.Option("--no-report", help="Print only; write no folder.")]
NoPictures = Annotated[bool, typer.Option("--no-pictures", help="Draw nothing.")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace results that are in the folder already.")
]
Seed = Annotated[
    int | None,
    typer.Option(
        min=0, max=2**63 - 1, help="Seed of the parameter draws. [default: the scenario's]"
    ),
]


def explain(
    scenario: Name,
    state: Who,
    date: When,
    as_json: AsJson = False,
    out: Out = None,
    no_report: NoReport = False,
    no_pictures: NoPictures = False,
    seed: Seed = None,
    overwrite: Overwrite = False,
) -> None:
    """Show what held a state and what pushed it at a date.

    Also the facts behind it, and what would have halved or doubled the probability of leaving.
    """
    with guarded() as work:
        from ..analysis.explain import explain as why
        from ..report import explain as report
        from ..report.folder import place_for
        from ..report.terminal import console
        from ..report.text import clean
        from ..simulation import load

        if out is not None and no_report:
            raise BadInputError("--out and --no-report: give one of them")
        sim = load(scenario)
        try:
            sim.draws(seed)
        except ValueError as error:
            raise BadInputError(error) from error
        e = why(sim, state, date, seed)
        name = re.sub(r"[^\w.-]+", "-", f"{sim.scenario.name}-{e.state}-{date}")
        place = None if no_report else place_for(name, out, overwrite=overwrite)
        if as_json:
            typer.echo(report.json(e))
        else:
            report.show(console(), e)
        if place is not None:
            words = ["cohesion", "explain", scenario, state, date]
            words += ["--seed", str(seed)] * (seed is not None)
            words += ["--out", str(out)] * (out is not None)
            words += ["--no-pictures"] * no_pictures
            place = report.write(
                sim.scenario, e, place, words, pictures=not no_pictures, overwrite=overwrite
            )
            work.written = str(place)
            typer.echo(f"Report: {clean(place / 'report.html')}", err=as_json)
