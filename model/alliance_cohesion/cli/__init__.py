"""The command line: each command turns its arguments into one call.

Commands import the rooms they need when they run, so that `--help` answers at once.
"""

import sys
from typing import Annotated

import typer

from .. import __version__
from . import (
    calibrate,
    check,
    compare,
    counterfactual,
    explain,
    explore,
    merge,
    new,
    process,
    run,
    schema,
    sweep,
)
from .usage import Commands

app = typer.Typer(
    name="cohesion",
    cls=Commands,
    help="Alliance cohesion: who stays, who freezes its membership, and who leaves.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("calibrate")(calibrate.calibrate)
app.command("counterfactual")(counterfactual.counterfactual)
app.command("explain")(explain.explain)
app.command("explore")(explore.explore)
app.command("check")(check.check)
app.command("new")(new.new)
app.command("compare")(compare.compare)
app.command("sweep")(sweep.sweep)
app.command("merge")(merge.merge)
app.command("schema")(schema.schema)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cohesion {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and exit.", callback=_version, is_eager=True
        ),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line."""
    process.spare_the_collector()
    process.trust_no_folder()
    process.say_warnings()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()
