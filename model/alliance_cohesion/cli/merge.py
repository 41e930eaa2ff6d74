"""`cohesion merge`: join the shards of a sweep."""

from pathlib import Path
from typing import Annotated

import typer

from .guard import BadInputError, guarded

Folders = Annotated[list[Path], typer.Argument(help="Folders of shards, in any order.")]
Out = Annotated[Path, typer.Option(help="Folder of the whole sweep.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the summary as JSON and nothing else.")]
NoPictures = Annotated[bool, typer.Option("--no-pictures", help="Draw nothing.")]


def merge(
    shards: Folders, out: Out, as_json: AsJson = False, no_pictures: NoPictures = False
) -> None:
    """Join the shards of a sweep.

    Shards are made with `cohesion sweep --shard`. The sweep is finished when none is missing.
    """
    with guarded():
        from functools import partial

        from ..analysis.sweep import SweepError
        from ..analysis.sweep import merge as join
        from ..report.sweep import contents
        from .sweep import tell

        try:
            report = join(shards, out, show=partial(contents, pictures=not no_pictures))
        except SweepError as error:
            raise BadInputError(error) from error
        if report.missing:
            raise BadInputError(
                f"{report.missing:,} chunks are in none of these folders. The others are saved in "
                f"{out}: give the command again with the missing shards"
            )
        tell(report, as_json)
