"""A whole answer: command, folder, page; and that its numbers hang together."""

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from alliance_cohesion.analysis.counterfactual import answer, as_json, dataset, library, load
from alliance_cohesion.cli import app
from alliance_cohesion.inference.draws import shipped_file
from alliance_cohesion.report import paired_page, paired_table

NAME = "counterfactuals/armenia-answered-2022"


@pytest.fixture(scope="module")
def found():
    return answer(load(NAME), 400)


def test_the_effect_is_changed_less_base(found):
    for side in (found.forecast, *found.given.values()):
        assert np.allclose(side.effect.mean, side.changed.mean - side.base.mean, atol=1e-6)
        assert np.allclose(side.standing.sum(axis=-1), 1.0)
        assert np.all(side.effect.low <= side.effect.high)


def test_help_in_time_never_makes_it_leave(found):
    arm = found.states.index("ARM")
    assert found.forecast.effect.mean[-1, arm] < 0
    for side in found.given.values():
        assert side.effect.mean[-1, arm] < 0


def test_given_what_happened_the_base_is_the_record(found):
    record = found.pair.base.world.record[found.pair.branch :]
    for side in found.given.values():
        assert np.array_equal(side.base.mean, (record != 0).astype(float))


def test_a_freeze_prevented_is_a_state_still_in(found):
    """Necessity is one less the chance that it leaves by the end."""
    one = next(o for o in found.outcomes if o.move.kind == "freeze")
    assert one.move.date == "2024-02"
    for name, side in found.given.items():
        gone = side.changed.mean[-1, one.move.state]
        assert 1.0 - one.prevented[name].mean <= gone + 0.02 + 0.2 * (1 - gone)


def test_the_dataset_has_the_record_before_the_branch(found):
    data = dataset(found)
    before = data.sel(time=slice(None, str(found.pair.branch_day - 1)))
    assert len(before.time) == found.pair.branch - found.pair.base.world.forcing.first
    away = before.forecast_changed_away.sel(band="mean")
    assert np.array_equal(away.values, (before.record != 0).values.astype(float))
    assert not before.given_effect.values.any()


def test_the_answer_is_plain_data_and_plain_words(found):
    text = json.dumps(as_json(found), allow_nan=False)
    assert "rewrite" in json.loads(text)["guards"]
    words = " ".join(paired_table.sentences(found))
    for said in ("Forecast", "Given all that happened", "Guards", "convex hull", "logistic"):
        assert said in words
    page = paired_page.page([found], "a command")
    assert found.pair.changed.scenario.question in page
    assert "What had to be true" in page
    assert "{" not in page


def test_the_same_seed_gives_the_same_answer(found):
    assert as_json(answer(load(NAME), 400)) == as_json(found)


def call(*words):
    return CliRunner().invoke(app, ["counterfactual", *words])


def test_the_command_prints_and_writes_a_folder(tmp_path):
    out = tmp_path / "out"
    done = call(NAME, "--histories", "80", "--out", str(out), "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["histories"] == 80
    manifest = json.loads((out / "manifest.json").read_text())
    assert set(manifest["files"]) >= {
        "answer.json", "counterfactual.nc", "pictures/forecast.png", "pictures/given.png",
    }  # fmt: skip
    assert manifest["alt"]["forecast"]
    with xr.open_dataset(out / "counterfactual.nc", engine="h5netcdf") as data:
        assert data.attrs["scenario"] == "armenia-answered-2022"
    again = call(str(out / manifest["entry"]), "--histories", "80", "--out", str(out / "../b"))
    assert again.exit_code == 0, again.output
    for word in ("Had", "Forecast", "Guards", "What had to be true"):
        assert word.lower() in again.stdout.lower()


def test_bad_input_is_one_clear_message(tmp_path):
    for words in (["csto"], [], [NAME, "--page", "x.md"], ["no-such"]):
        done = call(*words, "--out", str(tmp_path / "none"))
        assert done.exit_code == 2, done.output
        assert "Error" in done.stderr
        assert "Traceback" not in done.output
    assert not list(tmp_path.iterdir())


def test_the_page_in_docs_is_of_this_library_and_this_posterior():
    """When it is not: `cohesion counterfactual --all --page docs/counterfactuals.md`."""
    page = (Path(__file__).parents[2] / "docs" / "counterfactuals.md").read_text(encoding="utf-8")
    for path in library():
        assert f"## {path.stem}" in page
        assert load(path).changed.scenario.question in page
    assert f"Parameters from {shipped_file('posterior').name}" in page


@pytest.mark.slow
def test_the_whole_library_with_one_command(tmp_path):
    done = call("--all", "--histories", "80", "--page", str(tmp_path / "page.md"), "--no-pictures")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "page.md").read_text(encoding="utf-8").count("\n## ") == len(library()) + 2
    assert done.stdout.count("Guards:") == len(library())


def test_sufficiency_is_asked_of_histories_whose_changed_world_lacks_the_move(found):
    told = [one for one in found.outcomes if one.sufficiency is not None]
    assert told
    for one in told:
        assert one.sufficiency == pytest.approx(one.both / (1.0 - one.changed))
        assert one.base - one.changed <= one.both <= one.base
