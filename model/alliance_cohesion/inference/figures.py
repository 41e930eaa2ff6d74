"""Every figure of a calibration under a plain name, so that any claim can be checked.

All come from the tidy table of the study's rows, from the scorecard and from the posterior.
"""

import math
from typing import Any

import numpy as np
import pandas as pd

from ..core.inputs import Floats
from ..core.simulate import simulate
from .checks import RANKS
from .likelihood import MEMBER
from .priors import NAMES
from .study import BASELINE, LOGISTIC, PLACEBOS, RULES, SIZES, Row, Study

Figures = dict[str, Any]
__all__ = ["SIZES", "Figures", "assemble", "scores_table"]

LATE = "every input one time step later"
ROWS = "number of rows so far"
_BINS = 20  # of ranks
_PRIOR_DRAWS = 4000


def scores_table(rows: list[Row]) -> pd.DataFrame:
    """The tidy table of log scores: one row for each experiment, repeat and fold.

    `gain` is the log score less that of the window-aware baseline for the same fold.
    """
    table = pd.DataFrame([row for row in rows if "log_score" in row])
    base = table[table["experiment"] == BASELINE].set_index(["folds", "fold"])["log_score"]
    keys = pd.MultiIndex.from_frame(table[["folds", "fold"]])
    table.insert(5, "gain", (table["log_score"] - base.reindex(keys).to_numpy()).round(4))
    return table


