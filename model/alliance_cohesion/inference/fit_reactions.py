"""Fit R10 and R11 to the dated requests, episodes and offers of a record.

Small regressions with normal priors; the mode and the curvature there (Laplace) carry their
uncertainty on. Scores are held out: one request at a time for R10, the last third of the clock
for R11, each against the constant that knows only the rate.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit, gammaln

from .. import __version__
from ..core.inputs import Floats, Inputs
from ..core.reactions import EXTERNAL, INTERNAL, REQUEST_LEVEL
from ..core.replay import trace
from ..core.step import LATENT
from ..scenario import Scenario
from ..scenario.patron import requests, spare, step_of
from ..scenario.roles import Cast, Side
from .basis import basis

_ANSWER_SD = np.array([1.5, 0.5, 1.5, 1.5, 1.5])  # log-odds; alignment is in log-odds already
_RATE_SD, _SOURCE_SD, _SLOPE_SD = 1.5, 0.7, 0.5
_STATUS_YEARS = 3.0  # longer threats are conditions, not episodes


@dataclass(frozen=True)
class Normal:
    """A fitted vector: mode and covariance."""

    mean: Floats
    covariance: Floats


def fit_answers(x: Floats, kept: np.ndarray) -> Normal:
    """R10: logistic regression with normal priors; x [request, 5], its first column ones."""

    def slope(b: Floats) -> tuple[Floats, Floats]:
        p = expit(x @ b)
        precision = (x * (p * (1 - p))[:, None]).T @ x + np.diag(_ANSWER_SD**-2)
        return x.T @ (kept - p) - b / _ANSWER_SD**2, precision

    return _mode(slope, np.zeros(x.shape[1]))


def _mode(slope: Callable[[Floats], tuple[Floats, Floats]], start: Floats) -> Normal:
    """The mode of a log-concave density and the covariance there, by Newton's method.

    Args:
        slope: Gradient of the log density at a point, and minus its Hessian.
        start: Where to begin.
    """
    at = start
    for _ in range(200):
        gradient, precision = slope(at)
        step = np.linalg.solve(precision, gradient)
        at = at + step / max(1.0, float(np.abs(step).max()) / 2.0)
        if np.abs(step).max() < 1e-12:
            break
    return Normal(at, np.asarray(np.linalg.inv(precision), dtype=np.float64))


def fit_rates(counts: Floats, x: Floats, years: Floats) -> Normal:
    """R11: Poisson regression with shrunk sources.

    Args:
        counts: [T, S] episodes that begin in a time step.
        x: [T, S] what raises the rate, centred.
        years: [T, S] exposure; 0 where a source cannot act.

    Returns:
        [S + 1] log rates of the sources and the slope.
    """
    sources = counts.shape[1]
    overall = np.log((counts.sum() + 0.5) / max(float(years.sum()), 1e-9))
    weights = np.concatenate(
        [[1 / _RATE_SD**2], np.full(sources, 1 / _SOURCE_SD**2), [1 / _SLOPE_SD**2]]
    )

    centre = np.concatenate([[overall], np.zeros(sources + 1)])
    design = np.zeros((counts.size, sources + 2))
    design[:, 0] = 1.0
    design[np.arange(counts.size), 1 + np.tile(np.arange(sources), len(counts))] = 1.0
    design[:, -1] = x.ravel()

    def slope(v: Floats) -> tuple[Floats, Floats]:
        expected = np.exp(design @ v) * years.ravel()
        precision = np.diag(weights) + (design * expected[:, None]).T @ design
        return design.T @ (counts.ravel() - expected) - weights * (v - centre), precision

    result = _mode(slope, centre)
    mix = np.zeros((sources + 1, sources + 2))
    mix[:-1, 0], mix[:-1, 1:-1], mix[-1, -1] = 1.0, np.eye(sources), 1.0
    return Normal(mix @ result.mean, mix @ result.covariance @ mix.T)


def _poisson_score(counts: Floats, expected: Floats) -> float:
    expected = np.maximum(expected, 1e-12)
    return float((counts * np.log(expected) - expected - gammaln(counts + 1)).sum())


def _held_out_rates(counts: Floats, x: Floats, years: Floats) -> tuple[float, float]:
    """Log score of the last third, fitted to the first two: with slope, and without."""
    cut = 2 * len(counts) // 3
    scores = []
    for factor in (1.0, 0.0):
        result = fit_rates(counts[:cut], factor * x[:cut], years[:cut])
        eta = result.mean[:-1][None, :] + result.mean[-1] * factor * x[cut:]
        scores.append(_poisson_score(counts[cut:], np.exp(eta) * years[cut:]))
    return scores[0], scores[1]


@dataclass(frozen=True)
class Episodes:
    """Sources of threat and when their episodes began."""

    names: list[tuple[str, str]]
    """[S] actor (a state, `external` or `internal`) and target."""
    target: list[int]
    actor: list[int]
    counts: Floats
    """[T, S]"""
    level: list[float]
    steps: list[int]


def episodes(scenario: Scenario, inputs: Inputs) -> Episodes:
    """Episodes of the record by source: outsiders together, each adversary, and from within."""
    cast = Cast(scenario, scenario.clock.steps)
    result: dict[tuple[int, int], list[tuple[int, float, float]]] = {}
    for i in range(len(inputs.states)):
        result[EXTERNAL, i], result[INTERNAL, i] = [], []
    for event in scenario.events:
        t = step_of(inputs, event)
        if event.kind != "threat" or event.consequence or t is None or t < inputs.drivers.first:
            continue
        years = ((event.end - event.start) / timedelta(days=365.25)) if event.end else 0.5
        level = float(event.strength or 0.0) / 5.0
        if years > _STATUS_YEARS or level < REQUEST_LEVEL:
            continue
        for name in event.targets:
            if name not in inputs.states:
                continue
            i = inputs.states.index(name)
            if event.actor == "internal":
                who = INTERNAL
            else:
                source = cast.sources(event.actor, i, t, t + 1)[0]
                if source.side is Side.PATRON:
                    continue
                who = source.state if source.side is Side.STATE else EXTERNAL
            result.setdefault((who, i), []).append((t, level, years))
    keys = sorted(result)
    counts = np.zeros((len(inputs.steps), len(keys)))
    for s, key in enumerate(keys):
        for t, _, _ in result[key]:
            counts[t, s] += 1.0
    everything = [one for rows in result.values() for one in rows]
    usual = float(np.mean([level for _, level, _ in everything])) if everything else REQUEST_LEVEL
    length = float(np.median([years for _, _, years in everything])) if everything else 0.5
    label = {EXTERNAL: "external", INTERNAL: "internal"}
    return Episodes(
        [
            (label.get(who, inputs.states[who] if who >= 0 else ""), inputs.states[i])
            for who, i in keys
        ],
        [i for _, i in keys],
        [who for who, _ in keys],
        counts,
        [float(np.mean([v for _, v, _ in result[key]] + [usual])) for key in keys],
        [max(1, round(length / inputs.drivers.dt))] * len(keys),
    )


def offers(scenario: Scenario, inputs: Inputs) -> tuple[Floats, float, int]:
    """[T, N] outside offers that began in each time step; their mean points; their usual length."""
    counts, points, years = np.zeros((len(inputs.steps), len(inputs.states))), [], []
    known = {scenario.alliance.patron, scenario.alliance.name, *inputs.states}
    for event in scenario.events:
        t = step_of(inputs, event)
        if event.kind != "offer" or event.consequence or event.actor in known or t is None:
            continue
        for name in event.targets:
            if name in inputs.states and t >= inputs.drivers.first:
                counts[t, inputs.states.index(name)] += 1.0
        points.append(float(event.strength or 0.0))
        if event.end:
            years.append((event.end - event.start) / timedelta(days=365.25))
    length = float(np.median(years)) if years else 8.0
    return (
        counts,
        float(np.mean(points)) if points else 2.0,
        max(1, round(length / inputs.drivers.dt)),
    )


def fit_reactions(scenario: Scenario, inputs: Inputs, draws: Floats) -> dict[str, Any]:
    """Fit R10 and R11; a plain dictionary for `calibration/reactions-<version>.json`.

    Args:
        scenario: Whose record is read.
        inputs: It compiled.
        draws: Parameter draws that say what alignment and reliability were.
    """
    f = inputs.drivers
    latent = trace(inputs, draws).latent.mean(axis=0)
    a = np.full((len(inputs.steps), len(inputs.states)), np.nan)
    a[f.first :] = latent[..., LATENT.index("a")]
    rho = np.full_like(a, np.nan)
    rho[f.first :] = latent[..., LATENT.index("alpha")] / (
        latent[..., LATENT.index("alpha")] + latent[..., LATENT.index("beta")]
    )
    usual = np.array([np.nanmean(rho), np.nanmean(a)])
    a, rho = np.nan_to_num(a, nan=usual[1]), np.nan_to_num(rho, nan=usual[0])

    asked = requests(scenario, inputs)
    free = spare(scenario, inputs)
    x = np.array(
        [[1.0, a[q.step, q.state], q.internal, q.inside, free[q.step]] for q in asked]
    ).reshape(-1, 5)
    kept = np.array([q.kept for q in asked], dtype=bool)
    answers = fit_answers(x, kept)
    alone, rate = [], []
    for k in range(len(asked)):
        rest = np.arange(len(asked)) != k
        p = expit(x[k] @ fit_answers(x[rest], kept[rest]).mean)
        base = (kept[rest].sum() + 1.0) / (rest.sum() + 2.0)
        alone.append(np.log(p if kept[k] else 1 - p))
        rate.append(np.log(base if kept[k] else 1 - base))

    seen = episodes(scenario, inputs)
    decided = (np.arange(len(inputs.steps)) >= f.first).astype(float)[:, None]
    exposure = np.broadcast_to(decided * f.dt, seen.counts.shape)
    within = np.array([who == INTERNAL for who in seen.actor])
    doubt = np.where(within[None, :], 0.0, usual[0] - rho[:, seen.target])
    rates = fit_rates(seen.counts, doubt, exposure)
    cut = slice(f.first, None)
    threats_held = _held_out_rates(seen.counts[cut], doubt[cut], exposure[cut])

    made, points, length = offers(scenario, inputs)
    distance = usual[1] - a
    offer_exposure = np.broadcast_to(decided * f.dt, made.shape)
    offering = fit_rates(made, distance, offer_exposure)
    offers_held = _held_out_rates(made[cut], distance[cut], offer_exposure[cut])

    begun = float(seen.counts.sum())
    return {
        "version": __version__,
        **basis(),
        "alliances": [scenario.alliance.name],
        "answer": _plain(answers),
        "answer_names": ["constant", "alignment", "internal threat", "adversary inside", "spare"],
        "request_share": min(1.0, len(asked) / begun) if begun else 0.5,
        "strength_kept": _mean([q.strength for q in asked if q.kept], 0.7),
        "strength_broken": _mean([q.strength for q in asked if not q.kept], 0.7),
        "usual": [float(value) for value in usual],
        "sources": [list(name) for name in seen.names],
        "episode": _plain(rates),
        "episode_level": seen.level,
        "episode_years": [steps * f.dt for steps in seen.steps],
        "states": list(inputs.states),
        "offer": _plain(offering),
        "offer_points": points,
        "offer_years": length * f.dt,
        "held_out": {
            "requests": len(asked),
            "answers": {"rule": float(np.sum(alone)), "constant": float(np.sum(rate))},
            "episodes": {"rule": threats_held[0], "constant": threats_held[1],
                         "begun": int(seen.counts.sum())},
            "offers": {"rule": offers_held[0], "constant": offers_held[1], "made": int(made.sum())},
        },
    }  # fmt: skip


def _plain(found: Normal) -> dict[str, Any]:
    return {
        "mean": [round(float(v), 5) for v in found.mean],
        "covariance": [[round(float(v), 6) for v in row] for row in found.covariance],
    }


def _mean(values: list[float], otherwise: float) -> float:
    return float(np.mean(values)) if values else otherwise


def write(folder: Path, found: dict[str, Any]) -> Path:
    """Write `reactions-<version>.json`."""
    path = folder / f"reactions-{__version__}.json"
    path.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return path
