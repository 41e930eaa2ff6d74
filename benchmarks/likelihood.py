"""How long one draw's exact likelihood of the record takes.

python benchmarks/likelihood.py [SCENARIO]
"""

import sys
import time

import numpy as np

import alliance_cohesion as ac
from alliance_cohesion.core.replay import log_likelihood
from alliance_cohesion.inference import priors as prior
from alliance_cohesion.inference import record


def main(name: str = "csto") -> None:
    world, believed = ac.load(name).world, prior.default()
    mask = record.at_risk(world).astype(np.int8)
    rows = believed.transform(believed.cube(2000, seed=1))
    f = world.forcing
    log_likelihood(rows[0], f, world.initial, world.record, mask)
    start = time.perf_counter()
    for row in rows:
        log_likelihood(row, f, world.initial, world.record, mask)
    each = (time.perf_counter() - start) / len(rows)
    cells = len(world.ticks) * len(world.states)
    print(f"{1e6 * each:.0f} microseconds a draw, {1e9 * each / cells:.0f} ns a state and tick")


if __name__ == "__main__":
    main(*sys.argv[1:])
