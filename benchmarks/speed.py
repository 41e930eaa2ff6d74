"""How fast histories are made, and against what.

    python benchmarks/speed.py [--quick] [--json benchmarks/speed.json]

Everything in a table is measured in turns in one run on one machine; the best of several turns
counts. `docs/model-notes.md` quotes the stored file.

- **Mesa**: the same rules as Mesa objects, all in Python as a model in Mesa usually is
  (`plain_mesa.py`); and with the compiled rules, as this project's agents are.
- **NumPy**: the same rules vectorised over histories (`vectorised.py`), its random numbers drawn
  by NumPy's generator, which is cheaper than addressing each; at its best batch size.
- **floor**: the same number of random numbers and of exponentials, and nothing else, in the same
  blocks of lanes. The simulation cannot be faster without another generator or another arithmetic.
- **likelihood**: microseconds a draw, in batches.

One thread, unless it says otherwise.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import mesa
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import plain_mesa
import vectorised

import alliance_cohesion as ac
from alliance_cohesion.core import simulate as ensemble
from alliance_cohesion.core.agents import AllianceModel
from alliance_cohesion.core.elementary import compiled, exp
from alliance_cohesion.core.inputs import Floats, Inputs, Ints
from alliance_cohesion.core.randomness import DECISION, fill
from alliance_cohesion.core.replay import scores
from alliance_cohesion.core.simulate import LANES
from alliance_cohesion.core.step import FROZEN, MEMBER, OUT

SIZES = (8, 25, 50, 100, 200)  # states
BATCHES = (1_000, 4_000, 16_000)  # histories times states that NumPy takes at once


@compiled
def bare(seed: int, blocks: int, steps: int, address: Ints, one: Floats, u: Floats) -> float:
    """Random numbers in blocks of lanes, and exponentials of them: one for a state to perceive
    and update, and as many more as `one` [step, state] says for it to decide.
    """
    total = 0.0
    for block in range(blocks):
        for t in range(steps):
            for i in range(len(address)):
                if t & 3 == 0:
                    fill(seed, block * LANES, t, address[i], DECISION, u[i])
                for lane in range(np.uint64(LANES)):
                    u[i, t & 3, lane] = exp(-u[i, t & 3, lane])
                for _ in range(int(one[t, i])):
                    for lane in range(np.uint64(LANES)):
                        u[i, t & 3, lane] = exp(-u[i, t & 3, lane])
        total += u[0, 0, 0]
    return total


def exponentials(inputs: Inputs, draws: Floats) -> Floats:
    """[step, state] exponentials that a decision needs (R6 to R9), from a small run.

    A member needs its leaving rate, the probability of an act and the share that freezes; a
    frozen state two rates and a probability; one that is out a rate and a probability.
    """
    made = ensemble.simulate(inputs, draws, 256, 1, keep=256)
    before = np.concatenate([np.broadcast_to(inputs.initial, (256, 1, len(inputs.states))),
                             made.path[:, :-1]], axis=1)  # fmt: skip
    need = np.select([before == MEMBER, before == FROZEN, before == OUT], [3.0, 3.0, 2.0])
    return np.rint(need.mean(axis=0)) - 1.0


def clock(action: Callable[[], object]) -> float:
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def side_by_side(actions: dict[str, Callable[[], object]], turns: int) -> dict[str, float]:
    """Best time of each, taken in turns so that a busy moment hits all alike."""
    best = dict.fromkeys(actions, np.inf)
    for _ in range(turns):
        for name, action in actions.items():
            best[name] = min(best[name], clock(action))
    return best


def inputs_of(states: int, step: str = "quarter", years: int = 32) -> tuple[Inputs, Floats]:
    """The shipped record; with more states than it has, repeated under other names."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scenario.toml"
        file.write_text(
            f'name = "x"\nbase = "csto"\n[clock]\nstep = "{step}"\nend = {1993 + years}-12-31\n'
        )
        sim = ac.load(file)
    draws = sim.draws(1).values
    inputs = sim.inputs
    return (inputs if states == len(inputs.states) else widened(inputs, states)), draws


