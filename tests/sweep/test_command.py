"""`cohesion sweep` and `cohesion merge`: what they print, what they write, how they fail."""

import html
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from alliance_cohesion.analysis.sweep import discovery
from alliance_cohesion.cli import app
from alliance_cohesion.scenario import write_new

from ..hearing import hear
from .sweeps import contents

VARY = ("--vary", "b_D=1:6:2", "--vary", "alliance:renewal=act,automatic", "--histories", "30")
COHESION = [sys.executable, "-c", "from alliance_cohesion.cli import main; main()"]


@pytest.fixture
def place(tmp_path, monkeypatch):
    write_new(tmp_path / "starter")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*words: str):
    return CliRunner().invoke(app, list(words))


def refused(*words: str) -> str:
    done = call(*words)
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    assert done.stdout == ""
    return done.stderr


def test_a_sweep_prints_its_findings_and_writes_a_folder(place):
    done = call("sweep", "starter", *VARY)
    assert done.exit_code == 0, done.output
    assert "4 points (grid), 30 histories" in done.stdout
    assert "leavers" in done.stdout
    out = place / "results" / "starter-sweep"
    assert "map.png" in {path.name for path in (out / "pictures").iterdir()}
    table = pq.read_table(out / "outcomes.parquet").to_pandas()
    assert set(table["alliance:renewal"]) == {"act", "automatic"}
    assert len(table) == 4 * 10
    assert table["histories"].eq(30).all()
    assert (out / "outcomes.csv").read_text().splitlines()[0].startswith("point,b_D,alliance:")


def test_json_is_the_summary(place):
    done = call("sweep", "starter", *VARY, "--json", "--no-pictures", "--out", "x")
    told = json.loads(done.stdout)
    assert told.pop("results") == "x"
    assert told == json.loads((place / "x" / "summary.json").read_text())


def test_a_dry_run_says_how_much_and_writes_nothing(place):
    done = call("sweep", "starter", *VARY, "--dry-run")
    for words in ("Points", "Histories", "120", "Chunks", "Seconds", "Bytes", "Nothing was"):
        assert words in done.stdout
    told = json.loads(call("sweep", "starter", *VARY, "--dry-run", "--json").stdout)
    assert (told["points"], told["histories"], told["chunks"]) == (4, 120, 1)
    assert [path.name for path in place.iterdir()] == ["starter"]


def test_pictures_are_the_same_bytes_when_drawn_again(place):
    call("sweep", "starter", *VARY)
    call("sweep", "starter", *VARY, "--out", "again")
    assert contents(place / "again") == contents(place / "results" / "starter-sweep")


def test_shards_are_merged(place):
    many = ("sweep", "starter", "--vary", "b_D=1:6:40", "--histories", "20")
    for i in (1, 2):
        done = call(*many, "--shard", f"{i}/2")
        assert done.exit_code == 0, done.output
    one, two = (f"results/starter-sweep-{i}-of-2" for i in (1, 2))
    assert "the missing shards" in refused("merge", one, "--out", "all")
    assert call("merge", one, two, "--out", "all").exit_code == 0
    call(*many, "--out", "whole")
    assert contents(place / "all") == contents(place / "whole")


def test_extend_and_resume_from_the_command_line(place):
    words = ("sweep", "starter", *VARY, "--no-pictures")
    call(*words)
    assert "complete sweep" in refused(*words)
    assert "1 chunk done now" in call(*words, "--extend", "10").stdout
    done = call(*words, "--resume")
    assert done.exit_code == 0, done.output
    assert "2 chunks are done already" in done.stderr
    assert "0 chunks done now" in done.stdout
    assert "40 histories at each" in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("sweep", "startre", *VARY), "startre"),
        (("sweep", "starter"), "nothing to vary"),
        (("sweep", "starter", "--vary", "b_D"), "NAME=low:high"),
        (("sweep", "starter", "--vary", "b_d=1:2"), 'did you mean "b_D"'),
        (("sweep", "starter", "--vary", "b_D=1:2", "--vary", "b_D=1:3"), "twice"),
        (("sweep", "starter", *VARY, "--shard", "3/2"), "I/N"),
        (("sweep", "starter", *VARY, "--shard", "two"), "I/N"),
        (("sweep", "starter", *VARY, "--histories", "0"), "--histories"),
        (("sweep", "starter", *VARY, "--design", "gird"), "gird"),
        (("sweep", "starter", "--list", "no.csv"), "no such file"),
        (("sweep", "starter", *VARY, "--resume", "--extend", "3"), "not both"),
        (("sweep", "starter", *VARY, "--out", "starter"), "no sweep"),
        (("sweep", "starter", *VARY, "--out", "starter/events.csv"), "is a file"),
        (("merge", "starter", "--out", "all"), "no readable manifest"),
        (("merge", "nowhere", "--out", "all"), "no readable manifest"),
    ],
)
def test_bad_words_give_one_clear_message_and_leave_nothing(place, words, message):
    said = refused(*words)
    assert message in said, said
    assert [path.name for path in place.iterdir()] == ["starter"]
    assert len(list((place / "starter").iterdir())) == 3


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_command_says_how_to_go_on(place, number):
    words = [*COHESION, "sweep", "starter", "--vary", "b_D=1:6:9999", "--histories", "50"]
    with subprocess.Popen(
        words, stderr=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=hear
    ) as running:
        deadline = time.monotonic() + 120
        while not list(place.glob("results/*/chunks/*.parquet")):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        running.send_signal(number)
        stdout, stderr = running.communicate(timeout=60)
    assert running.returncode == 130, stderr
    assert b"What was done is saved" in stderr
    assert b"--resume" in stderr
    assert b"Traceback" not in stderr
    assert stdout == b""
    out = place / "results" / "starter-sweep"
    assert not list(out.rglob("*.aside"))


