"""Time and memory of scenarios at the edge: `python benchmarks/large.py`.

Each is written, read, compiled and run for 200 histories in a process of its own; seconds are
of processor time, of all cores together. The limits of
`scenario/schema.py` and `scenario/tables.py` are chosen so that the largest stay below 1 GiB.
"""

import multiprocessing
import random
import resource
import tempfile
import time
from pathlib import Path

HISTORIES = 200
HEAD = "date,end,kind,actor,target,strength,threat_level,description,source,confidence\n"
SCENARIOS = {  # name: states, events, years, time step
    "8 states, 500 events, 30 years of quarters": (8, 500, 30, "quarter"),
    "500 states, 500 events, 30 years of quarters": (500, 500, 30, "quarter"),
    "8 states, 100,000 events, 30 years of quarters": (8, 100_000, 30, "quarter"),
    "500 states, 100,000 events, 30 years of quarters": (500, 100_000, 30, "quarter"),
    "2,000 states, 500 events, 120 years of quarters": (2000, 500, 120, "quarter"),
    "8 states, 500 events, 100,000 months": (8, 500, 8300, "month"),
}


def write(folder: Path, states: int, events: int, years: int, step: str) -> Path:
    """A scenario of so many states and events, at random; every kind of fact, actor and target."""
    rng = random.Random(1)
    names = [f"S{k:04d}" for k in range(states)]
    actors = ["PAT", "FOE", "FAR", "internal", *names[:50]]
    lines = [HEAD]
    for k in range(events):
        kind = rng.choice(("threat", "coercion", "demand", "offer", "response", "status"))
        actor, target = rng.choice(actors), rng.choice([*names, "members"])
        strength, level = str(rng.randint(1, 3)), ""
        if kind == "status":
            actor, target, strength = rng.choice(names), "", rng.choice(("member", "out"))
        elif kind == "response":
            actor, strength, level = "PAT", rng.choice(("1", "-1")), "3"
        elif actor == "internal":
            kind = "threat"
        if actor == target:
            actor = "FOE"
        year = 1000 + rng.randrange(years)
        day = f"{year}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
        if kind == "status":  # one status a state and day
            day, actor = f"{year}-01-{1 + k % 28:02d}", names[k % states]
            strength = "out" if year % 2 else "member"
        about = f"Fact number {k} of a long and tedious record", "Somebody's annals (volume 3)"
        cells = (day, "", kind, actor, target, strength, level, *about, "low")
        lines.append(",".join(cells) + "\n")
    folder.mkdir(parents=True)
    (folder / "events.csv").write_text("".join(lines), encoding="utf-8")
    toml = (
        f'name = "large"\n[clock]\nstart = 1000-01-01\nend = {999 + years}-12-31\n'
        f'step = "{step}"\nmemory = 0998-01-01\n[alliance]\nname = "PACT"\npatron = "PAT"\n'
        f'members = {names!r}\nrenewal_length = 5\n[tables]\nevents = "events.csv"\n'
    )
    (folder / "scenario.toml").write_text(toml, encoding="utf-8")
    return folder


def measure(folder: str) -> tuple[dict[str, float], float]:
    """Seconds of processor time of each step, and MB resident at most."""
    import alliance_cohesion as ac
    from alliance_cohesion.report import run as results

    ac.load("csto").run(histories=2)  # compiled code is there
    seconds = {}
    begin = time.process_time()
    sim = ac.load(folder)
    seconds["read"] = time.process_time() - begin
    begin = time.process_time()
    inputs = sim.inputs
    seconds["compile"] = time.process_time() - begin
    begin = time.process_time()
    result = sim.run(histories=HISTORIES)
    seconds["run"] = time.process_time() - begin
    begin = time.process_time()
    results.write(result, Path(folder) / "out", pictures=False)
    seconds["write"] = time.process_time() - begin
    assert inputs.record.shape[1] == result.dataset.sizes["state"]
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure all and print a table."""
    print(f"{'scenario':50} {'read':>7} {'compile':>7} {'run':>7} {'write':>7} {'MB':>6}")
    for name, size in SCENARIOS.items():
        with tempfile.TemporaryDirectory() as place:
            folder = write(Path(place) / "large", *size)
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                seconds, memory = pool.apply(measure, (str(folder),))
        steps = " ".join(f"{seconds[step]:6.1f}s" for step in ("read", "compile", "run", "write"))
        print(f"{name:50} {steps} {memory:6.0f}", flush=True)


if __name__ == "__main__":
    main()
