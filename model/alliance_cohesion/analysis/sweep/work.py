"""Do one chunk. The result depends on the chunk alone, whoever does it."""

import time
from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd

from ...core.inputs import Floats
from ...inference.priors import NAMES
from ...scenario import Scenario
from ...scenario.problems import raise_any
from ...simulation import Simulate, Simulation
from ...util.sources import sources
from .outcomes import Outcome, first_free_step, measure
from .plan import Chunk, Plan, chunks, differences
from .variables import Point, Variable, scenario_at

COLUMNS = {"point": "int64", "outcome": "str", "value": "float64", "histories": "int64"}
Task = tuple[Chunk, tuple[Point, ...]]


class SweepError(ValueError):
    """A sweep that cannot go on; the message says what to do."""


@dataclass(frozen=True, eq=False)
class Job:
    """All that a worker needs to know of a sweep, except the points."""

    sources: dict[str, str]
    scenario: Scenario
    variables: tuple[Variable, ...]
    outcomes: tuple[Outcome, ...]
    values: Floats


@dataclass(frozen=True)
class Result:
    """How many histories of a chunk gave each value of each outcome at each point."""

    chunk: Chunk
    counts: pd.DataFrame
    """Columns `COLUMNS`."""
    failures: dict[int, str]
    """Points that cannot be simulated, and why."""


def job(plan: Plan) -> Job:
    """What workers need of a plan."""
    scenario = replace(plan.scenario, sweep={})
    return Job(sources(), scenario, plan.variables, plan.outcomes, plan.values)


def do(job: Job, task: Task, threads: int | None = 1) -> Result:
    """Simulate the histories of a chunk and count their outcomes.

    A point whose scenario is wrong is a finding, not an error.

    Args:
        job: The sweep.
        task: The chunk, and its points.
        threads: How many to use (as many as cores if None).

    Raises:
        MemoryError: the machine is too small.
        OSError: the machine refuses a file.
        SweepError: this process has other sources than the one that planned the sweep.
    """
    if job.sources != sources():
        differ = differences({"": job.sources}, {"": sources()}).removeprefix(": ")
        raise SweepError(f"a worker has another version of the program (different: {differ})")
    chunk, points = task
    counts, failures = [], {}
    for number, point in enumerate(points, start=chunk.first):
        try:
            counts.append(_counts(number, _measured(job, chunk, point, threads), job.outcomes))
        except (MemoryError, OSError):
            raise
        except Exception as error:
            failures[number] = f"{type(error).__name__}: {error}".splitlines()[0]
    table = pd.concat(counts) if counts else pd.DataFrame(columns=list(COLUMNS))
    return Result(chunk, table[list(COLUMNS)].astype(COLUMNS), failures)


def _measured(job: Job, chunk: Chunk, point: Point, threads: int | None) -> Floats:
    """[outcome, history] the outcomes at a point."""
    fixed, others = {}, []
    for variable, value in zip(job.variables, point, strict=True):
        if variable.kind == "parameter":
            fixed[variable.target] = float(value)
        else:
            others.append(value)
    sim, simulate = _case(job, tuple(others))
    values = job.values.copy()
    for name, value in (sim.scenario.parameters.fixed | fixed).items():
        values[:, NAMES.index(name)] = value
    size = chunk.stop - chunk.start
    made = simulate(values, size, sim.scenario.seed, start=chunk.start, keep=size, threads=threads)
    return measure(made.path, sim.inputs, first_free_step(sim.scenario), job.outcomes)


@lru_cache(maxsize=16)
def _case(job: Job, values: Point) -> tuple[Simulation, Simulate]:
    """The compiled scenario at a point, given by the values that are no parameters."""
    variables = [variable for variable in job.variables if variable.kind != "parameter"]
    scenario, problems = scenario_at(job.scenario, variables, values)
    raise_any(problems)
    sim = Simulation(scenario)
    return sim, sim.engine("ensemble", len(job.values), scenario.seed)


def _counts(point: int, values: Floats, outcomes: tuple[Outcome, ...]) -> pd.DataFrame:
    table = pd.DataFrame(values.T, columns=[outcome.name for outcome in outcomes])
    counts = table.melt(var_name="outcome").groupby(["outcome", "value"]).size()
    return counts.rename("histories").reset_index().assign(point=point)


def estimate(plan: Plan, shard: tuple[int, int]) -> dict[str, int]:
    """How much a sweep has to do, and how long it takes here: from trials at three points."""
    work, count, tries = job(plan), len(plan.points), min(64, plan.histories)
    do(work, (Chunk(0, 1, 0, 1), plan.points[:1]))  # compiles, or loads what was compiled
    places = sorted({0, (count - 1) // 2, count - 1})
    seconds = 0.0
    for place in places:
        points = plan.points[place : place + 1]
        begin = time.perf_counter()
        do(work, (Chunk(place, place + 1, 0, 1), points))
        middle = time.perf_counter()
        do(work, (Chunk(place, place + 1, 0, tries), points))
        simulated = (time.perf_counter() - middle) / tries
        seconds += middle - begin + simulated * plan.histories
    every = chunks(plan.as_json, [plan.histories], shard)
    here = sum(chunk.last - chunk.first for chunk in every if chunk.start == 0)
    rows = here * len(plan.outcomes)
    return {
        "points": count,
        "histories": sum(chunk.histories for chunk in every),
        "chunks": len(every),
        "seconds": round(here * seconds / len(places) + 0.01 * len(every)),
        "bytes": 600_000 + 3000 * len(every) + 90 * rows,
    }