def test_a_list_of_points_can_be_merged_without_the_file_it_came_from(place):
    rows = [f"{1 + k / 10},2" for k in range(40)]
    Path("points.csv").write_text("\n".join(["b_D,b_P", *rows]) + "\n")
    words = ("sweep", "starter", "--list", "points.csv", "--histories", "20", "--no-pictures")
    for i in (1, 2):
        assert call(*words, "--shard", f"{i}/2", "--out", f"s{i}").exit_code == 0
    Path("points.csv").unlink()
    shutil.rmtree("starter")
    done = call("merge", "s1", "s2", "--out", "all", "--no-pictures")
    assert done.exit_code == 0, done.output
    assert "40 points (list)" in done.stdout


def test_the_report_names_a_command_that_makes_the_same_sweep(place):
    call("sweep", "starter", *VARY, "--no-pictures", "--out", "made")
    page = html.unescape((place / "made" / "report.html").read_text())
    line = next(line for line in page.splitlines() if "cohesion sweep scenario/" in line)
    words = re.search(r"cohesion (sweep scenario/[^<]*)", line)
    os.chdir("made")
    done = call(*shlex.split(words[1]), "--no-pictures")
    assert done.exit_code == 0, done.output
    for name in ("outcomes.csv", "outcomes.parquet", "points.parquet", "summary.json"):
        assert Path(name).read_bytes() == Path("../again", name).read_bytes()


def test_undefined_indices_are_not_shown_as_zero(place):
    file = place / "starter" / "scenario.toml"
    outcome = '\n[[sweep.outcome]]\nname = "early"\nmeasure = "out"\nstate = "Velia"\n'
    file.write_text(file.read_text() + outcome + "by = 2000-03-31\n")
    words = ("--vary", "b_D=1:6", "--vary", "b_P=0:2", "--design", "saltelli", "--points", "4")
    done = call("sweep", "starter", *words, "--histories", "20", "--out", "x")
    assert done.exit_code == 0, done.output
    assert "early: b_D not defined, b_P not defined" in done.stdout
    assert "'early': not defined, because it does not vary" in done.stdout
    rows = json.loads((place / "x" / "summary.json").read_text())["sensitivity"]
    assert [row["total"] for row in rows] == [None, None]


def test_an_id_with_an_equals_sign_can_be_swept(place):
    file = place / "starter" / "events.csv"
    file.write_text(file.read_text().replace("coast-2003", "coast=2003"))
    words = ("--vary", "event:coast=2003.days=0,30", "--histories", "20", "--no-pictures")
    done = call("sweep", "starter", *words, "--out", "x")
    assert done.exit_code == 0, done.output
    header = (place / "x" / "outcomes.csv").read_text().splitlines()[0]
    assert header.startswith("point,event:coast=2003.days,")


def test_points_that_give_no_indices_name_the_design_that_does(place):
    words = ("--vary", "b_D=1:6", "--design", "sobol", "--points", "4", "--histories", "20")
    done = call("sweep", "starter", *words, "--no-pictures", "--out", "x")
    assert "Sobol indices need the design saltelli" in done.stdout


def test_regions_need_an_extra_and_say_so_without_it(place, monkeypatch):
    file = place / "starter" / "scenario.toml"
    text = file.read_text() + '\n[sweep.interest]\noutcome = "nobody"\nabove = 0.3\n'
    file.write_text(text + '[[sweep.outcome]]\nname = "nobody"\nmeasure = "nobody_left"\n')
    monkeypatch.setattr(discovery, "available", lambda: False)
    done = call("sweep", "starter", *VARY, "--no-pictures")
    assert done.exit_code == 0, done.output
    assert "alliance-cohesion[discovery]" in done.stdout
