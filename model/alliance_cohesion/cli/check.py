"""`cohesion check`: every error of every file, at once; and what may not be meant."""

from typing import Annotated

import typer

from .guard import BAD_INPUT, guarded

Files = Annotated[
    list[str],
    typer.Argument(metavar="FILE...", help="Scenario files or folders, or shipped names."),
]
Counts = Annotated[
    bool,
    typer.Option(
        "--density",
        help="Count the rows per member-year, by driver, of states that left and that stayed.",
    ),
]


def check(files: Files, density: Counts = False) -> None:
    """Check scenario files and list every mistake at once.

    Of sound files, says what was read and notes what may not be meant.
    """
    with guarded():
        from ..scenario import check as problems_of
        from ..scenario import load
        from ..scenario.overview import overview
        from ..scenario.problems import lines, printable

        problems = problems_of(files)
        told = [] if problems else [overview(load(file), density) for file in files]
    count = f"{len(files)} file{'s' if len(files) > 1 else ''}"
    if problems:
        for line in lines(problems):
            typer.echo(line, err=True)
        many = "s" if len(problems) > 1 else ""
        typer.echo(f"{count}, {len(problems):,} problem{many}", err=True)
        raise typer.Exit(BAD_INPUT)
    typer.echo(f"{count}, no problems")
    for line in [line for scenario in told for line in scenario]:
        typer.echo(printable(line))
