"""A results folder is complete, reproducible, and never replaces what is not ours."""

import hashlib
import json
import shutil

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from alliance_cohesion.report import run as results
from alliance_cohesion.report.folder import FolderError, ready
from alliance_cohesion.simulation import load

from .cases import starter

FILES = {
    "README.txt",
    "episodes.csv",
    "histories.nc",
    "manifest.json",
    "parameters.csv",
    "pictures/free-run.png",
    "pictures/risk.png",
    "report.html",
    "report.md",
    "scenario/events.csv",
    "scenario/indicators.csv",
    "scenario/scenario.toml",
    "states.csv",
    "status.csv",
    "summary.json",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    place = tmp_path_factory.mktemp("results")
    sim = starter(place / "starter")
    made = sim.run(50, 2)
    folder = results.write(made, place / "deep" / "out", ["cohesion", "run", "starter"])
    return sim, made, folder


def files(folder):
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_a_results_folder_holds_all_that_it_promises(made):
    assert files(made[2]) == FILES


def test_reading_gives_back_the_numbers(made):
    sim, result, folder = made
    data, found = result.dataset, results.read(folder)
    for name in data.data_vars:
        if name == "alignment":
            xr.testing.assert_allclose(found.data[name], data[name], rtol=1e-6)
        else:
            xr.testing.assert_equal(found.data[name], data[name])
    assert found.data.attrs["seed"] == 2
    assert found.manifest["seed"] == 2 != sim.scenario.seed
    assert load(found.entry).scenario.name == sim.scenario.name


def test_the_manifest_holds_the_hash_of_every_file(made):
    folder = made[2]
    manifest = json.loads((folder / "manifest.json").read_text())
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert set(manifest["files"]) == FILES - {"manifest.json"}
    assert manifest["command"] == ["cohesion", "run", "starter"]
    assert manifest["parameters"]["sha256"] == made[1].draws.digest


def test_the_tidy_table_agrees_with_the_dataset(made):
    _, result, folder = made
    for name, table in result.tables.items():
        kept = pd.read_csv(folder / f"{name}.csv", parse_dates=["time"] * (name == "status"))
        missing = table.astype(object).where(table.notna(), np.nan)
        pd.testing.assert_frame_equal(kept.astype(object), missing, check_dtype=False)


def test_a_scenario_is_copied_as_it_was_read(made):
    sim, _, folder = made
    for path in sim.scenario.files:
        assert (folder / "scenario" / path.name).read_bytes() == path.read_bytes()


def test_the_copied_scenario_and_the_same_seed_give_the_same_bytes(made, tmp_path):
    again = load(results.read(made[2]).entry)
    folder = results.write(again.run(50, 2), tmp_path / "again", pictures=False)
    for name in ("histories.nc", "status.csv", "parameters.csv", "summary.json"):
        assert (folder / name).read_bytes() == (made[2] / name).read_bytes(), name


def test_a_results_folder_of_ours_is_replaced_whole_and_only_if_told_to(made, tmp_path):
    _, result, folder = made
    shutil.copytree(folder, tmp_path / "out")
    with pytest.raises(FolderError, match="--overwrite"):
        results.write(result, tmp_path / "out", pictures=False)
    assert files(tmp_path / "out") == FILES
    results.write(result, tmp_path / "out", pictures=False, overwrite=True)
    assert files(tmp_path / "out") == {name for name in FILES if not name.startswith("pictures")}
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_foreign_folder_is_refused_and_left_alone(made, tmp_path):
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(FolderError, match="no results folder"):
        results.write(made[1], tmp_path)
    assert files(tmp_path) == {"thesis.txt"}


def test_a_note_that_somebody_put_into_a_results_folder_is_not_deleted(made, tmp_path):
    shutil.copytree(made[2], tmp_path / "out")
    (tmp_path / "out" / "notes.md").write_text("look at this one")
    with pytest.raises(FolderError, match=r"notes\.md"):
        results.write(made[1], tmp_path / "out", overwrite=True)
    assert (tmp_path / "out" / "notes.md").exists()


def test_a_manifest_of_another_program_is_not_ours(made, tmp_path):
    (tmp_path / "manifest.json").write_text('{"program": "another"}')
    with pytest.raises(FolderError):
        ready(tmp_path, overwrite=True)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_write_that_is_broken_off_leaves_no_trace(made, tmp_path, monkeypatch, error):
    def broken(*_args):
        raise error

    monkeypatch.setattr(results, "as_json", broken)
    with pytest.raises(error):
        results.write(made[1], tmp_path / "new" / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_is_broken_off_leaves_the_older_results(made, tmp_path, monkeypatch):
    shutil.copytree(made[2], tmp_path / "out")

    def broken(*_args):
        raise RuntimeError

    monkeypatch.setattr(results, "as_json", broken)
    with pytest.raises(RuntimeError):
        results.write(made[1], tmp_path / "out", overwrite=True)
    assert files(tmp_path / "out") == FILES
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_scenario_on_a_base_keeps_both_files_and_can_be_run_from_the_copy(tmp_path):
    starter(tmp_path / "base")
    variant = tmp_path / "variant" / "scenario.toml"
    variant.parent.mkdir()
    variant.write_text('name = "variant"\nbase = "../base"\n')
    sim = load(variant)
    folder = results.write(sim.run(5), tmp_path / "out", pictures=False)
    assert {"scenario/base/scenario.toml", "scenario/variant/scenario.toml"} <= files(folder)
    assert load(results.read(folder).entry).scenario.name == "variant"
