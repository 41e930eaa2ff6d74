"""Nothing is lost: whatever stops a sweep, a message says so and resuming gives the same bytes."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from alliance_cohesion.analysis.sweep import SweepError, sweep, work
from alliance_cohesion.analysis.sweep import plan as plans
from alliance_cohesion.analysis.sweep.folder import LARGEST, as_parquet, opened, read_table
from alliance_cohesion.analysis.sweep.plan import Chunk, digest
from alliance_cohesion.analysis.sweep.work import do
from alliance_cohesion.analysis.sweep.workers import processes
from alliance_cohesion.scenario import Problem
from alliance_cohesion.util import put as disk
from alliance_cohesion.util.lock import LOCK, LockedError, locked

from .sweeps import contents, plan

ROOT = Path(__file__).parents[2]


def test_a_folder_that_only_its_owner_may_read_is_refused_for_that_reason(tmp_path, monkeypatch):
    def closed(path, *_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("alliance_cohesion.scenario.files.os.open", closed)
    with pytest.raises(SweepError, match=r"no readable manifest\.json.*Permission denied"):
        opened(tmp_path)


def stopping(after: int, error: BaseException):
    """Workers that stop with an error after some chunks."""

    def some(job, tasks):
        for k, task in enumerate(tasks):
            if k == after:
                raise error
            yield do(job, task)

    return some


@pytest.fixture
def whole(tmp_path):
    sweep(plan(tmp_path), tmp_path / "whole")
    return contents(tmp_path / "whole")


@pytest.mark.parametrize("after", [0, 1, 8])
def test_an_interrupted_sweep_resumes_to_the_same_bytes(tmp_path, whole, after):
    made, out = plan(tmp_path), tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        sweep(made, out, workers=stopping(after, KeyboardInterrupt()))
    report = sweep(made, out, resume=True)
    assert (report.kept, report.done) == (after, 9 - after)
    assert contents(out) == whole


@pytest.mark.parametrize(
    "damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b[:-9] + b"?" * 9]
)
def test_a_damaged_chunk_is_made_again(tmp_path, whole, damage):
    made, out = plan(tmp_path), tmp_path / "out"
    sweep(made, out)
    path = sorted(out.glob("chunks/*.parquet"))[3]
    path.write_bytes(damage(path.read_bytes()))
    report = sweep(made, out, resume=True)
    assert (report.done, report.damaged) == (1, [path])
    assert contents(out) == whole


def test_a_chunk_that_unpacks_to_more_than_a_chunk_can_hold_is_made_again(tmp_path, whole):
    made, out = plan(tmp_path), tmp_path / "out"
    sweep(made, out)
    path = sorted(out.glob("chunks/*.parquet"))[3]
    table = pq.read_table(path)
    rows = {name: table[name].take([0] * 10**6) for name in table.column_names}
    large = pa.table(rows).replace_schema_metadata(table.schema.metadata)
    pq.write_table(large, path, compression="zstd")
    with pytest.raises(SweepError, match="larger than it can be"):
        opened(out).read(Chunk(3, 4, 0, 50))
    assert sweep(made, out, resume=True).damaged == [path]
    assert contents(out) == whole


def test_a_table_of_one_row_that_unpacks_to_many_megabytes_is_refused(tmp_path):
    large = pd.DataFrame({"outcome": ["x" * (LARGEST + 100_000)]})
    (tmp_path / "small.parquet").write_bytes(as_parquet(large))
    assert (tmp_path / "small.parquet").stat().st_size < 1_000_000
    with pytest.raises(ValueError, match="larger than it can be"):
        read_table(tmp_path / "small.parquet", rows=10)


@pytest.mark.parametrize(("column", "value"), [("histories", 51), ("point", 4), ("outcome", "x")])
def test_a_chunk_whose_counts_do_not_add_up_is_made_again(tmp_path, whole, column, value):
    made, out = plan(tmp_path), tmp_path / "out"
    sweep(made, out)
    path = sorted(out.glob("chunks/*.parquet"))[3]
    table = pq.read_table(path)
    frame = table.to_pandas()
    frame.loc[0, column] = value
    spoilt = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(spoilt.replace_schema_metadata(table.schema.metadata), path)
    assert sweep(made, out, resume=True).damaged == [path]
    assert contents(out) == whole


def test_a_chunk_of_another_sweep_is_no_chunk_of_this_one(tmp_path, whole):
    made, out = plan(tmp_path), tmp_path / "out"
    other = plan(tmp_path, vary={"b_P": "0:6:9"})
    sweep(made, out)
    sweep(other, tmp_path / "other")
    one, two = (sorted(o.glob("chunks/*.parquet"))[3] for o in (out, tmp_path / "other"))
    one.write_bytes(two.read_bytes())
    assert sweep(made, out, resume=True).done == 1
    assert contents(out) == whole


def test_without_resume_an_unfinished_or_complete_sweep_is_left_alone(tmp_path):
    made, out = plan(tmp_path), tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        sweep(made, out, workers=stopping(2, KeyboardInterrupt()))
    before = contents(out)
    with pytest.raises(SweepError, match="unfinished sweep; --resume"):
        sweep(made, out)
    with pytest.raises(SweepError, match="finish it with --resume"):
        sweep(made, out, extend=10)
    assert contents(out) == before
    sweep(made, out, resume=True)
    with pytest.raises(SweepError, match="complete sweep; --extend"):
        sweep(made, out)


def test_another_plan_is_not_mixed_in(tmp_path):
    made, out = plan(tmp_path), tmp_path / "out"
    sweep(made, out)
    events = tmp_path / "starter" / "events.csv"
    for other in (
        lambda: plan(tmp_path, vary={"b_P": "0:6:9"}),
        lambda: (
            events.write_text(events.read_text().replace("2003-04-20", "2003-05-20"))
            and plan(tmp_path)
        ),
    ):
        with pytest.raises(SweepError, match=r"another sweep \(different: "):
            sweep(other(), out, resume=True)
    with pytest.raises(SweepError, match="50 histories"):
        sweep(made, out, resume=True, histories=60)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_place_that_is_not_for_a_sweep_is_refused_and_left_alone(tmp_path, what):
    out = tmp_path / "mine"
    if what == "folder":
        out.mkdir()
        (out / "diary.txt").write_text("dear")
    else:
        out.write_text("dear")
    with pytest.raises(SweepError, match="out"):
        sweep(plan(tmp_path), out, resume=True)
    kept = out / "diary.txt" if what == "folder" else out
    assert kept.read_text() == "dear"
    assert not (Path(out) / LOCK).exists()


def test_a_second_process_in_the_folder_is_refused(tmp_path):
    made, out = plan(tmp_path), tmp_path / "out"
    out.mkdir()
    code = (
        "import sys, time; from pathlib import Path\n"
        "from alliance_cohesion.util.lock import locked\n"
        "with locked(Path(sys.argv[1])): print('locked', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(out)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "locked\n"
        with pytest.raises(LockedError, match="another process is at work"):
            sweep(made, out)
        other.send_signal(signal.SIGKILL)
        other.wait()
    sweep(made, out)  # the lock of a process that was killed locks nothing


def test_a_lock_is_free_again_after_use(tmp_path):
    for _ in range(2):
        with locked(tmp_path), pytest.raises(LockedError), locked(tmp_path):
            pass


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "cannot be written")]
)
@pytest.mark.parametrize("after", [0, 3, 7, 14])
def test_a_full_or_read_only_disk_ends_in_a_message_and_can_be_resumed(
    tmp_path, whole, monkeypatch, number, words, after
):
    made, out = plan(tmp_path), tmp_path / "out"
    count = 0

    def sync(_):
        nonlocal count
        count += 1
        if count > after:
            raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(disk.os, "fsync", sync)
        with pytest.raises(SweepError, match=words):
            sweep(made, out)
    assert not list(tmp_path.rglob("*.aside"))
    sweep(made, out, resume=True)
    assert contents(out) == whole


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_refused(tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    for out in ("locked", "locked/out"):
        with pytest.raises(SweepError, match="cannot be written"):
            sweep(plan(tmp_path), tmp_path / out)


def test_a_worker_that_dies_ends_in_a_message_and_can_be_resumed(tmp_path, whole):
    made, out = plan(tmp_path), tmp_path / "out"
    code = Path(__file__).with_name("dying.py")
    done = subprocess.run(
        [sys.executable, str(code), str(tmp_path), str(out)],
        cwd=ROOT, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert "a worker process died" in done.stderr, done.stderr
    assert "--resume" in done.stderr
    assert not opened(out).manifest["complete"]
    sweep(made, out, resume=True, workers=processes(2))
    assert contents(out) == whole


EARLY = """
import threading, time
from contextlib import suppress
import psutil
from alliance_cohesion.util.processes import LostWorkerError, workers

