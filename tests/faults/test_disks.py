"""A disk that is full, read-only or gone: one message, exit status 2, nothing lost."""

import shutil

import pytest

from alliance_cohesion.analysis.sweep import SweepError, make_plan, sweep
from alliance_cohesion.analysis.sweep.work import do
from alliance_cohesion.report import run as results
from alliance_cohesion.scenario import write_new
from alliance_cohesion.simulation import load

from .disks import mounted
from .jobs import Job, contents, jobs

WRITING = ("run", "counterfactual", "sweep", "compare", "calibrate")
LONG = [
    pytest.param(name, marks=pytest.mark.slow if name in ("compare", "calibrate") else ())
    for name in WRITING
]


@pytest.fixture(scope="module")
def commands(tmp_path_factory) -> dict[str, Job]:
    return {job.name: job for job in jobs(tmp_path_factory.mktemp("commands"))}


def told(job: Job, capfd) -> tuple[int, str]:
    """Exit status and words of a command given here."""
    try:
        job.work()
    except SystemExit as stop:
        return int(stop.code or 0), capfd.readouterr().err
    return 0, capfd.readouterr().err


@pytest.mark.parametrize("name", LONG)
def test_a_full_disk_is_one_message_and_with_room_the_same_command_goes_on(
    commands, tmp_path, monkeypatch, capfd, name
):
    job = commands[name]
    (tmp_path / "roomy").mkdir()
    monkeypatch.chdir(tmp_path / "roomy")
    job.work()
    expected = contents(tmp_path / "roomy" / "out")
    with mounted(tmp_path / "disk", "48k") as disk:
        monkeypatch.chdir(disk.place)
        capfd.readouterr()
        status, said = told(job, capfd)
        assert (status, "the disk is full" in said, "Traceback" in said) == (2, True, False), said
        if name not in ("sweep", "calibrate"):
            assert list(disk.place.iterdir()) == []
        disk.resize("32m")
        assert told(job, capfd)[0] == 0
        assert contents(disk.place / "out") == expected
        monkeypatch.chdir(tmp_path)


def test_a_full_disk_leaves_the_older_results(commands, tmp_path, monkeypatch, capfd):
    job = commands["run"]
    assert job.older
    with mounted(tmp_path / "disk", "32m") as disk:
        monkeypatch.chdir(disk.place)
        job.older()
        before = contents(disk.place / "out")
        disk.resize(f"{shutil.disk_usage(disk.place).used // 1024 + 100}k")
        status, said = told(job, capfd)
        assert (status, "the older results are still there" in said) == (2, True), said
        assert contents(disk.place / "out") == before
        assert [path.name for path in disk.place.iterdir()] == ["out"]
        monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", WRITING)
def test_a_read_only_disk_is_refused_before_anything_is_computed(
    commands, tmp_path, monkeypatch, capfd, name
):
    with mounted(tmp_path / "disk", "1m") as disk:
        monkeypatch.chdir(disk.place)
        disk.close()
        status, said = told(commands[name], capfd)
        assert status == 2
        assert said.startswith("Error: ")
        assert "cannot be written" in said or "Read-only" in said
        assert "Traceback" not in said
        monkeypatch.chdir(tmp_path)


def test_a_disk_mounted_where_results_should_go_is_refused_before_anything_is_computed(
    commands, tmp_path, monkeypatch, capfd
):
    monkeypatch.chdir(tmp_path)
    with mounted(tmp_path / "out", "1m"):
        assert told(commands["run"], capfd) == (
            2, "Error: out: a disk is mounted there, which cannot be replaced; "
            "choose a folder in it\n",
        )  # fmt: skip


def test_a_place_that_vanishes_while_results_are_written_is_one_message(
    commands, tmp_path, monkeypatch, capfd
):
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    tables = results.as_json

    def vanish(data):
        shutil.rmtree(here)
        return tables(data)

    monkeypatch.setattr(results, "as_json", vanish)
    status, said = told(commands["run"], capfd)
    assert status == 2
    assert said.endswith("here vanished while results were written to it\n")
    assert not here.exists()


def test_a_sweep_whose_folder_vanishes_ends_in_a_message(tmp_path):
    write_new(tmp_path / "starter")
    plan = make_plan(load(tmp_path / "starter"), vary={"b_D": "1:6:6"}, histories=20)

    def vanish(job, tasks):
        for task in tasks:
            shutil.rmtree(tmp_path / "out")
            yield do(job, task)

    with pytest.raises(SweepError, match="out"):
        sweep(plan, tmp_path / "out", workers=vanish)
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
    sweep(plan, tmp_path / "out")
    sweep(plan, tmp_path / "undisturbed")
    assert contents(tmp_path / "out") == contents(tmp_path / "undisturbed")
