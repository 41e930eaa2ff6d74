"""One small bad file an error: what fuzzing found, or what it might have, and what is said."""

import csv
import json
import os
import re
from pathlib import Path

import h5py
import pytest
from typer.testing import CliRunner

from alliance_cohesion.cli import app
from alliance_cohesion.inference.draws import DrawsError, draws
from alliance_cohesion.report import run as results
from alliance_cohesion.report.folder import FolderError
from alliance_cohesion.scenario import ScenarioError, load
from tests.scenario.builders import TOML, event, read, write

from . import ground
from .ground import refused

GOOD = event("2000-01-01", "threat", "FOE", "ANA", "3")


def message(folder, *events, **files) -> str:
    with pytest.raises(ScenarioError) as caught:
        read(folder, *events, **files)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_table_in_another_encoding_is_named_as_such(tmp_path, encoding):
    path = write(tmp_path, GOOD)
    table = tmp_path / "events.csv"
    table.write_bytes(table.read_text(encoding="utf-8").encode(encoding))
    said = f"line 1: {encoding.upper()} text; allowed: text in UTF-8"
    with pytest.raises(ScenarioError, match=said):
        load(path)


def test_a_null_is_no_text(tmp_path):
    path = write(tmp_path, GOOD)
    with (tmp_path / "events.csv").open("ab") as file:
        file.write(b"\n2000,\0")
    with pytest.raises(ScenarioError, match="line 4: not UTF-8 text"):
        load(path)


@pytest.mark.parametrize("end", [b"\r", b"\r\n", b"\n\r\n"])
def test_any_end_of_line_ends_a_line(tmp_path, end):
    path = write(tmp_path, GOOD, GOOD)
    table = tmp_path / "events.csv"
    table.write_bytes(table.read_bytes().replace(b"\r\n", end))
    assert len(load(path).events) == 2


def test_letters_composed_and_in_parts_are_the_same_letters(tmp_path):
    head = TOML.replace('"ANA"', '"\u00c5NA"')
    found = read(tmp_path, GOOD | {"target": "A\u030aNA"}, head=head)
    assert found.events[0].targets == found.states[:1]


@pytest.mark.parametrize(
    "target",
    [
        "ANA\u200b",
        "\u202eANA",
        "ANA\ufe0f",
        "\u3164ANA",
        "\u00a0ANA",
        "\uff21\uff2e\uff21",
        "A\u2800NA",
        "A\U0001d173NA",
    ],
)
def test_a_name_with_invisible_or_compatible_letters_is_the_name_it_looks_like(tmp_path, target):
    assert read(tmp_path, GOOD | {"target": target}).events[0].targets == ("ANA",)
    head = TOML.replace('"ANA"', json.dumps(target, ensure_ascii=False))
    assert read(tmp_path, GOOD, head=head).states[0] == "ANA"


@pytest.mark.parametrize("actor", ["Great  Power", "Great\u00a0Power", " Great\u2009Power\u200a"])
def test_spaces_of_any_kind_and_number_are_one_space(tmp_path, actor):
    head = TOML.replace('"PAT"', '"Great Power"')
    assert read(tmp_path, GOOD | {"actor": actor}, head=head).events[0].actor == "Great Power"


def test_a_name_too_long_is_refused(tmp_path):
    said = message(tmp_path, GOOD | {"target": "A" * 101})
    assert "row 2, target: found" in said
    assert "names of at most 100 characters" in said


def test_a_message_shows_invisible_characters(tmp_path):
    assert "\\u202e" in message(tmp_path, GOOD | {"kind": "\u202ethreat"})


def test_full_width_letters_do_not_make_another_member(tmp_path):
    head = TOML.replace('"BOR"', '"\uff21\uff2e\uff21"')
    assert "'ana' is there twice" in message(tmp_path, head=head)


def test_more_rows_problems_or_columns_than_anyone_bears_are_not_read(tmp_path, monkeypatch):
    path = write(tmp_path, *[GOOD | {"strength": "9"}] * 1200)
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert len(caught.value.problems) == 1001
    assert "more than 1,000 problems; the rest was not read" in str(caught.value)
    (tmp_path / "events.csv").write_text("a," * 300, encoding="utf-8")
    with pytest.raises(ScenarioError, match="301 columns; allowed: at most 200"):
        load(path)
    monkeypatch.setattr("alliance_cohesion.scenario.tables.MOST_ROWS", 3)
    write(tmp_path, *[GOOD] * 5)
    with pytest.raises(ScenarioError, match="too many rows; allowed: at most 3 rows"):
        load(path)


