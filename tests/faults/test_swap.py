"""Replacing a results folder: whatever stops it, the older results or the new ones are there."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from alliance_cohesion.report import folder as folders
from alliance_cohesion.report.folder import replacing
from alliance_cohesion.util import swap as swaps
from alliance_cohesion.util.lock import LockedError
from alliance_cohesion.util.swap import exchange, swap

MANIFEST = '{"program": "alliance-cohesion", "files": {"word.txt": ""}}'
WRITER = f"""
import sys
from pathlib import Path
from alliance_cohesion.report.folder import replacing
with replacing(Path(sys.argv[1])) as draft:
    (draft / "manifest.json").write_text('{MANIFEST}')
    (draft / "word.txt").write_text(sys.argv[2])
    print("half", flush=True)
    sys.stdin.readline()
"""


def write(folder: Path, word: str) -> None:
    with replacing(folder) as draft:
        (draft / "manifest.json").write_text(MANIFEST)
        (draft / "word.txt").write_text(word)


def word(folder: Path) -> str:
    return (folder / "word.txt").read_text()


def writer(folder: Path, said: str) -> subprocess.Popen:
    """Another process that has written half of its results and waits."""
    words = [sys.executable, "-c", WRITER, str(folder), said]
    other = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout
    assert other.stdout.readline() == "half\n"
    return other


@pytest.fixture
def out(tmp_path) -> Path:
    write(tmp_path / "out", "older")
    return tmp_path / "out"


@pytest.fixture
def no_exchange(monkeypatch):
    monkeypatch.setattr(swaps, "exchange", lambda *_: False)


def test_two_folders_change_places_in_one_step(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    if not exchange(tmp_path / "one", tmp_path / "two"):
        pytest.skip("this system exchanges folders in two steps")
    assert (tmp_path / "one" / "two").exists()
    assert (tmp_path / "two" / "one").exists()


def test_folders_are_replaced_where_the_system_cannot_exchange_them(out, no_exchange):
    write(out, "newer")
    assert word(out) == "newer"
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_swap_that_fails_halfway_gives_the_older_folder_back(out, no_exchange):
    with pytest.raises(FileNotFoundError):
        swap(out.parent / "never made", out, out.parent / "old")
    assert word(out) == "older"


def test_half_a_swap_of_a_killed_process_is_undone_by_the_next(out, tmp_path):
    workshop = tmp_path / ".out.writing"
    (workshop / "new").mkdir(parents=True)
    out.rename(workshop / "old")
    with replacing(out):
        assert word(out) == "older"
        (workshop / "new" / "manifest.json").write_text(MANIFEST)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_writer_that_is_killed_leaves_the_older_results_and_its_workshop_is_cleared(out):
    other = writer(out, "never")
    other.send_signal(signal.SIGKILL)
    other.wait()
    assert word(out) == "older"
    assert (out.parent / ".out.writing").exists()
    write(out, "newer")
    assert word(out) == "newer"
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_second_writer_waits_for_the_first(out):
    first = writer(out, "first")
    second = threading.Thread(target=write, args=(out, "second"))
    second.start()
    time.sleep(0.3)
    assert word(out) == "older"
    first.communicate("go on\n")
    second.join(30)
    assert word(out) == "second"
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_second_writer_does_not_wait_for_ever(out, monkeypatch):
    monkeypatch.setattr(folders, "_PATIENCE", 0.2)
    first = writer(out, "first")
    with pytest.raises(LockedError, match=f"process {first.pid} is at work"):
        write(out, "second")
    first.communicate("go on\n")
    assert word(out) == "first"


def test_a_clock_that_jumps_back_and_forth_neither_breaks_nor_keeps_a_lock(out, monkeypatch):
    first = writer(out, "first")
    lock = out.parent / ".out.lock"
    for year in (1, -1):
        moment = time.time() + year * 365 * 86_400
        os.utime(lock, (moment, moment))
        monkeypatch.setattr(time, "time", lambda moment=moment: moment)
        monkeypatch.setattr(folders, "_PATIENCE", 0.2)
        with pytest.raises(LockedError):
            write(out, "second")
    first.communicate("go on\n")
    write(out, "second")
    assert word(out) == "second"


def test_what_somebody_put_there_in_the_meantime_is_not_deleted(out):
    other = writer(out, "newer")
    (out / "diary.txt").write_text("dear")
    other.communicate("go on\n")
    assert other.returncode
    assert (out / "diary.txt").read_text() == "dear"
    assert word(out) == "older"
