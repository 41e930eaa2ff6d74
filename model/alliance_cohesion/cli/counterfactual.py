"""`cohesion counterfactual`: what would have happened with a change."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .guard import BadInputError, guarded

if TYPE_CHECKING:
    from ..analysis.counterfactual import Answer, Pair

Name = Annotated[
    str | None, typer.Argument(help="A counterfactual: a shipped one's name, or a file.")
]
Histories = Annotated[
    int | None,
    typer.Option(min=1, max=10**6, help="Histories for each question. [default: 4000]"),
]
Seed = Annotated[
    int | None,
    typer.Option(min=0, max=2**63 - 1, help="Random seed. [default: the scenario's]"),
]
Out = Annotated[
    Path | None,
    typer.Option(
        help="Results folder. [default: results/NAME; results/NAME-2 if that is taken; with "
        "--all: none]"
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON and nothing else.")]
All = Annotated[bool, typer.Option("--all", help="Answer all shipped counterfactuals.")]
Page = Annotated[
    Path | None, typer.Option(help="With --all: write a page (Markdown) with all the answers.")
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace results that are in the folder already.")
]
NoPictures = Annotated[bool, typer.Option("--no-pictures", help="Draw nothing.")]


def counterfactual(
    scenario: Name = None,
    histories: Histories = None,
    seed: Seed = None,
    out: Out = None,
    as_json: AsJson = False,
    all_of_them: All = False,
    page: Page = None,
    no_pictures: NoPictures = False,
    overwrite: Overwrite = False,
) -> None:
    """Ask what would have happened with a change.

    Gives a forecast from the change on, and an answer conditional on all that happened, with
    guards against extrapolation.
    """
    with guarded() as work:
        if (scenario is None) != all_of_them or (page is not None and not all_of_them):
            raise BadInputError("name one counterfactual, or give --all (and --page with it)")
        words = _command(scenario, histories, seed, out, as_json, all_of_them, page, no_pictures)
        if scenario is None:
            _library(histories, seed, out, as_json, page, no_pictures, overwrite, words)
            return
        from ..report import counterfactual as report
        from ..report.folder import place_for

        pair = _load(scenario)
        folder = place_for(pair.changed.scenario.name, out, overwrite=overwrite)
        result = _answer(pair, histories, seed)
        folder = report.write(folder, result, words, pictures=not no_pictures, overwrite=overwrite)
        work.written = str(folder)
        if as_json:
            _print_json({**result.as_json(), "results": str(folder)})
        else:
            from ..report.terminal import console

            report.show(console(), result, folder=str(folder))


def _load(name: str | Path) -> "Pair":
    from ..analysis.counterfactual import CounterfactualError, load

    try:
        return load(name)
    except CounterfactualError as error:
        raise BadInputError(error) from error


def _answer(pair: "Pair", histories: int | None, seed: int | None) -> "Answer":
    from ..analysis.counterfactual import CounterfactualError, answer
    from ..analysis.counterfactual.answer import HISTORIES

    try:
        return answer(pair, HISTORIES if histories is None else histories, seed)
    except CounterfactualError as error:
        raise BadInputError(error) from error


def _print_json(content: Any) -> None:
    import json

    typer.echo(json.dumps(content, indent=2, sort_keys=True, allow_nan=False))


def _library(
    histories: int | None, seed: int | None, out: Path | None, as_json: bool,
    page: Path | None, no_pictures: bool, overwrite: bool, words: list[str],
) -> None:  # fmt: skip
    """Answer all shipped counterfactuals, in the order of their branches."""
    from ..analysis.counterfactual import library
    from ..report import counterfactual as report
    from ..report.folder import ready
    from ..report.text import clean
    from ..util.put import destination, put

    pairs = library()
    if page is not None:
        target = destination(page)
    if out is not None:
        for pair in pairs:
            ready(out / pair.changed.scenario.name, overwrite=overwrite)
    answers = []
    for pair in pairs:
        name = pair.changed.scenario.name
        typer.echo(f"{clean(name)} ...", err=True)
        answers.append(_answer(pair, histories, seed))
        if out is not None:
            report.write(
                out / name, answers[-1], words, pictures=not no_pictures, overwrite=overwrite
            )
    if as_json:
        _print_json([answer.as_json() for answer in answers])
    else:
        for answer in answers:
            typer.echo(clean(answer.scenario.title))
            for sentence in report.sentences(answer):
                typer.echo(f"  {sentence}")
    if page is not None:
        put(target, f"# Counterfactuals\n\n{report.markdown(answers)}".encode())


def _command(
    scenario: str | None, histories: int | None, seed: int | None, out: Path | None,
    as_json: bool, all_of_them: bool, page: Path | None, no_pictures: bool,
) -> list[str]:  # fmt: skip
    """The command line that was given."""
    words = ["cohesion", "counterfactual"] + ([scenario] if scenario else [])
    for option, value in (("histories", histories), ("seed", seed), ("out", out), ("page", page)):
        if value is not None:
            words += [f"--{option}", str(value)]
    return words + ["--all"] * all_of_them + ["--json"] * as_json + ["--no-pictures"] * no_pictures