def test_more_than_two_thousand_states_are_refused(tmp_path):
    members = json.dumps([f"S{k}" for k in range(2001)])
    head = re.sub(r"(?m)^members = .*$", f"members = {members}", TOML)
    assert "allowed: a list of at most 2000" in message(tmp_path, head=head)


BAD_TOML = {
    "a number without end": ("[run]\nseed = 0x" + "f" * 9000, "a number of more than 4,300 digits"),
    "a number beyond 64 bits": (
        "[run]\nseed = 99999999999999999999",
        "at most 9,223,372,036,854,775,807",
    ),
    "a text without end": ('title = "' + "x" * 10_001 + '"', "10,001 characters"),
    "a key without end": (f"[{'x' * 5000}]", "..xxx"),
    "a key of too many parts": ("a." * 100_000 + "a = 1", "nested too deeply"),
    "a key of too many quoted parts": ('"a" . ' * 50_000 + "a = 1", "nested too deeply"),
    "a table that is a pipe": ('tables.events = "pipe"', "there is no such file"),
    "a file of two megabytes": ("#" * 2**21, "2.1 MB; allowed: at most 1 MB"),
}


@pytest.mark.parametrize("name", BAD_TOML)
def test_a_scenario_file_beyond_all_bounds_is_refused(tmp_path, name):
    line, phrase = BAD_TOML[name]
    os.mkfifo(tmp_path / "pipe")
    head = TOML.replace('"events.csv"', '"pipe"') if "pipe" in line else f"{line}\n{TOML}"
    said = message(tmp_path, head=head)
    assert phrase in said
    assert max(map(len, said.splitlines())) < 1000


def test_a_link_to_itself_is_no_file_and_no_place_for_results_or_a_scenario(place):
    Path("loop").symlink_to("loop")
    status = CliRunner().invoke(app, ["check", "loop"])
    assert status.exit_code == 2
    assert "no scenario" in status.stderr
    assert "is a link to itself" in refused("run", "starter", "--out", "loop", "--histories", "2")
    assert "is a link to itself" in refused("new", "loop")
    assert Path("loop").is_symlink()


def posterior_of(place: Path, edit) -> str:
    rows = list(csv.reader((place / "posterior.csv").open(encoding="utf-8")))
    edit(rows)
    with (place / "posterior.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    ground.vouch_for_posterior(place)
    with pytest.raises(DrawsError) as caught:
        draws("posterior.csv", "X", {}, 1)
    return str(caught.value)


@pytest.mark.parametrize(
    ("column", "cell", "phrase"),
    [
        ("h_align", "0", "h_align from 0 to"),
        ("omega", "1.5", "allowed: from 0 to 1"),
        ("b_S", "1e300", "b_S from"),
        ("f_leave_spread", "1e300", "f_leave from"),
        ("b_D", "nan", "finite number"),
        ("b_D", "=1+1", "finite number"),
    ],
)
def test_a_posterior_that_the_rules_do_not_bear_is_refused(place, column, cell, phrase):
    def edit(rows):
        rows[1][rows[0].index(column)] = cell

    assert phrase in posterior_of(place, edit)


def test_a_posterior_without_its_spread_over_alliances_is_refused(place):
    def edit(rows):
        rows[0][rows[0].index("f_leave_spread")] = "x"

    assert "columns missing: f_leave_spread" in posterior_of(place, edit)


@pytest.mark.parametrize(
    "text", ["[]", '{"alliances": 1}', "[" * 100_000, '{"x": NaN}', "\ufffe", ""]
)
def test_a_posterior_whose_manifest_is_none_is_refused_by_every_command(place, text):
    (place / "posterior.json").write_text(text, encoding="utf-8")
    for words in (["run", "child.toml", "--out", "out"], ["sweep", "child.toml", "--dry-run"]):
        assert "posterior.csv" in refused(*words)
    assert not (place / "out").exists()


@pytest.mark.parametrize(
    ("edits", "phrase"),
    [
        ({"entry": "../starter/scenario.toml"}, "no file of the folder"),
        ({"entry": "/etc/passwd"}, "no file of the folder"),
        ({"entry": 3}, "no file of the folder"),
        ({"files": {"../x": ""}}, "no file of the folder"),
        ({"files": ["histories.nc"]}, "no file of the folder"),
        ({"seed": "1"}, "no seed that is a number"),
        ({"program": "another"}, "no results folder of this program"),
        ({"files": {"histories.nc": "0"}}, "not as it was written"),
    ],
)
def test_a_manifest_that_points_elsewhere_is_not_believed(place, edits, phrase):
    manifest = place / "run" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | edits), encoding="utf-8")
    assert phrase in refused("compare", "run")


