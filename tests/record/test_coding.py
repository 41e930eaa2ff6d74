"""The record of the CSTO was coded twice, settled once, and with equal attention to all."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from sklearn.metrics import cohen_kappa_score

RECORD = Path(__file__).parents[2] / "scenarios" / "csto"
DRIVERS = ("threat", "coercion", "arms_to_adversary", "demand", "offer", "response")
FIELDS = ("strength", "threat_level")
THREAT_LEVEL = "response, threat_level"
YEARS = range(1992, 2026)

Row = dict[str, str]


def table(name: str) -> list[Row]:
    with (RECORD / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def by_id(name: str) -> dict[str, Row]:
    rows = table(name)
    keyed = {row["id"]: row for row in rows}
    assert len(keyed) == len(rows), f"an id occurs twice in {name}"
    return keyed


def number(cell: str) -> float | None:
    return float(cell) if cell else None


EVENTS = table("events.csv")
CODED = [row for row in EVENTS if row["kind"] in DRIVERS]
FIRST, SECOND = by_id("coding/first.csv"), by_id("coding/second.csv")
SETTLED = {(row["id"], row["field"]): row for row in table("coding/settled.csv")}


def both(ids: list[str], field: str) -> tuple[list[int], list[int]]:
    """The two coders' codes as places in the order of the codes used."""
    pairs = [(float(FIRST[i][field]), float(SECOND[i][field])) for i in ids]
    steps = sorted({code for pair in pairs for code in pair})
    return [steps.index(a) for a, _ in pairs], [steps.index(b) for _, b in pairs]


def published() -> dict[str, list[str]]:
    """The table of agreement in the README, without its head."""
    text = (RECORD / "README.md").read_text(encoding="utf-8")
    section = text.split("## Second coding and agreement")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {name: figures for name, *figures in cells}


def standings_of(state: str) -> list[Row]:
    rows = [row for row in EVENTS if row["kind"] == "standing" and row["actor"] == state]
    return sorted(rows, key=lambda row: row["date"])


STATES = sorted({row["actor"] for row in EVENTS if row["kind"] == "standing"})
LEAVERS = [s for s in STATES if any(row["strength"] != "member" for row in standings_of(s))]
STAYERS = [s for s in STATES if s not in LEAVERS]


def is_member(state: str, date: str) -> bool:
    so_far = [row["strength"] for row in standings_of(state) if row["date"] <= date]
    return bool(so_far) and so_far[-1] == "member"


def rows_per_state_year(states: list[str]) -> float:
    count = Counter(
        state
        for row in CODED
        for state in states
        if state in row["target"].split("|")
        or (row["target"] == "members" and is_member(state, row["date"]))
    )
    return count.total() / (len(states) * len(YEARS))


def test_every_driver_row_has_a_first_and_a_second_code():
    ids = {row["id"] for row in CODED}
    assert len(ids) == len(CODED)
    assert set(FIRST) == ids
    assert set(SECOND) == ids
    for row in CODED:
        for coder in (FIRST, SECOND):
            code = coder[row["id"]]
            assert code["strength"], row["id"]
            assert bool(code["threat_level"]) == (row["kind"] == "response"), row["id"]


def test_the_code_in_the_record_is_the_settled_one_or_the_one_both_coders_gave():
    for row in CODED:
        for field in FIELDS:
            code = number(row[field])
            first, second = (number(coder[row["id"]][field]) for coder in (FIRST, SECOND))
            settled = SETTLED.get((row["id"], field))
            if settled is None:
                assert code == first == second, (row["id"], field)
            else:
                assert code == number(settled["settled"]), (row["id"], field)


def test_what_was_settled_is_a_disagreement_with_a_reason():
    for (event, field), row in SETTLED.items():
        first, second = FIRST[event][field], SECOND[event][field]
        assert number(first) != number(second), event
        assert (number(row["first"]), number(row["second"])) == (number(first), number(second))
        assert row["reason"], event
        if row["reason"].startswith("codebook open"):
            assert row["settled"] == row["first"], event


@pytest.mark.parametrize("name", [*DRIVERS, THREAT_LEVEL])
def test_the_agreement_in_the_readme_is_the_agreement_of_the_two_codings(name):
    kind, field = ("response", "threat_level") if name == THREAT_LEVEL else (name, "strength")
    first, second = both([row["id"] for row in CODED if row["kind"] == kind], field)
    apart = [abs(a - b) for a, b in zip(first, second, strict=True)]
    rows, differ = len(apart), sum(gap > 0 for gap in apart)
    figures = (
        (rows - differ) / rows,
        sum(gap <= 1 for gap in apart) / rows,
        cohen_kappa_score(first, second, weights="linear"),
        cohen_kappa_score(first, second, weights="quadratic"),
    )
    assert published()[name] == [str(rows), str(differ), *(f"{x:.2f}" for x in figures)]


def test_every_row_has_a_source_and_a_confidence():
    for row in EVENTS:
        assert row["source"].strip(), row["id"]
        assert row["confidence"] in ("high", "medium", "low"), row["id"]


def test_leavers_and_stayers_are_coded_to_the_same_density():
    assert LEAVERS
    assert STAYERS
    leavers, stayers = rows_per_state_year(LEAVERS), rows_per_state_year(STAYERS)
    assert max(leavers, stayers) <= 1.25 * min(leavers, stayers)
