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


def available() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec("ema_workbench") is not None


def regions(inputs: pd.DataFrame, cases: np.ndarray) -> tuple[list[dict[str, Any]], str]:
    """Boxes that hold many of the cases and little else, and a note where there are none.

    Of each box: `coverage`, the share of all cases in it; `density`, the share of its points
    that are cases; `mass`, the share of all points; and its `limits`: low and high or the
    values, by input, of the inputs that it restricts, each with a p-value (`p`: how likely
    chance alone would give such a limit).
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
    found = [_told(box, data, names) for box in boxes]
    found = [box for box in found if box["limits"]]
    note = "" if found else "Regions: no box is denser in cases than the whole."
    return found, note


def _boxes(data: pd.DataFrame, cases: np.ndarray) -> list[dict[str, Any]]:
    from ema_workbench.analysis import prim

    search = prim.Prim(data, cases, threshold=float(cases.mean()))
    found = []
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
        found.append(
            {
                "coverage": float(path["coverage"][best]),
                "density": float(path["density"][best]),
                "mass": float(path["mass"][best]),
                "limits": box.box_lims[best],
                "p": box.qp[best],
                "whole": box.box_lims[0],
            }
        )
    return found


def _told(box: dict[str, Any], data: pd.DataFrame, names: dict[str, str]) -> dict[str, Any]:
    limits = {}
    for key, name in names.items():
        if key not in box["limits"]:
            continue
        inside, whole = box["limits"][key].tolist(), box["whole"][key].tolist()
        if _same(inside, whole):
            continue
        ps = [float(p) for p in np.atleast_1d(box["p"].get(key, [])) if p >= 0]
        p = max(ps) if ps else 1.0
        if p > _RESTRICTS:
            continue
        if isinstance(inside[0], set):
            limits[name] = {"values": sorted(map(str, inside[0])), "p": p}
        else:
            limits[name] = {"low": float(inside[0]), "high": float(inside[1]), "p": p}
    return {key: box[key] for key in ("coverage", "density", "mass")} | {"limits": limits}


def _same(inside: list[Any], whole: list[Any]) -> bool:
    return all(a == b for a, b in zip(inside, whole, strict=True))