@pytest.mark.parametrize("text", ["[" * 100_000, '{"program": NaN}', "\x00", "[1, 2]"])
def test_a_manifest_that_is_none_is_refused(place, text):
    for folder, command in (
        ("run", ["compare", "run"]),
        ("shard-1", ["merge", "shard-1", "--out", "m"]),
    ):
        (place / folder / "manifest.json").write_text(text, encoding="utf-8")
        assert folder in refused(*command)


def test_a_manifest_that_is_a_pipe_is_not_waited_for(place):
    for folder in ("run", "whole"):
        (place / folder / "manifest.json").unlink()
        os.mkfifo(place / folder / "manifest.json")
    with pytest.raises(FolderError, match="no readable manifest"):
        results.read("run")
    assert "no readable manifest" in refused("merge", "whole", "--out", "m")


def numbers(place: Path, edit) -> str:
    with h5py.File(place / "run" / "histories.nc", "r+") as file:
        edit(file)
    ground.vouch_for(place / "run")
    with pytest.raises(FolderError) as caught:
        results.read("run")
    return str(caught.value)


def test_numbers_that_unpack_to_gigabytes_are_not_unpacked(place):
    def edit(file):
        file.create_dataset("bomb", (40_000, 40_000), "i1", chunks=True, compression="gzip")

    assert "unpacks to" in numbers(place, edit)


def test_numbers_that_lead_to_another_file_are_not_followed(place):
    def edit(file):
        del file["left_by"]
        file["left_by"] = h5py.ExternalLink("/etc/passwd", "/x")

    assert "leads elsewhere" in numbers(place, edit)


def test_one_long_word_said_a_thousand_times_is_not_read_a_thousand_times(place):
    def edit(file):
        file.create_dataset("words", data=["x" * 10**6] * 50, dtype=h5py.string_dtype())

    assert "a word too long" in numbers(place, edit)


def test_a_status_that_is_none_is_refused(place):
    def edit(file):
        file["path"][0, 0, 0] = 7

    assert "path holds what is no status" in numbers(place, edit)


@pytest.mark.parametrize(
    "edits",
    [
        {"histories": [10**12]}, {"histories": [20, 10]}, {"histories": []}, {"shard": [3, 2]},
        {"shard": 1}, {"again": 3}, {"plan": {}}, {"interest": {"outcome": "x", "above": 1}},
    ],
)  # fmt: skip
def test_the_manifest_of_a_sweep_is_checked_before_it_is_believed(place, edits):
    manifest = place / "whole" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | edits), encoding="utf-8")
    assert "manifest.json is damaged" in refused("merge", "whole", "--out", "m")


@pytest.mark.parametrize(
    ("vary", "phrase"),
    [
        ("b_D=-1e300:1e300", "b_D from 0 to 50"),
        ("event:coast-2003.days=0:1e300", "dates within the years 1 to 9999"),
    ],
)
def test_a_range_without_end_is_refused(place, vary, phrase):
    assert phrase in refused("sweep", "starter", "--vary", vary, "--dry-run")


def test_of_a_range_of_strengths_without_end_the_codes_are_taken(place):
    words = ["sweep", "starter", "--vary", "event:coast-2003.strength=1:1e18", "--dry-run"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert done.stdout.split()[:2] == ["Points", "5"]


def test_a_list_whose_cell_is_too_long_is_refused(place):
    (place / "points.csv").write_text("b_D\n" + "1" * 200_000, encoding="utf-8")
    assert "not a CSV file" in refused("sweep", "starter", "--list", "points.csv", "--dry-run")


@pytest.mark.parametrize(
    "words",
    [
        ["run", "starter", "--histories", "9" * 30],
        ["sweep", "starter", "--extend", "9" * 30],
        ["compare", "starter", "--histories", "9" * 30],
        ["counterfactual", "child.toml", "--histories", "9" * 30],
    ],
)
def test_a_number_of_histories_without_end_is_refused(place, words):
    assert "Input should be less than or equal to" in refused(*words)


def test_formulas_of_the_record_are_neutral_in_the_tables_of_explain(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "x", GOOD | {"description": '=cmd|" /C calc"!A0', "source": "@SUM(1)"})
    done = CliRunner().invoke(app, ["explain", "x", "ANA", "2000-05", "--out", "out"])
    assert done.exit_code == 0, done.output
    text = "".join(
        path.read_text(encoding="utf-8") for path in (tmp_path / "out").rglob("facts*.csv")
    )
    assert "'=cmd" in text
    assert "'@SUM(1)" in text
