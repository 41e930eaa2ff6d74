"""Options that several commands share, and the command line as it was given."""

from typing import Annotated, Any

import typer

Histories = Annotated[
    int | None,
    typer.Option(min=1, max=10**9, help="Histories to simulate. [default: the scenario's]"),
]
Seed = Annotated[
    int | None,
    typer.Option(min=0, max=2**63 - 1, help="Random seed. [default: the scenario's]"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON and nothing else.")]
NoReport = Annotated[bool, typer.Option("--no-report", help="Print only; write no folder.")]
NoPictures = Annotated[bool, typer.Option("--no-pictures", help="Draw nothing.")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace results that are in the folder already.")
]


def given(*words: str, **options: Any) -> list[str]:
    """The command line: words, then the options that were given, as `--name value` or `--name`."""
    result = ["cohesion", *words]
    for name, value in options.items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            result.append(option)
        elif value is not None and value is not False:
            result += [option, str(value)]
    return result


def print_json(content: Any) -> None:
    """Print plain data as JSON."""
    import json

    typer.echo(json.dumps(content, indent=2, sort_keys=True, allow_nan=False))