def widened(inputs: Inputs, states: int) -> Inputs:
    """The same alliance with its states repeated; threats between states stay among the first."""
    f, n = inputs.drivers, len(inputs.states)
    columns = np.arange(states) % n
    own = ("own", "dependence")
    start, spans = [0], []
    for t in range(len(f.renewal)):
        for i in range(states):
            cell = t * n + i
            stop = f.pair_start[cell + 1] if i < n else 0
            spans.append(np.arange(f.pair_start[cell] if i < n else 0, stop))
            start.append(start[-1] + len(spans[-1]))
    pairs = np.concatenate(spans)
    wide: dict[str, Any] = {
        name: np.ascontiguousarray(getattr(f, name)[:, columns]) for name in own
    }
    drivers = f.change(
        **wide, pair_start=np.array(start), pair_actor=f.pair_actor[pairs],
        pair_level=f.pair_level[pairs], pair_outside=f.pair_outside[pairs],
        entry=f.entry[columns], address=np.arange(1, states + 1, dtype=np.int64) * 7_919_113,
        kept_all=f.driver("kept")[:, columns].sum(axis=1),
        broken_all=f.driver("broken")[:, columns].sum(axis=1),
    )  # fmt: skip
    return Inputs(
        inputs.name, tuple(f"S{k}" for k in range(states)), inputs.steps, inputs.end, drivers,
        np.ascontiguousarray(inputs.initial[columns]),
        np.ascontiguousarray(inputs.record[:, columns]),
    )  # fmt: skip


def made(inputs: Inputs, draws: Floats, histories: int, threads: int = 1) -> ensemble.Ensemble:
    return ensemble.simulate(inputs, draws, histories, 1, keep=0, threads=threads)


