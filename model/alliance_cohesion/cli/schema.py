"""`cohesion schema`: the JSON Schema of scenario files, for editors."""

from pathlib import Path
from typing import Annotated

import typer

from .guard import guarded

Out = Annotated[Path | None, typer.Option(metavar="FILE", help="Write it there instead.")]


def schema(out: Out = None) -> None:
    """Print the JSON Schema of scenario files."""
    with guarded():
        import json

        from ..scenario import schema as described

        text = json.dumps(described(), indent=2)
        if out is None:
            typer.echo(text)
        else:
            _write(text + "\n", out)


def _write(text: str, out: Path) -> None:
    """Write beside `out`, then move: the file is whole or not there."""
    import os
    import tempfile

    handle, name = tempfile.mkstemp(prefix=f".{out.name}-", dir=out.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
