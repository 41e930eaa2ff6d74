"""States are known by code, by name and by the numbers that data sets use."""

import csv
import re
from pathlib import Path

import pytest

from alliance_cohesion.scenario import ScenarioError, code_of, name_of, states

from .builders import TOML, event, indicator, read

FILE = Path(states.__file__).parents[1] / "data" / "states.csv"


def table():
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_state_has_a_code_of_its_own_and_a_name():
    rows = table()
    assert len({row["code"] for row in rows}) == len({row["name"] for row in rows}) == len(rows)
    assert all(re.fullmatch("[A-Z]{3}", row["code"]) and row["name"] for row in rows)
    for row in rows:
        assert not row["to"] or int(row["from"]) < int(row["to"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ARM", "ARM"), ("arm", "ARM"), ("Armenia", "ARM"), ("371", "ARM"),
        ("USSR", "SUN"), ("East Germany", "DDR"), ("Yugoslavia", "YUG"), ("365", "RUS"),
        ("Cote d'Ivoire", "CIV"), ("Türkiye", "TUR"), ("U.S.", "USA"), ("FRN", "FRA"),
        ("AUS", "AUS"), ("970", "NRU"), ("971", "NRU"), ("Atlantis", None), ("", None),
    ],
)  # fmt: skip
def test_a_state_is_found_by_its_code_name_or_number(text, code):
    assert code_of(text) == code


def test_a_code_has_a_name_and_an_unknown_one_is_its_own():
    assert name_of("CSK") == "Czechoslovakia"
    assert name_of("220") == "France"
    assert name_of("Karth") == "Karth"
    assert name_of("KTH", {"KTH": "Karthland"}) == "Karthland"


def with_states(members: str, patron: str = "PAT", more: str = "") -> str:
    head = TOML.replace('["ANA", "BOR", "CYL"]', members).replace('"PAT"', f'"{patron}"')
    return head.replace("[tables]", f"{more}\n[tables]")


def test_tables_may_write_a_state_by_code_name_or_number(tmp_path):
    rows = [
        event("2000", "threat", "Soviet Union", "Poland", "2"),
        event("2000", "threat", "365", "290", "2"),
        event("2000", "threat", "United States", "HUN|hungary", "2"),
        event("2000", "threat", "Hill Bands", "290.0", "2"),
    ]
    head = with_states('["POL", "Hungary"]', "SUN")
    scenario = read(tmp_path, *rows, indicators=[indicator("310", 2000, "base", 1)], head=head)
    assert [e.actor for e in scenario.events] == ["SUN", "SUN", "USA", "Hill Bands"]
    assert [e.targets for e in scenario.events] == [("POL",), ("POL",), ("Hungary",), ("POL",)]
    assert scenario.indicators[0].state == "Hungary"


def test_a_list_of_states_may_hold_numbers(tmp_path):
    head = with_states("[432, 436]", "220")
    row = event("2000", "coercion", "France", "Mali", "1")
    (found,) = read(tmp_path, row, head=head).events
    assert (found.actor, found.targets) == ("220", ("432",))


def test_a_scenario_names_codes_of_its_own(tmp_path):
    head = with_states('["ANA", "BOR", "CYL"]', more='names = { ANA = "Anaheim", KTH = "Karth" }')
    rows = [
        event("2000", "threat", "Karth", "anaheim", "2"),
        event("2000", "threat", "FOE", "ANB", "2"),
    ]
    with pytest.raises(ScenarioError, match=r'"ANB".*did you mean "ANA"\? or name it in'):
        read(tmp_path, *rows, head=head)
    head = head.replace("KTH =", 'ANB = "Anabad", KTH =')
    first, second = read(tmp_path, *rows, head=head).events
    assert (first.actor, first.targets, second.targets) == ("KTH", ("ANA",), ("ANB",))


@pytest.mark.parametrize(
    ("members", "other"), [('["SVK", "POL"]', "SVN"), ('["IRN", "POL"]', "IRQ"), ('["KGZ"]', "KAZ")]
)
def test_the_code_of_another_state_is_no_slip(tmp_path, members, other):
    rows = [
        event("2000", "threat", "FOE", other, "2"),
        event("2000", "status", other, "", "member"),
    ]
    figures = [indicator(other, 2000, "base", 1)]
    assert read(tmp_path, *rows, indicators=figures, head=with_states(members)).events


def test_one_state_by_two_spellings_is_there_twice(tmp_path):
    with pytest.raises(ScenarioError, match="one name for each"):
        read(tmp_path, head=with_states('["POL", "Poland"]'))


def test_selectors_and_changes_take_names_too(tmp_path):
    change = (
        '[[change]]\nname = "{}"\nreason = "To see"\naction = "recode"\n'
        "where = {{ {} }}\nset = {{ {} }}\n"
    )
    toml = change.format("a", 'target = "Poland"', 'strength = 4, actor = "France"')
    toml += change.format("b", 'actor = "FRA"', 'target = "Hungary"')
    row = event("2000", "threat", "FOE", "POL", "2")
    (found,) = read(tmp_path, row, head=with_states('["POL", "HUN"]'), toml=toml).events
    assert (found.actor, found.targets, found.strength) == ("FRA", ("HUN",), 4.0)
