"""`cohesion calibrate` and `cohesion compare` from the outside."""

import json

import pytest
from typer.testing import CliRunner

from alliance_cohesion.cli import app
from alliance_cohesion.scenario import write_new

run = CliRunner().invoke
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


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small") / "one"
    write_new(folder)
    return str(folder)


def fit(small, out):
    arguments = ["calibrate", small, "--draws", "256", "--out", str(out), "--workers", "1"]
    return run(app, arguments)


@pytest.fixture(scope="module")
def fitted(small, tmp_path_factory):
    out = tmp_path_factory.mktemp("fitted") / "fit"
    done = fit(small, out)
    assert done.exit_code == 0, done.output
    return out


@pytest.mark.slow
def test_a_fit_leaves_posterior_null_figures_reactions_and_page(fitted):
    names = {path.name.split("-0")[0] for path in fitted.iterdir()}
    files = {"posterior", "null", "held-out", "scores", "reactions", "figures.json", "README.md"}
    assert files <= names
    figures = json.loads((fitted / "figures.json").read_text())
    assert f"{figures['gain']['gain']:+.2f}" in (fitted / "README.md").read_text()


@pytest.mark.slow
def test_a_second_fit_goes_on_from_the_kept_results(small, fitted):
    before = (fitted / "figures.json").read_bytes()
    (kept,) = (fitted / "tasks").iterdir()
    rows = kept.read_text()
    assert fit(small, fitted).exit_code == 0
    assert kept.read_text() == rows
    assert (fitted / "figures.json").read_bytes() == before


@pytest.mark.slow
def test_a_posterior_one_made_is_used_when_named(small, fitted, tmp_path):
    posterior = next(fitted.glob("posterior-*.csv"))
    child = tmp_path / "child.toml"
    child.write_text(f'name = "child"\nbase = "{small}"\n[parameters]\nposterior = "{posterior}"\n')
    done = run(app, ["run", str(child), "--histories", "20", "--json", "--no-pictures",
                     "--out", str(tmp_path / "run")])  # fmt: skip
    assert done.exit_code == 0, done.output
    assert posterior.name in done.stdout


@pytest.mark.slow
def test_comparing_reads_the_calibration_beside_a_posterior_that_one_made(small, fitted, tmp_path):
    posterior = next(fitted.glob("posterior-*.csv"))
    child = tmp_path / "child.toml"
    child.write_text(f'name = "child"\nbase = "{small}"\n[parameters]\nposterior = "{posterior}"\n')
    done = run(app, ["compare", str(child), "--histories", "20", "--json"])
    assert done.exit_code == 0, done.output
    assert "fitting" not in done.stderr
    figures = json.loads((fitted / "figures.json").read_text())
    gain = sum(json.loads(done.stdout)["gain"])
    assert gain == pytest.approx(figures["gain"]["gain"], abs=2e-3)


def test_draws_that_are_no_power_of_two_are_refused(small, tmp_path):
    done = run(app, ["calibrate", small, "--draws", "1000", "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "a power of two" in done.stderr
    assert not (tmp_path / "out").exists()


def test_comparing_a_projection_is_refused_with_the_reason():
    done = run(app, ["compare", "csto-2035"])
    assert done.exit_code == 2
    assert "csto-2035: its histories follow the record up to 2025-12-31" in done.stderr
    assert done.stdout == ""


def test_states_that_nothing_tells_apart_are_said_to_tie(tmp_path):
    """Three members without a single driver, of whom two leave: no rank is the model's success."""
    folder = tmp_path / "ties"
    folder.mkdir()
    (folder / "scenario.toml").write_text(TIES)
    (folder / "events.csv").write_text(EVENTS)
    done = run(app, ["compare", str(folder), "--histories", "50", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert [(row["rank"], row["of"], row["tied"]) for row in told["ahead"]] == [
        (2, 3, 2),
        (1.5, 2, 1),
    ]
    done = run(app, ["compare", str(folder), "--histories", "50"])
    assert "0 of 2 leavings were by the states ranked likeliest" in done.stdout
    assert "2 of 3, tied with 2" in done.stdout


def test_calibrating_into_a_file_is_refused(small, tmp_path):
    place = tmp_path / "file"
    place.write_text("mine")
    done = run(app, ["calibrate", small, "--out", str(place)])
    assert done.exit_code == 2
    assert "folder" in done.stderr
    assert place.read_text() == "mine"


def test_comparing_gives_one_json_document_and_a_folder(small, tmp_path):
    out = tmp_path / "card"
    done = run(app, ["compare", small, "--histories", "60", "--json", "--out", str(out)])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["ahead"]
    assert json.loads((out / "scorecard.json").read_text()) == told
    assert {path.name for path in (out / "pictures").iterdir()} == {
        "hazard.png", "reliability.png", "free.png",
    }  # fmt: skip


def test_a_results_folder_can_be_compared(small, tmp_path):
    run(app, ["run", small, "--histories", "60", "--no-pictures", "--out", str(tmp_path / "run")])
    done = run(app, ["compare", str(tmp_path / "run")])
    assert done.exit_code == 0, done.output
    assert "reproduce" in done.stdout


def test_comparing_what_is_not_there_is_one_clear_message():
    done = run(app, ["compare", "no-such-scenario"])
    assert done.exit_code == 2
    assert "no-such-scenario" in done.stderr
