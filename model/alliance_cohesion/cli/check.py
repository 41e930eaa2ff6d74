"""`cohesion check`: every error of every file, at once; and what may not be meant."""

from typing import Annotated

import typer

from .guard import BAD_INPUT, guarded

Files = Annotated[
    list[str],
    typer.Argument(metavar="FILE...", help="Scenario files or folders, or shipped names."),
]


def check(files: Files) -> None:
    """Say everything that is wrong with some scenarios, and what may not be meant."""
    with guarded():
        from ..report.text import clean
        from ..scenario import check as problems_of
        from ..scenario import load, notes

        problems = problems_of(files)
        noted = [] if problems else [note for file in files for note in notes(load(file))]
    for problem in problems:
        typer.echo(str(problem), err=True)
    count = f"{len(files)} file{'s' if len(files) > 1 else ''}"
    if problems:
        many = "s" if len(problems) > 1 else ""
        typer.echo(f"{count}, {len(problems)} problem{many}", err=True)
        raise typer.Exit(BAD_INPUT)
    typer.echo(f"{count}, no problems")
    for note in dict.fromkeys(noted):
        typer.echo(f"note: {clean(note)}")
