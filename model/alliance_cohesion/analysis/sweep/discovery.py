"""Scenario discovery: which region of the inputs holds the cases of interest.

The Patient Rule Induction Method (Friedman & Fisher 1999; Bryant & Lempert 2010), from the
exploratory modelling workbench, which is an extra.
"""

import contextlib
import importlib.util
import io
import logging
import warnings
from typing import Any

import numpy as np
import pandas as pd

MISSING = "Regions: not looked for; they need `pip install 'alliance-cohesion[discovery]'`."
_MOST = 3  # boxes
_LEAST_CASES = 5
_RESTRICTS = 0.05  # a limit that chance explains as well as this is left out

Limits = dict[str, dict[str, Any]]


def available() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec("ema_workbench") is not None


def regions(inputs: pd.DataFrame, cases: np.ndarray) -> tuple[list[dict[str, Any]], str]:
    """Boxes that hold many of the cases and little else, and a note if there are none.

    Of each box: its `limits` by input (`low` and `high`, or `values`), each with `p`, the
    probability that chance alone gives so dense a box by this limit (one-sided binomial test);
    `points` and `cases` in it; `coverage`, the share of all cases in it; `density`, the share of
    its points that are cases; `mass`, the share of all points. PRIM's limits that chance explains
    are left out, ends are rounded to four digits, and the box that remains is counted.
    """
    if not available():
        return [], MISSING
    count = int(cases.sum())
    if count < _LEAST_CASES or count > len(cases) - _LEAST_CASES:
        return [], f"Regions: not looked for; {count} of {len(cases)} points are of interest."
    names = {f"x{k}": name for k, name in enumerate(inputs.columns)}
    data = inputs.rename(columns={name: key for key, name in names.items()}).copy()
    for key in data:
        if not pd.api.types.is_numeric_dtype(data[key]):
            data[key] = data[key].astype(str).astype("category")
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        logging.getLogger("EMA").setLevel(logging.ERROR)
        boxes = _boxes(data, cases.astype(bool))
    result: list[dict[str, Any]] = []
    for box in boxes:
        limits = _simplified({names[key]: limit for key, limit in box.items()}, inputs, cases)
        inside = _inside(limits, inputs)
        if not limits or cases[inside].mean() <= cases.mean():
            continue
        told = {
            "limits": limits,
            "points": int(inside.sum()),
            "cases": int(cases[inside].sum()),
            "coverage": float(cases[inside].sum() / count),
            "density": float(cases[inside].mean()),
            "mass": float(inside.mean()),
        }
        if told not in result:
            result.append(told)
    note = "" if result else "Regions: no box is denser in cases than the whole."
    return result, note


def _boxes(data: pd.DataFrame, cases: np.ndarray) -> list[Limits]:
    """The limits of PRIM's boxes, those that restrict something."""
    from ema_workbench.analysis import prim

    search = prim.Prim(data, cases, threshold=float(cases.mean()))
    result = []
    for _ in range(_MOST):
        box = search.find_box()
        if box is None:
            break
        path = box.peeling_trajectory
        both = path["coverage"] + path["density"]
        score = 2 * path["coverage"] * path["density"] / both.where(both > 0, 1.0)
        best = int(np.argmax(score.to_numpy()))
        if path["density"][best] <= cases.mean() or box.res_dim == 0:
            break
        box.select(best)
        chosen, whole = box.box_lims[best], box.box_lims[0]
        limits: Limits = {}
        for key in chosen:
            (a, b), (first, last) = chosen[key].tolist(), whole[key].tolist()
            if isinstance(a, set) and a != first:
                limits[key] = {"values": sorted(map(str, a))}
            elif not isinstance(a, set) and (a, b) != (first, last):
                limits[key] = {"low": float(f"{a:.4g}"), "high": float(f"{b:.4g}")}
        result.append(limits)
    return result


def _inside(limits: Limits, inputs: pd.DataFrame) -> np.ndarray:
    """Which points lie in a box."""
    inside = np.ones(len(inputs), dtype=bool)
    for name, limit in limits.items():
        if "values" in limit:
            inside &= inputs[name].astype(str).isin(limit["values"]).to_numpy()
        else:
            inside &= inputs[name].between(limit["low"], limit["high"]).to_numpy()
    return inside


def _simplified(limits: Limits, inputs: pd.DataFrame, cases: np.ndarray) -> Limits:
    """The limits that chance does not explain; the weakest is left out first."""
    from scipy.stats import binom

    limits = dict(limits)
    while limits:
        inside = _inside(limits, inputs)
        ps = {}
        for name in limits:
            without = _inside({k: v for k, v in limits.items() if k != name}, inputs)
            share = cases[without].mean()
            ps[name] = float(binom.sf(cases[inside].sum() - 1, inside.sum(), share))
        weakest = max(ps, key=lambda name: ps[name])
        if ps[weakest] <= _RESTRICTS:
            return {name: limit | {"p": ps[name]} for name, limit in limits.items()}
        del limits[weakest]
    return limits
