"""What is saved on the page runs to the same numbers; nothing is overwritten."""

import json
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from alliance_cohesion import load
from alliance_cohesion.cli import app
from alliance_cohesion.dashboard import save
from alliance_cohesion.dashboard.edits import Edits
from alliance_cohesion.dashboard.keep import copied
from alliance_cohesion.dashboard.session import Session
from alliance_cohesion.scenario import write_new

from .served import COHESION

FEW = 300
RAID = {
    "kind": "threat", "actor": "AZE", "target": "ARM", "date": "2010-06", "strength": 4,
    "description": "A \'raid\'\'\'; \\ $(dawn) \'",
}  # fmt: skip


@pytest.fixture(scope="module")
def session():
    return Session("csto")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def everything(scenario):
    """Edits of every sort."""
    by_id = {event.id: event for event in scenario.events}
    return (
        Edits()
        .switch(by_id["arm-2022-observers"], on=False)
        .recode(by_id["arm-2021-november"], 1.0)
        .move(by_id["arm-2023-karabakh-end"], -5)
        .hold("b_O", 0.4)
        .add(scenario, RAID)
        .until(date(2024, 12, 31))
    )


def kept(session, folder, name="mine", edits=None, **more):
    edits = everything(session.picked.scenario) if edits is None else edits
    return save.write(session, edits, name, folder, histories=FEW, seed=3, **more)


def test_a_saved_file_runs_to_the_numbers_of_the_page(session, folder):
    edits = everything(session.picked.scenario)
    path = kept(session, folder, edits=edits)
    answer = session.answer(edits, FEW, 3)
    data = load(path).run().dataset
    assert (data.attrs["histories"], data.attrs["seed"]) == (FEW, 3)
    assert np.array_equal(data["path"], answer.after["path"])
    assert np.array_equal(data["share"], answer.after["share"])


def test_a_saved_file_passes_check_and_runs_on_the_command_line(session, folder):
    path = kept(session, folder)
    checked = CliRunner().invoke(app, ["check", path.name])
    assert (checked.exit_code, "no problems" in checked.output) == (0, True)
    done = CliRunner().invoke(app, ["run", path.name, "--json", "--no-pictures"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["histories"] == FEW


def test_a_file_of_ones_own_is_named_by_the_way_there(folder):
    write_new(folder / "starter")
    (folder / "out").mkdir()
    session = Session(folder / "starter")
    edits = Edits().hold("b_S", 1.0)
    path = kept(session, folder / "out", edits=edits)
    assert 'base = "../starter/scenario.toml"' in path.read_text()
    assert np.array_equal(
        load(path).run().dataset["path"], session.answer(edits, FEW, 3).after["path"]
    )


def test_a_folder_that_is_called_like_a_shipped_scenario_is_not_taken_for_it(session, folder):
    write_new(folder / "csto")
    path = kept(session, folder)
    assert load(path).scenario.alliance.name == "CSTO"


def test_nothing_is_overwritten(session, folder):
    (folder / "mine.toml").write_text("old")
    with pytest.raises(save.SaveError, match="is there already"):
        kept(session, folder)
    assert (folder / "mine.toml").read_text() == "old"
    assert [path.name for path in folder.iterdir()] == ["mine.toml"]


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "../up",
        "a/b",
        "a\\b",
        "-first",
        "new\nline",
        "x" * 61,
        "dots...",
        "csto",
        "CSTO",
        "CON",
        "aux.txt",
        "nul",
        "Com1",
        "lpt9.x",
        "PRN .y",
        "\u3164",
        "\uff23\uff2f\uff2e",
    ],
)
def test_a_name_that_will_not_do_is_refused_and_nothing_is_written(session, folder, name):
    with pytest.raises(save.SaveError):
        kept(session, folder, name)
    assert list(folder.iterdir()) == []


def test_a_name_with_spaces_becomes_a_file_with_dashes(session, folder):
    path = kept(session, folder, "What if 2")
    assert path.name == "What-if-2.toml"
    assert load(path).scenario.name == "What if 2"


def test_what_is_asked_and_what_had_to_be_true_are_kept_whatever_they_hold(session, folder):
    path = kept(session, folder, question='Would "it"\n stay? \\ ', rewrite="Moscow\tagrees")
    scenario = load(path).scenario
    assert scenario.question == 'Would "it" stay? \\'
    assert scenario.rewrite == "Moscow agrees"


def test_a_full_disk_leaves_no_half_of_a_file(session, folder, monkeypatch):
    full = OSError(28, "No space left on device")
    opened = Path.open

    def opening(self, *args, **more):
        file = opened(self, *args, **more)
        if self.name == "mine.toml":
            file.flush = lambda: (_ for _ in ()).throw(full)
        return file

    monkeypatch.setattr(Path, "open", opening)
    with pytest.raises(save.SaveError, match="No space left"):
        kept(session, folder)
    assert list(folder.iterdir()) == []


def test_a_link_that_is_planted_under_the_name_is_not_followed(session, folder):
    (folder / "mine.toml").symlink_to(folder / "elsewhere")
    with pytest.raises(save.SaveError, match="is there already"):
        kept(session, folder)
    assert not (folder / "elsewhere").exists()


@pytest.mark.parametrize("changed", [False, True])
def test_what_is_copied_gives_the_numbers_of_the_page(session, folder, changed):
    edits = everything(session.picked.scenario) if changed else Edits()
    texts = copied(session, edits, FEW, 3)
    shares = session.answer(edits, FEW, 3).after["share"].isel(time=-1, state=0)
    expected = {status: float(shares.sel(status=status)) for status in ("frozen", "out")}
    command = texts.command.replace("cohesion run", f"{shlex.join(COHESION)} run")
    found = json.loads(told_by("bash", "-c", f"{command.rstrip()} --json --no-pictures"))
    assert {status: found["states"][0][status] for status in expected} == expected
    python = texts.python.replace("print(", "result = (").replace(".summary())", ")")
    python += "\nprint(result.states.loc[0, ['frozen', 'out']].to_json())"
    assert json.loads(told_by(sys.executable, "-c", python)) == pytest.approx(expected)


def told_by(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_folder_that_cannot_be_written_is_said_so(session, folder):
    with pytest.raises(save.SaveError, match="No such file"):
        kept(session, folder / "missing")
