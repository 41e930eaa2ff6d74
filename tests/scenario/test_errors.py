"""One bad file an error message: what the reader of a broken scenario is told."""

import os
import re

import pytest

from alliance_cohesion.scenario import Problem, ScenarioError, check, load, load_events

from .builders import (
    EVENT_COLUMNS,
    TOML,
    event,
    indicator,
    read,
    write,
    write_table,
)


def message(folder, *events, **files) -> str:
    with pytest.raises(ScenarioError) as caught:
        read(folder, *events, **files)
    return str(caught.value)


def change(lines: str, name: str = "edit") -> str:
    return f'\n[[change]]\nname = "{name}"\nreason = "To see"\n{lines}\n'


GOOD = event("2000-01-01", "threat", "FOE", "ANA", "3")
ANSWER = event("2000-01-01", "response", "PAT", "ANA", "1", threat_level="3")
STATUS = event("2000-01-01", "status", "ANA", "", "out")

BAD_CELLS = {
    "a date of another form": ({"date": "20 April 1999"}, "row 2, date", "1999-04-20"),
    "a date that does not exist": ({"date": "1999-02-30"}, 'found "1999-02-30"', "that exists"),
    "a year nought": ({"date": "0000"}, "row 2, date", "ISO date"),
    "no date": ({"date": ""}, "row 2, date: nothing there", "ISO date"),
    "an end before the date": ({"end": "1999-12"}, "row 2, end", "no earlier than the date"),
    "an end of another form": ({"end": "soon"}, 'row 2, end: found "soon"', "ISO date"),
    "a misspelt kind": ({"kind": "thraet"}, 'found "thraet"', 'did you mean "threat"?'),
    "a strength off the scale": ({"strength": "6"}, 'found "6"', "1, 2, 3, 4, 5 for a threat"),
    "a strength between codes": ({"strength": "2.5"}, 'found "2.5"', "1, 2, 3, 4, 5"),
    "a strength that is no number": ({"strength": "nan"}, 'found "nan"', "1, 2, 3, 4, 5"),
    "an infinite strength": ({"strength": "inf"}, 'found "inf"', "1, 2, 3, 4, 5"),
    "no strength": ({"strength": ""}, "row 2, strength: nothing there", "1, 2, 3, 4, 5"),
    "an offer of five": ({"kind": "offer", "strength": "5"}, 'found "5"', "1, 2, 3, 4 for an? "),
    "a demand of five": ({"kind": "demand", "strength": "5"}, 'found "5"', "1, 2, 3, 4 for a dem"),
    "a coercion of four": ({"kind": "coercion", "strength": "4"}, 'found "4"', "1, 2, 3 for a co"),
    "a target in another case": ({"target": "ana"}, 'found "ana"', 'did you mean "ANA"?'),
    "a target one letter off": ({"target": "ANX|BOR"}, 'found "ANX"', 'did you mean "ANA"?'),
    "a misspelt members": ({"target": "member"}, 'found "member"', 'did you mean "members"?'),
    "members among others": ({"target": "members|ANA"}, "row 2, target", '"members" alone'),
    "no target": ({"target": ""}, "row 2, target: nothing there", "states joined with"),
    "an actor in another case": ({"actor": "pat"}, 'found "pat"', 'did you mean "PAT"?'),
    "two actors": ({"actor": "FOE|ENE"}, 'found "FOE|ENE"', "one actor a row"),
    "no actor": ({"actor": ""}, "row 2, actor: nothing there", "some text"),
    "a threat on oneself": ({"actor": "ANA"}, "row 2, target", 'has the actor "internal"'),
    "an offer from within": (
        {"kind": "offer", "actor": "internal"}, "row 2, actor", "only for a threat"
    ),
    "a confidence of another word": ({"confidence": "hihg"}, 'found "hihg"', '"high"'),
    "no confidence": ({"confidence": ""}, "row 2, confidence", "high, medium, low"),
    "a consequence of another word": ({"consequence": "maybe"}, 'found "maybe"', "yes, no or"),
    "no source": ({"source": ""}, "row 2, source: nothing there", "some text"),
    "no description": ({"description": " "}, "row 2, description: nothing there", "some text"),
    "a cell too long": ({"description": "x" * 10_001}, "row 2, description", "10,000 characters"),
    "a terminal escape": ({"description": "\x1b[2J"}, "\\x1b[2J", "without control characters"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_CELLS)
def test_a_bad_cell_is_named_with_what_is_allowed(tmp_path, name):
    edits, place, allowed = BAD_CELLS[name]
    said = message(tmp_path, GOOD | edits)
    assert "events.csv" in said
    assert place in said
    assert allowed.replace("an? ", "a") in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("row", "phrase"),
    [
        (ANSWER | {"threat_level": ""}, "row 2, threat_level: nothing there"),
        (ANSWER | {"threat_level": "6"}, 'row 2, threat_level: found "6"'),
        (ANSWER | {"strength": "0"}, "1, 0.5, -0.5, -1 for a response"),
        (STATUS | {"strength": "gone"}, "member, frozen, out for a status"),
        (STATUS | {"actor": "ANN"}, 'did you mean "ANA"?'),
        (STATUS | {"kind": "renewal", "strength": "signed"}, "act, automatic for a renewal"),
    ],
)
def test_each_kind_has_codes_of_its_own(tmp_path, row, phrase):
    assert phrase in message(tmp_path, row)


