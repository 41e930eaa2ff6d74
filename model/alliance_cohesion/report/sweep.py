"""What is shown of a sweep: lines for the terminal, tables, and the report with its pictures.

The report does not mention the command that was given or how often it was stopped, so that equal
sweeps have equal reports.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..analysis.sweep.results import Findings
from .document import Document, Figure, Made, Section
from .grid import Column, Grid, grid, numbers, words
from .html import render
from .keep import REPORT
from .text import clean, listed, percent

_MOST_INPUTS = 4  # named in a cell
_STRONGEST = 5  # inputs of a sentence
_KEYS = {"total": "total order (share of variance)", "effect": "mean absolute effect (mu*)"}
_FILES = (
    (REPORT, "all of it on one page"),
    ("outcomes.csv", "a row per point: inputs, and the mean of every outcome"),
    ("outcomes.parquet", "a row per point and outcome, with standard error and quantiles"),
    ("chunks/", "how many histories gave each value; everything else follows from it"),
    ("points.parquet", "the points"),
    ("summary.json", "the findings, as data"),
    ("pictures/", "the pictures"),
    ("scenario/", "the scenario as it was read"),
    ("manifest.json", "the plan, its hash, and a hash of every result"),
)


def contents(
    found: Findings, manifest: dict[str, Any], *, pictures: bool = True
) -> dict[str, bytes]:
    """Report and pictures by file name.

    Args:
        found: The findings.
        manifest: Of the sweep's folder.
        pictures: Whether to draw.
    """
    figures = _drawn(found) if pictures else []
    page = render(document(found, figures), _made(found, manifest))
    drawn = {f"pictures/{figure.name}.png": figure.png for figure in figures}
    return {**drawn, REPORT: page.encode()}


def _drawn(found: Findings) -> list[Figure]:
    from . import pictures, sweep_plot  # matplotlib is slow to import, and not always wanted

    with tempfile.TemporaryDirectory() as folder:
        return pictures.saved(lambda: sweep_plot.draw(found), Path(folder))


def _made(found: Findings, manifest: dict[str, Any]) -> Made:
    plan = found.plan
    again = f"{manifest['again']} --histories {found.histories} --out ../again"
    return Made(
        facts=(
            ("Version of the program", str(plan["version"])),
            ("Points", f"{len(found.table):,}"),
            ("Histories at each", f"{found.histories:,}"),
            ("Seed", str(plan["seed"])),
            ("Parameters", plan["parameters"]["from"]),
            ("SHA-256 of the parameter draws", plan["parameters"]["sha256"]),
            ("SHA-256 of the plan", manifest["plan_sha256"]),
        ),
        commands=(("From inside this folder:", again),),
        files=_FILES,
        calibrated=plan["parameters"]["from"] != "prior",
    )


def document(found: Findings, figures: list[Figure]) -> Document:
    """The report, from the findings and their pictures."""
    failed = [f"{len(found.failures)} points failed and are left out."] if found.failures else []
    tables = [
        outcomes(found),
        *([sensitivity(found)] if found.sensitivity else []),
        *([regions(found)] if found.regions else []),
    ]
    more = f" and {len(found.inputs) - 4} more" if len(found.inputs) > 4 else ""
    return Document(
        title=f"{clean(found.plan['scenario'])}: a sweep over {len(found.inputs)} inputs",
        question=f"What depends on {listed(found.inputs[:4])}{more}?",
        answer=(_range(found), _inputs(found), _regions(found)),
        further=(heading(found) + ".",),
        figures=tuple(figures),
        sections=(Section("", tuple(tables)),),
        caveats=(
            *(clean(note) for note in found.notes),
            *failed,
            "All points use the same random numbers, so differences between them come from their "
            "inputs. The ranges of the inputs were chosen: an input matters only as far as it was "
            "varied.",
            "A sweep says how the model's results move with its inputs. It does not say whether "
            "the model is right.",
        ),
    )


def _range(found: Findings) -> str:
    name, low, high, error, where = outcomes(found).rows[0]
    return (
        f"Over {len(found.table):,} points with {found.histories:,} histories at each, '{name}' "
        f"ranges from {low} to {high} (95 % Monte Carlo interval: +/- {error} at most); it is "
        f"highest at {where}."
    )


def _inputs(found: Findings) -> str:
    if not found.sensitivity:
        return (
            f"{len(found.inputs)} inputs were varied ({found.plan['design']['kind']}); this design "
            "gives no indices of sensitivity, so see the pictures for how much each matters."
        )
    outcome = found.sensitivity[0]["outcome"]
    unclear = [note for note in found.notes if f"'{outcome}'" in note]
    if unclear:
        return clean(unclear[0])
    named = listed([f"{name} ({index})" for name, index in strongest(found, outcome)[:3]])
    return f"Of {len(found.inputs)} inputs, '{clean(outcome)}' depends most on {named}."


def _regions(found: Findings) -> str:
    if not found.interest:
        rows = outcomes(found).rows
        told = [f"'{name}' from {low} to {high}" for name, low, high, *_ in rows[1:4]]
        return f"Of {len(rows)} outcomes, others range: {'; '.join(told) or 'there is none'}."
    boxes = regions(found).rows
    if not boxes:
        return f"No box of inputs was found in which {clean(found.interest)} (0 boxes)."
    limits, coverage, density = boxes[0]
    return (
        f"{clean(found.interest)}, mostly where {limits}: that box holds {coverage} of the cases, "
        f"and {density} of its points are cases."
    )


def heading(found: Findings) -> str:
    """What was swept, in one line."""
    return clean(
        f"{found.plan['scenario']}: {len(found.table):,} points ({found.plan['design']['kind']}), "
        f"{found.histories:,} histories at each, parameters from "
        f"{found.plan['parameters']['from']}"
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
            named = (f"{name} {index}" for name, index in strongest(found, outcome))
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
        error = f"{1.96 * row['largest_standard_error']:.2g}"
        rows.append([clean(row["name"]), low, high, error, clean(inputs)])
    columns = [
        *words("outcome"),
        *numbers("lowest", "highest", "+/-"),
        Column("where it is highest", wraps=True),
    ]
    note = "+/-: 95 % Monte Carlo interval of the mean of one point, at its widest."
    return grid("", columns, rows, note)


def strongest(found: Findings, outcome: str) -> list[tuple[str, str]]:
    """The inputs that an outcome depends on most, each with its index and 95 % interval."""
    key = _key(found)
    own = [row for row in found.sensitivity if row["outcome"] == outcome]
    own.sort(key=lambda row: -(row[key] or 0.0))
    return [
        (
            clean(row["input"]),
            "not defined" if row[key] is None else f"{row[key]:.2g} +/- {row[key + '_ci']:.2g}",
        )
        for row in own[:_STRONGEST]
    ]


def sensitivity(found: Findings) -> Grid:
    """The strongest inputs of every outcome."""
    rows = [
        [clean(outcome) if k == 0 else "", *cells]
        for outcome in dict.fromkeys(row["outcome"] for row in found.sensitivity)
        for k, cells in enumerate(strongest(found, outcome))
    ]
    columns = [*words("outcome", "input"), *numbers("index +/- (95 %)")]
    return grid(f"Sensitivity: {_KEYS[_key(found)]}", columns, rows)


def regions(found: Findings) -> Grid:
    """Boxes of inputs in which the outcome of interest lies."""
    rows = [
        [
            clean("; ".join(f"{name} {limit_text(one)}" for name, one in box["limits"].items())),
            percent(box["coverage"]),
            f"{percent(box['density'])} ({box['cases']} of {box['points']})",
        ]
        for box in found.regions
    ]
    columns = [Column("box", wraps=True), *numbers("of the cases", "of its points are cases")]
    return grid(clean(f"Regions where {found.interest}"), columns, rows)


def limit_text(limit: dict[str, Any]) -> str:
    """A limit of a region, with all the digits that it was counted with."""
    if "values" in limit:
        return "in " + ", ".join(limit["values"])
    return f"from {limit['low']:g} to {limit['high']:g}"


def _key(found: Findings) -> str:
    return "total" if "total" in found.sensitivity[0] else "effect"


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"
