"""What is printed, written and refused."""

import csv
import io
import itertools
import json
from dataclasses import replace

import pytest
from matplotlib.text import Text
from PIL import Image
from rich.console import Console
from typer.testing import CliRunner

from alliance_cohesion.analysis.explain import explain
from alliance_cohesion.cli import app
from alliance_cohesion.report import explain as explain_report
from alliance_cohesion.report import explain as words
from alliance_cohesion.scenario import write_new
from alliance_cohesion.simulation import load

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


def test_json_is_the_explanation_and_the_printed_tables_agree_with_it(place):
    content = json.loads(call(*VELIA, "--json", "--no-report").stdout)
    assert content == json.loads(json.dumps(told().as_json()))
    printed = call(*VELIA, "--no-report").stdout
    lines = printed.splitlines()
    for term in content["terms"]:
        line = next(line for line in lines if line.startswith(term["term"]))
        for key in ("mean", "q05", "q95"):
            assert words.log_odds(term[key]) in line
    assert words.probability(content["probabilities"][0]["mean"]) in printed
    for driver in content["drivers"]:
        assert f"{driver['symbol']}, {driver['name']}" in printed
    for fact in content["facts"]:
        assert fact["id"] in printed


def test_every_probability_says_whether_it_is_in_sample(place):
    assert "in sample" in call("explain", "csto", "Armenia", "2024-02", "--no-report").stdout
    printed = " ".join(call(*VELIA, "--no-report").stdout.split())
    assert "held out: the parameters were fitted to other records, never to this one" in printed


def test_frozen_and_out_are_told_apart_with_names_and_monte_carlo_error(place):
    printed = " ".join(call("explain", "csto", "armenia", "2024-02", "--no-report").stdout.split())
    means = explain(load("csto"), "ARM", "2024-02").probabilities["mean"]
    frozen, out = (words.probability(means[f"leaving to {to}"]) for to in ("frozen", "out"))
    assert f"of which frozen {frozen} and out {out}" in printed
    assert "Armenia in CSTO, 2024-01-01 to 2024-03-31: member, then frozen" in printed
    assert "threat by Azerbaijan, code 3" in printed
    assert "percentage points" in printed
    assert "away" not in printed.replace("pushes it away", "").replace("ten days later", "")


def test_the_output_lists_statements_and_says_that_they_move_nothing(place):
    printed = call(*VELIA, "--no-report").stdout
    assert "These rows move nothing in the model" in printed
    for row in told().statements.to_dict("records"):
        for cell in ("id", "date", "description"):
            assert row[cell] in " ".join(printed.split())


def test_the_table_names_source_confidence_and_code_of_each_fact(place):
    printed = " ".join(call(*VELIA, "--no-report").stdout.split())
    assert "Separatists armed by Magna take a port of Velia." in printed
    assert "threat by Free Coast, code 3; confidence high; coast-2003; source: Invented" in printed


FILES = {
    "explanation.json", "explanation.md", "manifest.json", "report.html", "README.txt", "scenario",
    "pictures", *(f"{name}.csv" for name in (
        "terms", "drivers", "facts", "dependence", "probabilities", "peers", "shifts", "statements",
    )),
}  # fmt: skip


def test_without_options_report_picture_and_tables_are_written_and_the_place_is_said(place):
    done = call(*VELIA)
    folder = place / "results" / "starter-Velia-2004-11"
    assert done.stdout.splitlines()[-1] == "Report: results/starter-Velia-2004-11/report.html"
    assert {path.name for path in folder.iterdir()} == FILES
    content = json.loads((folder / "explanation.json").read_text())
    assert content == json.loads(call(*VELIA, "--json", "--no-report").stdout)
    for name, table in told().tables().items():
        with (folder / f"{name}.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert [[*row] for row in rows] == [[*table.columns]] * len(table)
        for row, line in zip(rows, content[name], strict=True):
            for key, value in line.items():
                same = float(row[key]) if isinstance(value, float) else row[key]
                assert same == (value if isinstance(value, float) else row[key])
    with Image.open(folder / "pictures" / "terms.png") as picture:
        assert picture.width > 800
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["command"] == ["cohesion", *VELIA]
    assert "threat from inside" in manifest["alt"]["terms"]


def test_a_second_explanation_goes_to_a_folder_of_its_own(place):
    call(*VELIA)
    assert "results/starter-Velia-2004-11-2/report.html" in call(*VELIA).stdout
    assert "results/starter-Velia-2004-11/report.html" in call(*VELIA, "--overwrite").stdout


def test_no_report_writes_nothing_and_no_pictures_draws_nothing(place):
    call(*VELIA, "--no-report")
    assert not (place / "results").exists()
    assert "Report: why/report.html" in call(*VELIA, "--no-pictures", "--out", "why").stdout
    assert {path.name for path in (place / "why").iterdir()} == FILES - {"pictures"}
    assert "give one of them" in refused(*VELIA, "--no-report", "--out", "other")


def test_with_json_only_json_reaches_standard_output(place):
    done = call(*VELIA, "--json")
    assert json.loads(done.stdout)
    assert done.stderr == "Report: results/starter-Velia-2004-11/report.html\n"


def test_a_folder_that_holds_something_else_is_refused_before_anything_is_printed(place):
    assert "is not empty" in refused(*VELIA, "--out", "starter")


def test_markdown_says_what_the_report_says():
    text = explain_report.markdown(told())
    page = explain_report.document(told())
    assert text.startswith(f"# {page.title}\n")
    for section in page.sections:
        assert f"## {section.heading}" in text
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.count("|") >= 3 for line in tables)
    for term in told().terms.index[:-1]:
        assert any(line.startswith(f"| {term} |") for line in tables)


