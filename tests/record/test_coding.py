"""Every record that two people coded: each row twice, each difference settled once."""

import csv
import math
from pathlib import Path

import pytest
from sklearn.metrics import cohen_kappa_score

ROOT = Path(__file__).parents[2] / "scenarios"
RECORDS = sorted(path.parent.name for path in ROOT.glob("*/coding"))
DRIVERS = ("threat", "coercion", "arms_to_adversary", "demand", "offer", "response")
FIELDS = ("strength", "threat_level")
LEVEL = "response, threat_level"

Row = dict[str, str]


def table(record: str, name: str) -> list[Row]:
    with (ROOT / record / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def coding(record: str, coder: str) -> dict[str, Row]:
    rows = table(record, f"coding/{coder}.csv")
    keyed = {row["id"]: row for row in rows}
    assert len(keyed) == len(rows), f"an id occurs twice in {coder}.csv"
    return keyed


def coded(record: str) -> list[Row]:
    """The rows that drive; those marked as a consequence are not coded twice."""
    rows = table(record, "events.csv")
    return [row for row in rows if row["kind"] in DRIVERS and row["consequence"] != "yes"]


def settled(record: str) -> dict[tuple[str, str], Row]:
    return {(row["id"], row["field"]): row for row in table(record, "coding/settled.csv")}


def number(cell: str) -> float | None:
    return float(cell) if cell else None


def agreement(record: str, kind: str, field: str) -> list[str]:
    """Rows, differences, shares equal and within one step, kappas; as the README writes them."""
    first, second = coding(record, "first"), coding(record, "second")
    ids = [row["id"] for row in coded(record) if row["kind"] == kind]
    pairs = [(float(first[i][field]), float(second[i][field])) for i in ids]
    steps = sorted({code for pair in pairs for code in pair})
    a, b = ([steps.index(pair[coder]) for pair in pairs] for coder in (0, 1))
    gaps = [abs(x - y) for x, y in zip(a, b, strict=True)]
    differ = sum(gap > 0 for gap in gaps)
    shares = [1 - differ / len(gaps), sum(gap <= 1 for gap in gaps) / len(gaps)]
    kappas = [
        cohen_kappa_score(a, b, weights=weights) if len(steps) > 1 else math.nan
        for weights in ("linear", "quadratic")
    ]
    figures = [f"{x:.2f}" for x in shares] + [
        "none" if math.isnan(x) else f"{x:.2f}" for x in kappas
    ]
    return [str(len(gaps)), str(differ), *figures]


def published(record: str) -> dict[str, list[str]]:
    """The table of agreement in the README, without its head."""
    text = (ROOT / record / "README.md").read_text(encoding="utf-8")
    section = text.split("## Second coding and agreement")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {name: figures for name, *figures in cells}


@pytest.mark.parametrize("record", RECORDS)
def test_every_row_that_drives_has_a_first_and_a_second_code(record):
    rows = coded(record)
    ids = {row["id"] for row in rows}
    assert len(ids) == len(rows) > 0
    for coder in ("first", "second"):
        codes = coding(record, coder)
        assert set(codes) == ids
        for row in rows:
            code = codes[row["id"]]
            assert code["strength"], row["id"]
            assert bool(code["threat_level"]) == (row["kind"] == "response"), row["id"]


@pytest.mark.parametrize("record", RECORDS)
def test_the_code_in_the_record_is_the_settled_one_or_the_one_both_coders_gave(record):
    first, second = coding(record, "first"), coding(record, "second")
    differences = settled(record)
    for row in coded(record):
        for field in FIELDS:
            code, place = number(row[field]), (row["id"], field)
            if place in differences:
                assert code == number(differences[place]["settled"]), place
                assert row["confidence"] == "low", place
            else:
                a, b = (number(codes[row["id"]][field]) for codes in (first, second))
                assert code == a == b, place


@pytest.mark.parametrize("record", RECORDS)
def test_what_was_settled_is_a_disagreement_with_a_reason(record):
    first, second = coding(record, "first"), coding(record, "second")
    for (event, field), row in settled(record).items():
        codes = number(first[event][field]), number(second[event][field])
        assert codes[0] != codes[1], event
        assert (number(row["first"]), number(row["second"])) == codes
        assert row["reason"], event


@pytest.mark.parametrize("record", RECORDS)
def test_the_agreement_in_the_readme_is_the_agreement_of_the_two_codings(record):
    kinds = {row["kind"] for row in coded(record)}
    expected = {kind: agreement(record, kind, "strength") for kind in DRIVERS if kind in kinds}
    expected[LEVEL] = agreement(record, "response", "threat_level")
    assert published(record) == expected
