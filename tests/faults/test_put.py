"""A file takes its name when it is on the disk, not before."""

import os
from pathlib import Path

from alliance_cohesion.util import put, swap, together


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


def test_half_a_swap_is_undone_only_where_nothing_stands(tmp_path):
    target, old = tmp_path / "results", tmp_path / "old"
    for folder in (target, old):
        folder.mkdir()
        (folder / "whose").write_text(folder.name)
    swap.put_back(target, old)
    assert (target / "whose").read_text() == "results"
    assert (old / "whose").read_text() == "old"


def test_files_that_were_ready_when_the_process_was_killed_take_their_places(tmp_path):
    (tmp_path / ".ready").mkdir()
    for name in ("a.csv", "b.json"):
        (tmp_path / ".ready" / name).write_text("new")
    (tmp_path / "a.csv").write_text("old")
    together.take_places(tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "a.csv": "new", "b.json": "new",
    }  # fmt: skip
