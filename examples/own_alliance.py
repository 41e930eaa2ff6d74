"""How much of a score is owed to what? Questions to ask of an alliance of one's own.

python examples/own_alliance.py

It looks behind `cohesion compare cis-charter`: which states the gain over the baseline comes from,
whether merely counting coded rows ranks leavers as well, and how far the score turns on codes
that another coder might give. For your own alliance change NAME, NEW and CODINGS.
"""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

import alliance_cohesion as ac
from alliance_cohesion.analysis.compare import log_scores
from alliance_cohesion.core.inputs import Status
from alliance_cohesion.core.replay import trace
from alliance_cohesion.inference import record
from alliance_cohesion.inference import scores as scoring
from alliance_cohesion.inference.baselines import baselines, rows_so_far, without_drivers
from alliance_cohesion.inference.draws import draws
from alliance_cohesion.inference.fit import DRAWS
from alliance_cohesion.inference.held_out import fit_baseline, fit_rules
from alliance_cohesion.inference.priors import default
from alliance_cohesion.simulation import Simulation

NAME = "cis-charter"
NEW = ("MDA", "UKR")  # states that the posterior has not seen in any alliance
CODINGS: dict[str, dict[str, dict[str, Any] | None]] = {
    "as coded": {},
    "Ukraine frozen, not out": {"ukr-2018-out": {"strength": "frozen"}},
    "Ukraine out in March 2014": {"ukr-2018-out": {"start": date(2014, 3, 19)}},
    "Ukraine never left": {"ukr-2018-out": None},
    "Moldova not frozen": {"mda-2022-frozen": None},
    "Ukraine frozen, Moldova not": {
        "ukr-2018-out": {"strength": "frozen"},
        "mda-2022-frozen": None,
    },
}
"""Other codes of doubtful rows, by id; None leaves the row out."""


def recoded(sim: Simulation, codes: dict[str, dict[str, Any] | None]) -> Simulation:
    """The scenario with other codes in some rows."""
    events = (
        replace(event, **(codes.get(event.id) or {}))
        for event in sim.scenario.events
        if codes.get(event.id, {}) is not None
    )
    return Simulation(replace(sim.scenario, events=tuple(events)))


def gain(sim: Simulation, block: np.ndarray) -> np.ndarray:
    """Log score of each block over the window-aware baseline, in nats."""
    null = draws("null", sim.scenario.alliance.name, {}, sim.scenario.seed)
    rules = log_scores(sim.inputs, sim.draws().values, block)
    return rules - log_scores(without_drivers(sim.inputs), null.values, block)


def auc(sim: Simulation, score: np.ndarray, states: tuple[str, ...]) -> float:
    """How well a score [T, N] ranks the decisions in which one of some states left."""
    before, after = record.statuses(sim.inputs)
    chosen = record.at_risk(sim.inputs) & (before == Status.MEMBER)
    chosen &= np.isin(sim.inputs.states, states)
    result = scoring.ranking(score[chosen], after[chosen] != Status.MEMBER)
    return float("nan") if result is None else result.auc


def refitted(sim: Simulation, fitted_draws: int = DRAWS) -> dict[str, float]:
    """Gain over the baseline when all are fitted to this alliance, each cluster held out."""
    inputs, prior = sim.inputs, default()
    fold = record.cluster_blocks(inputs)
    how = {"draws": fitted_draws, "seed": sim.scenario.seed}
    rows = next(r for r in baselines(prior, inputs, sim.scenario.events) if "rows" in r.name)
    baseline = fit_baseline(inputs, prior, fold, **how).held_out().sum()
    own = {"the rules": (prior, inputs), rows.name: (rows.prior, rows.inputs)}
    return {
        name: float(fit_rules(w, p, fold, **how).held_out().sum() - baseline)
        for name, (p, w) in own.items()
    }


def tables(fitted_draws: int = DRAWS) -> dict[str, dict[str, Any]]:
    """The four answers, by name: gains in nats, and areas under the curve."""
    sim = ac.load(NAME)
    inputs = sim.inputs
    leaving = 1.0 - trace(inputs, sim.draws().values).probabilities.mean(axis=0)[..., Status.MEMBER]
    rows = rows_so_far(inputs, sim.scenario.events)[inputs.drivers.first - 1 : -1]
    others = tuple(state for state in inputs.states if state not in NEW)
    groups = {"all states": inputs.states, "new ones": NEW, "the rest": others}
    by_state = gain(sim, record.state_blocks(inputs))
    codings = {}
    for label, codes in CODINGS.items():
        other = recoded(sim, codes)
        codings[label] = float(gain(other, record.cluster_blocks(other.inputs)).sum())
    return {
        "by_state": dict(zip(inputs.states, map(float, by_state), strict=True)),
        "auc": {
            label: {"rules": auc(sim, leaving, states), "rows": auc(sim, rows, states)}
            for label, states in groups.items()
        },
        "codings": codings,
        "refitted": refitted(sim, fitted_draws),
    }


def report(found: dict[str, dict[str, Any]]) -> str:
    """The answers as four small tables."""
    return "\n".join(
        [
            "Gain over the baseline by state, nats:",
            *(f"  {name:30} {value:+.2f}" for name, value in found["by_state"].items()),
            "AUC of leaving:                  rules  rows so far",
            *(
                f"  {name:30} {one['rules']:5.2f} {one['rows']:12.2f}"
                for name, one in found["auc"].items()
            ),
            "Gain over the baseline under other codings, nats:",
            *(f"  {name:30} {value:+.2f}" for name, value in found["codings"].items()),
            "Fitted to this alliance, each cluster held out, nats over a baseline so fitted:",
            *(f"  {name:30} {value:+.2f}" for name, value in found["refitted"].items()),
        ]
    )


if __name__ == "__main__":
    print(report(tables()))
