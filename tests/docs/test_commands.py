"""Every command that the documentation shows is run, and prints what the page shows."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from alliance_cohesion.cli import app

from .pages import ROOT, Block, Command, blocks, name, other_blocks, pages

COMPARED = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
SHOWN = [page for page in pages() if any(block.commands for block in blocks(page))]
RUN = [page for page in SHOWN if any(b.commands and not b.not_run for b in blocks(page))]
MOST_NOT_RUN = 12
"""Installing, clusters, and jobs of minutes. Whatever else a page shows is run."""

ENVIRONMENT = os.environ | {
    "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"],
    "COLUMNS": "100",
}


def matches(shown: str, printed: str) -> bool:
    """Whether what a page shows is what was printed; `...` stands for anything."""
    lines = "\n".join(line.rstrip() for line in printed.splitlines()) + "\n"
    return not shown.strip() or doctest.OutputChecker().check_output(shown, lines, COMPARED)


def type_in(folder: Path, command: Command, page: Path) -> None:
    """Run a command as a reader would and hold it to what the page says."""
    done = subprocess.run(
        ["bash", "-c", command.line], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True
    )
    said = f"{name(page)}: $ {command.line}\n{done.stdout}{done.stderr}"
    assert done.returncode == command.status, said
    assert matches(command.shown, done.stderr + done.stdout), f"{said}\nshown:\n{command.shown}"


@pytest.mark.slow
@pytest.mark.parametrize("page", RUN, ids=name)
def test_what_a_page_tells_the_reader_to_type_works_and_prints_what_it_shows(page, tmp_path):
    for block in blocks(page):
        if block.file:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
        if not block.not_run:
            for command in block.commands:
                type_in(tmp_path, command, page)


def test_few_commands_are_not_run_and_each_says_why():
    left_out = [block for page in SHOWN for block in blocks(page) if block.not_run]
    assert len(left_out) <= MOST_NOT_RUN
    assert all(len(block.not_run.split()) >= 3 for block in left_out)
    ours = [c.line for b in left_out for c in b.commands if c.line.startswith("cohesion")]
    allowed = ("cohesion calibrate", "cohesion sweep sweeps/answers-and-rules", "cohesion explore")
    assert all(line.startswith(allowed) for line in ours), ours


def test_commands_are_shown_in_blocks_that_the_tests_can_see():
    for page in pages():
        for block in other_blocks(page):
            hidden = re.search(r"^(\$ )?(cohesion|pip|python -m|make) .*", block, re.M)
            assert not hidden, f"{name(page)}: ```console is for: {hidden[0]}"


def test_every_command_has_an_example_on_its_page():
    shown = [c.line.split() for page in SHOWN for b in blocks(page) for c in b.commands]
    named = {words[1] for words in shown if words[0] == "cohesion" and len(words) > 1}
    assert set(get_command(app).commands) <= named


def test_a_wrong_output_and_a_wrong_status_are_seen(tmp_path):
    page = ROOT / "README.md"
    for command in (Command("echo one", "two\n", 0), Command("exit 3", "", 0)):
        with pytest.raises(AssertionError):
            type_in(tmp_path, command, page)
    type_in(tmp_path, Command("echo one; echo two; echo three", "one\n...\nthree\n", 0), page)


def test_blocks_hold_the_commands_and_files_of_a_page(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- not run: takes an hour -->\n```console\n$ one\nout\n$ two\n```\n"
        "```{code-block} toml\n:caption: a.toml\n\nx = 1\n```\n",
        encoding="utf-8",
    )
    found, file = blocks(page)
    assert found == Block(page, [Command("one", "out\n", 0), Command("two", "", 0)],
                          not_run="takes an hour")  # fmt: skip
    assert (file.file, file.text) == ("a.toml", "x = 1\n")
