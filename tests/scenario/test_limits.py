"""What a scenario may hold, up to its limits and no further."""

import csv
from dataclasses import FrozenInstanceError, replace

import pytest

from alliance_cohesion.scenario import (
    ScenarioError,
    events,
    files,
    problems,
    tables,
    write_new,
)
from alliance_cohesion.scenario.roles import Cast, Side

from .builders import TOML, event, read, write

TERM = 'entry = 2000-01-01\nrenewal_length = 5\nrenewal = "act"'
LIMITS = {
    "a first term": (f"alliance {TERM}", "first_term", (1 / 12, 1000), (0.08, 1001)),
    "a term": ("alliance entry = 2000-01-01", "renewal_length", (1 / 12, 1000), (0.08, 1001)),
    "notice": ("alliance", "notice", (0, 1200), (-1, 1201)),
    "histories": ("run", "histories", (1, 10**9), (0, 10**9 + 1, 2.0)),
    "a seed": ("run", "seed", (0, 2**63 - 1), (-1, 2**63, 1.0)),
    "a level of threat": (
        'engagement name = "war"\nstart = 2000-01-01\nsource = "A book"',
        "level",
        (1, 5),
        (0, 6),
    ),
}


def with_value(where: str, key: str, value: object) -> str:
    """The TOML of a scenario with a key set in a table, after whatever else it needs there."""
    table, _, more = where.partition(" ")
    line = f"{more}\n{key} = {value}\n"
    if table == "alliance":
        return TOML.replace("[alliance]\n", f"[alliance]\n{line}")
    return TOML + (f"[[{table}]]\n{line}" if table == "engagement" else f"[{table}]\n{line}")


@pytest.mark.parametrize("what", LIMITS)
def test_a_value_at_its_limit_is_taken_and_one_beyond_it_refused(tmp_path, what):
    where, key, at, beyond = LIMITS[what]
    for value in at:
        read(tmp_path, head=with_value(where, key, value))
    for value in beyond:
        with pytest.raises(ScenarioError, match=key):
            read(tmp_path, head=with_value(where, key, value))


def test_notice_is_none_unless_it_is_given(tmp_path):
    assert read(tmp_path).alliance.notice == 0


def test_a_state_s_name_has_a_hundred_letters_at_most(tmp_path):
    for length, allowed in ((100, True), (101, False)):
        head = TOML.replace('"CYL"', f'"{"C" * length}"')
        if allowed:
            assert read(tmp_path, head=head).states[2] == "C" * length
        else:
            with pytest.raises(ScenarioError, match="members"):
                read(tmp_path, head=head)


def test_a_file_as_large_as_allowed_is_read_whole_and_a_larger_one_refused(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"0123456789")
    assert files.read_bytes(file, 10) == b"0123456789"
    with pytest.raises(files.UnreadableError):
        files.read_bytes(file, 9)


def test_a_scenario_file_has_a_megabyte_at_most(tmp_path):
    for size, allowed in ((2**20, True), (2**20 + 1, False)):
        head = TOML + "#" * (size - len(TOML))
        if allowed:
            read(tmp_path, head=head)
        else:
            with pytest.raises(ScenarioError, match="at most 1 MB"):
                read(tmp_path, head=head)


def test_a_file_in_json_has_sixteen_megabytes_at_most(tmp_path):
    file = tmp_path / "file.json"
    for size, allowed in ((16 * 2**20, True), (16 * 2**20 + 1, False)):
        file.write_text("1" + " " * (size - 1), encoding="utf-8")
        if allowed:
            assert files.read_json(file) == 1
        else:
            with pytest.raises(files.UnreadableError, match="at most 16 MB"):
                files.read_json(file)


def test_tables_within_tables_are_nineteen_deep_at_most(tmp_path):
    for keys in (20, 900):
        with pytest.raises(ScenarioError, match="nested too deeply"):
            read(tmp_path, head=TOML + f"[sweep]\n{'.'.join('a' * keys)} = 1\n")
    read(tmp_path, head=TOML + f"[sweep]\n{'.'.join('a' * 19)} = 1\n")


def rows_of(path, problems_found):
    return list(tables.read_rows(path, ("a",), (), problems_found))


def test_a_table_has_200_000_rows_and_200_columns_at_most(tmp_path):
    path = tmp_path / "long.csv"
    for rows, found in ((200_000, 0), (200_001, 1)):
        path.write_text("a\n" + "x\n" * rows, encoding="utf-8")
        wrong: list[problems.Problem] = []
        assert len(rows_of(path, wrong)) == 200_000
        assert len(wrong) == found
    for columns, found in ((200, 0), (201, 1)):
        path.write_text(",".join(["a", *map(str, range(1, columns))]) + "\n", encoding="utf-8")
        wrong = []
        assert rows_of(path, wrong) == []
        assert len(wrong) == found


