"""A file takes its name when it is on the disk, not before."""

import os
from pathlib import Path

import pytest

from alliance_cohesion.util import put, together


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


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_draft_is_a_new_file_whatever_link_is_planted(tmp_path, monkeypatch):
    prey = tmp_path / "prey.txt"
    prey.write_text("dear")
    monkeypatch.setattr(put.secrets, "token_hex", lambda _: "known")
    (tmp_path / ".known.aside").symlink_to(prey)
    with pytest.raises(FileExistsError):
        put.put(tmp_path / "a.txt", b"words")
    assert prey.read_text() == "dear"


@pytest.mark.parametrize("name", ["/dev/null", "pipe"])
@pytest.mark.skipif(os.name == "nt", reason="devices differ")
def test_a_device_or_pipe_is_not_replaced(tmp_path, name):
    path = tmp_path / name
    if name == "pipe":
        os.mkfifo(path)
    with pytest.raises(OSError, match="not a regular file"):
        put.destination(path)
    assert not path.is_file()


def test_files_that_belong_together_are_written_when_all_are_complete(tmp_path):
    (tmp_path / "a.csv").write_text("old")
    with pytest.raises(ValueError, match="half"), together.together(tmp_path) as draft:
        (draft / "a.csv").write_text("new")
        raise ValueError("half")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.csv", "old")]
    with together.together(tmp_path) as draft:
        for name in ("a.csv", "b.json"):
            (draft / name).write_text("new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "a.csv": "new", "b.json": "new",
    }  # fmt: skip
