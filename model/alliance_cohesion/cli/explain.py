"""`cohesion explain`: why a state stood where it stood at a date."""

from pathlib import Path
from typing import Annotated

import typer

from .guard import BadInputError, guarded

Name = Annotated[str, typer.Argument(help="A shipped scenario's name, or a file or folder.")]
Who = Annotated[str, typer.Argument(help="A state of the scenario, by code or name.")]
When = Annotated[str, typer.Argument(help="A date: 1999-04-20, 1999-04 or 1999.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON, nothing else.")]
Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Also write explanation.json, tables and a picture there."),
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace results that are in the folder already.")
]
Seed = Annotated[
    int | None,
    typer.Option(
        min=0, max=2**63 - 1, help="Of the parameter draws. [default: what the scenario says]"
    ),
]


def explain(
    scenario: Name,
    state: Who,
    date: When,
    as_json: AsJson = False,
    out: Out = None,
    seed: Seed = None,
    overwrite: Overwrite = False,
) -> None:
    """Say what held a state and what pushed it at a date, which facts did, and what would have
    had to change for the chance to halve or double.
    """
    with guarded() as work:
        from ..analysis import explain as room
        from ..report import explain_folder, explain_table
        from ..report.folder import ready
        from ..report.terminal import console
        from ..simulation import load

        case = load(scenario)
        if out is not None:
            ready(out, overwrite=overwrite)
        try:
            case.draws(seed)
        except ValueError as error:
            raise BadInputError(error) from error
        found = room.explain(case, state, date, seed)
        if out is not None:
            words = ["cohesion", "explain", scenario, state, date]
            words += ["--seed", str(seed)] * (seed is not None)
            words += ["--out", str(out)]
            place = explain_folder.write(case.scenario, found, out, words, overwrite=overwrite)
            work.written = str(place)
        if as_json:
            typer.echo(explain_folder.as_text(found.as_json()))
        else:
            explain_table.show(console(), found, work.written)
