"""What people's files hold in the place of what is allowed is recognised, with what to do."""

import gzip
import io
import zipfile

import pytest
from typer.testing import CliRunner

from alliance_cohesion.cli import app
from alliance_cohesion.scenario import ScenarioError, load, problems
from alliance_cohesion.scenario.recognise import dates_in, wrong_date

from .builders import EVENT_COLUMNS, event, indicator, read, write

GOOD = event("2000-01-01", "threat", "FOE", "ANA", "3")


def message(folder, *events, **files) -> str:
    with pytest.raises(ScenarioError) as caught:
        read(folder, *events, **files)
    return str(caught.value)


def check(*words) -> str:
    done = CliRunner().invoke(app, ["check", *map(str, words)])
    assert done.exit_code == 2
    return done.stderr


DATES = {
    "1960-6-22": 'did you mean "1960-06-22"?',
    "1960/06/22": 'did you mean "1960-06-22"?',
    "6/22/1960": 'did you mean "1960-06-22"?',
    "22-06-1960": 'did you mean "1960-06-22"?',
    "22 Jun 1960": 'did you mean "1960-06-22"?',
    "June 22, 1960": 'did you mean "1960-06-22"?',
    "19600622": 'did you mean "1960-06-22"?',
    "196006": 'did you mean "1960-06"?',
    "1960-06-00": 'did you mean "1960-06"?',
    "1960-06--9": 'did you mean "1960-06"?',
    "1960-00-00": 'did you mean "1960"?',
    "1960-06-22T00:00:00": 'did you mean "1960-06-22"?',
    "1960-06-22 00:00:00.000": 'did you mean "1960-06-22"?',
    "Jun-60": 'did you mean "1960-06"?',
    "22-Jun-60": 'did you mean "1960-06-22"?',
    "1960.0": 'did you mean "1960"?',
    "c. 1960": 'did you mean "1960"?',
    "1960?": 'did you mean "1960"?',
    "2001M05": 'did you mean "2001-05"?',
    "1999m5": 'did you mean "1999-05"?',
    "Sept. 2001": 'did you mean "2001-09"?',
    "2001-06-22Z": 'did you mean "2001-06-22"?',
    "31/12/01": 'did you mean "2001-12-31"?',
    "22.6.60": 'did you mean "1960-06-22"?',
    "2001-Q3": 'did you mean "2001-08"?',
    "04/05/1999": 'did you mean "1999-05-04" or "1999-04-05"?',
    "22174": 'a spreadsheet\'s number of days? then "1960-09-15"',
    "1960; 1961": 'for a span write date "1960" and end "1961"',
    "1960-1965": 'for a span write date "1960" and end "1965"',
    "-9": "a code for a missing value",
    "NA": "a code for a missing value",
    "99": "",
    "soon": "",
    "2000-02-30": "",
}


@pytest.mark.parametrize("text", DATES)
def test_a_date_of_another_form_is_answered_with_the_iso_date(text):
    hint = wrong_date(text).hint
    assert DATES[text] in hint
    assert bool(hint) == bool(DATES[text])


def test_a_day_counted_by_a_spreadsheet_is_counted_from_the_end_of_1899(tmp_path):
    assert '"2000-01-01"' in message(tmp_path, GOOD | {"date": "36526"})  # as every spreadsheet


def test_the_end_of_a_span_is_recognised_like_its_beginning(tmp_path):
    assert 'did you mean "2000-06-22"?' in message(tmp_path, GOOD | {"end": "22.06.2000"})


