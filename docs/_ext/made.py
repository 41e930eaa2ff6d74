"""The directive `made`: what a page can take from the program is not written by hand.

`{made} parameters` puts a table in its place, `{made} help run` what `cohesion run --help` prints,
`{made} output run csto` what that command prints (`{made} output 20 run csto`: the
first 20 lines), `{made} counterfactuals` the answers to all shipped counterfactuals.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import keys
import numbers_of_the_fit as fit
import records
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from typer.main import get_command
from typer.testing import CliRunner

from alliance_cohesion.analysis import counterfactual
from alliance_cohesion.cli import app
from alliance_cohesion.report.counterfactual import markdown

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # for examples
WIDTH = 79  # of a terminal
MAIN = "from alliance_cohesion.cli import main; main()"
ROOT = Path(__file__).parents[2]
KEPT = ROOT / "docs" / "_build" / "answers"


def helped(command: str) -> str:
    """What `cohesion COMMAND --help` prints."""
    words = [*command.split(), "--help"]
    done = CliRunner().invoke(app, words, prog_name="cohesion", terminal_width=WIDTH)
    if done.exit_code:
        raise ValueError(f"cohesion {command} --help: {done.output}")
    return str(done.output).rstrip()


def commands() -> list[str]:
    """Names of all commands."""
    return list(get_command(app).commands)  # type: ignore[attr-defined]


@cache
def rests_on() -> str:
    """A hash of everything that an answer rests on: program, evidence, calibration."""
    digest = hashlib.sha256()
    for folder in ("model", "scenarios", "calibration"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".toml", ".csv", ".json"):
                digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def kept(name: str, make: Callable[[], str]) -> str:
    """A text, kept until something it rests on changes."""
    key = hashlib.sha256(f"{rests_on()} {name}".encode()).hexdigest()
    place = KEPT / f"{key[:16]}.txt"
    if not place.exists():
        text = make()
        KEPT.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return place.read_text(encoding="utf-8")


def answers() -> str:
    """The answers to all shipped counterfactuals."""

    def make() -> str:
        pairs = counterfactual.library()
        return markdown([counterfactual.answer(pair) for pair in pairs], level=3)

    return kept("counterfactuals", make)


def output(given: str) -> str:
    """What `cohesion COMMAND` prints in an empty folder; with a number first, so many lines."""
    first, _, rest = given.partition(" ")
    most, command = (int(first), rest) if first.isdigit() else (None, given)

    def make() -> str:
        with TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, "-c", MAIN, *command.split()],
                cwd=folder, env=os.environ | {"COLUMNS": "96"}, capture_output=True, text=True,
            )  # fmt: skip
        if done.returncode:
            raise ValueError(f"cohesion {command}: {done.stdout}{done.stderr}")
        return "\n".join(line.rstrip() for line in done.stdout.splitlines())

    lines = kept(command, make).splitlines()
    return "\n".join(lines if most is None or most >= len(lines) else [*lines[:most], "..."])


def projection(name: str, posterior: str = "") -> str:
    """A projection by state and year."""
    from examples.projection_table import table

    return table(name, posterior)


TABLES = {
    "counterfactuals": answers,
    "parameters": fit.parameters,
    "priors": fit.priors,
    "posterior": fit.posterior,
    "scenario": keys.scenario,
    "changes": keys.changes,
    "sweep": keys.sweep,
    "records": records.records,
    "projection": projection,
}

PRINTED = {"help": helped, "output": output}


class Made(SphinxDirective):
    """Puts a table, or a command's help, in its place."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """What stands there instead."""
        self.env.note_reread()  # the program may have changed though the page has not
        what, _, rest = self.arguments[0].partition(" ")
        if what in PRINTED:
            text = PRINTED[what](rest)
            return [nodes.literal_block(text, text, language="none")]
        made = TABLES[what](*rest.split())
        return self.parse_text_to_nodes(made, allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx."""
    app.add_directive("made", Made)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
