"""What a sweep has found: means at the points, sensitivity, and the regions of interest."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .discovery import regions
from .plan import SENSITIVITY, Plan
from .sensitivity import indices
from .tables import Means


@dataclass
class Findings:
    """Plain tables and lists, for a file, a terminal or a picture."""

    scenario: str
    design: str
    seed: int
    histories: int
    draws_from: str
    inputs: list[str]
    steps: dict[str, list[float | str]]
    """Values of each input that has only some, in order; empty for a range."""
    units: dict[str, str]
    """Unit of each outcome, by name."""
    table: pd.DataFrame
    """A row a point: `point`, the inputs, the mean of each outcome."""
    errors: pd.DataFrame
    """Standard errors of the outcomes, likewise."""
    sensitivity: list[dict[str, Any]]
    regions: list[dict[str, Any]]
    interest: str
    """What a case of interest is; empty where none is asked for."""
    notes: list[str]
    failures: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The summary, as kept beside the tables."""
        names = list(self.units)
        return {
            "scenario": self.scenario,
            "design": self.design,
            "points": len(self.table),
            "histories": self.histories,
            "seed": self.seed,
            "parameters_from": self.draws_from,
            "inputs": self.inputs,
            "outcomes": [
                {
                    "name": name,
                    "unit": self.units[name],
                    "lowest": _end(self.table, name, self.inputs, int(self.table[name].argmin())),
                    "highest": _end(self.table, name, self.inputs, int(self.table[name].argmax())),
                    "largest_error": float(self.errors[name].max()),
                }
                for name in names
            ],
            "sensitivity": self.sensitivity,
            "interest": self.interest,
            "regions": self.regions,
            "notes": self.notes,
            "failures": self.failures,
        }


def _end(table: pd.DataFrame, name: str, inputs: list[str], row: int) -> dict[str, Any]:
    there = table.iloc[row]
    return {
        "mean": float(there[name]),
        "point": int(there["point"]),
        "inputs": {word: _plain(there[word]) for word in inputs},
    }


def _plain(value: Any) -> float | str:
    return value if isinstance(value, str) else float(value)


def find(plan: Plan, means: Means, histories: int, failures: list[dict[str, Any]]) -> Findings:
    """Put together what a sweep has found."""
    inputs = [variable.name for variable in plan.variables]
    names = [outcome.name for outcome in plan.outcomes]
    rows = [plan.points[point] for point in means.points]
    table = pd.DataFrame(rows, columns=inputs)
    table.insert(0, "point", means.points)
    results = pd.DataFrame(means.mean, columns=names)
    errors = pd.DataFrame(means.error, columns=names)
    notes: list[str] = []
    found_indices: list[dict[str, Any]] = []
    if plan.design in SENSITIVITY:
        if failures:
            notes.append("Sensitivity: not done, because some points failed.")
        else:
            found_indices = indices(plan, means)
    wanted = ""
    found_regions: list[dict[str, Any]] = []
    if plan.interest:
        side = "above" if plan.interest.above is not None else "below"
        bound = plan.interest.above if side == "above" else plan.interest.below
        wanted = f"{plan.interest.outcome} {side} {bound:g}"
        assert bound is not None
        values = results[plan.interest.outcome].to_numpy()
        cases = values > bound if side == "above" else values < bound
        found_regions, note = regions(table[inputs], cases)
        notes += [note] if note else []
    return Findings(
        scenario=plan.scenario.name,
        design=plan.design,
        seed=plan.seed,
        histories=histories,
        draws_from=plan.draws_from,
        inputs=inputs,
        steps={variable.name: _steps(plan, k) for k, variable in enumerate(plan.variables)},
        units={outcome.name: outcome.unit for outcome in plan.outcomes},
        table=pd.concat([table, results], axis=1),
        errors=errors,
        sensitivity=found_indices,
        regions=found_regions,
        interest=wanted,
        notes=notes,
        failures=failures,
    )


def _steps(plan: Plan, k: int) -> list[float | str]:
    variable = plan.variables[k]
    if variable.levels:
        return list(variable.levels)
    return list(variable.steps) if plan.design == "grid" else []


def noise(means: Means) -> np.ndarray:
    """[outcome] share of the variance over points that chance alone explains, at most.

    Histories are the same at all points, so chance is largely shared and the true share lower.
    """
    variance = means.mean.var(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (means.error**2).mean(axis=0) / variance
    return np.where(variance > 0, np.minimum(share, 1.0), 1.0)
