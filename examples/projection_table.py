"""A projection as a table: for every state, the share of histories frozen or out at some year ends.

python examples/projection_table.py csto-2035 [posterior] > table.md
"""

import sys
from dataclasses import replace
from typing import Any

import numpy as np

import alliance_cohesion as ac
from alliance_cohesion.analysis.counterfactual.intervals import estimate
from alliance_cohesion.core.step import FROZEN, MEMBER
from alliance_cohesion.report.text import percent
from alliance_cohesion.scenario.states import name_of

YEARS = (1, 3, 5, 10)  # after the record ends


def simulated(
    name: str, posterior: str, draws: int | None, each: int
) -> tuple[ac.Simulation, Any, int]:
    """The scenario, its histories [history, time, state], and how many draws they use."""
    sim = ac.load(name)
    if posterior:
        settings = sim.scenario.parameters.model_copy(update={"posterior": posterior})
        sim = ac.Simulation(replace(sim.scenario, parameters=settings))
    values, seed = sim.draws().values[:draws], sim.scenario.seed
    histories = each * len(values)
    simulate = sim.engine("ensemble", len(values), seed)
    path = simulate(values, histories, seed, start=0, keep=histories).path
    return sim, path, len(values)


def table(name: str, posterior: str = "", draws: int | None = None, each: int = 4) -> str:
    """Markdown: shares frozen or out, the 90 % range over parameter draws, and the share frozen.

    Args:
        name: A scenario with `known_until`.
        posterior: Another posterior than the scenario's own.
        draws: How many parameter draws; all by default.
        each: Histories a draw.
    """
    sim, path, used = simulated(name, posterior, draws, each)
    clock = sim.scenario.clock
    known = np.datetime64(clock.known_until or clock.start, "Y")
    ends = np.append(sim.inputs.decided[1:], clock.steps.end).astype("datetime64[D]")
    last = [int(np.searchsorted(ends, known + year + 1, side="right")) - 1 for year in YEARS]
    away = estimate(path[:, last] != MEMBER, used)
    frozen = (path[:, last] == FROZEN).mean(axis=0)
    lines = [
        f"Version {ac.__version__}, {sim.draws().origin}, {len(path):,} histories, "
        f"seed {sim.scenario.seed}.",
        "",
        "| state | end of " + " | ".join(str(known + year) for year in YEARS) + " |",
        "|---|" + "---|" * len(YEARS),
    ]
    for i, state in enumerate(sim.inputs.states):
        cells = [
            f"{percent(away.mean[k, i])} ({100 * away.low[k, i]:.0f} to {100 * away.high[k, i]:.0f}"
            f"); frozen {percent(frozen[k, i])}"
            for k in range(len(YEARS))
        ]
        named = name_of(state, sim.scenario.alliance.names)
        lines.append(f"| {named} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    asked = dict(enumerate(sys.argv))
    print(table(asked.get(1, "csto-2035"), asked.get(2, "")))
