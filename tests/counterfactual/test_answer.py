"""A whole answer: command, folder, page; and that its numbers hang together."""

import json

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from alliance_cohesion.analysis.counterfactual import answer, library, load
from alliance_cohesion.analysis.counterfactual.answer import FORECAST, given
from alliance_cohesion.analysis.counterfactual.coupling import COUPLINGS
from alliance_cohesion.cli import app
from alliance_cohesion.report import counterfactual as report

NAME = "counterfactuals/armenia-answered-2022"
QUESTIONS = [given(coupling) for coupling in COUPLINGS]


@pytest.fixture(scope="module")
def found():
    return answer(load(NAME), 400)


def test_the_effect_is_changed_less_base(found):
    wide, share = found.data["frozen_or_out"], found.data["share"]
    mean = wide.sel(band="mean")
    base, changed, difference = (
        mean.sel(simulation=s).values for s in ("base", "changed", "difference")
    )
    assert np.allclose(difference, changed - base, atol=1e-6)
    assert np.allclose(share.sel(simulation=["base", "changed"]).sum("status"), 1.0)
    assert np.all(wide.sel(band="low") <= wide.sel(band="high"))


def test_frozen_and_out_add_up_to_the_share_that_is_not_member(found):
    wide, share = found.data["frozen_or_out"].sel(band="mean"), found.data["share"]
    assert np.allclose(wide, share.sel(status=["frozen", "out"]).sum("status"), atol=1e-9)


def test_help_in_time_never_makes_it_leave(found):
    at_end = found.data["frozen_or_out"].sel(band="mean", simulation="difference", state="ARM")
    assert (at_end.sel(question=[FORECAST, *QUESTIONS]).values[:, -1] < 0).all()


def test_given_what_happened_the_base_is_the_record(found):
    record = found.data["record"].values != 0
    for question in QUESTIONS:
        base = found.data["frozen_or_out"].sel(band="mean", simulation="base", question=question)
        assert np.array_equal(base.values, record.astype(float))


def test_a_freeze_prevented_is_a_state_still_in(found):
    """Necessity is one less the probability that it leaves by the end."""
    one = found.tables["moves"].query("kind == 'freeze'").iloc[0]
    assert one["date"] == "2024-02"
    wide = found.data["frozen_or_out"].sel(band="mean", simulation="changed", state=one["state"])
    for coupling in COUPLINGS:
        gone = wide.sel(question=given(coupling)).values[-1]
        assert 1.0 - one[f"necessity_{coupling}"] <= gone + 0.02 + 0.2 * (1 - gone)
        left = one[f"frozen_{coupling}"] + one[f"out_{coupling}"]
        assert 1.0 - one[f"necessity_{coupling}"] == pytest.approx(left)


def test_the_dataset_has_the_record_before_the_branch(found):
    before = found.data.sel(time=slice(None, str(found.pair.branch_day - 1)))
    assert len(before.time) == found.pair.branch - found.pair.base.inputs.drivers.first
    wide = before["frozen_or_out"].sel(question=FORECAST)
    changed = wide.sel(simulation="changed", band="mean").values
    assert np.array_equal(changed, (before["record"] != 0).values.astype(float))
    assert not wide.sel(simulation="difference").values.any()


def test_the_answer_is_plain_data(found):
    told = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert told["attributes"]["rewrite"]
    assert set(told["tables"]) == set(found.tables)


def test_the_first_sentence_is_as_uncertain_as_its_intervals(found):
    one = found.tables["moves"].query("kind == 'freeze'").iloc[0]
    first = report.sentences(found)[0]
    means = [one[f"necessity_{coupling}"] for coupling in COUPLINGS]
    low = min(one[f"necessity_{coupling}_low"] for coupling in COUPLINGS)
    assert first.startswith(f"In {100 * min(means):.0f} to {100 * max(means):.0f} of 100 histories")
    assert f"allows {report.of_100(low)} to" in first
    assert ("does not settle it" in first) == (low <= 0.5)
    assert "Armenia" in first
    assert "February 2024" in first


def test_the_headline_has_three_rows_and_a_column_for_each_calibration(found):
    shown = report.headline(found, found)
    assert len(shown.rows) == 3
    assert [column.head for column in shown.columns[1:]] == ["predictive", "predictive"]
    assert "frozen" in shown.rows[0][1]
    assert "out" in shown.rows[0][1]


def test_the_page_has_question_reasons_guards_and_what_had_to_be_true(found):
    page = report.markdown([found])
    for said in (found.scenario.question, "convex hull", "logistic", found.scenario.rewrite):
        assert said in page
    for reason in found.tables["changes"]["reason"]:
        assert reason in page


def test_the_same_seed_gives_the_same_answer(found):
    assert answer(load(NAME), 400).as_json() == found.as_json()


def call(*words):
    return CliRunner().invoke(app, ["counterfactual", *words])


def test_the_command_prints_and_writes_a_folder(tmp_path):
    out = tmp_path / "out"
    done = call(NAME, "--histories", "80", "--out", str(out), "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["attributes"]["histories"] == 80
    manifest = json.loads((out / "manifest.json").read_text())
    assert set(manifest["files"]) >= {
        "answer.json", "counterfactual.nc", "moves.csv", "shares.csv", "guards.csv",
        "pictures/forecast.png", "pictures/given.png",
    }  # fmt: skip
    assert manifest["alt"]["forecast"]
    with xr.open_dataset(out / "counterfactual.nc", engine="h5netcdf") as data:
        assert data.attrs["scenario"] == "armenia-answered-2022"
    again = call(str(out / manifest["entry"]), "--histories", "80", "--out", str(out / "../b"))
    assert again.exit_code == 0, again.output
    for word in ("help in September 2022", "of 100 histories", "Guards", "had to be true"):
        assert word.lower() in again.stdout.lower()


def test_bad_input_is_one_clear_message(tmp_path):
    for words in (["csto"], [], [NAME, "--page", "x.md"], ["no-such"]):
        done = call(*words, "--out", str(tmp_path / "none"))
        assert done.exit_code == 2, done.output
        assert "Error" in done.stderr
        assert "Traceback" not in done.output
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_the_whole_library_with_one_command(tmp_path):
    done = call("--all", "--histories", "80", "--page", str(tmp_path / "page.md"), "--no-pictures")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "page.md").read_text(encoding="utf-8").count("\n## ") == len(library())
    assert done.stdout.count("Seen from") == len(library())


def test_sufficiency_is_asked_of_histories_whose_changed_world_lacks_the_move(found):
    told = found.tables["moves"].dropna(subset="sufficiency")
    assert len(told)
    for one in told.to_dict("records"):
        assert one["sufficiency"] == pytest.approx(one["both"] / (1.0 - one["changed"]))
        assert one["base"] - one["changed"] <= one["both"] + 1e-12  # rounding
        assert one["both"] <= one["base"]
