"""Do one chunk. What comes out depends on its address alone, whoever does it."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace

import numpy as np

from ... import __version__
from ...core.inputs import Codes, Floats, World
from ...inference.priors import NAMES
from ...simulation import Case, Simulate
from .chunks import Chunk, Failure, Tally
from .outcomes import Outcome, measure
from .plan import Plan, Point
from .points import Ground, changed
from .store import SweepError
from .variables import Variable

_WORLDS = 16  # compiled worlds kept by a process
_Place = tuple[World, dict[str, float], Simulate]  # a world, parameters held, what runs it
_worlds: "OrderedDict[tuple[str, tuple[object, ...]], _Place]" = OrderedDict()
_one_at_a_time = threading.Lock()  # compiled loops that spread over threads must not meet


@dataclass(frozen=True)
class Job:
    """All that a worker needs to know of a sweep but the points."""

    key: str
    version: str
    ground: Ground
    variables: tuple[Variable, ...]
    outcomes: tuple[Outcome, ...]
    values: Floats
    seed: int
    initial: Codes
    record: Codes
    decides: np.ndarray


Task = tuple[Chunk, Point]
Result = Tally | Failure


def job(plan: Plan) -> Job:
    """What workers need of a plan."""
    scenario = plan.scenario
    here = replace(plan.ground, scenario=replace(scenario, sweep={}))
    return Job(
        plan.digest, __version__, here, plan.variables, plan.outcomes, plan.values, plan.seed,
        plan.initial, plan.record, plan.decides,
    )  # fmt: skip


def do(job: Job, chunk: Chunk, point: Point) -> Result:
    """Make the histories of a chunk and count their outcomes.

    A point at which no scenario stands, or at which the rules fail, is a finding, no crash.

    Raises:
        MemoryError: the machine is too small.
        OSError: the machine refuses a file, which is no finding about the point.
        SweepError: this machine has another version of the program.
    """
    if job.version != __version__:
        raise SweepError(
            f"a worker has version {__version__} of the program, the sweep {job.version}"
        )
    try:
        with _one_at_a_time:
            return _do(job, chunk, point)
    except (MemoryError, OSError):
        raise
    except Exception as error:
        return Failure(chunk.point, f"{type(error).__name__}: {error}".splitlines()[0])


def _do(job: Job, chunk: Chunk, point: Point) -> Result:
    found = _world(job, point)
    if isinstance(found, str):
        return Failure(chunk.point, found)
    _, fixed, simulate = found
    values = job.values
    if fixed:
        values = values.copy()
        for name, value in fixed.items():
            values[:, NAMES.index(name)] = value
    made = simulate(
        values, chunk.histories, job.seed, start=chunk.start, keep=chunk.histories, threads=1
    )
    numbers = measure(made.path, job.initial, job.record, job.decides, job.outcomes)
    return tally(chunk, numbers)


def tally(chunk: Chunk, numbers: np.ndarray) -> Tally:
    """Count equal numbers, outcome by outcome."""
    each = [np.unique(row, return_counts=True) for row in numbers]
    places = np.repeat(np.arange(len(each)), [len(values) for values, _ in each])
    return Tally(
        chunk,
        places.astype(np.int64),
        np.concatenate([values for values, _ in each]).astype(np.int64),
        np.concatenate([counts for _, counts in each]).astype(np.int64),
    )


def _world(job: Job, point: Point) -> _Place | str:
    """The world at a point and the parameters held there, or what is wrong."""
    fixed = {}
    others = []
    for variable, value in zip(job.variables, point, strict=True):
        if variable.kind == "parameter":
            fixed[variable.target] = float(value)
        else:
            others.append((variable, value))
    key = (job.key, tuple(value for _, value in others))
    if key in _worlds:
        _worlds.move_to_end(key)
    else:
        variables = [variable for variable, _ in others]
        scenario, problems = changed(job.ground, variables, [value for _, value in others])
        if problems:
            return str(problems[0])
        case = Case(scenario)
        simulate = case.engine("ensemble", len(job.values), job.seed)
        _worlds[key] = case.world, scenario.parameters.fixed, simulate
        while len(_worlds) > _WORLDS:
            _worlds.popitem(last=False)
    world, held, simulate = _worlds[key]
    return world, held | fixed, simulate
