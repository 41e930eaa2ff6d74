"""The command line: what it prints, what it writes, and how it fails."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from typer.testing import CliRunner

from alliance_cohesion import __version__
from alliance_cohesion.cli import app
from alliance_cohesion.report import run as results
from alliance_cohesion.scenario import write_new

from ..hearing import hear

COHESION = [sys.executable, "-c", "from alliance_cohesion.cli import main; main()"]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working directory with the starter scenario in it."""
    write_new(tmp_path / "starter")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*words: str):
    return CliRunner().invoke(app, list(words))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def refused(*words: str) -> str:
    """Run a command that must fail on the user's account; its message."""
    done = call(*words)
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    assert done.stdout == ""
    return done.stderr


def test_a_run_prints_a_row_a_state_and_writes_a_folder(place):
    done = call("run", "starter", "--histories", "40", "--no-pictures")
    assert done.exit_code == 0, done.output
    for word in (
        "Karth",
        "Ostra",
        "Velia",
        "left, Jan 2005",
        "40 simulated histories",
        "results/starter",
    ):
        assert word in done.stdout
    assert results.read(place / "results" / "starter").data.attrs["histories"] == 40
    assert names(place / "results") == ["starter"]


def test_prior_draws_are_called_uncalibrated(place):
    text = (place / "starter" / "scenario.toml").read_text()
    (place / "starter" / "scenario.toml").write_text(text.replace('"default"', '"prior"'))
    done = call("run", "starter", "--histories", "5", "--no-pictures")
    assert "(the prior, not calibrated)" in done.stdout
    assert "what the rules allow, not what the record supports" in " ".join(done.stdout.split())


def test_json_is_the_summary_and_agrees_with_the_dataset(place):
    done = call("run", "starter", "--histories", "40", "--json", "--no-pictures", "--out", "x")
    told = json.loads(done.stdout)
    kept = results.read(place / "x")
    assert told.pop("results") == "x"
    assert told == kept.summary
    for row in told["states"]:
        ends = kept.data["share"].sel(state=row["state"]).isel(time=-1)
        for status in ("member", "frozen", "out"):
            assert row[status] == ends.sel(status=status)
        assert row["leaves"] == kept.data["left_by"].sel(state=row["state"]).values[-1]


def test_the_same_seed_gives_the_same_bytes_of_numbers(place):
    for out, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        call("run", "starter", "--histories", "30", "--seed", seed, "--out", out, "--no-pictures")
    numbers = [(place / out / "histories.nc").read_bytes() for out in "abc"]
    assert numbers[0] == numbers[1] != numbers[2]


def test_the_agents_give_the_same_numbers_as_the_ensemble(place):
    for engine in ("ensemble", "agents"):
        call("run", "starter", "--histories", "3", "--engine", engine, "--out", engine)
    one, two = (results.read(place / engine).data for engine in ("ensemble", "agents"))
    assert np.array_equal(one["path"], two["path"])


def test_the_manifest_keeps_the_command_that_was_given(place):
    words = ["run", "starter", "--histories", "9", "--seed", "4", "--out", "x", "--no-pictures"]
    call(*words)
    assert results.read(place / "x").manifest["command"] == ["cohesion", *words]


def test_a_bad_scenario_names_every_error_and_leaves_nothing(place):
    events = place / "starter" / "events.csv"
    events.write_text(events.read_text().replace(",threat,", ",thraet,").replace("high", "hihg"))
    message = refused("run", "starter")
    assert "thraet" in message
    assert "hihg" in message
    assert names(place) == ["starter"]


@pytest.mark.parametrize(
    "words",
    [
        ("run", "startre"),
        ("run", "starter", "--histories", "0"),
        ("run", "starter", "--histories", "many"),
        ("run", "starter", "--seed", "-1"),
        ("run", "starter", "--engine", "ensmble"),
        ("run", "starter", "--no-such-option"),
        ("run",),
        ("fly",),
        ("check",),
        ("new", "starter"),
    ],
)
def test_bad_words_give_a_message_and_leave_nothing(place, words):
    assert refused(*words)
    assert names(place) == ["starter"]


def test_a_posterior_that_cannot_be_read_is_the_users_to_mend(place):
    text = (place / "starter" / "scenario.toml").read_text()
    (place / "starter" / "scenario.toml").write_text(text.replace('"default"', '"mine.csv"'))
    (place / "starter" / "mine.csv").write_text("b_S\n1\n")
    assert "mine" in refused("run", "starter")
    assert names(place) == ["starter"]