CELLS = {
    "a code for a missing strength": ({"strength": "-9"}, "a code for a missing value"),
    "a code for a missing end": ({"end": "NA"}, "a code for a missing value"),
    "a code for a missing actor": ({"actor": "-9"}, "a code for a missing value"),
    "a code for a missing target": ({"target": "NA"}, "a code for a missing value"),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_code_for_a_missing_value_is_called_one(tmp_path, name):
    edits, phrase = CELLS[name]
    assert phrase in message(tmp_path, GOOD | edits)


STATUSES = {
    "left": 'did you mean "out"?',
    "Withdrawn": 'did you mean "out"?',
    "suspended": 'did you mean "frozen"?',
    "full member": 'did you mean "member"?',
    "1": "a code of a data set: write the word",
    "-9": "a code for a missing value",
}


@pytest.mark.parametrize("word", STATUSES)
def test_a_status_in_another_word_is_answered_with_the_one_to_write(tmp_path, word):
    row = event("2000-01-01", "status", "ANA", "", word)
    assert STATUSES[word] in message(tmp_path, row)


def test_a_status_without_a_state_says_where_the_state_belongs(tmp_path):
    row = event("2000-01-01", "status", "", "ANA", "out")
    assert "actor: nothing there; allowed: the state whose status it is" in message(tmp_path, row)


@pytest.mark.parametrize("key", ["notice = true", 'renewal_length = "5"'])
def test_a_number_of_a_scenario_file_is_a_number_and_no_text_or_truth(tmp_path, key):
    file = write(tmp_path, GOOD)
    name = key.split(" ")[0]
    lines = [line for line in file.read_text().splitlines() if not line.startswith(name)]
    lines.insert(lines.index("[alliance]") + 1, key)
    file.write_text("\n".join(lines))
    with pytest.raises(ScenarioError, match=f"alliance.{name}: found .*; allowed: a"):
        load(file)


VALUES = {
    "a share in per cent": ({"value": "24.3"}, "in per cent? write 0.243"),
    "a share with its sign": ({"value": "24.3%"}, "in per cent? write 0.243"),
    "a small share in per cent": (
        {"value": "0.4", "unit": "% of GDP"}, "in per cent? write 0.004"
    ),
    "a share below nought": ({"value": "-0.4"}, "a share from 0 to 1"),
    "a code of a data set": ({"indicator": "base", "value": "2"}, "from 0 (none) to 1 (full)"),
    "a code for a missing value": ({"value": "-9"}, "a code for a missing value: leave rows"),
    "a missing sign": ({"indicator": "un_distance", "value": "-9"}, "rows without a value"),
    "not available": ({"value": "NA"}, "leave rows without a value out"),
    "two dots": ({"value": ".."}, "leave rows without a value out"),
    "nothing": ({"value": ""}, "nothing there"),
    "a comma for decimals": ({"value": "0,35"}, 'did you mean "0.35"?'),
    "marks between thousands": ({"value": "1,234.5"}, "without marks between thousands"),
    "a year as a decimal number": ({"year": "2006.0"}, 'did you mean "2006"?'),
    "a date for a year": ({"year": "06/15/2006"}, 'did you mean "2006"?'),
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_a_value_in_another_unit_or_form_is_answered_with_what_to_write(tmp_path, name):
    edits, phrase = VALUES[name]
    row = indicator("ANA", 2000, "trade_share", 0.5) | edits
    assert phrase in message(tmp_path, indicators=[row])


def test_an_indicator_that_nothing_uses_may_have_any_value(tmp_path):
    assert read(tmp_path, indicators=[indicator("ANA", 2000, "polity2", -9)]).indicators


def test_a_component_is_held_within_its_range_by_a_change_too(tmp_path):
    toml = '[[change]]\nname = "x"\nreason = "To see"\naction = "indicator"\nstate = "ANA"\n'
    toml += 'indicator = "trade_share"\nvalue = 40'
    assert "in per cent? write 0.4" in message(tmp_path, toml=toml)


HEADS = {
    "capitals": (",".join(c.capitalize() for c in EVENT_COLUMNS) + "\n", None),
    "spaces": (",".join(c.replace("_", " ") for c in EVENT_COLUMNS) + "\n", None),
    "lines above": ("Transfers of arms\n\n" + ",".join(EVENT_COLUMNS) + "\n",
                    'found "Transfers of arms".*they are in row 3: delete the rows above it'),
    "years as columns": ("Data Source,WDI\n\nCountry,Code,1960,1961,1962,1963,1964\n",
                         "row 3: a table with a column for each year.*pivot_longer"),
    "years of the World Bank": ("Country,Series,1990 [YR1990],1991 [YR1991],1992 [YR1992],"
                                "1993 [YR1993],1994 [YR1994]\n", "a column for each year"),
    "a data set's own columns": ("ccode1,ccode2,year,hostlev\n",
                                 'no column "date", "kind".*only ccode1, ccode2, year, hostlev'),
}  # fmt: skip


@pytest.mark.parametrize("name", HEADS)
def test_the_head_of_a_table_is_recognised(tmp_path, name):
    head, pattern = HEADS[name]
    path = write(tmp_path)
    (tmp_path / "events.csv").write_text(head, encoding="utf-8")
    if pattern is None:
        assert load(path).events == ()
        return
    with pytest.raises(ScenarioError, match=pattern) as caught:
        load(path)
    assert len(caught.value.problems) == 1


def test_a_missing_column_is_not_guessed_from_one_that_means_something_else(tmp_path):
    path = write(tmp_path)
    (tmp_path / "events.csv").write_text("base,kind,actor,target\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert "did you mean" not in str(caught.value)


def workbook() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return content.getvalue()


FILES = {
    "a workbook": (workbook(), "an Excel workbook (.xlsx); allowed: text in UTF-8; save"),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "an old Excel workbook"),
    "a packed file": (gzip.compress(b"date"), "packed by gzip (.gz, or R's .rds).*unpack it first"),
    "a Stata file": (b"<stata_dta><header>", "a Stata file"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_kind_is_called_by_its_kind(tmp_path, name):
    content, pattern = FILES[name]
    path = write(tmp_path)
    (tmp_path / "events.csv").write_bytes(content)
    with pytest.raises(ScenarioError) as caught:
        load(path)
    for phrase in pattern.split(".*"):
        assert phrase in str(caught.value)


def test_a_table_given_for_a_scenario_is_called_a_table(tmp_path):
    write(tmp_path, GOOD)
    said = check(tmp_path / "events.csv")
    assert "a table of evidence; allowed: a scenario" in said
    assert f"try {tmp_path / 'scenario.toml'}" in said


def test_a_file_a_byte_too_large_is_not_said_to_have_the_size_allowed(tmp_path):
    path = write(tmp_path)
    path.write_text("#" * (2**20 + 1), encoding="utf-8")
    assert "1.1 MB; allowed: at most 1 MB" in check(path)


@pytest.mark.parametrize(
    ("line", "phrase"),
    [
        ('patron = ["FRA", "GBR"]', "one name; the model knows one here, not several"),
        ("patron = 1.5", "a text in quotes"),
        ('members = "ANA"', "a list in [ ]"),
        ("members = []", "a list that is not empty"),
        ("members = [true]", "a text in quotes"),
    ],
)
def test_a_key_of_another_kind_is_answered_without_words_of_the_validator(tmp_path, line, phrase):
    key = line.split(" = ")[0]
    head = [line if row.startswith(f"{key} =") else row for row in TOML_LINES]
    said = message(tmp_path, head="\n".join(head))
    assert phrase in said
    assert not {"tuple", "valid", "pydantic", "instance"} & set(said.split())


TOML_LINES = [
    'name = "pact"', "[clock]", "start = 2000-01-01", "end = 2001-12-31", "[alliance]",
    'name = "PACT"', 'patron = "PAT"', 'members = ["ANA", "BOR", "CYL"]',
]  # fmt: skip


def test_one_slip_in_many_rows_is_one_line_with_a_count(tmp_path):
    rows = [GOOD | {"date": f"1960{k % 12 + 1:02}{k % 28 + 1:02}"} for k in range(496)]
    (line,) = message(tmp_path, *rows).splitlines()
    assert 'found "19600101"' in line
    assert 'did you mean "1960-01-01"?' in line
    assert "(likewise in rows 3, 4, 5, 6, 7 and 490 more: 496 times in all)" in line


def test_dates_of_different_forms_are_different_slips(tmp_path):
    forms = ("1960-6-22", "1960-06-00", "6/22/1960", "1960/6/22", "22 Jun 1960", "1960-7-2")
    lines = message(tmp_path, *[GOOD | {"date": form} for form in forms]).splitlines()
    assert len(lines) == 5
    assert "(likewise in row 7: 2 times in all)" in lines[0]


SLIPS = [GOOD | {"target": f"AN{letter}"} for letter in "BCEFHIJKLMNOPQRSTUVWXYZ"]


def test_twenty_lines_are_shown_and_the_others_counted(tmp_path):
    lines = message(tmp_path, *SLIPS).splitlines()
    assert len(lines) == problems.MOST_SHOWN + 1 == 21
    assert lines[-1] == f"and {len(SLIPS) - 20} more problems"


def test_commands_shorten_long_lists_too(tmp_path):
    write(tmp_path, *SLIPS)
    assert f"and 3 more problems\n1 file, {len(SLIPS)} problems" in check(tmp_path)
    done = CliRunner().invoke(app, ["explain", str(tmp_path), "ANA", "2000-05"])
    assert len(done.stderr.splitlines()) == 21


def test_dates_are_found_in_a_source():
    found = dates_in("TASS, 28 June 2012; Jamestown (Feb 5, 1999); a law of 2008-03; UCDP 1989")
    assert [str(day) for day in found] == ["2012-06-28", "1999-02-05", "2008-03-01"]


@pytest.mark.parametrize("minus", ["\N{MINUS SIGN}", "\N{EN DASH}"])
def test_a_typeset_minus_is_a_minus(tmp_path, minus):
    row = event("2000", "response", "PAT", "ANA", f"{minus}0.5", threat_level="3")
    figures = [indicator("ANA", 2000, "un_distance", 0) | {"value": f"{minus}0.25"}]
    scenario = read(tmp_path, row, indicators=figures)
    assert (scenario.events[0].strength, scenario.indicators[0].value) == (-0.5, -0.25)


@pytest.mark.parametrize(("word", "meant"), [("TRUE", True), ("Yes", True), ("False", False)])
def test_yes_and_no_may_be_what_statistics_programs_write(tmp_path, word, meant):
    assert read(tmp_path, GOOD | {"consequence": word}).events[0].consequence is meant


@pytest.mark.parametrize("kind", ["Threat", "THREAT"])
def test_words_of_the_codebook_may_have_capitals(tmp_path, kind):
    (fact,) = read(tmp_path, GOOD | {"kind": kind, "confidence": "High"}).events
    assert (fact.kind, fact.confidence) == ("threat", "high")


@pytest.mark.parametrize(
    ("target", "meant"),
    [("ANA;BOR", "ANA|BOR"), ("ANA, BOR", "ANA|BOR"), ("ANA and FOE", "ANA|FOE"),
     ("all", "members"), ("All members", "members")],
)  # fmt: skip
def test_targets_joined_in_another_way_are_answered_with_how_to_join_them(tmp_path, target, meant):
    assert f'did you mean "{meant}"?' in message(tmp_path, GOOD | {"target": target})


def test_an_end_that_is_not_yet_is_answered_with_what_to_write(tmp_path):
    assert "write the last day of the clock" in message(tmp_path, GOOD | {"end": "present"})


def test_a_folder_without_a_scenario_says_what_it_lacks(tmp_path):
    assert "allowed: a folder with a scenario.toml" in check(tmp_path)