def test_the_seed_is_told_and_changes_the_draws(place):
    one, two = (json.loads(call(*VELIA, "--json", "--seed", s).stdout) for s in "12")
    assert (one["seed"], two["seed"]) == (1, 2)
    assert one["parameters_sha256"] != two["parameters_sha256"]


def test_prior_draws_are_called_uncalibrated(place):
    path = place / "starter" / "scenario.toml"
    path.write_text(path.read_text().replace('"default"', '"prior"'))
    assert "PRIOR" in call(*VELIA).stdout
    assert json.loads(call(*VELIA, "--json").stdout)["sample"] == "prior, not calibrated"


def test_an_unknown_state_is_answered_with_the_nearest(place):
    message = refused("explain", "starter", "Vellia", EVE)
    assert message == (
        'Error: no state "Vellia"; allowed: Karth, Ostra, Velia; did you mean "Velia"?\n'
    )


@pytest.mark.parametrize("name", ["Armenia", "armenia", "arm", "371"])
def test_a_state_is_found_by_its_code_name_or_number(name):
    told = json.loads(call("explain", "csto", name, "2023-12", "--json", "--no-report").stdout)
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
        file.write("late,2002-02-10,,status,Karth,,member,,Karth joins.,A book,high,\n")
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
    turned = e.facts.assign(description="armed \u202esdrawkcab")
    console = Console(file=io.StringIO(), width=100)
    explain_report.show(console, replace(e, facts=turned))
    printed = console.file.getvalue()
    assert "sdrawkcab" in printed
    assert "\u202e" not in printed


def test_the_picture_says_in_words_what_held_and_what_pushed():
    e = told()
    assert explain_report.heading(e).replace("\n", " ") == (
        "What held Velia in Lantern Pact and what pushed it away, 2004-11"
    )
    alt = explain_report.picture(e).alt
    holding, pushing = alt.split("most pushed by")
    for term, value in e.terms["mean"].drop("alignment").items():
        if abs(value) > 0.005:
            assert term in (holding if value > 0 else pushing)


def test_bars_start_at_zero_sorted_with_their_sum_last():
    e = told()
    axes = explain_report.picture(e).figure.axes[0]
    bars = [patch for patch in axes.patches if patch.get_width()]
    ends = [bar.get_x() + bar.get_width() for bar in axes.patches]
    assert all(bar.get_x() == 0 for bar in bars)
    means = e.terms["mean"]
    assert ends == pytest.approx(
        [*sorted(means.drop("alignment"), reverse=True), means["alignment"]]
    )
    assert not axes.xaxis_inverted()  # right holds


def beyond(text, low, high):
    """Whether it is the number of a time step outside the axis, which is not drawn."""
    number = text.get_text().replace("\N{MINUS SIGN}", "-")
    return (
        text.get_position()[1] == 0
        and number.lstrip("-").isdigit()
        and (not low <= float(number) <= high)
    )


@pytest.mark.parametrize("question", [("Velia", EVE), ("Karth", "2002"), ("Velia", "2007")])
def test_no_text_of_the_picture_is_cut_or_lies_over_another(question):
    figure = explain_report.picture(told(*question)).figure
    figure.draw_without_rendering()
    (axes,) = figure.axes
    low, high = axes.get_xlim()
    boxes = [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(Text)
        if text.get_text() and text.get_visible() and not beyond(text, low, high)
    ]
    assert len(boxes) > 20
    for text, box in boxes:
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1, text
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1, text
    for (one, first), (two, second) in itertools.combinations(boxes, 2):
        assert not first.overlaps(second), (one, two)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"),
        (0.00001, "<0.01 %"),
        (0.0074, "0.74 %"),
        (0.094, "9.4 %"),
        (0.0103, "1.0 %"),
        (0.42, "42 %"),
        (0.9986, "99.86 %"),
        (0.99999, ">99.99 %"),
        (1, "100 %"),
    ],
)
def test_a_probability_has_two_digits_and_is_never_rounded_to_certainty(share, text):
    assert words.probability(share) == text
