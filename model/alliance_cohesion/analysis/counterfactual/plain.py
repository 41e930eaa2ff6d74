"""An answer as plain data: what JSON holds."""

import math
from typing import Any

import numpy as np

from ...core.inputs import Standing
from .answer import Answer, Outcome, Side, Through
from .effects import Spread
from .guards import ALTERED

MEANING = {
    "forecast_by_rule": "the forecast with R10 and R11 from the branch on in both worlds",
    "forecast": "the record is known up to the branch; what follows it is free in both worlds",
    "given": "all that happened is known; the noise that explains it is kept in the changed world",
    "away": "share of histories in which the state is frozen or outside at the end of the month",
    "effect": "changed less base; low and high are the 5 and 95 % quantiles over parameter draws",
    "parameters, chance": "standard deviation between draws, and between histories of one draw",
    "prevented": "chance of necessity: given what happened, the move does not happen before the "
    "state's next documented move, or the end",
    "delayed": "the same by the end of the tick in which it is documented",
    "sufficiency": "of forecasts whose changed world lacks it, share whose base world has it",
    "both": "share of forecasts with the move in the base world and without it in the changed one",
    "by": "what is lost of the effect where others' fate reaches the state as in the base world",
    "variance ratio": "by how much pairing cuts the variance of a difference at the end",
}


def as_json(answer: Answer) -> dict[str, Any]:
    """Everything that is said about a counterfactual."""
    scenario = answer.pair.changed.scenario
    states, ticks = answer.states, answer.ticks
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "question": scenario.question,
        "base": answer.pair.base.scenario.name,
        "changes": [
            {"name": c.name, "reason": c.reason, "source": c.source or ""}
            for c in scenario.changes[len(answer.pair.base.scenario.changes) :]
        ],
        "rewrite": scenario.rewrite,
        "branch": str(answer.pair.branch_day),
        "focal": [states[i] for i in answer.pair.focal],
        "histories": answer.count,
        "draws": answer.draws,
        "seed": answer.seed,
        "parameters_from": answer.sample.origin,
        "effective_draws": _number(answer.sample.effective),
        "forecast": {
            **_side(answer, answer.forecast, ticks),
            "variance ratio": _number(answer.ratio),
            "through": [_through(answer, one) for one in answer.through_forecast],
        },
        "forecast_by_rule": None
        if answer.by_rule is None
        else _side(answer, answer.by_rule, ticks),
        "given": {
            **{name: _side(answer, side, ticks) for name, side in answer.given.items()},
            "through": [_through(answer, one) for one in answer.through_given],
        },
        "outcomes": [_outcome(answer, one) for one in answer.outcomes],
        "guards": guards(answer),
        "meaning": MEANING,
    }


def guards(answer: Answer) -> dict[str, Any]:
    """The guards alone."""
    span = answer.span
    return {
        "altered_decisions": span.altered,
        "altered_from_gower": ALTERED,
        "near_share": _number(span.near),
        "in_hull_share": _number(span.in_hull),
        "farthest": span.farthest,
        "beyond_range_of_evidence": span.beyond,
        "logistic": {
            answer.states[i]: {"change_in_leavings": _number(change), "agrees": agrees(answer, i)}
            for i, change in _logistic(answer).items()
        },
        "coupling_disagreement": _number(float(answer.disagreement[-1].max())),
        "rewrite": answer.pair.changed.scenario.rewrite,
    }


def _logistic(answer: Answer) -> dict[int, float]:
    if answer.logistic is None:
        return {}
    return {i: float(answer.logistic[i]) for i in answer.pair.focal}


def agrees(answer: Answer, state: int) -> bool | None:
    """Whether the logistic hazard changes a state's leaving in the same direction.

    None where it has nothing to say (the state is no member after the branch), or where the
    model itself sees no effect of half a point on average.
    """
    if answer.logistic is None or not math.isfinite(answer.logistic[state]):
        return None
    effect = float(answer.forecast.effect.mean[:, state].mean())
    if abs(effect) < 0.005:
        return None
    return bool(np.sign(effect) == np.sign(answer.logistic[state]))


def _side(answer: Answer, side: Side, ticks: list[int]) -> dict[str, Any]:
    part = side.parting
    return {
        "states": {
            state: {
                answer.month(t): {
                    "base": _number(side.base.mean[t, i]),
                    "changed": _number(side.changed.mean[t, i]),
                    "changed_by_standing": {
                        standing.label: _number(side.standing[t, i, standing])
                        for standing in Standing
                    },
                    "effect": _spread(side.effect, t, i),
                }
                for t in ticks
            }
            for i, state in enumerate(answer.states)
        },
        "worlds_part": {
            "share": _number(part.share),
            "median": None if part.median is None else str(answer.edges[part.median])[:7],
        },
    }


def _outcome(answer: Answer, one: Outcome) -> dict[str, Any]:
    return {
        "state": answer.states[one.move.state],
        "kind": one.move.kind,
        "date": one.move.date,
        "until": answer.month(one.move.stop),
        "prevented": {name: _spread(found) for name, found in one.prevented.items()},
        "delayed": {name: _number(found) for name, found in one.delayed.items()},
        "forecast_base": _number(one.base),
        "forecast_changed": _number(one.changed),
        "sufficiency": _number(one.sufficiency),
        "both": _number(one.both),
    }


def _through(answer: Answer, one: Through) -> dict[str, Any]:
    return {
        "state": answer.states[one.state],
        "month": answer.month(one.tick),
        "effect": _number(one.effect),
        "by": {name: _number(lost) for name, lost in one.by.items()},
    }


def _spread(found: Spread, *place: int) -> dict[str, float | None]:
    return {
        name: _number(getattr(found, name)[place])
        for name in ("mean", "low", "high", "parameters", "chance", "error")
    }


def _number(value: float | np.floating[Any] | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), 5)
