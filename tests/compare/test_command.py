"""`cohesion compare` from the outside."""

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import alliance_cohesion as ac
from alliance_cohesion.cli import app
from alliance_cohesion.report.text import percent
from alliance_cohesion.scenario import write_new

TIES = """
name = "ties"
question = "Who leaves?"
[clock]
start = 2000-01-01
end = 2009-12-31
step = "quarter"
[alliance]
name = "Lantern Pact"
patron = "Magna"
members = ["Karth", "Ostra", "Velia"]
entry = 1995-01-01
[tables]
events = "events.csv"
"""
EVENTS = """id,date,kind,actor,target,strength,description,source,confidence
a,2003-05-01,status,Ostra,,out,d,Invented,high
b,2007-08-01,status,Karth,,frozen,d,Invented,high
"""
TABLES = {
    "episodes", "terms", "clusters", "proper", "auc", "reliability", "sets", "free_runs", "leavers",
}  # fmt: skip
FILES = {
    "README.md", "comparison.json", "comparison.nc", "manifest.json", "pictures", "report.html",
    "scenario", *(f"{name}.csv" for name in TABLES),
}  # fmt: skip


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working directory with two scenarios in it: the starter, and one without a driver."""
    write_new(tmp_path / "starter")
    (tmp_path / "ties").mkdir()
    (tmp_path / "ties" / "scenario.toml").write_text(TIES)
    (tmp_path / "ties" / "events.csv").write_text(EVENTS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*arguments: str):
    done = CliRunner().invoke(app, ["compare", *arguments])
    assert done.exit_code == 0, done.output
    return done


def refused(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["compare", *arguments])
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    return done.stderr


def test_without_options_report_tables_and_pictures_are_written_and_the_place_is_said(place):
    done = call("starter", "--histories", "60")
    assert done.stdout.splitlines()[-1] == "Report: results/compare-starter/report.html"
    folder = place / "results" / "compare-starter"
    assert {path.name for path in folder.iterdir()} == FILES
    assert {path.name for path in (folder / "pictures").iterdir()} == {
        "risk.png", "reliability.png", "free-run.png",
    }  # fmt: skip
    assert json.loads((folder / "manifest.json").read_text())["command"] == [
        "cohesion", "compare", "starter", "--histories", "60",
    ]  # fmt: skip
    again = call("starter", "--histories", "5", "--no-pictures").stdout
    assert "Report: results/compare-starter-2/report.html" in again
    over = call("starter", "--histories", "5", "--no-pictures", "--overwrite").stdout
    assert "Report: results/compare-starter/report.html" in over
    assert {path.name for path in folder.iterdir()} == FILES - {"pictures"}


def test_it_opens_with_the_episodes_and_every_score_says_its_sample(place):
    lines = call("starter", "--histories", "60", "--no-report").stdout.splitlines()
    assert "Lantern Pact (starter), 2000-2009: 3 states, 60 simulated histories" in lines[0]
    head = next(k for k, line in enumerate(lines) if line.startswith("what happened"))
    assert lines[head + 1].startswith("Velia left, Jan 2005")
    first = next(k for k, line in enumerate(lines) if line.startswith("By the rules and by the"))
    last = next(k for k, line in enumerate(lines) if line.startswith("Baseline: one rate"))
    rows = [line for line in lines[first + 2 : last] if "  " in line.strip()]
    assert len(rows) > 6
    said = [any(word in row for word in ("held out", "base rates seen")) for row in rows]
    assert all(said)  # no fit has seen this alliance
    assert not (place / "results").exists()


def test_its_free_run_is_the_run_of_the_same_scenario(place):
    """What `run` and `compare` say of an episode is one number."""
    told = json.loads(call("starter", "--histories", "300", "--json", "--no-report").stdout)
    (episode,) = ac.load("starter").run(histories=300).episodes.itertuples()
    assert told["free"]["changes"][0]["within_2_years"] == episode.within_two_years
    printed = call("starter", "--histories", "300", "--no-report").stdout
    line = next(line for line in printed.splitlines() if line.startswith("Velia left, Jan 2005"))
    assert percent(episode.within_two_years) in line


def test_json_is_the_data_of_the_folder_and_only_that_is_printed(place):
    done = call("starter", "--histories", "60", "--json", "--out", "card")
    told = json.loads(done.stdout)
    assert done.stderr.splitlines()[-1] == "Report: card/report.html"
    assert json.loads((place / "card" / "comparison.json").read_text()) == told
    rows = pd.read_csv(place / "card" / "episodes.csv")
    assert rows["probability"].tolist() == [row["probability"] for row in told["ahead"]]


def test_several_scenarios_stand_side_by_side_with_what_their_parameters_saw(place):
    done = call("starter", "ties", "--histories", "40", "--out", "both", "--no-pictures")
    lines = done.stdout.splitlines()
    alone = {}
    for name in ("starter", "ties"):
        alone[name] = json.loads(call(name, "--histories", "40", "--json", "--no-report").stdout)
        assert f"Report: both/{name}/report.html" in lines
        assert any(line.startswith(f"{name}: all held out, by posterior") for line in lines)
        report = (place / "both" / name / "README.md").read_text()
        assert "Beside other scenarios" in report
    sums = next(line for line in lines if line.startswith("all ")).split()
    assert sums == ["all", *(f"{sum(alone[name]['gain']):+.2f}" for name in ("starter", "ties"))]
    velia = next(line.split() for line in lines if line.startswith("Velia left Jan 2005"))
    row = alone["starter"]["ahead"][0]
    assert velia[4:] == [f"{row['rank']:g}", "of", f"{row['of']}", "-"]
    right = next(line for line in lines if line.startswith("right status"))
    for told in alone.values():
        rules, baseline = (told[key]["right_status"] for key in ("free", "free_baseline"))
        assert f"{percent(rules)} ({percent(baseline)})" in right
    both = json.loads(call("starter", "ties", "--histories", "40", "--json", "--no-report").stdout)
    assert both == list(alone.values())


def test_states_that_nothing_tells_apart_are_said_to_tie(place):
    """Three members without a single driver, of whom two leave: no rank is the model's success."""
    told = json.loads(call("ties", "--histories", "50", "--json", "--no-report").stdout)
    assert [(row["rank"], row["of"], row["tied"]) for row in told["ahead"]] == [
        (2, 3, 2),
        (1.5, 2, 1),
    ]
    printed = call("ties", "--histories", "50", "--no-report").stdout
    assert "0 of 2 leavings were by the states ranked likeliest" in printed
    assert "2 of 3, tied with 2" in printed


