"""Scenarios at the edge: almost nothing happens, or almost everything; all run or say why not."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import alliance_cohesion as ac
from alliance_cohesion.cli import app
from alliance_cohesion.report import run as results
from alliance_cohesion.scenario import ScenarioError
from tests.scenario.builders import TOML, event, write

ONE_STATE = TOML.replace('"ANA", "BOR", "CYL"', '"ANA"')
ONE_TICK = TOML.replace("2001-12-31", "2000-03-31")
OUT = event("2000-02-10", "status", "ANA", "", "out")


def call(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def shares(folder: Path, *words: str) -> np.ndarray:
    """Shares of a run, which are finite, in 0 to 1, and sum to one."""
    data = ac.load(folder).run(histories=40).dataset
    share = data["share"].values
    assert np.isfinite(share).all()
    assert ((share >= 0) & (share <= 1)).all()
    assert np.abs(share.sum(axis=-1) - 1).max() < 1e-12
    assert np.isfinite(data["alignment"].values).all()
    return share


@pytest.mark.parametrize("head", [TOML, ONE_STATE, ONE_TICK], ids=["none", "one", "step"])
def test_no_events_one_state_and_one_step_run(tmp_path, head):
    write(tmp_path, head=head)
    share = shares(tmp_path)
    assert share.shape[0] == (1 if head is ONE_TICK else 8)


def test_a_clock_of_no_length_is_refused(tmp_path):
    write(tmp_path, head=TOML.replace("2001-12-31", "2000-01-01"))
    with pytest.raises(ScenarioError, match="an end after the start"):
        ac.load(tmp_path)


def test_a_clock_of_two_days_is_one_step(tmp_path):
    write(tmp_path, OUT, head=TOML.replace("2001-12-31", "2000-01-02"))
    assert shares(tmp_path).shape[0] == 1


@pytest.mark.parametrize("step", ["month", "quarter", "year"])
def test_the_longest_clock_of_each_step_runs(tmp_path, step):
    long = TOML.replace("2000-01-01", "0003-01-01").replace("1999-01-01", "0001-01-01")
    years = {"month": 8300, "quarter": 9999, "year": 9999}[step]
    long = long.replace("2001-12-31", f"{years}-12-31").replace(
        "[clock]", f'[clock]\nstep = "{step}"'
    )
    write(tmp_path, head=long.replace('"ANA", "BOR", "CYL"', '"ANA"'))
    assert ac.load(tmp_path).run(histories=3).dataset.sizes["time"] >= 9997


def test_a_signature_due_every_month_for_a_century_is_due_every_month(tmp_path):
    head = TOML.replace("2001-12-31", "2099-12-31").replace("[clock]", '[clock]\nstep = "month"')
    head = head.replace("[tables]", 'renewal_length = 0.08334\nrenewal = "act"\n[tables]')
    write(tmp_path, head=head)
    inputs = ac.load(tmp_path).inputs
    assert inputs.drivers.renewal[inputs.drivers.first + 1 :].all()
    shares(tmp_path)


def test_a_state_that_leaves_and_returns_every_quarter_runs_and_is_scored(tmp_path):
    rows = [
        event(f"{year}-{month:02d}-15", "status", "ANA", "", word)
        for year in (2000, 2001)
        for month, word in ((2, "out"), (5, "member"), (8, "out"), (11, "member"))
    ]
    write(tmp_path, *rows)
    shares(tmp_path)
    assert np.abs(np.diff(ac.load(tmp_path).inputs.record[4:, 0])).min() == 2


def test_all_that_can_be_said_of_a_state_at_once_keeps_levels_in_range(tmp_path):
    rows = [
        event("2000-01-01", kind, actor, "members", "3")
        for kind in ("threat", "coercion", "demand", "offer", "arms_to_adversary")
        for actor in ("PAT", "FOE", "BOR", "FAR")
    ]
    rows += [event("2000-02-01", "response", "PAT", "ANA", "-1", threat_level="5")] * 50
    write(tmp_path, *rows)
    shares(tmp_path)
    drivers = ac.load(tmp_path).inputs.drivers
    for levels in (
        drivers.driver("external"),
        drivers.driver("internal"),
        drivers.driver("inside"),
        drivers.driver("demand"),
    ):
        assert ((levels >= 0) & (levels <= 1)).all()


LIMITS = {
    "shortest": "h_threat = 0.01, h_memory = 0.01, h_align = 0.01",
    "longest": "h_threat = 100, h_memory = 100, h_align = 100",
    "overflow": "f_leave = -20, f_renew = -20, f_return = -20, b_P = 50, b_A = 50",
    "never": "f_leave = 30, f_renew = 30, f_return = 30",
}


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("step", ["month", "year"])
def test_parameters_at_their_limits_run(tmp_path, name, step):
    toml = f"[parameters]\nfixed = {{ {LIMITS[name]} }}\n"
    head = TOML.replace("[clock]", f'[clock]\nstep = "{step}"')
    write(tmp_path, event("2000-06-01", "threat", "PAT", "ANA", "5"), head=head, toml=toml)
    share = shares(tmp_path)
    if name == "never":
        assert (share[..., 0] == 1).all()


@pytest.mark.parametrize("value", ["0", "0.009", "101", "inf", "nan", "-1"])
def test_a_half_life_off_its_range_is_refused(tmp_path, value):
    write(tmp_path, toml=f"[parameters]\nfixed = {{ h_align = {value} }}\n")
    with pytest.raises(ScenarioError, match=r"h_align from 0\.01 to 100|finite"):
        ac.load(tmp_path)


@pytest.mark.parametrize("head", [TOML, ONE_STATE, ONE_TICK], ids=["none", "one", "step"])
def test_commands_on_scenarios_without_events_run_or_say_what_is_missing(
    tmp_path, monkeypatch, head
):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "x", head=head)
    child = 'name = "child"\nbase = "x"\n[[change]]\nname = "e"\nreason = "r"\naction = "add"\n'
    child += 'event = { date = "2000-02", kind = "threat", actor = "FOE", target = "ANA", '
    child += "strength = 3 }\n"
    (tmp_path / "child.toml").write_text(child, encoding="utf-8")
    status, out, _ = call("explain", "x", "ANA", "2000-02", "--json")
    assert status == 0
    assert json.loads(out)
    status, _, err = call("compare", "x", "--histories", "20")
    assert status == 2
    assert "no documented change of status" in err
    status, _, err = call("counterfactual", "child.toml", "--histories", "40", "--no-pictures")
    assert status in (0, 2)
    assert status == 0 or err.startswith("Error: ")
    words = ("--vary", "b_D=0:50:3", "--histories", "5", "--no-pictures", "--out", "s")
    assert call("sweep", "x", *words)[0] == 0


def test_a_year_in_which_more_happens_than_memory_holds_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("alliance_cohesion.scenario.drivers.MOST_PAIRS", 10)
    write(tmp_path, event("2000-01-01", "threat", "BOR", "members", "3"))
    assert ac.load(tmp_path).inputs
    monkeypatch.setattr("alliance_cohesion.scenario.drivers.MOST_PAIRS", 3)
    with pytest.raises(ScenarioError, match="more than 3 threats between states"):
        assert ac.load(tmp_path).inputs
    monkeypatch.setattr("alliance_cohesion.scenario.drivers.MOST_OFFERED", 3)
    write(tmp_path, event("2000-01-01", "offer", "FAR", "ANA", "3"),
          event("2000-01-01", "offer", "FOE", "ANA", "3"))  # fmt: skip
    with pytest.raises(ScenarioError, match="more than 3 time steps of outside powers"):
        assert ac.load(tmp_path).inputs


def test_how_many_histories_are_kept_whole_follows_from_what_fits(tmp_path, monkeypatch):
    write(tmp_path)
    monkeypatch.setattr("alliance_cohesion.simulation._MOST_KEPT", 12 * 3 * 7)
    data = ac.load(tmp_path).run(histories=40).dataset
    assert data.sizes["history"] == 7
    assert int(data.attrs["histories"]) == 40


@pytest.mark.parametrize(("start", "end"), [("0003", "0004"), ("1000", "1001"), ("9990", "9991")])
def test_years_far_from_ours_are_kept_and_read_back_as_they_are(tmp_path, monkeypatch, start, end):
    monkeypatch.chdir(tmp_path)
    head = TOML.replace("2000-01-01", f"{start}-01-01").replace("2001-12-31", f"{end}-12-31")
    write(tmp_path / "x", head=head.replace("memory = 1999-01-01\n", ""))
    assert call("run", "x", "--histories", "5", "--out", "out")[0] == 0
    days = ac.load("x").inputs.decided
    assert str(days[0]).startswith(start)
    assert (results.read("out").data["time"].values == days).all()
