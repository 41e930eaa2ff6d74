"""How much of a score is owed to what? Questions to ask of an alliance of one's own.

python examples/own_alliance.py

It looks behind `cohesion compare cis-charter`: which states the gain over the null comes from,
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
    """The case with other codes in some rows."""
    events = (
        replace(event, **(codes.get(event.id) or {}))
        for event in sim.scenario.events
        if codes.get(event.id, {}) is not None
    )
    return Simulation(replace(sim.scenario, events=tuple(events)))


def gain(sim: Simulation, block: np.ndarray) -> np.ndarray:
    """Log score of each block over the window-aware null, in nats."""
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


def report(fitted_draws: int = DRAWS) -> str:
    """Four small tables."""
    sim = ac.load(NAME)
    inputs = sim.inputs
    leaving = 1.0 - trace(inputs, sim.draws().values).probabilities.mean(axis=0)[..., Status.MEMBER]
    rows = rows_so_far(inputs, sim.scenario.events)[inputs.drivers.first - 1 : -1]
    by_state = gain(sim, record.state_blocks(inputs))
    lines = ["Gain over the null by state, nats:"]
    lines += [f"  {name} {value:+.2f}" for name, value in zip(inputs.states, by_state, strict=True)]
    lines.append("AUC of leaving:                  rules  rows so far")
    others = tuple(state for state in inputs.states if state not in NEW)
    for label, states in (("all states", inputs.states), ("new ones", NEW), ("the rest", others)):
        result = [auc(sim, score, states) for score in (leaving, rows)]
        lines.append(f"  {label:30} {result[0]:5.2f} {result[1]:12.2f}")
    lines.append("Gain over the null under other codings, nats:")
    for label, codes in CODINGS.items():
        other = recoded(sim, codes)
        total = gain(other, record.cluster_blocks(other.inputs)).sum()
        lines.append(f"  {label:30} {total:+.2f}")
    lines.append("Fitted to this alliance, each cluster held out, nats over a null so fitted:")
    lines += [f"  {name:30} {value:+.2f}" for name, value in refitted(sim, fitted_draws).items()]
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())
