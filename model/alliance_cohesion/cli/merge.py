"""`cohesion merge`: join the shards of a sweep."""

from pathlib import Path
from typing import Annotated

import typer

from .guard import BadInputError, guarded

Folders = Annotated[list[Path], typer.Argument(help="Folders of shards, in any order.")]
Out = Annotated[Path, typer.Option(help="Folder of the whole sweep.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the summary as JSON, nothing else.")]
NoPictures = Annotated[bool, typer.Option("--no-pictures", help="Draw nothing.")]


def merge(
    shards: Folders, out: Out, as_json: AsJson = False, no_pictures: NoPictures = False
) -> None:
    """Join the shards of a sweep, made with --shard, and finish it."""
    with guarded():
        import sys
        from functools import partial

        from ..analysis.sweep import SweepError
        from ..analysis.sweep.merge import merge as join
        from ..analysis.sweep.store import kept_plan
        from ..report.sweep_folder import contents
        from ..util.lock import LockedError
        from .sweep import tell

        try:
            plan = kept_plan(shards[0])
            show = partial(contents, pictures=not no_pictures)
            command = ["cohesion", *sys.argv[1:]]
            report = join(plan, shards, out, show=show, command=command)
        except (SweepError, LockedError) as error:
            raise BadInputError(error) from error
        if report.findings is None:
            raise BadInputError(
                f"{report.kept:,} chunks are in none of these folders. Those that are, are kept "
                f"in {out}: give the command again with the missing shards"
            )
        tell(report, as_json)
