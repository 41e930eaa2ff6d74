"""The findings of a sweep in words and tables."""

from collections.abc import Iterator
from typing import Any, Protocol

import pandas as pd

from .grid import Column, Grid, grid, numbers, words
from .text import clean, percent

_MOST_INPUTS = 4  # named in a cell
_STRONGEST = 5  # inputs of a sentence
_KEYS = {"total": "total order (share of variance)", "effect": "mean absolute effect (mu*)"}


class Findings(Protocol):
    """What a sweep has found: see `sweep.findings.Findings`."""

    scenario: str
    design: str
    seed: int
    histories: int
    draws_from: str
    inputs: list[str]
    steps: dict[str, list[float | str]]
    units: dict[str, str]
    table: pd.DataFrame
    errors: pd.DataFrame
    sensitivity: list[dict[str, Any]]
    regions: list[dict[str, Any]]
    interest: str
    notes: list[str]
    failures: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The summary."""


def heading(found: Findings) -> str:
    """What was swept, in one line."""
    return clean(
        f"{found.scenario}: {len(found.table):,} points ({found.design}), "
        f"{found.histories:,} histories at each, parameters from {found.draws_from}"
    )


def lines(found: Findings) -> Iterator[str]:
    """The findings in words and columns, for a terminal."""
    shown = outcomes(found)
    width = max(len(row[0]) for row in shown.rows)
    yield heading(found)
    yield ""
    for name, low, high, error, where in (tuple(c.head for c in shown.columns), *shown.rows):
        yield f"{name:{width}}  {low:>9}  {high:>9}  {error:>7}  {where}"
    if found.sensitivity:
        yield ""
        yield f"Sensitivity: {_KEYS[_key(found)]}, +/- 95 % interval"
        for outcome in dict.fromkeys(row["outcome"] for row in found.sensitivity):
            named = (f"{name} {value} +/- {pm}" for name, value, pm in strongest(found, outcome))
            yield f"  {clean(outcome)}: {', '.join(named)}"
    if found.interest:
        yield ""
        yield clean(f"Regions where {found.interest}:")
        for limits, coverage, density in regions(found).rows:
            yield f"  {limits}  (holds {coverage} of the cases; {density} of its points are cases)"
    for note in found.notes:
        yield clean(note)
    yield ""


def outcomes(found: Findings) -> Grid:
    """The range of each outcome over the points, and where it is highest."""
    rows = []
    for row in found.as_json()["outcomes"]:
        inputs = ", ".join(f"{k} = {_short(v)}" for k, v in row["highest"]["inputs"].items())
        if len(found.inputs) > _MOST_INPUTS:
            inputs = f"point {row['highest']['point']}"
        low, high = (f"{row[end]['mean']:.4g}" for end in ("lowest", "highest"))
        error = f"{1.96 * row['largest_error']:.2g}"
        rows.append([clean(row["name"]), low, high, error, clean(inputs)])
    columns = [
        *words("outcome"),
        *numbers("lowest", "highest", "+/-"),
        Column("where it is highest", wraps=True),
    ]
    return grid("", columns, rows, "+/-: 95 % interval of the mean of one point, at its widest.")


def strongest(found: Findings, outcome: str) -> list[tuple[str, str, str]]:
    """Inputs that an outcome hangs on most: name, index and its 95 % interval."""
    key = _key(found)
    own = [row for row in found.sensitivity if row["outcome"] == outcome]
    own.sort(key=lambda row: -row[key])
    return [
        (clean(row["input"]), f"{row[key]:.2g}", f"{row[key + '_pm']:.2g}")
        for row in own[:_STRONGEST]
    ]


def sensitivity(found: Findings) -> Grid:
    """The strongest inputs of every outcome."""
    rows = [
        [clean(outcome) if k == 0 else "", *cells]
        for outcome in dict.fromkeys(row["outcome"] for row in found.sensitivity)
        for k, cells in enumerate(strongest(found, outcome))
    ]
    return grid(
        f"Sensitivity: {_KEYS[_key(found)]}",
        [*words("outcome", "input"), *numbers("index", "+/- (95 %)")],
        rows,
    )


def regions(found: Findings) -> Grid:
    """Boxes of inputs in which the outcome of interest lies."""
    rows = [
        [
            clean("; ".join(f"{k} {_limit(v)}" for k, v in box["limits"].items())),
            f"{percent(box['coverage'])}",
            f"{percent(box['density'])}",
        ]
        for box in found.regions
    ]
    columns = [Column("box", wraps=True), *numbers("of the cases", "of its points are cases")]
    return grid(clean(f"Regions where {found.interest}"), columns, rows)


def _key(found: Findings) -> str:
    return "total" if "total" in found.sensitivity[0] else "effect"


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"


def _limit(limit: dict[str, Any]) -> str:
    if "values" in limit:
        return "in " + ", ".join(limit["values"])
    return f"from {limit['low']:.3g} to {limit['high']:.3g}"