def kill_the_first():
    while True:
        for child in psutil.Process().children():
            with suppress(psutil.Error):
                if "spawn_main" in str(child.cmdline()):
                    return child.kill()

if __name__ == "__main__":
    threading.Thread(target=kill_the_first, daemon=True).start()
    try:
        with workers(2, len, bytes(5_000_000)) as pool:
            for future in [pool.submit(time.sleep, 1) for _ in range(4)]:
                future.result()
    except LostWorkerError as error:
        print(error)
"""


def test_a_worker_that_is_killed_as_it_starts_does_not_hang_the_others(tmp_path):
    (tmp_path / "early.py").write_text(EARLY)
    done = subprocess.run(
        [sys.executable, "early.py"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "a worker process died (killed, or out of memory)\n", done.stderr


def test_a_point_that_fails_is_recorded_and_the_others_go_on(tmp_path, whole, monkeypatch):
    measured = work._measured

    def fails(job, chunk, point, threads):
        if chunk.first in (2, 4):
            raise ValueError("the well is dry")
        return measured(job, chunk, point, threads)

    made, out = plan(tmp_path), tmp_path / "out"
    with monkeypatch.context() as patched:
        patched.setattr(work, "_measured", fails)
        report = sweep(made, out)
    assert report.failures == dict.fromkeys([2, 4], "ValueError: the well is dry")
    assert report.findings.table.index.tolist() == [0, 1, 3, 5, 6, 7, 8]
    told = json.loads((out / "summary.json").read_text())["failures"]
    assert told == [{"point": k, "message": "ValueError: the well is dry"} for k in (2, 4)]
    assert sweep(made, out, resume=True).done == 2  # mended in the meantime
    assert contents(out) == whole


def test_a_point_whose_scenario_is_wrong_fails_with_the_files_own_message(tmp_path, monkeypatch):
    made = plan(tmp_path)
    wrong = Problem("scenario.toml", "days", "found 3", "less")
    monkeypatch.setattr(work, "scenario_at", lambda *_: (made.scenario, [wrong]))
    with pytest.raises(SweepError, match="every point failed; the first: ScenarioError: scenario"):
        sweep(made, tmp_path / "out")


def test_workers_end_with_a_parent_that_is_killed(tmp_path):
    plan(tmp_path)
    words = [sys.executable, "-m", "alliance_cohesion", "sweep", "starter", "--workers", "2"]
    words += ["--vary", "b_D=1:6:5000", "--histories", "200", "--no-pictures"]
    with subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.PIPE) as running:
        out = tmp_path / "results" / "starter-sweep"
        deadline = time.monotonic() + 120
        while not list(out.glob("chunks/*.parquet")):
            assert time.monotonic() < deadline
            assert running.poll() is None
            time.sleep(0.1)
        children = _children(running.pid)
        running.send_signal(signal.SIGKILL)
    assert children
    deadline = time.monotonic() + 20
    while any(_alive(child) for child in children):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _children(pid: int) -> list[int]:
    found = []
    for task in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = task.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(task.parent.name))
    if not found and not Path("/proc").exists():
        pytest.skip("no /proc to see children in")
    return found


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_another_region_of_interest_needs_no_other_histories(tmp_path):
    interest = '\n[sweep.interest]\noutcome = "nobody"\nabove = {}\n'
    outcome = '[[sweep.outcome]]\nname = "nobody"\nmeasure = "nobody_left"\n'
    out, file = tmp_path / "out", tmp_path / "starter" / "scenario.toml"
    vary = {"b_D": "1:6:3"}
    sweep(plan(tmp_path, interest.format(0.2) + outcome, vary=vary), out)
    file.write_text(file.read_text().replace("above = 0.2", "above = 0.4"))
    report = sweep(plan(tmp_path, vary=vary), out, resume=True)
    assert report.done == 0
    assert report.findings.interest == "nobody above 0.4"
    assert "above = 0.4" in (out / "scenario" / "scenario.toml").read_text()


def test_the_seed_is_part_of_what_a_sweep_is_and_the_number_of_histories_is_not(tmp_path):
    made = plan(tmp_path)
    assert made.as_json["seed"] == made.scenario.seed
    other = replace(made, scenario=replace(made.scenario, seed=made.scenario.seed + 1))
    assert digest(other.as_json) != digest(made.as_json)
    assert digest(replace(made, histories=7).as_json) == digest(made.as_json)


def test_a_sweep_does_not_go_on_with_other_sources_of_the_same_version(tmp_path, monkeypatch):
    made, out = plan(tmp_path), tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        sweep(made, out, workers=stopping(2, KeyboardInterrupt()))
    edited = plans.sources() | {"core/rules.py": "0" * 16}
    monkeypatch.setattr(plans, "sources", lambda: edited)
    with pytest.raises(SweepError, match=r"\(different: sources: core/rules\.py\)"):
        sweep(plan(tmp_path), out, resume=True)


def test_every_source_that_a_number_depends_on_is_hashed():
    found = {name.partition("/")[0] for name in plans.sources()}
    assert found == {"core", "scenario", "inference", "simulation.py", "analysis", "calibration"}
    package = Path(plans.__file__).parents[2]
    for folder in ("core", "scenario", "inference", "analysis"):
        for path in (package / folder).rglob("*.py"):
            assert path.relative_to(package).as_posix() in plans.sources()


def test_a_worker_with_other_sources_does_nothing(tmp_path):
    made = plan(tmp_path)
    there = replace(work.job(made), sources=plans.sources() | {"core/step.py": "0" * 16})
    with pytest.raises(SweepError, match=r"another version of the program.*core/step\.py"):
        do(there, (Chunk(0, 1, 0, 5), made.points[:1]))


@pytest.mark.parametrize(
    "edit",
    [
        {"histories": []}, {"histories": [50, 40]}, {"histories": ["50"]}, {"shard": [2, 1]},
        {"shard": None}, {"plan": {}}, {"plan_sha256": "0"}, {"again": 3}, {"plan": ...},
        {"interest": {"outcome": "x", "above": 1}}, {"interest": 1}, {"files": ...},
    ],
)  # fmt: skip
def test_a_damaged_manifest_is_refused(tmp_path, edit):
    out = tmp_path / "out"
    sweep(plan(tmp_path, vary={"b_D": [1]}, histories=5), out)
    manifest = json.loads((out / "manifest.json").read_text()) | edit
    manifest = {key: value for key, value in manifest.items() if value is not ...}
    (out / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(SweepError, match="is damaged"):
        opened(out)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_planted_link_is_not_followed(tmp_path):
    made, out, prey = plan(tmp_path), tmp_path / "out", tmp_path / "prey.txt"
    prey.write_text("dear")
    (out / "chunks").mkdir(parents=True)
    for name in ("manifest.json", "points.parquet", "outcomes.csv"):
        (out / f".{name}.aside").symlink_to(prey)
    sweep(made, out)
    assert prey.read_text() == "dear"
