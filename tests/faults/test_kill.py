"""Whatever kills a command, what is there is whole, and the same command gives the same bytes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from alliance_cohesion.report.folder import writing

from .child import at_work, killed_at_step

ROOT = Path(__file__).parents[2]
MANIFEST = '{{"program": "alliance-cohesion", "files": {{"word.txt": ""}}, "said": "{}"}}'

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kill -9 needs POSIX")


def kill(kills: int, *jobs: str) -> None:
    words = [sys.executable, "-m", "tests.faults.kill", "--kills", str(kills), "--seed", "2"]
    words += ["--only", *jobs] if jobs else []
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{kills} kills: nothing half-written" in done.stdout


def test_a_sweep_and_a_report_killed_at_random_moments_come_out_the_same():
    kill(5, "sweep", "report")


@pytest.mark.slow
def test_every_command_killed_at_random_moments_comes_out_the_same():
    kill(24)


def say(word: str) -> None:
    with writing(Path("out"), overwrite=True) as place:
        (place.draft / "word.txt").write_text(word)
        (place.draft / "manifest.json").write_text(MANIFEST.format(word))


@pytest.mark.parametrize("before", ["", "older"])
def test_a_folder_is_whole_whichever_step_of_its_writing_is_the_last(tmp_path, before):
    step, died = 0, True
    while died:
        step += 1
        here = tmp_path / str(step)
        if before:
            at_work(here, lambda: say("older"))
        died = killed_at_step(here, lambda: say("newer"), step)
        words = [file.read_text() for file in here.glob("out/word.txt")]
        allowed = [["newer"], [before] if before else []]
        if not words and before:  # between two renames: the older folder waits under another name
            words = [f.read_text() for f in here.glob(".*/word.txt") if f.read_text() == before]
        assert words in allowed, step
        assert not (here / "out").exists() or (here / "out" / "manifest.json").exists(), step
        at_work(here, lambda: say("newer"))
        assert (here / "out" / "word.txt").read_text() == "newer"
        assert [path.name for path in here.iterdir() if path.name[0] != "."] == ["out"], step
    assert step > 5
