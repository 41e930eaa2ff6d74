"""`cohesion explore`: the interactive page, served from this machine."""

from pathlib import Path
from typing import Annotated

import typer

from .guard import BadInputError, guarded

PORT = 8765
_OPEN = (
    "Warning: other machines can reach this page. Whoever has the address below can use it and "
    "save files in {folder}; the connection is not encrypted."
)

Name = Annotated[str, typer.Argument(help="A shipped scenario's name, or a file or folder.")]
Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 lets other machines in.")]
Port = Annotated[
    int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes any that is free.")
]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")]


def explore(
    scenario: Name = "csto",
    host: Host = "127.0.0.1",
    port: Port = PORT,
    no_browser: NoBrowser = False,
) -> None:
    """Open the interactive page in your browser.

    Change events, dates, strengths and parameters, and see the answer at once.
    """
    with guarded():
        from ..dashboard import serve

        try:
            serve.assets()
            made = serve.listen(host, port)
        except (serve.NotInstalledError, serve.PortError) as error:
            raise BadInputError(error) from error
        with made:
            where = serve.address(host, made)
            try:
                typer.echo("Preparing; the first start compiles the model, which takes a minute.")
                _prepare(scenario)
                if where.open_to_others:
                    typer.echo(_OPEN.format(folder=Path.cwd()), err=True)
                typer.echo(f"Open {where.url} (Ctrl-C stops). Saved scenarios go to {Path.cwd()}")
                serve.run(made, where, scenario, Path.cwd(), browse=not no_browser)
            except KeyboardInterrupt:
                typer.echo("Stopped.", err=True)


def _prepare(scenario: str) -> None:
    from ..dashboard.serve import prepare
    from ..scenario import ScenarioError

    try:
        prepare(scenario)
    except ScenarioError:
        raise
    except ValueError as error:  # its posterior cannot be used
        raise BadInputError(error) from error
