"""Which inputs matter: Sobol indices and Morris screening, by SALib."""

import warnings
from typing import Any

import numpy as np
import pandas as pd

from .plan import MORRIS_LEVELS, problem_of, units

_RESAMPLES = 400
_LEVEL = 0.95
_WIDE = 0.25  # a half-width beyond which an index says nothing of use
_KEYS = {
    "saltelli": {"first": "S1", "first_ci": "S1_conf", "total": "ST", "total_ci": "ST_conf"},
    "morris": {"effect": "mu_star", "effect_ci": "mu_star_conf", "spread": "sigma"},
}


def indices(
    design: dict[str, Any], inputs: list[str], outcomes: pd.DataFrame
) -> tuple[list[dict[str, Any]], list[str]]:
    """Indices of every input for every outcome, and notes on those that cannot be trusted.

    Inputs count over their whole range. Sobol (`saltelli`): `first` is the share of the variance
    that the input explains alone, `total` the share in which it has a part; both are None if the
    outcome does not vary. Morris: `effect` is the mean absolute change of the outcome as the
    input crosses its range (mu*), `spread` how much that depends on the place and the other
    inputs (sigma). `_ci` is the half-width of the 95 % interval.
    """
    result: list[dict[str, Any]] = []
    notes = []
    kind = design["kind"]
    places = units(kind, design["size"], len(inputs), design["seed"])
    for outcome, column in outcomes.items():
        y = column.to_numpy(dtype=float)
        if np.ptp(y) == 0:
            still = 0.0 if kind == "morris" else None
            rows = [dict.fromkeys(_KEYS[kind], still) for _ in inputs]
            if kind == "saltelli":
                notes.append(f"Sensitivity of '{outcome}': not defined, because it does not vary.")
        else:
            rows = _rows(design, places, y)
            if kind == "saltelli" and _unclear(rows):
                notes.append(
                    f"Sensitivity of '{outcome}': too few points to compare the inputs "
                    f"(an interval is wider than +/- {_WIDE}, or the indices are impossible). "
                    "Take more with --points."
                )
        result += [
            {"outcome": outcome, "input": name} | row
            for name, row in zip(inputs, rows, strict=True)
        ]
    return result, notes


def _rows(design: dict[str, Any], places: np.ndarray, y: np.ndarray) -> list[dict[str, Any]]:
    from SALib.analyze import morris, sobol

    problem, keys = problem_of(places.shape[1]), _KEYS[design["kind"]]
    settings = {"num_resamples": _RESAMPLES, "conf_level": _LEVEL, "seed": design["seed"]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if design["kind"] == "saltelli":
            made = sobol.analyze(problem, y, calc_second_order=False, **settings)
        else:
            made = morris.analyze(problem, places, y, num_levels=MORRIS_LEVELS, **settings)
    columns = {ours: np.ma.filled(np.ma.asarray(made[theirs]), np.nan)
               for ours, theirs in keys.items()}  # fmt: skip
    return [
        {key: float(column[i]) if np.isfinite(column[i]) else None
         for key, column in columns.items()}
        for i in range(places.shape[1])
    ]  # fmt: skip


def _unclear(rows: list[dict[str, Any]]) -> bool:
    """Whether Sobol indices are too uncertain to compare the inputs, or impossible.

    A share lies below 1, and the total shares of all inputs add up to 1 at least.
    """
    if any(None in row.values() for row in rows):
        return True
    lowest = max(row[key] - row[f"{key}_ci"] for row in rows for key in ("first", "total"))
    widest = max(max(row["first_ci"], row["total_ci"]) for row in rows)
    return lowest > 1 or widest > _WIDE or sum(r["total"] + r["total_ci"] for r in rows) < 1
