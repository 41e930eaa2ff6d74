"""What a sweep is to do: its points, histories and outcomes, and a hash of all that."""

import csv
import hashlib
import itertools
import json
import math
import tomllib
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ... import __version__
from ...core.inputs import Floats
from ...inference.draws import draws
from ...scenario import Problem, Scenario, copies
from ...scenario.files import read_text
from ...scenario.problems import quoted, raise_any, shown
from ...scenario.tables import csv_rows
from ...simulation import Simulation
from ...util.sources import sources
from .outcomes import Outcome, outcomes
from .spec import MOST_POINTS, Span, SweepTable, level, read_spans, read_table
from .variables import Point, Variable, members_at_points, read_variable, tried

FORMAT = 2
CELLS = 4_000_000  # histories times time steps times states of one chunk: some 40 MB
MOST_HISTORIES, MOST_IN_CHUNK = 2000, 16  # histories and points of a chunk
MOST_CHUNKS = 1_000_000
MORRIS_LEVELS = 4

sources()  # taken now: if a file is edited later, the code that runs is still this one


class Chunk(NamedTuple):
    """Points `first` to `last - 1`, histories `start` to `stop - 1`: a unit of work."""

    first: int
    last: int
    start: int
    stop: int

    @property
    def histories(self) -> int:
        """Histories in all."""
        return (self.last - self.first) * (self.stop - self.start)


@dataclass(frozen=True)
class Plan:
    """Everything that the result of a sweep depends on, except the number of histories."""

    scenario: Scenario
    table: SweepTable
    variables: tuple[Variable, ...]
    points: tuple[Point, ...]
    outcomes: tuple[Outcome, ...]
    left_out: tuple[str, ...]
    """States without usual outcomes, because they are no members at some points."""
    histories: int
    """At each point, as asked for now."""
    chunk: tuple[int, int]
    """At most so many points, and histories of each, in a chunk."""
    values: Floats
    """[draw, parameter] draws, before what scenario and point hold fixed."""
    draws_from: str
    draws_sha256: str
    over: Mapping[str, Any]
    """What the command line said in place of the file's table."""

    @property
    def interest(self) -> dict[str, Any] | None:
        """Which points are of interest: no part of the plan, since it changes no history."""
        interest = self.table.interest
        return interest.model_dump(exclude_none=True) if interest else None

    @property
    def listed(self) -> Path | None:
        """The CSV file of a list."""
        wanted = self.table.design == "list" and self.table.file
        return self.scenario.path.parent / wanted if wanted else None

    @cached_property
    def as_json(self) -> dict[str, Any]:
        """The plan as the manifest keeps it; the same plan gives the same text anywhere."""
        table = self.table
        variables = [
            {"name": variable.name, "levels": variable.levels}
            | variable.span.model_dump(mode="json", by_alias=True, exclude_none=True)
            for variable in self.variables
        ]
        plan = {
            "format": FORMAT,
            "version": __version__,
            "sources": sources(),
            "scenario": self.scenario.name,
            "files": _hashes(self.scenario),
            "parameters": {"from": self.draws_from, "sha256": self.draws_sha256},
            "seed": self.scenario.seed,
            "design": {"kind": table.design, "size": table.points, "seed": table.seed},
            "variables": variables,
            "points": {"count": len(self.points), "sha256": digest(self.points)},
            "outcomes": [asdict(outcome) for outcome in self.outcomes],
            "left_out": self.left_out,
            "chunk": self.chunk,
        }
        kept: dict[str, Any] = json.loads(json.dumps(plan))
        return kept


