"""Two writers, a worker lost, a clock that jumps: clear words, nothing lost, the same bytes."""

import ast
import subprocess
import sys
import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

import alliance_cohesion
from alliance_cohesion.analysis.sweep import sweep
from alliance_cohesion.cli import app
from alliance_cohesion.report import keep
from alliance_cohesion.report import run as results
from alliance_cohesion.scenario import write_new
from alliance_cohesion.util.lock import locked

from ..sweep.sweeps import contents as sweep_contents
from ..sweep.sweeps import plan
from .jobs import COUNTERFACTUAL, contents

PACKAGE = Path(alliance_cohesion.__file__).parent
CLOCK = {"report/keep.py", "scenario/recognise.py"}
"""Modules that write down when something was made; nothing else knows the time of day."""


@pytest.fixture
def starter(tmp_path) -> Path:
    write_new(tmp_path / "starter")
    (tmp_path / "help-came.toml").write_text(COUNTERFACTUAL)
    return tmp_path / "starter"


def begin(here: Path, *words: str) -> subprocess.Popen:
    """A command in a process of its own."""
    here.mkdir(exist_ok=True)
    line = [sys.executable, "-m", "alliance_cohesion", *words]
    return subprocess.Popen(
        line, cwd=here, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_of_two_runs_at_once_both_are_kept(tmp_path, starter):
    asked = [["run", "../starter", "--no-pictures", "--histories", str(n)] for n in (40, 60)]
    alone = []
    for k, line in enumerate(asked):
        assert begin(tmp_path / f"alone-{k}", *line).wait(600) == 0
        alone.append(contents(tmp_path / f"alone-{k}" / "results" / "starter"))
    both = [begin(tmp_path / "both", *line) for line in asked]
    for one in both:
        said, _ = one.communicate(timeout=600)
        assert one.returncode == 0, said
    kept = [contents(tmp_path / "both" / "results" / name) for name in ("starter", "starter-2")]
    assert kept in (alone, alone[::-1])
    assert len(list((tmp_path / "both" / "results").iterdir())) == 2


def test_a_second_calibration_in_a_folder_is_refused(tmp_path, starter):
    (tmp_path / "out").mkdir()
    with locked(tmp_path / "out"):
        done = CliRunner().invoke(app, ["calibrate", str(starter), "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "is at work in this folder" in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == [".lock"]


FIT = [
    "calibrate", "../starter", "--holdout", "short", "--draws", "64", "--workers", "2",
    "--out", "out",
]  # fmt: skip


@pytest.mark.slow
def test_a_calibration_that_loses_a_worker_says_so_and_goes_on_when_asked_again(tmp_path, starter):
    assert begin(tmp_path / "alone", *FIT).wait(600) == 0
    running = begin(tmp_path / "hurt", *FIT)
    end = time.monotonic() + 120
    while not (found := workers(running.pid)):
        assert time.monotonic() < end
        time.sleep(0.1)
    found[0].kill()
    said, _ = running.communicate(timeout=120)
    assert running.returncode == 2, said
    assert "a worker process died" in said
    assert "give the same command again" in said
    assert "Traceback" not in said
    assert begin(tmp_path / "hurt", *FIT).wait(600) == 0
    assert contents(tmp_path / "hurt" / "out") == contents(tmp_path / "alone" / "out")
    (kept,) = (tmp_path / "hurt" / "out" / "tasks").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) - 10])  # as if the machine had stopped while it wrote
    assert begin(tmp_path / "hurt", *FIT).wait(600) == 0
    assert contents(tmp_path / "hurt" / "out") == contents(tmp_path / "alone" / "out")


def workers(pid: int) -> list[psutil.Process]:
    found = []
    for child in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.Error):  # ended meanwhile
            if any("spawn_main" in word for word in child.cmdline()):
                found.append(child)
    return found


class Jumping(datetime):
    """A clock that is a year ahead or behind, each time it is read."""

    ahead = False

    @classmethod
    def now(cls, tz=None):
        Jumping.ahead = not Jumping.ahead
        return datetime.now(tz) + timedelta(days=365 if Jumping.ahead else -365)


def test_a_clock_that_jumps_a_year_changes_no_number(tmp_path, starter, monkeypatch):
    sim = alliance_cohesion.load(starter)
    made = plan(tmp_path)

    def make(place: Path) -> tuple[dict, dict]:
        results.write(sim.run(30), place / "run", pictures=False)
        sweep(made, place / "sweep")
        return contents(place / "run"), sweep_contents(place / "sweep")

    steady = make(tmp_path / "steady")
    monkeypatch.setattr(keep, "datetime", Jumping)
    assert make(tmp_path / "jumping") == steady


def test_only_what_is_written_down_beside_the_numbers_knows_the_time_of_day():
    def reads_the_clock(module: Path) -> bool:
        return any(
            isinstance(node, ast.Attribute)
            and node.attr in ("now", "today", "utcnow", "time", "time_ns", "st_mtime")
            and ast.unparse(node).split(".")[0] in ("datetime", "date", "time")
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        )

    found = {m.relative_to(PACKAGE).as_posix() for m in PACKAGE.rglob("*.py") if reads_the_clock(m)}
    assert found == CLOCK
