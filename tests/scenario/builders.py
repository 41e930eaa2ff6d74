"""Small scenarios for tests: three states, quarters of 1999 (memory) to 2001 (steps 0 to 11)."""

import csv
from pathlib import Path

from alliance_cohesion.core.inputs import Drivers, Inputs
from alliance_cohesion.scenario import Scenario, compile_inputs, load

ANA, BOR, CYL = range(3)
Q1999, Q2000, Q2001 = 0, 4, 8  # first quarters
LAST = 11

TOML = """
name = "pact"
[clock]
start = 2000-01-01
end = 2001-12-31
memory = 1999-01-01
[alliance]
name = "PACT"
patron = "PAT"
members = ["ANA", "BOR", "CYL"]
[tables]
events = "events.csv"
indicators = "indicators.csv"
"""
EVENT_COLUMNS = (
    "id", "date", "end", "kind", "actor", "target", "strength", "threat_level",
    "description", "source", "confidence", "consequence",
)  # fmt: skip
INDICATOR_COLUMNS = ("state", "year", "indicator", "value", "unit", "source")

Row = dict[str, str]


def event(date: str, kind: str, actor: str, target: str, strength: str, **more: str) -> Row:
    row = dict.fromkeys(EVENT_COLUMNS, "") | {
        "date": date, "kind": kind, "actor": actor, "target": target, "strength": strength,
        "description": "It happened.", "source": "A book", "confidence": "high",
    }  # fmt: skip
    return row | more


def indicator(state: str, year: int, name: str, value: float) -> Row:
    cells = (state, str(year), name, str(value), "share", "A book")
    return dict(zip(INDICATOR_COLUMNS, cells, strict=True))


def write_table(path: Path, columns: tuple[str, ...], rows: list[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def write(
    folder: Path, *events: Row, indicators: list[Row] | None = None, toml: str = "", head: str = ""
) -> Path:
    """Write a scenario; `head` replaces the standard TOML, `toml` is added to it."""
    folder.mkdir(parents=True, exist_ok=True)
    write_table(folder / "events.csv", EVENT_COLUMNS, list(events))
    write_table(folder / "indicators.csv", INDICATOR_COLUMNS, indicators or [])
    path = folder / "scenario.toml"
    path.write_text((head or TOML) + toml, encoding="utf-8")
    return path


def read(
    folder: Path, *events: Row, indicators: list[Row] | None = None, toml: str = "", head: str = ""
) -> Scenario:
    return load(write(folder, *events, indicators=indicators, toml=toml, head=head))


def inputs(
    folder: Path,
    *events: Row,
    indicators: list[Row] | None = None,
    toml: str = "",
    head: str = "",
    lag: int = 0,
) -> Inputs:
    scenario = read(folder, *events, indicators=indicators, toml=toml, head=head)
    return compile_inputs(scenario, lag=lag)


def pairs(f: Drivers, states: int = 3) -> set[tuple[int, int, int, float, int]]:
    """Threats between states as (step, target, actor, level, counts as external when outside)."""
    found = set()
    for cell in range(len(f.pair_start) - 1):
        for k in range(f.pair_start[cell], f.pair_start[cell + 1]):
            step, target = divmod(cell, states)
            level = float(f.pair_level[k])
            found.add((step, target, int(f.pair_actor[k]), level, int(f.pair_outside[k])))
    return found
