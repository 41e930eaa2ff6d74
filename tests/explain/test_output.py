"""What is printed, written and refused."""

import csv
import io
import json
from dataclasses import replace

import pytest
from PIL import Image
from rich.console import Console
from typer.testing import CliRunner

from alliance_cohesion.cli import app
from alliance_cohesion.report import explain_plot, explain_table
from alliance_cohesion.report import explain_words as words
from alliance_cohesion.scenario import write_new

from .cases import EVE, told

VELIA = ("explain", "starter", "Velia", EVE)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working directory with the starter scenario in it."""
    write_new(tmp_path / "starter")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def refused(*arguments: str) -> str:
    """Run a command that must fail on the user's account; its message."""
    done = call(*arguments)
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    return done.stderr


def test_json_is_the_explanation_and_the_table_agrees_with_it(place):
    content = json.loads(call(*VELIA, "--json").stdout)
    assert content == json.loads(json.dumps(told().as_json()))
    printed = call(*VELIA).stdout
    lines = printed.splitlines()
    for term in content["terms"]:
        line = next(line for line in lines if line.startswith(term["term"]))
        for number in term["log_odds"].values():
            assert words.log_odds(number) in line
    assert words.chance(content["chance"]["mean"]) in printed
    for driver in content["drivers"]:
        assert f"{driver['symbol']}, {driver['name']}" in printed
        for fact in driver["facts"]:
            assert fact["id"] in printed


def test_the_table_names_source_confidence_and_code_of_each_fact(place):
    printed = call(*VELIA).stdout
    assert "Separatists armed by Magna take a port of Velia." in printed
    assert "threat: Free Coast to Velia, code 3; confidence high" in printed
    assert "coast-2003; source: Invented for this example" in printed


