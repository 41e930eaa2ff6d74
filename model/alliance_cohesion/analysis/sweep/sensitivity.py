"""Which inputs matter: Sobol indices and Morris screening, by SALib."""

import warnings
from typing import Any

import numpy as np

from .plan import MORRIS_LEVELS, Plan, problem_of
from .tables import Means

_RESAMPLES = 400
_LEVEL = 0.95


def indices(plan: Plan, means: Means) -> list[dict[str, Any]]:
    """Indices of every input for every outcome, with half-widths of 95 % intervals.

    Inputs count over their whole range. Sobol (`saltelli`): `first` is the share of the variance
    that the input explains alone, `total` that in which it has a part. Morris: `effect` is the
    mean absolute change of the outcome as the input crosses its range (mu*), `spread` how much
    that depends on the place and the other inputs (sigma).
    """
    assert plan.units is not None
    names = [variable.name for variable in plan.variables]
    found = []
    for k, outcome in enumerate(plan.outcomes):
        y = means.mean[:, k]
        rows = _still(plan.design, names) if np.ptp(y) == 0 else _rows(plan, y, names)
        found += [{"outcome": outcome.name, **row} for row in rows]
    return found


def _rows(plan: Plan, y: np.ndarray, names: list[str]) -> list[dict[str, Any]]:
    from SALib.analyze import morris, sobol

    problem = problem_of([f"x{k}" for k in range(len(names))])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if plan.design == "saltelli":
            s = sobol.analyze(
                problem, y, calc_second_order=False, num_resamples=_RESAMPLES,
                conf_level=_LEVEL, seed=plan.design_seed,
            )  # fmt: skip
            columns = {"first": "S1", "first_pm": "S1_conf", "total": "ST", "total_pm": "ST_conf"}
        else:
            s = morris.analyze(
                problem, plan.units, y, num_resamples=_RESAMPLES, conf_level=_LEVEL,
                num_levels=MORRIS_LEVELS, seed=plan.design_seed,
            )  # fmt: skip
            columns = {"effect": "mu_star", "effect_pm": "mu_star_conf", "spread": "sigma"}
    return [
        {"input": name} | {ours: _number(s[theirs][i]) for ours, theirs in columns.items()}
        for i, name in enumerate(names)
    ]


def _still(design: str, names: list[str]) -> list[dict[str, Any]]:
    """Nothing moves the outcome."""
    of_sobol, of_morris = (
        ("first", "first_pm", "total", "total_pm"),
        ("effect", "effect_pm", "spread"),
    )
    keys: tuple[str, ...] = of_sobol if design == "saltelli" else of_morris
    return [{"input": name} | dict.fromkeys(keys, 0.0) for name in names]


def _number(value: Any) -> float:
    number = float(np.ma.filled(np.ma.asarray(value, dtype=float), 0.0))
    return number if np.isfinite(number) else 0.0
