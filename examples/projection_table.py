"""A projection as a table: for every state, the chance to be away at the ends of some years.

python examples/projection_table.py csto-2035 > table.md
"""

import sys
from datetime import UTC, datetime

import numpy as np

import alliance_cohesion as ac
from alliance_cohesion.analysis.counterfactual.intervals import estimate
from alliance_cohesion.report.text import percent

YEARS = (1, 2, 3, 5, 7, 10)  # after the record ends


def table(name: str, draws: int | None = None, each: int = 4) -> str:
    """Markdown: chances to be away (frozen or outside), with what the parameter draws leave open.

    Args:
        name: A scenario with `known_until`.
        draws: How many parameter draws; all by default.
        each: Histories a draw.
    """
    case = ac.load(name)
    found, seed = case.draws(), case.scenario.seed
    values = found.values[:draws]
    histories = each * len(values)
    simulate = case.engine("ensemble", len(values), seed)
    path = simulate(values, histories, seed, start=0, keep=histories).path
    known = np.datetime64(case.scenario.clock.known_until or case.scenario.clock.start, "Y")
    ends = np.append(case.world.decided[1:], case.scenario.clock.ticks.end).astype("datetime64[D]")
    last = [int(np.searchsorted(ends, known + year + 1, side="right")) - 1 for year in YEARS]
    away = estimate(path[:, last] > 0, len(values))
    lines = [
        f"Made on {datetime.now(UTC):%Y-%m-%d} by version {ac.__version__} from {found.origin}, "
        f"{histories:,} histories, seed {seed}.",
        "",
        "| state | at the end of " + " | ".join(str(known + year) for year in YEARS) + " |",
        "|---|" + "---|" * len(YEARS),
    ]
    for i, state in enumerate(case.world.states):
        cells = [
            f"{percent(mean)} ({100 * low:.0f} to {100 * high:.0f})"
            for mean, low, high in zip(
                away.mean[:, i], away.low[:, i], away.high[:, i], strict=True
            )
        ]
        lines.append(f"| {state} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(sys.argv[1] if len(sys.argv) > 1 else "csto-2035"))
