"""`cohesion schema`: the JSON Schema of scenario files, for editors."""

from pathlib import Path
from typing import Annotated

import typer

from .guard import guarded

Out = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write it there; - is standard output.")
]


def schema(out: Out = None) -> None:
    """Print the JSON Schema of scenario files."""
    with guarded():
        import json

        from ..scenario import schema as described
        from ..util.put import destination, put

        text = json.dumps(described(), indent=2)
        if out is None or str(out) == "-":
            typer.echo(text)
        else:
            put(destination(out), f"{text}\n".encode())
