"""The indicator table: components of dependence and graded signs of alignment, by year."""

import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .problems import Problem, quoted
from .spelling import slip_of
from .tables import Row, read_rows

COLUMNS = ("state", "year", "indicator", "value", "unit", "source")

Component = Literal["trade_share", "remittances_gdp", "base", "energy"]
COMPONENTS: dict[str, float] = {
    "trade_share": 0.5,
    "remittances_gdp": 0.2,
    "base": 1.0,
    "energy": 1.0,
}
"""Components of dependence on the patron, and the value that counts as full dependence."""
SIGNS = ("arms_share", "un_distance", "participation")
"""Graded signs of alignment: they validate, they never drive."""

_YEARS = range(1800, 2201)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class Indicator:
    """One value of one indicator of a state in a year."""

    state: str
    year: int
    indicator: str
    value: float
    unit: str
    source: str
    file: str = field(default="", compare=False)
    place: str = field(default="", compare=False)


def read_indicators(*paths: Path) -> tuple[tuple[Indicator, ...], list[Problem]]:
    """Read indicator tables into one: their sound rows, and what is wrong with the others."""
    problems: list[Problem] = []
    indicators: dict[tuple[str, int, str], Indicator] = {}
    for path in paths:
        wrong: list[Problem] = []
        for row in read_rows(path, COLUMNS, (), wrong):
            indicator = _indicator_of(row)
            if indicator:
                key = (indicator.state, indicator.year, indicator.indicator)
                first = indicators.setdefault(key, indicator)
                if first is not indicator:
                    wrong.append(_repeated(key, indicator, first))
            wrong.extend(row.problems)
        problems.extend(wrong)
    return tuple(indicators.values()), problems


def _repeated(key: tuple[str, int, str], again: Indicator, first: Indicator) -> Problem:
    where = first.place if first.file == again.file else f"{first.file}, {first.place}"
    found = f"found {quoted(', '.join(map(str, key)))}, as in {where}"
    return Problem(again.file, again.place, found, "one value a state, year and indicator")


def _indicator_of(row: Row) -> Indicator | None:
    for column in ("state", "indicator", "source"):
        row.filled(column)
    known = (*COMPONENTS, *SIGNS)
    slip = None if row["indicator"] in known else slip_of(row["indicator"], known)
    if slip:
        row.wrong("indicator", ", ".join(known), f'did you mean "{slip}"?')
    year = int(row["year"]) if re.fullmatch(r"\d{4}", row["year"], re.ASCII) else 0
    if year not in _YEARS:
        row.wrong("year", f"{_YEARS[0]} to {_YEARS[-1]}")
    value = float(row["value"]) if _NUMBER.fullmatch(row["value"]) else math.nan
    if not math.isfinite(value):
        row.wrong("value", "a finite number, with a point for decimals")
    if row.problems:
        return None
    return Indicator(
        row["state"], year, row["indicator"], value, row["unit"], row["source"],
        row.file, row.place,
    )  # fmt: skip