def test_the_folder_holds_the_same_numbers_and_a_picture(place):
    done = call(*VELIA, "--out", "why")
    assert "Written: why" in done.stdout
    names = {path.name for path in (place / "why").iterdir()}
    assert names == {
        "explanation.json", "manifest.json", "terms.csv", "facts.csv", "shifts.csv", "pictures",
        "scenario", "report.html", "README.txt",
    }  # fmt: skip
    content = json.loads((place / "why" / "explanation.json").read_text())
    assert content == json.loads(call(*VELIA, "--json").stdout)
    with (place / "why" / "terms.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["term"] for row in rows] == [t["term"] for t in content["terms"]] + ["alignment"]
    for row, term in zip(rows, content["terms"], strict=False):
        assert {name: float(row[name]) for name in term["log_odds"]} == term["log_odds"]
    with (place / "why" / "facts.csv").open(newline="") as file:
        listed = [(row["driver"], row["id"]) for row in csv.DictReader(file)]
    assert listed == [(d["symbol"], f["id"]) for d in content["drivers"] for f in d["facts"]]
    with Image.open(place / "why" / "pictures" / "terms.png") as picture:
        assert picture.width > 800
    manifest = json.loads((place / "why" / "manifest.json").read_text())
    assert manifest["command"] == ["cohesion", *VELIA, "--out", "why"]
    assert "threat from inside" in manifest["alt"]["terms"]


def test_a_folder_of_one_explanation_is_replaced_and_any_other_refused(place):
    call(*VELIA, "--out", "why")
    assert call("explain", "starter", "Karth", EVE, "--out", "why").exit_code == 0
    assert json.loads((place / "why" / "explanation.json").read_text())["state"] == "Karth"
    assert "is not empty" in refused(*VELIA, "--out", "starter")


def test_the_seed_is_told_and_changes_the_draws(place):
    one, two = (json.loads(call(*VELIA, "--json", "--seed", s).stdout) for s in "12")
    assert (one["seed"], two["seed"]) == (1, 2)
    assert one["parameters_sha256"] != two["parameters_sha256"]


def test_prior_draws_are_called_uncalibrated(place):
    path = place / "starter" / "scenario.toml"
    path.write_text(path.read_text().replace('"default"', '"prior"'))
    assert "PRIOR" in call(*VELIA).stdout
    assert json.loads(call(*VELIA, "--json").stdout)["calibrated"] is False


def test_an_unknown_state_is_answered_with_the_nearest(place):
    message = refused("explain", "starter", "Vellia", EVE)
    assert message == (
        'Error: no state "Vellia"; allowed: Karth, Ostra, Velia; did you mean "Velia"?\n'
    )


@pytest.mark.parametrize("name", ["Armenia", "armenia", "arm", "371"])
def test_a_state_is_found_by_its_code_name_or_number(name):
    told = json.loads(call("explain", "csto", name, "2023-12", "--json").stdout)
    assert told["state"] == "ARM"


def test_a_misspelt_name_of_a_state_is_answered_with_its_name():
    assert 'did you mean "Armenia"?' in refused("explain", "csto", "Armenai", "2023-12")


@pytest.mark.parametrize("day", ["1999-12-31", "2010-01-01", "1066"])
def test_a_date_outside_the_clock_is_answered_with_the_clock(place, day):
    message = refused("explain", "starter", "Velia", day)
    assert message == (f"Error: {day} is outside the clock; allowed: 2000-01-01 to 2009-12-31\n")


@pytest.mark.parametrize("day", ["yesterday", "01.11.2004", "2004-13", "2004-02-30", "", "04"])
def test_no_date_is_answered_with_the_form_of_one(place, day):
    message = refused("explain", "starter", "Velia", day)
    assert "an ISO date that exists: 1999, 1999-04 or 1999-04-20" in message


def test_a_state_that_has_not_joined_yet_has_nothing_to_explain(place):
    events = place / "starter" / "events.csv"
    with events.open("a") as file:
        file.write("late,2002-02-10,,standing,Karth,,member,,Karth joins.,A book,high,\n")
    message = refused("explain", "starter", "Karth", "2001-05-05")
    assert message == (
        "Error: Karth has not joined yet at 2001-05-05; allowed: 2002-04-01 to 2009-12-31\n"
    )
    assert "has not joined yet" in refused("explain", "starter", "Karth", "2002-03-31")
    assert call("explain", "starter", "Karth", "2002-04-01").exit_code == 0


def test_text_of_the_record_is_never_taken_for_markup(place):
    events = place / "starter" / "events.csv"
    events.write_text(events.read_text().replace("Separatists armed", "[red]Separatists[/] armed"))
    assert "[red]Separatists[/] armed" in call(*VELIA).stdout


def test_text_of_the_record_does_not_turn_the_direction_of_the_table():
    e = told()
    driver = next(d for d in e.drivers if d.facts)
    fact = driver.facts[0]
    turned = replace(fact, event=replace(fact.event, description="armed \u202esdrawkcab"))
    turned_driver = replace(driver, facts=(turned, *driver.facts[1:]))
    drivers = tuple(turned_driver if d is driver else d for d in e.drivers)
    console = Console(file=io.StringIO(), width=100)
    explain_table.show(console, replace(e, drivers=drivers))
    printed = console.file.getvalue()
    assert "sdrawkcab" in printed
    assert "\u202e" not in printed


def test_the_picture_says_in_words_what_held_and_what_pushed():
    e = told()
    assert explain_plot.title(e) == (
        "What held Velia in Lantern Pact and what pushed it away, 2004-10"
    )
    picture = explain_plot.draw(e)
    ordered = [t.name for t in e.terms if t.log_odds.mean > 0.005]
    holding, pushing = picture.alt.split("Pushing it:")
    for term in e.terms:
        if abs(term.log_odds.mean) > 0.005:
            assert term.name in (holding if term.name in ordered else pushing)


def test_bars_run_from_0_through_each_term_to_the_alignment():
    e = told()
    axes = explain_plot.draw(e).figure.axes[0]
    ends, at = [], 0.0
    for bar, term in zip(axes.patches, e.terms, strict=False):
        assert (bar.get_x(), bar.get_width()) == pytest.approx((at, term.log_odds.mean))
        at += term.log_odds.mean
        ends.append(at)
    assert ends[-1] == pytest.approx(axes.patches[len(e.terms)].get_width())
    assert not axes.xaxis_inverted()  # right holds


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"),
        (0.00001, "<0.01 %"),
        (0.0074, "0.74 %"),
        (0.094, "9.4 %"),
        (0.42, "42 %"),
        (0.9986, "99.86 %"),
        (0.99999, ">99.99 %"),
        (1, "100 %"),
    ],
)
def test_a_chance_has_two_digits_and_is_never_rounded_to_certainty(share, text):
    assert words.chance(share) == text
