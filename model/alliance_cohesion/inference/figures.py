"""Every figure of the calibration under a plain name, so that any claim can be checked."""

import tomllib
from typing import Any

import numpy as np

from ..util import shipped
from . import study as tasks
from .priors import NAMES

Figures = dict[str, Any]


def forward_years() -> list[int]:
    """Years to whose end the forward hold-outs fit; a choice, kept with the data."""
    with (shipped.folder("calibration") / "holdouts.toml").open("rb") as file:
        years: list[int] = tomllib.load(file)["forward"]
    return years


def plan(size: str, *, coded_twice: bool = True) -> list[tuple[str, int]]:
    """Tasks of a calibration.

    Args:
        size: `fit` only, `short` for a check, or `all`.
        coded_twice: Whether there is a second coding to fit to.
    """
    singles = [
        (task.__name__, 0) for task in tasks.SINGLE if coded_twice or task is not tasks.second_coder
    ]
    if size == "fit":
        return [("clusters", 0)]
    repeats = 4 if size == "short" else 50
    swaps = 20 if size == "short" else 500
    placebos = 10 if size == "short" else 100
    theories = range(17)
    return [
        *singles,
        ("lagged", 1),
        *(("forward", year) for year in forward_years()),
        *(("baseline", k) for k in range(4)),
        *(("graded", k) for k in (range(4) if size == "all" else [0])),
        *(("theory", k) for k in (theories if size == "all" else [])),
        *(("swept", k) for k in (range(len(tasks.SWEEPS)) if size == "all" else [])),
        *(("swap", k) for k in range(swaps)),
        *(("time_shift", k) for k in range(placebos)),
        *(("noise", k) for k in range(placebos)),
        *(("shuffled", k) for k in range(repeats)),
        *(("thinned", k) for k in range(repeats)),
        *(("jittered", k) for k in range(repeats)),
        *(("simulated", k) for k in range(placebos)),
    ]


def assemble(results: list[tuple[str, int, dict[str, Any]]]) -> Figures:
    """Put the results of tasks together."""
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for name, number, result in results:
        found.setdefault(name, {})[number] = result
    base = found["clusters"][0]
    null = np.array(base["null"])
    gain = np.array(base["model"]) - null
    total = float(gain.sum())

    def against_null(result: dict[str, Any]) -> Figures:
        each = np.array(result["model"]) - null
        return {
            "gain": _round(each.sum()),
            "gain_by_cluster": dict(zip(base["names"], map(_round, each), strict=True)),
        }

    figures: Figures = {
        "gain": against_null(base),
        "log_evidence": base["log_evidence"],
        "log_evidence_null": base["log_evidence_null"],
        "on_the_eve_held_out": base["eve"],
        "set_likelihood": base["windows"],
        "auc_held_out": base["auc"],
        "proper_scores_held_out": base["proper"],
        "calibration_curve_held_out": base["calibration_curve"],
    }
    if "lagged" in found:
        figures["gain_lagged_one_tick"] = against_null(found["lagged"][1])
    if "forward" in found:
        figures["gain_forward"] = {
            f"fit_to_{year}": _round(result["model"] - result["null"])
            for year, result in sorted(found["forward"].items())
        }
    if "states" in found:
        left_out = found["states"][0]
        each = np.array(left_out["model"]) - np.array(left_out["null"])
        figures["gain_leave_one_state_out"] = {
            "total": _round(each.sum()),
            **dict(zip(left_out["states"], map(_round, each), strict=True)),
        }
    rivals = [*found.get("baseline", {}).values(), *found.get("logistic", {}).values()]
    figures["baselines"] = {r["name"]: against_null(r) for r in rivals}
    rows = figures["baselines"].get("number of rows so far")
    if rows:
        figures["gain_over_row_count"] = _round(total - rows["gain"])
    if "theory" in found:
        figures["theories"] = {
            r["name"]: {**against_null(r), "log_evidence": r["log_evidence"]}
            for _, r in sorted(found["theory"].items())
        }
        whole = figures["theories"]["all rules"]["log_evidence"]
        figures["log_bayes_factor_of_all_rules_over"] = {
            name: _round(whole - r["log_evidence"])
            for name, r in figures["theories"].items()
            if name != "all rules"
        }
    placebo = {}
    for name in ("swap", "time_shift", "noise", "shuffled", "thinned", "jittered"):
        if name in found:
            totals = np.array([r["total"] for _, r in sorted(found[name].items())]) - null.sum()
            placebo[name] = {
                "repeats": len(totals),
                "mean_gain": _round(totals.mean()),
                "gain_10th_percentile": _round(np.quantile(totals, 0.1)),
                "gain_90th_percentile": _round(np.quantile(totals, 0.9)),
                "p": _round((1 + np.sum(totals >= total)) / (1 + len(totals)), 4),
            }
    figures["placebos"] = placebo
    if "shuffled" in placebo:
        share = placebo["shuffled"]["mean_gain"] / total if total > 0 else None
        figures["share_of_gain_left_after_shuffling"] = None if share is None else _round(share)
    for name in ("confident", "second_coder"):
        if name in found:
            figures[f"gain_{name}"] = against_null(found[name][0])
    if "graded" in found:
        figures["gain_with_graded_signs"] = {
            r["name"]: against_null(r) for _, r in sorted(found["graded"].items())
        }
    if "swept" in found:
        figures["sweeps"] = [
            {"name": r["name"], "value": r["value"], **against_null(r)}
            for _, r in sorted(found["swept"].items())
        ]
    if "simulated" in found:
        ranks = np.array([r["rank"] for r in found["simulated"].values()])
        figures["simulation_based_calibration"] = {
            name: {"mean_rank_share": _round(ranks[:, k].mean() / 99),
                   "p_uniform": _round(_uniform(ranks[:, k]), 4)}
            for k, name in enumerate(NAMES)
            if ranks[:, k].std() > 0
        }  # fmt: skip
        figures["simulation_based_calibration"]["simulations"] = len(ranks)
    if "free" in found:
        figures["free_run"] = found["free"][0]
    if "prior_predictive" in found:
        figures["prior_predictive"] = found["prior_predictive"][0]
    if "contraction" in found:
        figures["posterior"] = found["contraction"][0]
    return figures


def _uniform(ranks: np.ndarray) -> float:
    """p-value of a chi-square test that ranks among 99 draws are uniform, ten bins."""
    from scipy.stats import chisquare

    return float(chisquare(np.bincount(ranks * 10 // 100, minlength=10)).pvalue)


def _round(value: Any, digits: int = 3) -> float:
    return round(float(value), digits)
