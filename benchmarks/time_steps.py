"""What a time step costs: the same scenario at month, quarter and year time steps.

    python benchmarks/time_steps.py [histories] [seed]

Prints, for each pair of time steps, how far apart the shares of histories away (frozen or outside)
are at the ends of the years. `tests/core/test_time_steps.py` holds the model to the bounds that
`docs/model-notes.md` states.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

import alliance_cohesion as ac
from alliance_cohesion.core import simulate as ensemble
from alliance_cohesion.core.step import MEMBER

STEPS = ("month", "quarter", "year")
PAIRS = (("month", "quarter"), ("quarter", "year"), ("month", "year"))


def away(step: str, histories: int, seed: int, posterior: str = "default") -> np.ndarray:
    """[year, state] share of histories of the CSTO scenario away at each year's end."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scenario.toml"
        file.write_text(
            f'name = "{step}"\nbase = "csto"\n[clock]\nstep = "{step}"\n'
            f'[parameters]\nposterior = "{posterior}"\n'
        )
        sim = ac.load(file)
    inputs = sim.inputs
    draws = sim.draws(1).values
    made = ensemble.simulate(inputs, draws, histories, seed, keep=0)
    ends = np.append(inputs.decided[1:], inputs.end)
    at_year_end = ends == ends.astype("datetime64[Y]").astype(ends.dtype)
    return 1.0 - made.status[at_year_end, :, MEMBER] / histories


def apart(histories: int, seed: int, posterior: str = "default") -> dict[str, tuple[float, float]]:
    """Largest and mean absolute difference between time steps, over years and states."""
    result = {step: away(step, histories, seed, posterior) for step in STEPS}
    differences = {f"{a} and {b}": np.abs(result[a] - result[b]) for a, b in PAIRS}
    return {pair: (float(d.max()), float(d.mean())) for pair, d in differences.items()}


def main(histories: int = 20_000, seed: int = 1) -> None:
    """Print the figures."""
    print(f"Share away at year ends, {histories:,} histories, seed {seed}")
    print(f"{'steps':20}{'largest':>10}{'mean':>10}")
    for pair, (largest, mean) in apart(histories, seed).items():
        print(f"{pair:20}{largest:10.4f}{mean:10.4f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
