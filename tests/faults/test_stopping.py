"""A batch system takes a job back, a terminal closes: a message, status 130, no process left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from alliance_cohesion.scenario import write_new

from ..hearing import hear

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals differ")

COHESION = [sys.executable, "-m", "alliance_cohesion"]
SWEEP = [*COHESION, "sweep", "starter", "--vary", "b_D=1:6:9999", "--histories", "50"]
CALIBRATE = [
    *COHESION,
    "calibrate",
    "starter",
    "--holdout",
    "short",
    "--draws",
    "64",
    "--out",
    "fits",
]


@pytest.fixture
def place(tmp_path):
    write_new(tmp_path / "starter")
    return tmp_path


def _members(group: int) -> list[int]:
    """Living processes of a group."""
    told = subprocess.run(
        ["ps", "-A", "-o", "pid=,pgid=,stat="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split() for line in told.splitlines()]
    return [int(pid) for pid, of, state in rows if int(of) == group and state[0] != "Z"]


def _begin(words, place, preexec=hear):
    return subprocess.Popen(
        words, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        preexec_fn=preexec,
    )  # fmt: skip


def _wait_for(true, seconds=120.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def _told(running, number, everyone):
    if everyone:
        os.killpg(running.pid, number)
        os.killpg(running.pid, number)  # as `timeout` and batch systems do
    else:
        running.send_signal(number)
    _, said = running.communicate(timeout=60)
    _wait_for(lambda: not _members(running.pid), 10)
    return said.decode()


@pytest.mark.parametrize("everyone", [False, True])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_sweep_with_workers_that_is_told_to_stop_leaves_a_message_and_no_process(
    place, number, everyone
):
    running = _begin([*SWEEP, "--workers", "2", "--out", "made"], place)
    _wait_for(lambda: any(place.glob("made/chunks/*.parquet")))
    said = _told(running, number, everyone)
    assert running.returncode == 130, said
    assert said.splitlines()[-1] == (
        "Interrupted. What was done is saved: the same command with --resume goes on in made."
    )
    assert not list(place.rglob("*.aside"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_calibration_that_is_told_to_stop_leaves_a_message_and_no_process(place, number):
    running = _begin([*CALIBRATE, "--workers", "2"], place)
    _wait_for(lambda: len(_members(running.pid)) > 2, seconds=400)
    said = _told(running, number, everyone=True)
    assert running.returncode == 130, said
    kept = Path("fits", "tasks")
    assert said.splitlines()[-1].endswith(
        f"Interrupted. What was done is kept in {kept}: the same command goes on from there."
    )


def test_a_command_that_is_not_to_hear_the_terminal_close_works_on(place):
    words = [*COHESION, "sweep", "starter", "--vary", "b_D=1:6:400", "--histories", "50"]
    running = _begin(
        [*words, "--no-pictures", "--out", "made"],
        place,
        preexec=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    _wait_for(lambda: any(place.glob("made/chunks/*.parquet")))
    os.killpg(running.pid, signal.SIGHUP)
    _, said = running.communicate(timeout=120)
    assert running.returncode == 0, said
