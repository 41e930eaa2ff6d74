"""`cohesion compare`: score scenarios, or the results of runs, against what happened."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import progress
from .guard import BadInputError, guarded
from .options import AsJson, NoPictures, NoReport, Overwrite, Seed, given, print_json

if TYPE_CHECKING:
    from ..simulation import Simulation

Names = Annotated[
    list[str],
    typer.Argument(
        metavar="SCENARIO|RESULTS...",
        help="Scenarios, or results folders of runs; several are shown side by side.",
    ),
]
Histories = Annotated[
    int | None,
    typer.Option(min=1, max=100_000, help="Free-running histories. [default: the scenario's]"),
]
Out = Annotated[
    Path | None,
    typer.Option(
        help="Results folder; of several scenarios: where their folders go. [default: "
        "results/compare-NAME; with -2 if that is taken]"
    ),
]


def compare(
    scenarios: Names,
    histories: Histories = None,
    seed: Seed = None,
    out: Out = None,
    as_json: AsJson = False,
    no_report: NoReport = False,
    no_pictures: NoPictures = False,
    overwrite: Overwrite = False,
) -> None:
    """Score a scenario against the documented record.

    Three questions: one step ahead (held out), free-running, and conditional on the record.
    """
    with guarded() as work:
        from ..analysis.compare import compare as score
        from ..report import compare as report
        from ..report.folder import place_for
        from ..report.terminal import console
        from ..report.text import clean

        if out is not None and no_report:
            raise BadInputError("--out and --no-report: give one of them")
        asked = [_asked(name, histories, seed) for name in scenarios]
        names = [sim.scenario.name for sim, _, _ in asked]
        places = [] if no_report else [
            place_for(
                f"compare-{name}", out / name if out and len(names) > 1 else out,
                overwrite=overwrite,
            )
            for name in names
        ]  # fmt: skip
        those = []
        for sim, number, own_seed in asked:
            try:
                with progress.note(f"comparing {clean(sim.scenario.name)} with its record"):
                    those.append(score(sim, histories=number, seed=own_seed, say=_say))
            except ValueError as error:
                raise BadInputError(error) from error
        if as_json:
            content = [one.as_json() for one in those]
            print_json(content if len(content) > 1 else content[0])
        else:
            report.show(console(), *those)
        words = given(
            "compare", *scenarios, histories=histories, seed=seed, out=out, json=as_json,
            no_pictures=no_pictures,
        )  # fmt: skip
        written = []
        for one, place in zip(those, places, strict=not no_report):
            with progress.note("writing the report"):
                folder = report.write(
                    one, place, words, beside=those, pictures=not no_pictures,
                    overwrite=overwrite,
                )  # fmt: skip
            written.append(str(folder))
            work.written = ", ".join(written)
            typer.echo(f"Report: {clean(folder / 'report.html')}", err=as_json)


def _say(words: str) -> None:
    typer.echo(f"{words} ...", err=True)


def _asked(
    name: str, histories: int | None, seed: int | None
) -> "tuple[Simulation, int | None, int | None]":
    """A scenario, how many histories and which seed; of a results folder those of its run."""
    from ..analysis.compare import most_histories
    from ..report.folder import MANIFEST, run_manifest
    from ..simulation import load

    folder = Path(name)
    if not (folder.is_dir() and (folder / MANIFEST).exists()):
        return load(name), histories, seed
    manifest = run_manifest(folder)
    sim = load(folder / manifest["entry"])
    seed = manifest["seed"] if seed is None else seed
    if sim.draws(seed).digest != manifest["parameters"]["sha256"] and seed == manifest["seed"]:
        raise BadInputError(
            f"{name}: its histories were simulated with other parameters than its scenario asks "
            "for now; allowed: results made with the same; run it again"
        )
    return sim, histories or min(manifest["histories"], most_histories(sim.inputs)), seed