def assemble(study: Study, rows: list[Row]) -> Figures:
    """The figures of all that was scored.

    Args:
        study: What was asked.
        rows: Of its tasks.
    """
    table = scores_table(rows)
    clusters = table[table["folds"] == "clusters"]
    totals = clusters.groupby(["experiment", "number"], sort=False)["gain"].sum()
    gain = float(totals[RULES, 0])

    def of(name: str) -> Figures:
        mine = clusters[(clusters["experiment"] == name) & (clusters["number"] == 0)]
        by_cluster = dict(zip(mine["fold"], map(_round, mine["gain"]), strict=True))
        return {"gain": _round(totals[name, 0]), "gain_by_cluster": by_cluster}

    def evidence(name: str) -> float:
        return float(clusters[clusters["experiment"] == name]["log_evidence"].iloc[0])

    asked = set(clusters["experiment"])
    figures: Figures = {
        "gain": {**of(RULES), "error": _error(clusters, RULES),
                 "times_likelier": round(math.exp(gain))},
        "log_evidence": evidence(RULES),
        "log_evidence_baseline": evidence(BASELINE),
        "fit": {
            "method": study.rules.method,
            "draws": len(study.rules.values),
            "effective_draws": round(study.rules.effective_draws),
            "pareto_k": _round(study.rules.pareto_k, 2),
            "log_evidence_error": _round(study.rules.log_evidence_error),
        },
        "posterior": contraction(study),
    }  # fmt: skip
    if LATE not in asked:
        return figures
    others = [name for name in (*_simple(asked), LOGISTIC) if name in asked]
    figures["gain_lagged_one_step"] = of(LATE)
    figures["gain_forward"] = {
        row.folds: _round(row.gain)
        for row in table[(table["experiment"] == RULES) & (table["fold"] == table["folds"])]
        .itertuples()
    }  # fmt: skip
    left_out = table[(table["experiment"] == RULES) & (table["folds"] == "states")]
    figures["gain_leave_one_state_out"] = {
        "total": _round(left_out["gain"].sum()),
        **dict(zip(left_out["fold"], map(_round, left_out["gain"]), strict=True)),
    }
    figures["baselines"] = {name: of(name) for name in others}
    figures["gain_over_row_count"] = _round(gain - figures["baselines"][ROWS]["gain"])
    figures["placebos"] = {
        name: _placebo(totals[name].to_numpy(), gain) for name in PLACEBOS if name in asked
    }
    left = figures["placebos"]["shuffled"]["mean_gain"] / gain if gain > 0 else None
    figures["share_of_gain_left_after_shuffling"] = None if left is None else _round(left)
    for key, name in (
        ("gain_confident", "rows of low confidence dropped"),
        ("gain_second_coder", "the second coder's strengths"),
    ):
        if name in asked:
            figures[key] = of(name)
    figures["gain_with_graded_signs"] = {
        name.removeprefix("graded signs: "): of(name)
        for name in totals.index.unique("experiment") if name.startswith("graded signs: ")
    }  # fmt: skip
    theories = [name for name in totals.index.unique("experiment") if name.startswith("theory: ")]
    if theories:
        figures["theories"] = {
            name.removeprefix("theory: "): {**of(name), "log_evidence": evidence(name)}
            for name in theories
        }
        figures["log_bayes_factor_of_all_rules_over"] = {
            name.removeprefix("theory: "): _round(evidence(RULES) - evidence(name))
            for name in theories
        }
    swept = [name for name in totals.index.unique("experiment") if name.startswith("prior: ")]
    if swept:
        figures["sweeps"] = {name.removeprefix("prior: "): of(name) for name in swept}
    figures["checks"] = _checks(rows)
    figures["prior_predictive"] = prior_predictive(study)
    repeated = clusters[clusters["experiment"].isin(PLACEBOS)]
    figures["repeats"] = {
        "draws": int(repeated["draws"].max()),
        "error": _round(repeated["error"].median()),
        "by_tempering": int((repeated["method"] == "sequential Monte Carlo").sum()
                            // repeated["fold"].nunique()),
        "largest_pareto_k": _round(repeated["pareto_k"].max(), 2),
    }  # fmt: skip
    return figures


def _simple(asked: set[str]) -> list[str]:
    return [name for name in (BASELINE, "constant rate", ROWS, "left before leaves again")
            if name in asked]  # fmt: skip


def _error(clusters: pd.DataFrame, name: str) -> float:
    """Standard error of the total gain: of both fits."""
    errors = [
        float(clusters[clusters["experiment"] == one]["error"].iloc[0]) for one in (name, BASELINE)
    ]
    return _round(math.hypot(*errors))


def _placebo(totals: Floats, gain: float) -> Figures:
    return {
        "repeats": len(totals),
        "mean_gain": _round(totals.mean()),
        "gain_10th_percentile": _round(np.quantile(totals, 0.1)),
        "gain_90th_percentile": _round(np.quantile(totals, 0.9)),
        "beaten": int(np.sum(totals < gain)),
        "p": _round((1 + np.sum(totals >= gain)) / (1 + len(totals)), 4),
    }


def _checks(rows: list[Row]) -> Figures:
    """Of the ranks of simulated truths: are they uniform?"""
    from scipy.stats import chisquare

    result: Figures = {}
    for start in ("prior", "posterior"):
        ranks = pd.DataFrame([row["ranks"] for row in rows if row.get("start") == start])
        if not len(ranks):
            continue
        ranks = ranks.loc[:, ranks.std() > 0]
        p = {
            name: float(
                chisquare(np.bincount(ranks[name] * _BINS // RANKS, minlength=_BINS)).pvalue
            )
            for name in ranks
        }
        result[start] = {
            "simulations": len(ranks),
            "quantities": len(p),
            "lowest_p": _round(min(p.values()), 4),
            "lowest": min(p, key=lambda name: p[name]),
            "p_uniform": {name: _round(value, 4) for name, value in p.items()},
            "mean_rank": {name: _round(ranks[name].mean() / (RANKS - 1)) for name in p},
        }
    return result


def contraction(study: Study) -> Figures:
    """How much narrower than the prior each posterior is, and where it lies."""
    before = study.prior.transform(study.prior.cube(_PRIOR_DRAWS, study.seed))
    after = study.rules.draws(_PRIOR_DRAWS, study.seed)
    rows = {}
    for k, name in enumerate(NAMES):
        spread = float(before[:, k].std())
        rows[name] = {
            "prior_mean": _round(before[:, k].mean()),
            "mean": _round(after[:, k].mean()),
            "low": _round(np.quantile(after[:, k], 0.05)),
            "high": _round(np.quantile(after[:, k], 0.95)),
            "contraction": _round(1.0 - after[:, k].var() / spread**2) if spread else None,
        }
    return rows


def prior_predictive(study: Study) -> Figures:
    """What the prior alone expects of the record's inputs, before any status is seen."""
    inputs = study.inputs
    draws = study.prior.transform(study.prior.cube(2000, study.seed))
    path = simulate(inputs, draws, 2000, study.seed, keep=2000).path
    start = np.broadcast_to(inputs.initial, (len(path), 1, len(inputs.states)))
    before = np.concatenate([start, path[:, :-1]], axis=1)
    window = inputs.drivers.renewal[inputs.drivers.first :] == 1
    member = before == MEMBER
    left, back = member & (path != MEMBER), ~member & (path == MEMBER)
    dt = inputs.drivers.dt
    years = np.maximum(member[:, ~window].sum(axis=(1, 2)) * dt, dt)
    asked = np.maximum(member[:, window].sum(axis=(1, 2)), 1)
    away = np.maximum((~member).sum(axis=(1, 2)) * dt, dt)
    return {
        "acts_of_leaving_per_member_year": _quantiles(left[:, ~window].sum(axis=(1, 2)) / years),
        "share_refusing_at_a_renewal": _quantiles(left[:, window].sum(axis=(1, 2)) / asked),
        "returns_per_year_frozen_or_out": _quantiles(back.sum(axis=(1, 2)) / away),
        "states_that_ever_leave": _quantiles(left.any(axis=1).sum(axis=1).astype(float)),
    }


def _quantiles(values: Floats) -> Figures:
    low, middle, high = (round(float(q), 4) for q in np.quantile(values, [0.05, 0.5, 0.95]))
    return {"median": middle, "low": low, "high": high}


def _round(value: Any, digits: int = 3) -> float:
    return round(float(value), digits)