def test_the_results_of_a_run_are_compared_as_that_run_was(place):
    """The same histories: as many, with the same seed."""
    run = ["run", "starter", "--histories", "70", "--seed", "9", "--no-pictures", "--out", "ran"]
    assert CliRunner().invoke(app, run).exit_code == 0
    told = json.loads(call("ran", "--json", "--no-report").stdout)
    assert told["free"]["histories"] == 70
    (episode,) = json.loads((place / "ran" / "summary.json").read_text())["episodes"]
    assert told["free"]["changes"][0]["within_2_years"] == episode["within_two_years"]


def test_results_of_other_parameters_are_refused(place):
    run = ["run", "starter", "--histories", "5", "--no-pictures", "--out", "ran"]
    assert CliRunner().invoke(app, run).exit_code == 0
    copy = place / "ran" / "scenario" / "scenario.toml"
    copy.write_text(copy.read_text().replace('"default"', '"prior"'))
    assert "simulated with other parameters" in refused("ran")


def test_comparing_a_projection_is_refused_with_the_reason():
    message = refused("csto-2035", "--no-report")
    assert "csto-2035: its histories follow the record up to 2025-12-31" in message


def test_comparing_what_is_not_there_is_one_clear_message():
    assert "no-such-scenario" in refused("no-such-scenario")


def test_nothing_is_compared_where_nothing_can_be_written(place):
    (place / "mine").write_text("mine")
    assert "is a file" in refused("starter", "--out", "mine")
    assert "give one of them" in refused("starter", "--out", "x", "--no-report")


def test_the_numbers_of_every_decision_are_kept_with_their_meaning(place):
    import xarray as xr

    call("starter", "--histories", "5", "--no-pictures", "--out", "card")
    with xr.open_dataset(place / "card" / "comparison.nc") as data:
        assert np.abs(data["probability"].sum("status") - 1.0).max() < 1e-12
        assert all(variable.attrs["long_name"] for variable in data.data_vars.values())
        velia = data.sel(state="Velia", time="2005-01-01")
        assert int(velia["before"]) == 0
        assert int(velia["record"]) == 2