def alternatives(
    states: int, histories: int, turns: int, mesa_histories: int = 0
) -> dict[str, float]:
    """Microseconds a history: the ensemble, its rivals and the floor."""
    inputs, draws = inputs_of(states)
    T = len(inputs.decided)
    need = exponentials(inputs, draws)
    rng = np.random.default_rng(1)
    numbers = np.arange(histories)
    scratch = np.empty((states, 4, LANES))
    rows = draws[np.arange(histories) % len(draws)]
    fold = np.zeros((T, states), int)

    def numpy(batch: int) -> None:
        for k in range(0, histories, batch):
            part = numbers[k : k + batch]
            vectorised.simulate(inputs, draws, part, rng.random((len(part), T, states)))

    actions: dict[str, Callable[[], object]] = {
        "simulation": partial(made, inputs, draws, histories),
        "two threads": partial(made, inputs, draws, histories, 2),
        "floor": lambda: bare(1, histories // LANES, T, inputs.drivers.address, need, scratch),
        "likelihood": lambda: scores(inputs, rows, fold, 1, threads=1),
    }
    # NumPy is given the batch that suits it best: arrays long enough, and in the cache.
    for cells in BATCHES:
        batch = min(histories, max(1, cells // states))
        actions[f"NumPy {batch}"] = partial(numpy, batch)
    for action in actions.values():
        action()
    best = side_by_side(actions, turns)
    result = {name: 1e6 * seconds / histories for name, seconds in best.items()}
    result["NumPy"] = min(time for name, time in result.items() if name.startswith("NumPy"))
    if mesa_histories:
        seconds = min(clock(lambda: as_mesa(inputs, draws, mesa_histories)) for _ in range(2))
        result["Mesa, compiled rules"] = 1e6 * seconds / mesa_histories
        seconds = min(clock(lambda: in_plain_mesa(inputs, draws)) for _ in range(3))
        result["Mesa, rules in Python"] = 1e6 * seconds
    return result


def in_plain_mesa(inputs: Inputs, draws: Floats) -> None:
    """One history by Mesa objects with rules in Python."""
    model = plain_mesa.Alliance(inputs, draws[0].tolist())
    while model.running:
        model.step()


def as_mesa(inputs: Inputs, draws: Floats, histories: int) -> None:
    """The same histories by Mesa's own batch running."""
    mesa.batch_run(
        AllianceModel,
        {"inputs": [inputs], "draws": [draws], "number": range(histories), "seed": [1]},
        number_processes=1, max_steps=len(inputs.steps), display_progress=False,
    )  # fmt: skip


def exponent(sizes: list[float], seconds: list[float]) -> float:
    """Slope of the logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def growth(histories: int, turns: int) -> dict[str, dict[str, object]]:
    """How time grows with histories, states and time steps: seconds, and the fitted exponent."""
    inputs, draws = inputs_of(8)
    counts = [histories // 4, histories // 2, histories, histories * 2, histories * 4]
    by_count = side_by_side(
        {str(h): partial(made, inputs, draws, h) for h in counts},
        turns,
    )
    wide = {n: inputs_of(n)[0] for n in SIZES}
    by_states = side_by_side(
        {str(n): partial(made, w, draws, histories // 4) for n, w in wide.items()},
        turns,
    )
    long = {years: inputs_of(8, "month", years)[0] for years in (8, 16, 32)}
    by_steps = side_by_side(
        {str(len(w.steps)): partial(made, w, draws, histories) for w in long.values()},
        turns,
    )
    tables = {"histories": by_count, "states": by_states, "steps": by_steps}
    return {
        what: {
            "seconds": times,
            "exponent": exponent([float(size) for size in times], list(times.values())),
        }
        for what, times in tables.items()
    }


def scaling(histories: int, points: int) -> dict[str, float]:
    """Seconds a chunk of the same sweep by one worker process and by two, start-up left out."""
    from alliance_cohesion.analysis.sweep import make_plan, sweep
    from alliance_cohesion.analysis.sweep.workers import processes

    plan = make_plan(
        ac.load("csto"), vary={"b_D": f"1:6:{points}"}, histories=histories, design="grid"
    )
    result: dict[str, float] = {}
    for _ in range(2):
        for count in (1, 2):
            with tempfile.TemporaryDirectory() as folder:
                times: list[float] = []

                def note(_: int, times: list[float] = times) -> None:
                    times.append(time.perf_counter())

                sweep(plan, Path(folder) / "out", workers=processes(count), progress=note)
            # From the moment all workers are at work: each has given its second chunk by then.
            warm = 2 * count
            rate = (len(times) - 1 - warm) / (times[-1] - times[warm])
            name = f"{count} worker{'s' if count > 1 else ''}"
            result[name] = min(result.get(name, np.inf), 1.0 / rate)
    return result


MEMORY = """
import resource, sys
import alliance_cohesion as ac
from alliance_cohesion.analysis.sweep import make_plan, sweep
count, folder = int(sys.argv[1]), sys.argv[2]
plan = make_plan(ac.load("csto"), vary={"b_D": [3.0]}, histories=count)
sweep(plan, folder)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def memory(histories: int) -> float:
    """Largest resident memory in MiB of a sweep of so many histories, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-c", MEMORY, str(histories), str(Path(folder) / "out")]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
    kib = int(done.stdout) / (1024 if sys.platform == "darwin" else 1)
    return kib / 1024


def main() -> None:
    """Measure, and print the tables."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--quick", action="store_true", help="a tenth of the histories")
    reader.add_argument("--memory", type=int, default=0, help="histories of the memory test")
    reader.add_argument("--json", type=Path)
    asked = reader.parse_args()
    scale, turns = (1, 3) if asked.quick else (4, 5)
    result: dict[str, object] = {}

    print("Microseconds a history (32 years of quarters), one thread")
    heads = ("states", "simulation", "of floor", "NumPy is", "2 threads", "likelihood")
    print("".join(f"{head:>12}" for head in heads))
    for states in SIZES:
        histories = LANES * max(2, 16_000 * scale // states // LANES)
        times = alternatives(states, histories, turns, 4 if states == 8 else 0)
        ours = times["simulation"]
        ratios = {name: time / ours for name, time in times.items()}
        ratios |= {name: ours / times[name] for name in ("floor", "two threads")}
        result[f"{states} states"] = {"microseconds": times, "ratio": ratios}
        print(
            f"{states:12}{ours:12.1f}{ratios['floor']:11.2f}x{ratios['NumPy']:11.1f}x"
            f"{ratios['two threads']:11.2f}x{times['likelihood']:12.1f}",
            flush=True,
        )
        for name in times:
            if name.startswith("Mesa"):
                print(f"{name:>40}: {times[name]:.0f}, {ratios[name]:.0f}x", flush=True)

    print("\nSeconds grow as a power of")
    for what, table in growth(250 * scale, turns).items():
        result[f"by {what}"] = table
        print(f"{what:>12}: {table['exponent']:.3f}", flush=True)

    times = scaling(1000 * scale, 24)
    gain = times["1 worker"] / times["2 workers"]
    result["workers"] = times | {"ratio": gain}
    print(f"\nTwo workers are {gain:.2f}x one")

    if asked.memory:
        result["memory"] = memory(asked.memory)
        print(f"{asked.memory:,} histories of the record: {result['memory']:.0f} MiB at most")
    if asked.json:
        asked.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