def test_a_sound_row_is_sound(tmp_path):
    assert len(read(tmp_path, GOOD, ANSWER, STATUS).events) == 3


def test_two_statuses_on_one_day_contradict_each_other(tmp_path):
    said = message(tmp_path, STATUS, STATUS | {"strength": "frozen"})
    assert "row 2 says out" in said


def test_two_rows_with_one_id_are_told_apart(tmp_path):
    said = message(tmp_path, GOOD | {"id": "war"}, GOOD | {"id": "war"})
    assert 'row 3, id: found "war", the id of row 2' in said


def test_rows_without_an_id_are_called_by_their_number(tmp_path):
    assert [e.id for e in read(tmp_path, GOOD, GOOD | {"id": "war"}).events] == ["row-2", "war"]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("date,kind,actor\n", 'row 1: no column "target"'),
        ("date;kind;actor;target\n", "separate columns by commas"),
        (",".join(EVENT_COLUMNS).replace("threat_level", "threatlevel") + "\n",
         'found column "threatlevel"'),
        (",".join(EVENT_COLUMNS).replace("source", "sourse") + "\n", 'did you mean "sourse"?'),
        (",".join(EVENT_COLUMNS) + ",kind\n", 'column "kind" twice'),
        (",".join(EVENT_COLUMNS) + "\n2000,threat\n", "row 2: 2 cells; allowed: 12 cells"),
        (",".join(EVENT_COLUMNS) + '\n"2000,threat\n', "row 2: not a CSV row"),
        ("", 'row 1: no column "date"'),
    ],
)  # fmt: skip
def test_a_table_that_is_no_event_table_is_refused(tmp_path, text, phrase):
    path = write(tmp_path)
    (tmp_path / "events.csv").write_text(text)
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert phrase in str(caught.value)


def test_a_table_from_a_spreadsheet_is_read_as_it_comes(tmp_path):
    path = write(tmp_path)
    shuffled = [*EVENT_COLUMNS[::-1], "coder"]
    write_table(tmp_path / "events.csv", tuple(shuffled), [GOOD | {"coder": "me"}])
    text = (tmp_path / "events.csv").read_bytes()
    (tmp_path / "events.csv").write_bytes(
        b"\xef\xbb\xbf" + text + b"\r\n,,,\r\n".replace(b",", b"")
    )
    (fact,) = load(path).events
    assert fact.extra == {"coder": "me"}
    assert fact.strength == 3.0


def test_a_table_that_is_not_utf8_is_refused_with_its_line(tmp_path):
    path = write(tmp_path)
    with (tmp_path / "events.csv").open("ab") as file:
        file.write("2000,café\n".encode("latin-1"))
    with pytest.raises(ScenarioError, match="line 2: not UTF-8 text"):
        load(path)


def test_a_file_too_large_is_not_read(tmp_path):
    path = write(tmp_path)
    os.truncate(tmp_path / "events.csv", 33 * 2**20)
    with pytest.raises(ScenarioError, match="33 MB; allowed: at most 32 MB"):
        load(path)


