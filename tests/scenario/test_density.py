"""The protocol's counts, by hand: three states in 2000 and 2001, of which ANA leaves in 2001."""

import math
import re

import pytest
from typer.testing import CliRunner

from alliance_cohesion.cli import app
from alliance_cohesion.scenario import density, load

from .builders import event, indicator, read, write

KNOWN = [indicator(state, 1999, "trade_share", 0.2) for state in ("ANA", "BOR", "CYL")]
OUT = event("2001-01-01", "status", "ANA", "", "out")
ROWS = [
    OUT,
    event("2000-02-01", "threat", "FOE", "ANA", "3", id="a", end="2000-05-31"),  # two quarters
    event("2000-02-01", "threat", "PAT", "ANA|BOR", "3", id="b", end="2000-02-28"),  # one
    event("2000-08-01", "offer", "FAR", "CYL", "1", id="c", end="2001-12-31"),  # six
    event("2001-05-01", "demand", "PAT", "ANA", "1", id="d"),  # it is out
    event("1999-05-01", "offer", "FAR", "ANA", "1", id="e", end="2000-09-30"),  # before the clock
    event("2000-08-01", "demand", "PAT", "members", "1", id="f"),  # counts for nobody
    event("2000-08-01", "threat", "FOE", "BOR", "1", id="g", consequence="yes"),
]
ANA_YEARS, OTHER_YEARS = 1.0, 4.0  # of membership


def test_rows_are_counted_by_member_year(tmp_path):
    table = density.density(read(tmp_path, *ROWS))
    assert table.loc["external_threat"].tolist() == [1 / ANA_YEARS, 0, 0.5 / ANA_YEARS, 0]
    assert table.loc["inside_pressure"].tolist() == [1, 1 / OTHER_YEARS, 0.25, 0.25 / OTHER_YEARS]
    assert table.loc["offer"].tolist() == [0, 1 / OTHER_YEARS, 0.75, 1.5 / OTHER_YEARS]
    assert table.loc["demand"].tolist() == [0, 0, 0, 0]
    assert table.loc["all"].tolist() == [2, 0.5, 1.5, 1.75 / OTHER_YEARS]
    assert density.ratio(table) == 4
    assert density.ratio(table, "in_force") == pytest.approx(1.5 / 0.4375)


def test_without_a_leaver_there_is_no_ratio(tmp_path):
    table = density.density(read(tmp_path, *ROWS[1:]))
    assert math.isnan(density.ratio(table))
    assert table["begun", "left"].isna().all()


@pytest.mark.parametrize(
    ("kind", "actor", "strength", "driver"),
    [
        ("threat", "internal", "1", "internal_threat"),
        ("threat", "FOE", "1", "external_threat"),
        ("threat", "PAT", "1", "inside_pressure"),
        ("threat", "BOR", "1", "inside_pressure"),
        ("threat", "CYL", "1", "external_threat"),  # it is outside
        ("threat", "ALLY", "1", "inside_pressure"),
        ("coercion", "PACT", "1", "inside_pressure"),
        ("coercion", "FOE", "1", "outside_pressure"),
        ("arms_to_adversary", "members", "1", "inside_pressure"),
        ("demand", "PAT", "1", "demand"),
        ("demand", "FOE", "1", "outside_pressure"),
        ("offer", "FOE", "1", "offer"),
        ("response", "PAT", "1", "answer"),
    ],
)
def test_every_row_has_its_driver(tmp_path, kind, actor, strength, driver):
    rows = [
        event("2000-02-01", kind, actor, "ANA", strength, threat_level="1"),
        event("1999-01-01", "status", "CYL", "", "out"),
    ]
    path = write(tmp_path, *rows)
    path.write_text(path.read_text().replace("[tables]", 'fellow_members = ["ALLY"]\n[tables]'))
    scenario = load(path)
    fact = scenario.events[0]
    assert density.sorter(scenario)(fact, fact.start) == driver


def test_a_cell_holds_what_is_in_force_in_its_five_years(tmp_path):
    path = write(tmp_path, event("2000-06", "offer", "FAR", "ANA", "1", id="long", end="2008"),
                 event("2004-06", "offer", "FAR", "ANA", "1", id="mid", end="2006"),
                 event("2004-12", "offer", "FOE", "ANA", "1", id="late"),
                 event("2004-12", "offer", "FOE", "members", "1", id="for-all"))  # fmt: skip
    path.write_text(path.read_text().replace("2001-12-31", "2009-12-31"))
    found = {cell: [e.id for e in events] for cell, events in density.cells(load(path)).items()}
    assert found == {
        ("offer", "ANA", 2000): ["long", "mid", "late"],
        ("offer", "ANA", 2005): ["long", "mid", "late"],
    }
    assert set(density.crowded(load(path))) == set(found)
    assert [e.id for e in density.open_ends(load(path))] == ["late", "for-all"]


LEAKS = {
    "a source of the day": ("A paper, 1 January 2001", True),
    "a source of later": ("A paper (Feb 2001)", True),
    "a source of before": ("A paper, 20 December 2000; another, 3 May 2001", False),
    "a source without a date": ("A book, 2004", False),
}


@pytest.mark.parametrize("name", LEAKS)
def test_a_row_before_a_decision_from_a_source_after_it_may_be_known_from_it(tmp_path, name):
    source, leaks = LEAKS[name]
    row = event("2000-12-10", "demand", "PAT", "ANA", "3", source=source)
    assert bool(density.leaks(read(tmp_path, OUT, row))) == leaks
    other = row | {"consequence": "yes"}
    early = row | {"date": "2000-09-10"}
    bor = row | {"target": "BOR"}
    assert not density.leaks(read(tmp_path, OUT, other, early, bor))


def checked(place, *words):
    done = CliRunner().invoke(app, ["check", str(place), *words])
    assert done.exit_code == 0, done.stderr
    return done.stdout


def test_check_counts_rows_where_it_is_asked_to_or_a_table_of_coverage_is_there(tmp_path):
    write(tmp_path, *ROWS, indicators=KNOWN)
    assert "per member-year" not in checked(tmp_path)
    told = checked(tmp_path, "--density")
    assert "2.00 of states that left or froze, 0.50 of those that stayed (ratio 4.00; the" in told
    assert re.search(r"external threat +1\.00 +0\.00 +0\.50 +0\.00\n", told)
    assert "note: offers and demands without an end: 2 (d, f)" in told
    (tmp_path / "coverage.csv").write_text(
        "driver,state,period,finding,rows\n"
        "offer,ANA,2000-2004,1 row,e\n"
        "offer,BOR,2000-2004,nothing found,\n"
        "offer,CYL,2000-2004,,\n"
        "demand,ANA,2000-2004,1 row,x d\n",
        encoding="utf-8",
    )
    told = checked(tmp_path)
    assert "(ratio 4.00; the protocol wants 0.87 to 1.15)" in told
    assert "cells that are not there: demand, BOR, 2000-2004; demand, CYL, 2000-2004" in told
    assert "cells that say nothing: row 4" in told
    assert "ids that no row has: x" in told


def test_check_says_what_was_read(tmp_path):
    write(tmp_path, *ROWS, indicators=KNOWN)
    assert checked(tmp_path).splitlines()[1:3] == [
        "pact: 3 states, patron PAT, 2000-01-01 to 2001-12-31 by quarters; 8 events, "
        "3 indicator values",
        "  changes of status: ANA out 2001-01-01",
    ]
