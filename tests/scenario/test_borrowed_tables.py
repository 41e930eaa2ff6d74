"""A scenario reads several tables as one, and borrows those of other scenarios."""

import re

import pytest

from alliance_cohesion.report import run as results
from alliance_cohesion.scenario import ScenarioError, compile_inputs, load, schema
from alliance_cohesion.simulation import load as load_case

from .builders import EVENT_COLUMNS, TOML, event, indicator, write, write_table

WAR = event("2000-02-01", "threat", "OUT", "ANA", "4", id="war-2000")
RAID = event("2001-02-01", "threat", "OUT", "BOR", "2", id="raid-2001")


def borrowing(folder, files, *events, key="events"):
    head = TOML.replace(f'{key} = "{key}.csv"', f"{key} = {files}").replace('"pact"', '"mine"')
    return write(folder, *events, head=head)


def problem_of(path):
    with pytest.raises(ScenarioError) as caught:
        load(path)
    (problem,) = caught.value.problems
    return str(problem)


def test_rows_of_several_tables_are_read_as_one(tmp_path):
    write(tmp_path / "other", WAR)
    path = borrowing(tmp_path / "mine", '["../other/events.csv", "events.csv"]', RAID)
    assert [e.id for e in load(path).events] == ["war-2000", "raid-2001"]


def test_indicators_of_several_tables_are_read_as_one(tmp_path):
    write(tmp_path / "other", indicators=[indicator("ANA", 2000, "trade_share", 0.5)])
    files = '["../other/indicators.csv", "more.csv"]'
    path = borrowing(tmp_path / "mine", files, key="indicators")
    more = [indicator("BOR", 2000, "trade_share", 0.25)]
    write_table(path.with_name("more.csv"), tuple(more[0]), more)
    assert compile_inputs(load(path)).drivers.dependence[-1].tolist() == [1.0, 0.5, 0.25]


def test_a_table_of_a_shipped_scenario_is_borrowed_by_its_name(tmp_path):
    head = TOML.replace('events = "events.csv"', 'events = ["csto/events.csv", "events.csv"]')
    head = head.replace(
        '["ANA", "BOR", "CYL"]', '["ARM", "BLR", "KAZ", "KGZ", "UZB", "TJK", "AZE", "GEO"]'
    )
    path = write(tmp_path / "mine", RAID | {"target": "KAZ"}, head=head)
    ids = [e.id for e in load(path).events]
    assert len(ids) > 400
    assert ids[-1] == "raid-2001"


def test_a_file_of_ones_own_comes_before_a_shipped_one(tmp_path):
    path = borrowing(tmp_path / "mine", '["csto/events.csv"]')
    (path.parent / "csto").mkdir()
    write_table(path.parent / "csto" / "events.csv", EVENT_COLUMNS, [WAR])
    assert [e.id for e in load(path).events] == ["war-2000"]


def test_an_id_that_two_tables_use_names_both_places(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "other", WAR)
    path = borrowing(tmp_path / "mine", '["../other/events.csv", "events.csv"]', WAR)
    pattern = (
        r'mine/events\.csv, row 2, id: found "war-2000", the id of .*other/events\.csv, row 2;'
    )
    assert re.search(pattern, problem_of(path))


def test_two_rows_without_an_id_are_told_what_to_do(tmp_path):
    unnamed = WAR | {"id": ""}
    write(tmp_path / "other", unnamed)
    path = borrowing(tmp_path / "mine", '["../other/events.csv", "events.csv"]', unnamed)
    assert "a row without an id is named after its place" in problem_of(path)


def test_a_value_that_two_indicator_tables_give_names_both_places(tmp_path):
    value = [indicator("ANA", 2000, "trade_share", 0.5)]
    write(tmp_path / "other", indicators=value)
    files = '["../other/indicators.csv", "indicators.csv"]'
    path = borrowing(tmp_path / "mine", files, key="indicators")
    write_table(path.with_name("indicators.csv"), tuple(value[0]), value)
    assert re.search(r"as in .*other/indicators\.csv, row 2", problem_of(path))


@pytest.mark.parametrize(
    "name",
    [
        "../private.csv",
        "../other/../private.csv",
        "/etc/passwd",
        "C:/x.csv",
        "nobody/events.csv",
        "x" * 300 + "/e.csv",
    ],
)
def test_no_other_file_can_be_named(tmp_path, name):
    write(tmp_path / "other", WAR)
    (tmp_path / "private.csv").write_text("secret", encoding="utf-8")
    message = problem_of(borrowing(tmp_path / "mine", f'["{name}"]'))
    assert f'tables.events: found "{name[:80]}' in message
    assert "a file in the scenario's own folder" in message


def test_a_lender_that_lacks_the_file_says_which_file(tmp_path):
    write(tmp_path / "other", WAR)
    path = borrowing(tmp_path / "mine", '["../other/evnts.csv"]')
    assert re.search(r"other/evnts\.csv: there is no such file", problem_of(path))


def test_neither_a_file_nor_a_list_is_refused(tmp_path):
    assert "a text, or a list of texts" in problem_of(borrowing(tmp_path / "mine", "3"))
    assert schema()["$defs"]["Tables"]["properties"]["events"]["anyOf"]


def test_a_results_folder_keeps_borrowed_tables_and_can_be_run_from(tmp_path):
    write(tmp_path / "other", WAR)
    path = borrowing(tmp_path / "mine", '["../other/events.csv", "events.csv"]', RAID)
    sim = load_case(path)
    folder = results.write(sim.run(histories=1), tmp_path / "out", command=["x"], pictures=False)
    (tmp_path / "other").rename(tmp_path / "gone")
    kept = load(results.read(folder).entry)
    assert [e.id for e in kept.events] == ["war-2000", "raid-2001"]
