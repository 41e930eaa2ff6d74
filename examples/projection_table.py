"""A projection as a table: for every state and year, the chance to be away at the year's end.

python examples/projection_table.py csto-2035 > table.md
"""

import sys
from datetime import UTC, datetime

import numpy as np

import alliance_cohesion as ac


def table(name: str, histories: int | None = None) -> str:
    """Markdown: chances to be away (frozen or outside), and to change standing in the year."""
    case = ac.load(name)
    data = case.run(histories)
    known = np.datetime64(case.scenario.clock.known_until or case.scenario.clock.start)
    path = data.path.values
    changed = np.concatenate([np.zeros_like(path[:, :1], bool), path[:, 1:] != path[:, :-1]], 1)
    years = data.time.dt.year.values
    shown = [year for year in sorted(set(years)) if np.datetime64(f"{year}-12-31") > known]
    lines = [
        f"Made on {datetime.now(UTC):%Y-%m-%d} by version {ac.__version__} from "
        f"{data.attrs['parameters_from']}, {data.attrs['histories']:,} histories, seed "
        f"{data.attrs['seed']}.",
        "",
        "| state | at the end of " + " | ".join(map(str, shown)) + " | most likely to change in |",
        "|---|" + "---|" * (len(shown) + 1),
    ]
    for i, state in enumerate(data.state.values):
        away = 1.0 - data.share.sel(state=state, standing="member").values
        cells = [f"{away[years == year][-1]:.0%}" for year in shown]
        yearly = [changed[:, years == year, i].any(axis=1).mean() for year in shown]
        peak = int(np.argmax(yearly))
        lines.append(
            f"| {state} | " + " | ".join(cells) + f" | {shown[peak]} ({yearly[peak]:.0%}) |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(sys.argv[1] if len(sys.argv) > 1 else "csto-2035"))