def digest(content: Any) -> str:
    """SHA-256 of plain data."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def differences(was: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """The keys in which two plans differ; of sources and files, which."""
    named = []
    for key in sorted({*was, *now}):
        one, two = was.get(key), now.get(key)
        if one != two and isinstance(one, dict) and isinstance(two, dict):
            parts = [part for part in sorted({*one, *two}) if one.get(part) != two.get(part)]
            named.append(f"{key}: {', '.join(parts[:3])}{', ..' if len(parts) > 3 else ''}")
        elif one != two:
            named.append(key)
    return "; ".join(named)


def make_plan(sim: Simulation, over: Mapping[str, Any] | None = None, /, **more: Any) -> Plan:
    """Read the `[sweep]` table of a scenario, and lay out the points.

    Args:
        sim: The scenario.
        over: Keys in place of the file's: `design`, `points`, `histories`, `seed`, `file`,
            `outcome`, `interest`, and `vary` (added to the file's).
        **more: The same, one by one.

    Raises:
        ScenarioError: with everything that is wrong.
    """
    over = {**(over or {}), **more}
    scenario = sim.scenario
    file = shown(scenario.path)
    problems: list[Problem] = []
    table = read_table(scenario, over, problems)
    points: tuple[Point, ...] = ()
    if table.design == "list":
        raise_any(problems)
        variables, points = _listed(table, scenario, problems)
    else:
        spans = read_spans(table, file, problems)
        read = [read_variable(name, span, scenario, file, problems) for name, span in spans.items()]
        variables = tuple(variable for variable in read if variable)
        if not spans and not problems:
            allowed = 'inputs under [sweep.vary], or --vary "NAME=low:high"'
            problems.append(Problem(file, "[sweep] vary", "nothing to vary", allowed))
    variables = tried(scenario, variables, problems)
    always, sometimes = members_at_points(scenario, variables, problems)
    wanted = outcomes(table.outcome, scenario, always, sometimes, problems)
    names = [outcome.name for outcome in wanted]
    if table.interest and wanted and table.interest.outcome not in names:
        result = f"found {quoted(table.interest.outcome)}"
        problems.append(Problem(file, "[sweep] interest.outcome", result, ", ".join(names)))
    raise_any(problems)
    if table.design != "list":
        points = _points(table, variables, file)
    settings = scenario.parameters
    drawn = draws(settings.posterior, scenario.alliance.name, {}, scenario.seed)
    histories = table.histories or scenario.histories
    steps = scenario.clock.steps
    cells = max(1, (steps.count - steps.first) * len(scenario.states))
    in_chunk = max(1, min(MOST_HISTORIES, CELLS // cells))
    return Plan(
        scenario=scenario,
        table=table,
        variables=variables,
        points=points,
        outcomes=wanted,
        left_out=() if table.outcome else sometimes,
        histories=histories,
        chunk=(max(1, min(MOST_IN_CHUNK, in_chunk // histories)), in_chunk),
        values=drawn.values,
        draws_from=drawn.origin,
        draws_sha256=drawn.digest,
        over=over,
    )


def chunks(plan: Mapping[str, Any], parts: Sequence[int], shard: tuple[int, int]) -> list[Chunk]:
    """The chunks of a sweep in order; of shard (i, n) every n-th from the i-th on.

    Args:
        plan: As the manifest keeps it.
        parts: Histories at each point: as first asked for, then as extended to. No chunk crosses
            one of them, so that an extension leaves what is done.
        shard: Which shard of how many.
    """
    (together, size), count = plan["chunk"], plan["points"]["count"]
    spans = [
        (start, min(start + size, end))
        for begin, end in zip([0, *parts], parts, strict=False)
        for start in range(begin, end, size)
    ]
    blocks = [(first, min(first + together, count)) for first in range(0, count, together)]
    i, n = shard
    return [Chunk(*block, *span) for block in blocks for span in spans][i - 1 :: n]


def _hashes(scenario: Scenario) -> dict[str, str]:
    """Hashes of the scenario's files by their place in a copy, the same wherever they lie.

    A scenario file counts without its `[sweep]` table: what matters of that is in the plan.
    """
    result = {}
    for path, place in copies.places(scenario).items():
        content = path.read_bytes()
        if path.suffix == ".toml":
            table = tomllib.loads(content.decode("utf-8-sig"))
            table.pop("sweep", None)
            content = json.dumps(table, sort_keys=True, default=str).encode()
        result[place.as_posix()] = hashlib.sha256(content).hexdigest()
    return result


def _points(table: SweepTable, variables: Sequence[Variable], file: str) -> tuple[Point, ...]:
    """The points of a design.

    Raises:
        ScenarioError: they are too many, or their number does not fit the design.
    """
    n, d = table.points, len(variables)
    count = {"saltelli": n * (d + 2), "morris": n * (d + 1)}.get(table.design, n)
    if table.design == "grid":
        count = math.prod(len(variable.steps) for variable in variables)
    if count > MOST_POINTS:
        allowed = f"at most {MOST_POINTS:,}; fewer steps, or another design"
        raise_any([Problem(file, "[sweep] vary", f"{count:,} points", allowed)])
    if table.design in ("sobol", "saltelli") and n & (n - 1):
        below = 2 ** int(math.log2(n))
        allowed = f"a power of two for this design ({below} or {2 * below})"
        raise_any([Problem(file, "[sweep] points", f"found {n}", allowed)])
    if table.design == "grid":
        return tuple(itertools.product(*(variable.steps for variable in variables)))
    return tuple(
        tuple(variable.at(float(u)) for variable, u in zip(variables, row, strict=True))
        for row in units(table.design, n, d, table.seed)
    )


def units(design: str, n: int, d: int, seed: int) -> Floats:
    """[point, input] the points of a design in the unit cube.

    Args:
        design: `latin`, `sobol`, `saltelli` or `morris`.
        n: Points; base points of saltelli, trajectories of morris.
        d: Inputs.
        seed: Of the design.
    """
    if design in ("latin", "sobol"):
        from scipy.stats import qmc

        kind = qmc.LatinHypercube if design == "latin" else qmc.Sobol
        return np.asarray(kind(d, seed=np.random.default_rng(seed)).random(n))
    from SALib.sample import morris, sobol

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if design == "saltelli":
            made = sobol.sample(problem_of(d), n, calc_second_order=False, seed=seed)
        else:
            made = morris.sample(problem_of(d), n, num_levels=MORRIS_LEVELS, seed=seed)
    return np.asarray(made, dtype=np.float64)


def problem_of(d: int) -> dict[str, Any]:
    """The unit cube as SALib describes it."""
    return {"num_vars": d, "names": [f"x{k}" for k in range(d)], "bounds": [[0.0, 1.0]] * d}


def _listed(
    table: SweepTable, scenario: Scenario, problems: list[Problem]
) -> tuple[tuple[Variable, ...], tuple[Point, ...]]:
    """Inputs and points from a CSV file: a column per input, a row per point."""
    path = scenario.path.parent / (table.file or "")
    name = shown(path)

    def wrong(place: str, found: str, allowed: str = "") -> None:
        problems.append(Problem(name, place, found, allowed))

    if table.file is None:
        wrong("[sweep] file", "nothing there", "a CSV file of points")
    text = read_text(path, problems) if table.file else None
    raise_any(problems)
    try:
        rows = [(k, [cell.strip() for cell in row]) for k, row in csv_rows(text or "") if any(row)]
    except csv.Error as error:
        rows = []
        wrong("", f"not a CSV file ({error})")
    (_, header), *rows = rows or [(1, [])]
    if not rows:
        wrong("", "no points", "a header of inputs, and a row per point")
    if len(set(header)) < len(header):
        wrong("row 1", "an input twice", "each input once")
    seen: dict[tuple[Any, ...], int] = {}
    for number, cells in rows:
        first = seen.setdefault(tuple(map(level, cells)), number)
        if len(cells) != len(header):
            wrong(f"row {number}", f"{len(cells)} cells", f"{len(header)} cells")
        elif first != number:
            wrong(f"row {number}", f"the same point as row {first}", "each point once")
    raise_any(problems)
    spans = [Span(values=tuple(dict.fromkeys(column))) for column in zip(*seen, strict=True)]
    both = zip(header, spans, strict=True)
    read = [read_variable(word, span, scenario, name, problems) for word, span in both]
    return tuple(variable for variable in read if variable), tuple(seen)
