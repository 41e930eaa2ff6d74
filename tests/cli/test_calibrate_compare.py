"""`cohesion calibrate` and `cohesion compare` from the outside."""

import json

import pytest
from typer.testing import CliRunner

from alliance_cohesion.cli import app
from alliance_cohesion.scenario import write_new

run = CliRunner().invoke


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small") / "one"
    write_new(folder)
    return str(folder)


def fit(small, out):
    arguments = ["calibrate", small, "--live", "60", "--out", str(out), "--workers", "1"]
    return run(app, arguments)


@pytest.fixture(scope="module")
def fitted(small, tmp_path_factory):
    out = tmp_path_factory.mktemp("fitted") / "fit"
    done = fit(small, out)
    assert done.exit_code == 0, done.output
    return out


@pytest.mark.slow
def test_a_fit_leaves_posterior_null_figures_reactions_and_page(fitted):
    names = {path.name.split("-")[0] for path in fitted.iterdir()}
    assert {"posterior", "null", "reactions", "figures.json", "README.md"} <= names
    figures = json.loads((fitted / "figures.json").read_text())
    assert f"{figures['gain']['gain']:+.2f}" in (fitted / "README.md").read_text()


@pytest.mark.slow
def test_a_second_fit_goes_on_from_the_kept_results(small, fitted):
    before = (fitted / "figures.json").read_bytes()
    task = next((fitted / "tasks").rglob("clusters-0.json"))
    stamp = task.stat().st_mtime_ns
    assert fit(small, fitted).exit_code == 0
    assert task.stat().st_mtime_ns == stamp
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
    assert told["eve"]
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