@pytest.mark.parametrize(
    ("edits", "phrase"),
    [
        ({"year": "99"}, "1800 to 2200"),
        ({"year": "2201"}, "1800 to 2200"),
        ({"value": "0,5"}, "with a point for decimals"),
        ({"value": "1e999"}, "a finite number"),
        ({"value": ""}, "value: nothing there"),
        ({"indicator": "trade_shares"}, 'did you mean "trade_share"?'),
        ({"indicator": "energi"}, 'did you mean "energy"?'),
        ({"state": "AMA"}, 'did you mean "ANA"?'),
        ({"source": ""}, "source: nothing there"),
    ],
)
def test_a_bad_indicator_is_named(tmp_path, edits, phrase):
    said = message(tmp_path, indicators=[indicator("ANA", 2000, "energy", 1) | edits])
    assert phrase in said
    assert "indicators.csv, row 2" in said


def test_an_indicator_is_given_once_a_state_and_year(tmp_path):
    rows = [indicator("ANA", 2000, "energy", 1), indicator("ANA", 2000, "energy", 0)]
    assert "ANA, 2000, energy" in message(tmp_path, indicators=rows)


def test_indicators_the_model_does_not_know_are_kept_as_signs(tmp_path):
    rows = [indicator("ANA", 2000, "summit_visits", 4)]
    assert read(tmp_path, indicators=rows).indicators[0].value == 4.0