def test_what_is_wrong_in_the_first_row_of_a_table_is_told_of_the_first_row(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('a"b,"c"d\n', encoding="utf-8")
    wrong: list[problems.Problem] = []
    rows_of(path, wrong)
    assert [problem.place for problem in wrong] == ["row 1"]


def test_of_a_table_full_of_mistakes_the_first_thousand_are_told(tmp_path):
    row = event("2000-01-01", "threat", "FOE", "ANA", "9")
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path, *[row] * 1100)
    assert len(caught.value.problems) == 1001
    assert "more than 1,000 problems" in str(caught.value.problems[-1])


def test_of_ids_given_twice_as_many_are_told_as_a_reader_bears(tmp_path, monkeypatch):
    monkeypatch.setattr(events, "MOST_PROBLEMS", 2)
    rows = [event("2000-01-01", "threat", "FOE", "ANA", "3", id="same")] * 5
    write(tmp_path, *rows)
    found, _ = tables.read_events(tmp_path / "events.csv")
    assert len(events.repeated_ids(found)) == 2


def test_an_indicator_may_be_set_for_a_single_day(tmp_path):
    edit = (
        '[[change]]\nname = "edit"\nreason = "To see"\naction = "indicator"\n'
        'indicator = "trade_share"\nstate = "ANA"\nvalue = 0.5\nfrom = {}\nuntil = 2000-05-01\n'
    )
    read(tmp_path, toml=edit.format("2000-05-01"))
    with pytest.raises(ScenarioError, match="no earlier than from"):
        read(tmp_path, toml=edit.format("2000-05-02"))


def test_a_scenario_that_was_read_does_not_change(tmp_path):
    reform = (
        '[[change]]\nname = "edit"\nreason = "To see"\naction = "alliance"\n'
        "from = 2001-01-01\nset = { notice = 6 }\n"
    )
    threat = event("2000-01-01", "threat", "FOE", "ANA", "3")
    scenario = read(tmp_path, threat, toml=reform)
    for what, key in (
        (scenario, "events"), (scenario.events[0], "strength"), (scenario.clock.steps, "first"),
        (scenario.reforms[0], "start"),
    ):  # fmt: skip
        with pytest.raises(FrozenInstanceError):
            setattr(what, key, getattr(what, key))


def test_events_of_a_table_with_columns_of_its_own_can_be_kept_in_a_set(tmp_path):
    path = write(tmp_path, event("2000-01-01", "threat", "FOE", "ANA", "3"))
    table = path.with_name("events.csv")
    rows = list(csv.reader(table.open(encoding="utf-8")))
    with table.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([[*rows[0], "coder"], [*rows[1], "x"]])
    (found,) = tables.load_events(table)
    assert found.extra == {"coder": "x"}
    assert {found, replace(found)} == {found}


def test_a_power_that_is_no_state_has_none(tmp_path):
    scenario = read(tmp_path)
    cast = Cast(scenario, scenario.clock.steps)
    for actor, side in (("PAT", Side.PATRON), ("FOE", Side.OUT)):
        (source,) = cast.sources(actor, 1, 0, 4)
        assert (source.side, source.state) == (side, -1)


def test_a_folder_s_name_of_more_than_a_hundred_letters_is_cut_for_the_scenario_s(tmp_path):
    file = write_new(tmp_path / ("long" * 30))
    assert f'name = "{("long" * 30)[:100]}"' in file.read_text(encoding="utf-8")


def test_what_a_terminal_obeys_is_a_control_character_and_a_fixed_space_is_none():
    assert all(problems.has_control_character(c) for c in "\x00\x1f\x7f\x9f\ud800\udfff")
    assert not any(problems.has_control_character(c) for c in " \xa0\ue000\ud7ff\t\n")


def test_a_place_as_long_as_a_reader_bears_is_told_whole():
    for length, ended in ((300, False), (301, True)):
        told = str(problems.Problem("f" * length, "", "found"))
        assert told.startswith("..") == ended


def test_a_table_is_named_from_its_scenario_and_not_from_the_root(tmp_path):
    write(tmp_path)
    for name in (f"{tmp_path}/events.csv", "C:/events.csv", "other/", "other/..", "csto/."):
        head = TOML.replace('"events.csv"', f'"{name}"')
        with pytest.raises(ScenarioError, match=r"tables\.events"):
            read(tmp_path, head=head)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_text_that_a_spreadsheet_would_run_is_written_as_text(text):
    assert tables.safe_cell(text) == f"'{text}"
    assert tables.safe_cell(f"x{text}") == f"x{text}"


def test_numbers_stay_numbers_in_a_spreadsheet():
    assert tables.safe_cell(-1.5) == -1.5
