"""From chunks to tables: counts added up point by point, so memory holds one point at a time."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ...core.inputs import Floats, Ints
from ...scenario.tables import safe_cell
from .chunks import Chunk, ranges
from .outcomes import Outcome
from .plan import Plan, Point
from .store import Store, _word
from .variables import Value

COUNTS, OUTCOMES, WIDE = "counts.parquet", "outcomes.parquet", "outcomes.csv"
_ROWS = 50_000  # rows written at a time
_QUANTILES = {"low": 0.05, "middle": 0.5, "high": 0.95}


@dataclass(frozen=True)
class Means:
    """What came out at the points that could be made."""

    points: Ints
    """[row] their numbers."""
    mean: Floats
    """[row, outcome]"""
    error: Floats
    """[row, outcome] standard errors, from the number of histories."""


def add_up(store: Store, plan: Plan, points: Sequence[int]) -> Iterator[tuple[int, list[Any]]]:
    """For each point the counts of each outcome: (values, counts), all histories together."""
    spans = ranges(store.parts, plan.chunk)
    for point in points:
        tallies = [store.read(Chunk(point, a, b), len(plan.outcomes)) for a, b in spans]
        outcome, value, count = (
            np.concatenate([getattr(tally, name) for tally in tallies])
            for name in ("outcome", "value", "count")
        )
        each = []
        for k in range(len(plan.outcomes)):
            chosen = outcome == k
            values, where = np.unique(value[chosen], return_inverse=True)
            counts = np.zeros(len(values), dtype=np.int64)
            np.add.at(counts, where, count[chosen])
            each.append((values, counts))
        yield point, each


def write_tables(store: Store, plan: Plan, points: Sequence[int]) -> Means:
    """Write the counts and the outcomes of these points, and give the means."""
    mean = np.empty((len(points), len(plan.outcomes)))
    error = np.empty_like(mean)
    inputs = _input_columns(plan)
    counts, outcomes = _Rows(store.folder / COUNTS), _Rows(store.folder / OUTCOMES)
    aside = store.folder / f".{WIDE}.aside"
    with counts, outcomes, aside.open("w", encoding="utf-8", newline="") as file:
        wide = csv.writer(file, lineterminator="\n")
        names = [outcome.name for outcome in plan.outcomes]
        wide.writerow(map(safe_cell, ["point", *(v.name for v in plan.variables), *names]))
        for row, (point, each) in enumerate(add_up(store, plan, points)):
            cells = dict(zip(inputs, _cells(plan, plan.points[point]), strict=True))
            for k, (outcome, (values, number)) in enumerate(zip(plan.outcomes, each, strict=True)):
                for value, count in zip(values.tolist(), number.tolist(), strict=True):
                    counts.add(point=point, outcome=outcome.name, value=value, histories=count)
                told = described(outcome, values, number)
                mean[row, k], error[row, k] = told["mean"], told["error"]
                outcomes.add(point=point, **cells, outcome=outcome.name, unit=outcome.unit, **told)
            numbers = (f"{x:.10g}" for x in mean[row])
            wide.writerow([point, *map(_plain, plan.points[point]), *numbers])
    aside.replace(store.folder / WIDE)
    return Means(np.array(points, dtype=np.int64), mean, error)


def _plain(value: Value) -> object:
    return safe_cell(value) if isinstance(value, str) else _word(value)


def described(outcome: Outcome, values: Ints, counts: Ints) -> dict[str, Any]:
    """Mean, standard error and quantiles of an outcome over histories."""
    n = int(counts.sum())
    total = int((values * counts).sum())
    squares = int((values * values * counts).sum())
    spread = max(0, squares * n - total * total) / (n * n)
    heaped = np.cumsum(counts)
    places = {
        name: float(values[np.searchsorted(heaped, q * n)]) * outcome.scale
        for name, q in _QUANTILES.items()
    }
    never = int(counts[values == outcome.never].sum()) / n if outcome.never >= 0 else None
    return {
        "histories": n,
        "mean": total / n * outcome.scale,
        "error": (spread / max(1, n - 1)) ** 0.5 * outcome.scale,
        **places,
        "never": never,
    }


def _input_columns(plan: Plan) -> list[str]:
    """Names of the inputs; one that a column of ours has gets a prefix."""
    ours = {"point", "outcome", "unit", "histories", "mean", "error", "never", *_QUANTILES}
    names = (variable.name for variable in plan.variables)
    return [f"input {name}" if name in ours else name for name in names]


def _cells(plan: Plan, point: Point) -> list[float | str]:
    return [
        value if all(not isinstance(v, str) for v in (variable.levels or (0.0,))) else _word(value)
        for variable, value in zip(plan.variables, point, strict=True)
    ]


class _Rows:
    """A Parquet file that grows by rows, aside until it is whole."""

    def __init__(self, path: Path):
        self.path = path
        self.aside = path.with_name(f".{path.name}.aside")
        self.columns: dict[str, list[Any]] = {}
        self.file: BinaryIO | None = None
        self.writer: pq.ParquetWriter | None = None
        self.schema: pa.Schema | None = None

    def __enter__(self) -> "_Rows":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._flush()
        if self.writer:
            self.writer.close()
        if self.file:
            self.file.close()
        if kind is None and self.writer:
            self.aside.replace(self.path)
        else:
            self.aside.unlink(missing_ok=True)

    def add(self, **cells: Any) -> None:
        """Add a row."""
        for name, cell in cells.items():
            self.columns.setdefault(name, []).append(cell)
        if len(next(iter(self.columns.values()))) >= _ROWS:
            self._flush()

    def _flush(self) -> None:
        if not self.columns:
            return
        table = pa.table(
            {
                name: pa.array(values, pa.float64() if name == "never" else None)
                for name, values in self.columns.items()
            }
        )
        if self.writer is None:
            self.schema = table.schema
            # Opened here: Arrow takes paths for addresses, and only those that are UTF-8.
            self.file = self.aside.open("wb")
            self.writer = pq.ParquetWriter(self.file, self.schema, compression="zstd")
        self.writer.write_table(table.cast(self.schema))
        self.columns = {}
