"""The results of a sweep: tables of outcomes by point, and what was found in them."""

import csv
import io
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ...scenario.tables import safe_cell
from ...util.put import put
from .discovery import regions
from .folder import Folder
from .plan import Chunk
from .sensitivity import indices
from .work import SweepError

OUTCOMES, WIDE = "outcomes.parquet", "outcomes.csv"
_QUANTILES = {"q05": 0.05, "q50": 0.5, "q95": 0.95}
_COLUMNS = ("outcome", "unit", "histories", "mean", "standard_error", *_QUANTILES, "never")
_KEYS = ["point", "outcome"]


@dataclass
class Findings:
    """What a sweep has found, for a file, a terminal or a picture."""

    plan: dict[str, Any]
    """As the manifest keeps it."""
    histories: int
    """At each point."""
    table: pd.DataFrame
    """A row per point (the index): the inputs, then the mean of each outcome."""
    errors: pd.DataFrame
    """Monte Carlo standard errors of the outcomes, likewise."""
    failures: dict[int, str]
    """Points that could not be simulated, and why."""
    sensitivity: list[dict[str, Any]] = field(default_factory=list)
    """See `sensitivity.indices`."""
    regions: list[dict[str, Any]] = field(default_factory=list)
    """See `discovery.regions`."""
    interest: str = ""
    """What a case of interest is; empty if none is asked for."""
    notes: list[str] = field(default_factory=list)

    @property
    def inputs(self) -> list[str]:
        """The names of the inputs."""
        return [variable["name"] for variable in self.plan["variables"]]

    @property
    def units(self) -> dict[str, str]:
        """The unit of each outcome, by name."""
        return {outcome["name"]: outcome["unit"] for outcome in self.plan["outcomes"]}

    def as_json(self) -> dict[str, Any]:
        """The summary, as kept beside the tables."""
        return {
            "scenario": self.plan["scenario"],
            "design": self.plan["design"]["kind"],
            "points": len(self.table),
            "histories": self.histories,
            "seed": self.plan["seed"],
            "parameters_from": self.plan["parameters"]["from"],
            "inputs": self.inputs,
            "outcomes": [
                {
                    "name": name,
                    "unit": unit,
                    "lowest": self._at(name, self.table[name].idxmin()),
                    "highest": self._at(name, self.table[name].idxmax()),
                    "largest_standard_error": float(self.errors[name].max()),
                }
                for name, unit in self.units.items()
            ],
            "sensitivity": self.sensitivity,
            "interest": self.interest,
            "regions": self.regions,
            "notes": self.notes,
            "failures": [{"point": k, "message": v} for k, v in sorted(self.failures.items())],
        }

    def _at(self, outcome: str, point: Any) -> dict[str, Any]:
        row = self.table.loc[point]
        inputs = {n: row[n] if isinstance(row[n], str) else float(row[n]) for n in self.inputs}
        return {"point": int(point), "mean": float(row[outcome]), "inputs": inputs}


def find(folder: Folder) -> Findings:
    """Add up the chunks of a sweep, write the tables of outcomes, and analyse them.

    `outcomes.parquet` has a row per point and outcome, `outcomes.csv` a row per point.

    Raises:
        SweepError: every point failed.
    """
    result = _tables(folder)
    design, interest = result.plan["design"], folder.manifest["interest"]
    if result.plan["left_out"]:
        states = ", ".join(result.plan["left_out"])
        result.notes.append(f"No outcomes of {states}: no member at some points.")
    if design["kind"] in ("saltelli", "morris") and result.failures:
        result.notes.append("Sensitivity: not done, because some points failed.")
    elif design["kind"] in ("saltelli", "morris"):
        outcomes = result.table[list(result.units)]
        result.sensitivity, notes = indices(design, result.inputs, outcomes)
        result.notes += notes
    elif design["kind"] == "sobol":
        result.notes.append("Sensitivity: Sobol indices need the design saltelli.")
    if interest:
        outcome, side = interest["outcome"], "above" if "above" in interest else "below"
        result.interest = f"{outcome} {side} {interest[side]:g}"
        values = result.table[outcome].to_numpy()
        cases = values > interest[side] if side == "above" else values < interest[side]
        result.regions, note = regions(result.table[result.inputs], cases)
        result.notes += [note] if note else []
    return result


