"""`cohesion explore`: the interactive page, served from this machine."""

from pathlib import Path
from typing import Annotated

import typer

from .guard import BadInputError, guarded

PORT = 8765

Name = Annotated[str, typer.Argument(help="A shipped scenario's name, or a file or folder.")]
Host = Annotated[str, typer.Option(help="Address; 0.0.0.0 lets other machines in.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="0 takes any that is free.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")]


def explore(
    scenario: Name = "csto",
    host: Host = "127.0.0.1",
    port: Port = PORT,
    no_browser: NoBrowser = False,
) -> None:
    """Change events, dates, strengths and parameters on a page, and see the answer at once."""
    with guarded():
        from ..dashboard import serve

        try:
            serve.assets()
            made = serve.listen(host, port)
        except (serve.NotInstalledError, serve.PortError) as error:
            raise BadInputError(error) from error
        with made:
            address = serve.url(host, made)
            try:
                typer.echo("Preparing; the first time ever, the rules are compiled (a minute).")
                _prepare(scenario)
                typer.echo(f"Open {address} (Ctrl-C stops). Saved scenarios go to {Path.cwd()}")
                serve.run(made, address, scenario, Path.cwd(), browse=not no_browser)
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
