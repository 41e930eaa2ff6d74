"""`cohesion calibrate` from the outside."""

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
    done = run(app, ["compare", str(child), "--histories", "20", "--json", "--no-report"])
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


def test_calibrating_into_a_file_is_refused(small, tmp_path):
    place = tmp_path / "file"
    place.write_text("mine")
    done = run(app, ["calibrate", small, "--out", str(place)])
    assert done.exit_code == 2
    assert "folder" in done.stderr
    assert place.read_text() == "mine"