def _tables(folder: Folder) -> Findings:
    outcomes = pd.DataFrame(folder.plan["outcomes"]).set_index("name")
    points = folder.points()
    named = points.rename(columns={n: f"input {n}" for n in points if n in (*_COLUMNS, "point")})
    failures: dict[int, str] = {}
    described: list[pd.DataFrame] = []
    sink = pa.BufferOutputStream()
    with ExitStack() as stack:
        writer: pq.ParquetWriter | None = None
        for _, block in groupby(folder.chunks(), key=lambda chunk: chunk.first):
            rows = _described(folder, list(block), outcomes, failures)
            described.append(rows.set_index(_KEYS)[["mean", "standard_error"]])
            rows = rows.merge(named, left_on="point", right_index=True)
            arrow = pa.Table.from_pandas(rows[["point", *named, *_COLUMNS]], preserve_index=False)
            arrow = arrow.replace_schema_metadata()
            writer = writer or stack.enter_context(
                pq.ParquetWriter(sink, arrow.schema, compression="zstd")
            )
            writer.write_table(arrow)
    if all(rows.empty for rows in described):
        first = next(iter(failures.values()))
        raise SweepError(f"{folder.path}: every point failed; the first: {first}")
    put(folder.path / OUTCOMES, bytes(sink.getvalue()))
    both = pd.concat(described).unstack("outcome")
    means, errors = (both[k].reindex(columns=outcomes.index) for k in ("mean", "standard_error"))
    table = pd.concat([points.loc[means.index], means], axis=1)
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(map(safe_cell, ["point", *table.columns]))
    for point, row in zip(table.index, table.itertuples(index=False), strict=True):
        lines.writerow([point, *map(safe_cell, row)])  # numbers in full precision
    put(folder.path / WIDE, text.getvalue().encode())
    return Findings(folder.plan, folder.histories[-1], table, errors, failures)


def _described(
    folder: Folder, block: list[Chunk], outcomes: pd.DataFrame, failures: dict[int, str]
) -> pd.DataFrame:
    """Mean, standard error and quantiles over histories, by point and outcome, of some chunks."""
    results = [folder.read(chunk) for chunk in block]
    for result in results:
        failures |= result.failures
    counts = pd.concat([result.counts for result in results])
    counts = counts[~counts["point"].isin(list(failures))]
    counts["outcome"] = pd.Categorical(counts["outcome"], outcomes.index, ordered=True)
    counts = counts.groupby([*_KEYS, "value"], observed=True)["histories"].sum().reset_index()
    groups = [counts[key] for key in _KEYS]

    def each(values: pd.Series, how: str) -> pd.Series:
        return values.groupby(groups, observed=True).transform(how)

    value, number = counts["value"], counts["histories"]
    size, lowest = each(number, "sum"), each(value, "min")
    mean = lowest + each((value - lowest) * number, "sum") / size  # exact where all are equal
    variance = each((value - mean) ** 2 * number, "sum") / np.maximum(size - 1, 1)
    never = counts["outcome"].astype(str).map(outcomes["never"])
    at_never = each(number.where(value == never, 0), "sum") / size
    found = counts.assign(
        histories=size, mean=mean, standard_error=np.sqrt(variance / size),
        unit=counts["outcome"].astype(str).map(outcomes["unit"]),
        never=at_never.where(never.notna()),
    )  # fmt: skip
    heaped = each(number, "cumsum")
    for name, q in _QUANTILES.items():
        found[name] = each(value.where(heaped >= q * size), "min")
    found = found.drop_duplicates(_KEYS).drop(columns="value").reset_index(drop=True)
    found["outcome"] = found["outcome"].astype(str)
    return found
