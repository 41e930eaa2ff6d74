"""`cohesion schema`: the JSON Schema of scenario files, for editors."""

from pathlib import Path
from typing import Annotated

import typer

from .guard import BadInputError, guarded

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
        elif out.exists() and not out.is_file() and not out.is_dir():
            raise BadInputError(f"{out}: no regular file; give - for standard output")
        else:
            put(destination(out), f"{text}\n".encode())
