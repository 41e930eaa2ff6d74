"""The scenario that people start from."""

import json

import pytest

from alliance_cohesion.scenario import ScenarioError, compile_inputs, load, schema, write_new


def test_the_starter_loads_and_compiles(tmp_path):
    path = write_new(tmp_path / "deep" / "my pact")
    scenario = load(path)
    inputs = compile_inputs(scenario)
    assert scenario.name == "my-pact"
    assert inputs.states == ("Karth", "Ostra", "Velia")
    assert [str(day) for day in inputs.steps[inputs.drivers.renewal == 1]] == ["2005-01-01"]
    assert inputs.record[-1].tolist() == [0, 0, 2]
    velia = inputs.drivers.driver("inside")[:, 2]
    assert velia.max() == 0.6  # the client's attack counts as the patron's


def test_the_counterfactual_that_the_starter_suggests_works(tmp_path):
    path = write_new(tmp_path / "mine")
    suggested = path.read_text().split("# name = ", 1)[1].replace("\n#", "\n")
    child = path.with_name("help.toml")
    child.write_text("name = " + suggested)
    assert compile_inputs(load(child)).drivers.driver("kept")[:, 2].max() == 0.6
    assert compile_inputs(load(path)).drivers.driver("kept")[:, 2].max() == 0.0


def test_an_empty_folder_is_filled_and_a_full_one_left_alone(tmp_path):
    (tmp_path / "empty").mkdir()
    write_new(tmp_path / "empty")
    before = sorted(path.read_bytes() for path in (tmp_path / "empty").iterdir())
    with pytest.raises(ScenarioError, match="a new or an empty folder"):
        write_new(tmp_path / "empty")
    assert sorted(path.read_bytes() for path in (tmp_path / "empty").iterdir()) == before
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


def test_nothing_is_left_half_written(tmp_path, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copytree", fail)
    with pytest.raises(ScenarioError, match="No space left"):
        write_new(tmp_path / "mine")
    assert not list(tmp_path.iterdir())


def test_the_schema_names_every_key_of_a_scenario_file():
    keys = schema()["properties"]
    assert {"name", "base", "clock", "alliance", "client", "tables", "change", "run"} <= set(keys)
    assert json.loads(json.dumps(schema())) == schema()