@pytest.mark.parametrize("out", ["starter", "starter/events.csv", "starter/events.csv/deeper"])
def test_a_place_that_is_not_for_results_is_refused_before_anything_is_made(place, out):
    before = names(place / "starter")
    assert "starter" in refused("run", "starter", "--out", out)
    assert names(place / "starter") == before


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_refused(place):
    (place / "locked").mkdir(mode=0o500)
    assert "permission" in refused("run", "starter", "--out", "locked/out")


def test_text_in_a_scenario_is_not_taken_for_markup(place):
    file = place / "starter" / "scenario.toml"
    text = file.read_text().replace(
        'name = "Lantern Pact"', 'name = "[red]Why[/red] [/nope] :smile:"'
    )
    file.write_text(text)
    done = call("run", "starter", "--histories", "4", "--no-pictures")
    assert "[red]Why[/red] [/nope] :smile:" in done.stdout
    assert "\x1b" not in done.stdout


def test_check_finds_no_problems_in_sound_files(place):
    shutil.copytree("starter", "other")
    done = call("check", "starter", "other")
    said, *notes = done.stdout.splitlines()
    assert (done.exit_code, said) == (0, "2 files, no problems")
    one = [
        "starter: 3 states, patron Magna, 2000-01-01 to 2009-12-31 by quarters; 12 events, "
        "8 indicator values",
        "  changes of status: Velia out 2005-01-01",
        "  note: taken for outsiders, neither the patron, Magna, nor one of its clients: "
        "Hill Bands, Western League",
    ]
    assert notes == one * 2


def test_check_reports_the_errors_of_all_files_with_the_nearest_word(place):
    shutil.copytree("starter", "other")
    for folder, wrong in (("starter", "step = 1"), ("other", "stepp = 'month'")):
        file = Path(folder, "scenario.toml")
        file.write_text(file.read_text().replace('step = "quarter"', wrong))
    message = refused("check", "starter", "other")
    assert "starter/scenario.toml" in message
    assert "other/scenario.toml" in message
    assert 'did you mean "step"' in message


def test_new_writes_a_scenario_that_runs(place):
    assert call("new", "mine").exit_code == 0
    assert call("check", "mine").exit_code == 0
    assert call("run", "mine", "--histories", "3", "--no-pictures").exit_code == 0


def test_schema_is_json_on_stdout_or_in_a_file(place):
    printed = call("schema").stdout
    assert "properties" in json.loads(printed)
    assert call("schema", "--out", "-").stdout == printed
    assert call("schema", "--out", "new/schema.json").exit_code == 0
    assert json.loads(Path("new/schema.json").read_text()) == json.loads(printed)


def test_version_and_help():
    assert call("--version").stdout == f"cohesion {__version__}\n"
    for words in ((), ("run",), ("check",), ("new",), ("schema",)):
        assert call(*words, "--help").exit_code == 0


def test_help_imports_no_heavy_library():
    heavy = "numpy", "pandas", "numba", "xarray", "matplotlib", "pydantic", "rich"
    code = (
        "import sys; from alliance_cohesion.cli import app\n"
        "try: app(['--help'])\n"
        f"except SystemExit: print([m for m in {heavy} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
def test_ctrl_c_says_that_nothing_was_written(place):
    words = [*COHESION, "run", "starter", "--histories", "100000000"]
    with subprocess.Popen(
        words, stderr=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=hear
    ) as running:
        while psutil.Process(running.pid).cpu_times().user < 4.0:  # well into the simulation
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        stdout, stderr = running.communicate(timeout=60)
    assert running.returncode == 130
    assert b"Nothing was written" in stderr
    assert b"Traceback" not in stderr
    assert stdout == b""
    assert names(place) == ["starter"]


def test_the_table_is_printed_before_anything_is_written(place, monkeypatch):
    def broken(*_args, **_options):
        raise OSError(28, "No space left on device", "here")

    monkeypatch.setattr(results, "write", broken)
    done = call("run", "starter", "--histories", "5", "--no-pictures")
    assert done.exit_code == 2
    assert "Velia left, Jan 2005" in done.stdout
    assert names(place) == ["starter"]


def test_agents_that_cannot_run_a_projection_are_refused_with_a_message(place):
    message = refused("run", "csto-2035", "--engine", "agents")
    assert "agents follow the record from the start" in message


def test_the_line_below_the_table_is_a_command_that_answers(place):
    done = call("run", "starter", "--histories", "5", "--no-pictures")
    words = shlex.split(done.stdout.split("Why: ")[1])
    assert call(*words[1:]).exit_code == 0
