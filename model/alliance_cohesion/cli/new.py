"""`cohesion new`: a small working scenario to start from."""

from pathlib import Path
from typing import Annotated

import typer

from .guard import guarded

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A new or an empty folder.")]


def new(folder: Folder) -> None:
    """Write a small working scenario for you to change."""
    with guarded():
        from ..report.text import clean
        from ..scenario import write_new

        made = write_new(folder)
        typer.echo(f"Written: {clean(made)}")
        typer.echo(f"Try: cohesion run {clean(folder)}")
