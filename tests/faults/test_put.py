"""A file takes its name when it is on the disk, and nothing planted beside it is touched."""

import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alliance_cohesion.cli import app
from alliance_cohesion.inference import study
from alliance_cohesion.util import put
from alliance_cohesion.util.lock import holding
from alliance_cohesion.util.put import destination
from alliance_cohesion.util.together import together


def test_a_file_is_on_the_disk_before_it_takes_its_name(tmp_path, monkeypatch):
    done = []
    sync, replace = os.fsync, Path.replace
    monkeypatch.setattr(put.os, "fsync", lambda handle: (done.append("sync"), sync(handle)))
    monkeypatch.setattr(
        Path, "replace", lambda self, to: (done.append("name"), replace(self, to))[1]
    )
    put.put(tmp_path / "a.txt", b"words")
    assert done == ["sync", "name"]
    assert (tmp_path / "a.txt").read_bytes() == b"words"


def test_the_unfinished_file_has_a_name_that_nobody_can_guess(tmp_path, monkeypatch):
    names = []
    replace = Path.replace
    monkeypatch.setattr(
        Path, "replace", lambda self, to: (names.append(self.name), replace(self, to))[1]
    )
    for _ in range(2):
        put.put(tmp_path / "a.txt", b"words")
    assert len(set(names)) == 2
    assert all(len(name) > 16 for name in names)


def test_a_link_planted_under_the_unfinished_name_is_not_followed(tmp_path, monkeypatch):
    (tmp_path / "victim").write_text("precious")
    monkeypatch.setattr(put, "aside", lambda path: path.with_name("guessed"))
    (tmp_path / "guessed").symlink_to(tmp_path / "victim")
    with pytest.raises(FileExistsError):
        put.put(tmp_path / "a.txt", b"words")
    assert (tmp_path / "victim").read_text() == "precious"


def test_a_link_planted_under_the_journal_of_a_calibration_is_not_followed(tmp_path, monkeypatch):
    monkeypatch.setattr(study, "tasks", lambda asked, size: {"one": lambda: [{"value": 1}]})
    monkeypatch.setattr(study, "stamp", lambda asked: "guessed")
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "guessed.jsonl").symlink_to(tmp_path / "victim")
    assert study.run(None, "fit", tmp_path / "tasks") == [{"value": 1}]
    assert (tmp_path / "victim").read_text() == "precious"
    assert (tmp_path / "tasks" / "guessed.jsonl").read_text() == '["one", [{"value": 1}]]\n'


@pytest.mark.parametrize("name", [".lock", "tasks.lock"])
def test_a_link_planted_as_the_lock_is_not_followed(tmp_path, name):
    (tmp_path / "victim").write_text("precious")
    (tmp_path / name).symlink_to(tmp_path / "victim")
    with pytest.raises(OSError, match="symbolic link"), holding(tmp_path / name, tmp_path):
        pass
    assert (tmp_path / "victim").read_text() == "precious"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
@pytest.mark.parametrize("kind", ["pipe", "link", "broken link", "device"])
def test_what_is_no_regular_file_is_never_replaced(tmp_path, kind):
    place = tmp_path / "out"
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "device":
        place = Path("/dev/null")
    else:
        place.symlink_to(tmp_path / "target")
        if kind == "link":
            (tmp_path / "target").write_text("precious")
    before = os.lstat(place)
    done = CliRunner().invoke(app, ["schema", "--out", str(place)])
    assert done.exit_code == 2
    assert re.fullmatch(rf"Error: {place}: (no|not a) regular file[^\n]*\n", done.stderr)
    assert os.path.samestat(before, os.lstat(place))
    assert kind != "link" or (tmp_path / "target").read_text() == "precious"


def test_a_regular_file_is_replaced(tmp_path):
    (tmp_path / "out.json").write_text("old")
    assert destination(tmp_path / "out.json") == tmp_path / "out.json"
    assert CliRunner().invoke(app, ["schema", "--out", str(tmp_path / "out.json")]).exit_code == 0
    assert (tmp_path / "out.json").read_text().startswith("{")


def test_a_dash_is_standard_output(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shown = CliRunner().invoke(app, ["schema"]).stdout
    assert CliRunner().invoke(app, ["schema", "--out", "-"]).stdout == shown != ""
    assert list(tmp_path.iterdir()) == []


def test_files_appear_together_or_not_at_all(tmp_path):
    (tmp_path / "a.csv").write_text("old")

    def fill(fails: bool) -> None:
        with together(tmp_path) as draft:
            for name in ("a.csv", "b.json"):
                (draft / name).write_text("new")
            if fails:
                raise RuntimeError("on the way")

    with pytest.raises(RuntimeError):
        fill(fails=True)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.csv": "old"}
    fill(fails=False)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "a.csv": "new", "b.json": "new",
    }  # fmt: skip
