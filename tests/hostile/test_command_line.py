"""Words of a command line: names of files and folders, and words that none expects."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alliance_cohesion.cli import app

from . import ground
from .ground import refused


def test_a_folder_named_like_a_terminal_escape_is_named_without_it(place):
    name = "\x1b[31m\u202em"
    for words in writers():
        done = CliRunner().invoke(app, [*words, "--out", f"{words[0]}{name}"])
        assert done.exit_code == 0, done.output
        assert words[0] in done.stdout
        assert not {"\x1b", "\u202e"} & set(done.output)


def test_a_folder_whose_name_is_no_text_in_utf_8_gets_its_results_as_any_other(place):
    name = "\udcff"  # how Python spells a byte that is not UTF-8
    for words in writers():
        done = CliRunner().invoke(app, [*words, "--out", f"{words[0]}{name}"])
        assert done.exit_code == 0, done.output
        assert Path(f"{words[0]}{name}", "report.html").is_file()


def writers() -> tuple[list[str], ...]:
    """Commands that write a results folder, but for its name."""
    return (
        ["run", "starter", "--histories", "3", "--no-pictures"],
        ["sweep", "starter", *ground.SWEEP, "--no-pictures"],
        ["merge", "shard-1", "shard-2", "--no-pictures"],
    )


@pytest.mark.parametrize("out", ["", ".", "/", "..", "starter"])
def test_a_folder_does_not_become_a_file(place, out):
    assert "Is a directory" in refused("schema", "--out", out)


def test_a_file_is_written_without_the_folders_on_a_way_that_leads_back(place):
    done = CliRunner().invoke(app, ["schema", "--out", "new/../new"])
    assert done.exit_code == 0, done.output
    assert Path("new").is_file()


def test_where_a_page_cannot_go_is_said_before_anything_is_answered(place):
    Path("file").touch()
    for page, why in (("", "Is a directory"), ("file/page.md", "Not a directory")):
        said = refused("counterfactual", "--all", "--page", page)
        assert said.splitlines()[0].endswith(why)


@pytest.mark.parametrize("words", [["run", "x", "{}"], ["run", "--{}"], ["--{}"], ["{}"]])
def test_what_a_command_line_repeats_of_a_wrong_word_cannot_steer_the_terminal(place, words):
    said = refused(*(word.format("\u202e\x1b[31mABC") for word in words))
    assert "ABC" in said
    assert not {"\x1b", "\u202e"} & set(said)


def test_a_schema_never_replaces_what_is_no_file(place):
    os.mkfifo("pipe")
    assert "no regular file; give - for standard output" in refused("schema", "--out", "pipe")
    assert Path("pipe").is_fifo()
