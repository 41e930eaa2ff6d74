"""The directive `made`: what a page can take from the program is not written by hand.

`{made} parameters` puts a table in its place, `{made} help run` what `cohesion run --help` prints,
`{made} counterfactuals` the answers to all shipped counterfactuals.
"""

import hashlib
import sys
from pathlib import Path

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


def answers() -> str:
    """The answers to all shipped counterfactuals, kept until something they rest on changes."""
    digest = hashlib.sha256()
    for folder in ("model", "scenarios", "calibration"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".toml", ".csv", ".json"):
                digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    kept = KEPT / f"{digest.hexdigest()[:16]}.md"
    if not kept.exists():
        text = markdown([counterfactual.answer(pair) for pair in counterfactual.library()], level=3)
        KEPT.mkdir(parents=True, exist_ok=True)
        kept.write_text(text, encoding="utf-8")
    return kept.read_text(encoding="utf-8")


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


class Made(SphinxDirective):
    """Puts a table, or a command's help, in its place."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """What stands there instead."""
        what, _, rest = self.arguments[0].partition(" ")
        if what == "help":
            text = helped(rest)
            return [nodes.literal_block(text, text, language="none")]
        made = TABLES[what](*rest.split())
        return self.parse_text_to_nodes(made, allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx."""
    app.add_directive("made", Made)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
