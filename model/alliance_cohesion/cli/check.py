"""`cohesion check`: every error of every file, at once."""

from typing import Annotated

import typer

from .guard import BAD_INPUT, guarded

Files = Annotated[
    list[str],
    typer.Argument(metavar="FILE...", help="Scenario files or folders, or shipped names."),
]


def check(files: Files) -> None:
    """Say everything that is wrong with some scenarios."""
    with guarded():
        from ..scenario import check as problems_of

        problems = problems_of(files)
    for problem in problems:
        typer.echo(str(problem), err=True)
    count = f"{len(files)} file{'s' if len(files) > 1 else ''}"
    if problems:
        many = "s" if len(problems) > 1 else ""
        typer.echo(f"{count}, {len(problems)} problem{many}", err=True)
        raise typer.Exit(BAD_INPUT)
    typer.echo(f"{count}, no problems")