BAD_TOML = {
    "no TOML": ("name = ", "end of document: not TOML"),
    "TOML with a slip": ('name = "a"\nquestion = why', "line 2, column 12: not TOML"),
    "an endless number": ("name = " + "9" * 5000, "not TOML"),
    "arrays without end": ("name = " + "[" * 5000, "nested too deeply"),
    "keys without end": (TOML + "[sweep]\n" + "a." * 3000 + "a = 1", "nested too deeply"),
    "an unknown table": (TOML + "[clcok]", 'clcok: unknown key; .*did you mean "clock"'),
    "an unknown key": (
        TOML.replace("patron", "patorn"), 'alliance.patorn: unknown key; .*did you mean "patron"'
    ),
    "a missing key": (TOML.replace("end = 2001-12-31", ""), "clock.end: nothing there"),
    "a missing name": (TOML.replace('name = "pact"', ""), "name: nothing there"),
    "a name that is a path": (TOML.replace('"pact"', '"../pact"'), "name: found"),
    "a misspelt time step": (
        TOML.replace("[clock]", '[clock]\nstep = "quater"'),
        'found "quater"; allowed: month, quarter, year; did you mean "quarter"',
    ),
    "a date that is a number": (TOML.replace("2000-01-01", "2000"), "such as 1999-04-20"),
    "a memory after the start": (TOML.replace("1999-01-01", "2000-02-01"), "no later than"),
    "a patron among the members": (TOML.replace('"ANA"', '"PAT"'), "'pat' is there twice"),
    "a member twice": (TOML.replace('"ANA"', '"BOR"'), "'bor' is there twice"),
    "no members": (TOML.replace('"ANA", "BOR", "CYL"', ""), "alliance.members"),
    "a reserved name": (TOML.replace('"ANA"', '"members"'), "a name other than"),
    "a control character": (TOML + 'title = "\\u001b"', "control characters"),
    "a text for a number": (TOML + '[run]\nseed = "1"', "run.seed"),
    "a negative seed": (TOML + "[run]\nseed = -1", "greater than or equal to 0"),
    "a missing table": (TOML.replace("events.csv", "event.csv"), "there is no such file"),
    "a table above": (TOML.replace("events.csv", "../events.csv"), "scenario's own folder"),
    "a table elsewhere": (TOML.replace("events.csv", "/etc/hosts"), "scenario's own folder"),
    "a table on a drive": (TOML.replace("events.csv", "C:/events.csv"), "scenario's own folder"),
    "an unknown parameter": (
        TOML + "[parameters]\nfixed = { b_X = 1 }", "a parameter of the model; did you mean"
    ),
    "a parameter out of range": (
        TOML + "[parameters]\nfixed = { omega = 2 }", "omega from 0 to 1"
    ),
    "a posterior that is not there": (
        TOML + '[parameters]\nposterior = "mine.csv"', "parameters.posterior"
    ),
    "a client without a sponsor": (
        TOML + '[[client]]\nname = "FREE"\nsponsor = "PTA"\nsource = "A book"',
        'client "FREE", sponsor: found "PTA".*did you mean "PAT"',
    ),
    "a base that is not there": (TOML.replace("[clock]", 'base = "nowhere"\n[clock]', 1), "base"),
    "a change without reason": (
        TOML + '[[change]]\nname = "x"\nreason = ""\naction = "drop"\nwhere = { id = "*" }',
        "change 1.reason",
    ),
    "a misspelt action": (
        TOML + change('action = "dorp"'), 'change 1.action: found "dorp".*did you mean "drop"'
    ),
    "no action": (TOML + change("days = 1"), "change 1.action: nothing there; allowed: add, drop"),
    "an unknown selector": (
        TOML + change('action = "drop"\nwhere = { idd = "x" }'),
        'change 1.where.idd: unknown key; allowed: id, kind.*did you mean "id"',
    ),
    "an empty selector": (
        TOML + change('action = "drop"\nwhere = {}'), "at least one condition"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_TOML)
def test_a_bad_scenario_file_is_explained(tmp_path, name):
    head, pattern = BAD_TOML[name]
    said = message(tmp_path, head=head)
    assert "scenario.toml" in said or "event.csv" in said
    assert re.search(pattern, said), said


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    path = write(tmp_path / "mine")
    (tmp_path / "mine" / "events.csv").rename(tmp_path / "secret.csv")
    (tmp_path / "mine" / "events.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(ScenarioError, match="own folder"):
        load(path)


def test_all_errors_of_all_files_are_shown_at_once(tmp_path):
    toml = '[run]\nseeed = 1\n[[client]]\nname = "F"\nsponsor = "XXX"\nsource = "A book"\n'
    said = message(
        tmp_path,
        GOOD | {"strength": "9", "date": "x"},
        GOOD | {"target": "ANX"},
        indicators=[indicator("ANA", 1, "energy", 1)],
        toml=toml,
    )
    for phrase in ("seeed", "row 2, strength", "row 2, date", '"ANX"', "row 2, year", "sponsor"):
        assert phrase in said, phrase
    assert len(said.splitlines()) == 6


def test_check_gathers_the_problems_of_several_scenarios(tmp_path):
    good = write(tmp_path / "good", GOOD)
    bad = write(tmp_path / "bad", GOOD | {"strength": "9"})
    found = check([good, bad, tmp_path / "missing"])
    assert len(found) == 2
    assert all(isinstance(problem, Problem) for problem in found)
    assert check([good]) == []


def test_files_are_named_as_seen_from_the_working_directory(tmp_path, monkeypatch):
    write(tmp_path / "mine", GOOD | {"strength": "9"})
    monkeypatch.chdir(tmp_path)
    (problem,) = check(["mine"])
    assert str(problem).startswith("mine/events.csv, row 2, strength: ")


def test_an_event_table_can_be_read_alone(tmp_path):
    write(tmp_path, GOOD)
    assert load_events(tmp_path / "events.csv")[0].targets == ("ANA",)
    write(tmp_path, GOOD | {"strength": "9"})
    with pytest.raises(ScenarioError, match="strength"):
        load_events(tmp_path / "events.csv")


@pytest.mark.parametrize(
    ("date", "hint"),
    [
        ("28.06.1948", 'did you mean "1948-06-28"?'),
        ("1956-10-19 00:00:00", 'did you mean "1956-10-19"?'),
        ("30.02.1948", "1999-04-20"),
        ("04/05/1999", 'did you mean "1999-05-04" or "1999-04-05"?'),
    ],
)
def test_a_date_as_a_spreadsheet_writes_it_is_answered_with_the_one_that_is_meant(
    tmp_path, date, hint
):
    assert message(tmp_path, GOOD | {"date": date}).rstrip().endswith(hint)


def test_empty_columns_at_the_end_of_a_table_do_no_harm(tmp_path):
    path = write(tmp_path, GOOD)
    table = tmp_path / "events.csv"
    table.write_text("".join(f"{line},,,\n" for line in table.read_text().splitlines()))
    assert len(load(path).events) == 1
