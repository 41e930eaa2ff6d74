"""What a sweep is to do: its points, histories and outcomes, and a hash of all that."""

import csv
import hashlib
import itertools
import json
import math
import tomllib
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ... import __version__
from ...core.inputs import Codes, Floats, World
from ...inference.basis import basis
from ...inference.draws import draws
from ...scenario import Problem, Scenario
from ...scenario.files import read_text
from ...scenario.problems import quoted, raise_any, shown
from ...scenario.tables import csv_rows
from ...simulation import Case
from .manifest import digest
from .outcomes import Outcome, counted, outcomes
from .points import Ground, ground, settled
from .spec import MOST_POINTS, Design, Interest, Span, SweepTable, level, read_spans, read_table
from .variables import Value, Variable, edit_problems, variable

FORMAT = 1
CELLS = 4_000_000  # histories times ticks times states of one chunk: some 40 MB
MOST_IN_CHUNK = 2000  # histories; a chunk is what an interrupt can lose
MORRIS_LEVELS = 4
SENSITIVITY: tuple[Design, ...] = ("saltelli", "morris")

Point = tuple[Value, ...]


@dataclass(frozen=True)
class Plan:
    """Everything that the result of a sweep depends on, but for the number of histories."""

    ground: Ground
    variables: tuple[Variable, ...]
    design: Design
    size: int
    """Points of the design as asked for: base points of saltelli, trajectories of morris."""
    design_seed: int
    units: Floats | None
    """[point, variable] places in the unit cube; None for a grid or a list."""
    points: tuple[Point, ...]
    outcomes: tuple[Outcome, ...]
    interest: Interest | None
    seed: int
    histories: int
    """At each point, as asked for now."""
    chunk: int
    """Histories in a chunk."""
    values: Floats
    """[draw, parameter] draws, before what scenario and point hold fixed."""
    draws_from: str
    draws_sha256: str
    initial: Codes
    record: Codes
    decides: np.ndarray
    files: dict[str, str]
    """SHA-256 of the scenario's files by name."""
    over: dict[str, Any]
    """What was laid over the file's table."""
    listed: Path | None
    """The CSV file of a list."""

    @property
    def scenario(self) -> Scenario:
        """The scenario that is swept."""
        return self.ground.scenario

    @cached_property
    def points_sha256(self) -> str:
        """SHA-256 of the points."""
        text = json.dumps([list(point) for point in self.points])
        return hashlib.sha256(text.encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """The plan as the manifest keeps it; the same plan gives the same text anywhere."""
        return {
            "format": FORMAT,
            "version": __version__,
            "rules_sha256": basis()["rules_sha256"],
            "scenario": self.scenario.name,
            "files": self.files,
            "parameters": {"from": self.draws_from, "sha256": self.draws_sha256},
            "seed": self.seed,
            "design": {"kind": self.design, "size": self.size, "seed": self.design_seed},
            "variables": [
                {
                    "name": variable.name,
                    "levels": list(variable.levels),
                    **variable.span.model_dump(mode="json", by_alias=True, exclude_none=True),
                }
                for variable in self.variables
            ],
            "points": {"count": len(self.points), "sha256": self.points_sha256},
            "outcomes": [
                {
                    "name": outcome.name,
                    "measure": outcome.measure,
                    "state": self.scenario.states[outcome.state] if outcome.state >= 0 else None,
                    "tick": outcome.tick,
                    "unit": outcome.unit,
                    "scale": outcome.scale,
                }
                for outcome in self.outcomes
            ],
            "chunk": self.chunk,
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the plan."""
        return digest(self.as_json())


def make_plan(case: Case, over: Mapping[str, Any] | None = None, /, **more: Any) -> Plan:
    """Read the `[sweep]` table of a scenario, and lay out the points.

    Args:
        case: The scenario.
        over: Keys of the table that take the place of the file's: `design`, `points`,
            `histories`, `seed`, `file`, and `vary` (added to the file's), `outcome`, `interest`.
        **more: The same, one by one.

    Raises:
        ScenarioError: with everything that is wrong.
    """
    over = {**(over or {}), **more}
    scenario = case.scenario
    file = shown(scenario.path)
    problems: list[Problem] = []
    table = read_table(scenario, over, problems)
    spans = read_spans(table, file, problems)
    made = (variable(name, span, scenario, file, problems) for name, span in spans.items())
    variables = tuple(one for one in made if one)
    standing = ground(scenario)
    variables = settled(standing, variables, problems)
    world = case.world
    wanted = outcomes(table.outcome, scenario, world, file, problems)
    if table.interest and wanted and table.interest.outcome not in {o.name for o in wanted}:
        names = ", ".join(outcome.name for outcome in wanted)
        found = f"found {quoted(table.interest.outcome)}"
        problems.append(Problem(file, "[sweep] interest.outcome", found, names))
    if not spans and not problems and table.design != "list":
        allowed = 'inputs under [sweep.vary], or --vary "NAME=low:high"'
        problems.append(Problem(file, "[sweep] vary", "nothing to vary", allowed))
    raise_any(problems)
    if table.design == "list":
        variables, points = _listed(table, scenario, standing, problems, file)
        units = None
    else:
        units = _units(table, len(variables), file, problems)
        raise_any(problems)
        points = _points(table.design, variables, units, file, problems)
    raise_any(problems)
    settings = scenario.parameters
    found_draws = draws(settings.posterior, scenario.alliance.name, {}, scenario.seed)
    cells = max(1, world.record[world.forcing.first :].size)
    return Plan(
        ground=standing,
        variables=variables,
        design=table.design,
        size=table.points,
        design_seed=table.seed,
        units=units,
        points=points,
        outcomes=wanted,
        interest=table.interest,
        seed=scenario.seed,
        histories=table.histories or scenario.histories,
        chunk=max(1, min(MOST_IN_CHUNK, CELLS // cells)),
        values=found_draws.values,
        draws_from=found_draws.origin,
        draws_sha256=found_draws.digest,
        initial=world.initial,
        record=_decided(world),
        decides=counted(world),
        files=_hashes(scenario),
        over=over,
        listed=_list_file(table, scenario) if table.design == "list" else None,
    )


def _list_file(table: SweepTable, scenario: Scenario) -> Path | None:
    if table.file is None:
        return None
    path = Path(table.file)
    return path if path.is_absolute() else scenario.path.parent / path


def _decided(world: World) -> Codes:
    return world.record[world.forcing.first :]


def _hashes(scenario: Scenario) -> dict[str, str]:
    """Files by their last two parts, so that a copy of the folder elsewhere is the same.

    Of a scenario file its content counts, without the `[sweep]` table: what of that counts is in
    the plan, so that another region of interest needs no other histories.
    """
    paths = dict.fromkeys(path.resolve() for path in scenario.files)
    return {"/".join(path.parts[-2:]): hashlib.sha256(_content(path)).hexdigest() for path in paths}


def _content(path: Path) -> bytes:
    if path.suffix != ".toml":
        return path.read_bytes()
    content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    content.pop("sweep", None)
    return json.dumps(content, sort_keys=True, default=str).encode()


def _units(table: SweepTable, d: int, file: str, problems: list[Problem]) -> Floats | None:
    """[point, variable] the design in the unit cube; None for a grid."""
    if table.design == "grid":
        return None
    n = table.points
    if table.design in ("sobol", "saltelli") and n & (n - 1):
        below = 2 ** int(math.log2(n))
        allowed = f"a power of two for this design ({below} or {2 * below})"
        problems.append(Problem(file, "[sweep] points", f"found {n}", allowed))
        return None
    if table.design in SENSITIVITY:
        total = n * (d + 2) if table.design == "saltelli" else n * (d + 1)
        if total > MOST_POINTS:
            found = f"{total:,} points"
            problems.append(Problem(file, "[sweep] points", found, f"at most {MOST_POINTS:,}"))
            return None
        return _for_sensitivity(table.design, n, d, table.seed)
    from scipy.stats import qmc

    kinds = {"latin": qmc.LatinHypercube, "sobol": qmc.Sobol}
    made: Floats = kinds[table.design](d, seed=np.random.default_rng(table.seed)).random(n)
    return made


def problem_of(names: Sequence[str]) -> dict[str, Any]:
    """The unit cube as SALib wants it said."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _for_sensitivity(design: Design, n: int, d: int, seed: int) -> Floats:
    from SALib.sample import morris, sobol

    problem = problem_of([f"x{k}" for k in range(d)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if design == "saltelli":
            made = sobol.sample(problem, n, calc_second_order=False, seed=seed)
        else:
            made = morris.sample(problem, n, num_levels=MORRIS_LEVELS, seed=seed)
    return np.asarray(made, dtype=np.float64)


def _points(
    design: Design,
    variables: Sequence[Variable],
    units: Floats | None,
    file: str,
    problems: list[Problem],
) -> tuple[Point, ...]:
    if units is not None:
        return tuple(
            tuple(one.at(float(u)) for one, u in zip(variables, row, strict=True)) for row in units
        )
    steps = [variable.steps for variable in variables]
    count = math.prod(len(values) for values in steps)
    if count > MOST_POINTS:
        found, allowed = f"{count:,} points", f"at most {MOST_POINTS:,}; or another design"
        problems.append(Problem(file, "[sweep] vary", found, allowed))
        return ()
    return tuple(itertools.product(*steps))


def _listed(
    table: SweepTable,
    scenario: Scenario,
    standing: Ground,
    problems: list[Problem],
    file: str,
) -> tuple[tuple[Variable, ...], tuple[Point, ...]]:
    """Points from a CSV file: a column an input, a row a point."""
    path = _list_file(table, scenario)
    if path is None:
        problems.append(Problem(file, "[sweep] file", "nothing there", "a CSV file of points"))
        return (), ()
    text = read_text(path, problems)
    if text is None:
        return (), ()
    name = shown(path)
    try:
        rows = [row for _, row in csv_rows(text) if any(map(str.strip, row))]
    except csv.Error as error:
        problems.append(Problem(name, "", f"not a CSV file ({error})"))
        return (), ()
    if len(rows) < 2:
        problems.append(Problem(name, "", "no points", "a header of inputs, and a row a point"))
        return (), ()
    header = [cell.strip() for cell in rows[0]]
    if len(set(header)) < len(header):
        problems.append(Problem(name, "row 1", "an input twice", "each input once"))
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            found, allowed = f"{len(row)} cells", f"{len(header)} cells"
            problems.append(Problem(name, f"row {number}", found, allowed))
    if problems:
        return (), ()
    columns = [[level(row[k].strip()) for row in rows[1:]] for k in range(len(header))]
    spans = [Span(values=tuple(dict.fromkeys(column))) for column in columns]
    made = [
        variable(word, span, scenario, name, problems)
        for word, span in zip(header, spans, strict=True)
    ]
    variables = tuple(one for one in made if one)
    if problems:
        return (), ()
    for one in variables:
        for value in one.levels:
            problems += edit_problems(one, value, name)
    if not problems:
        settled(standing, variables, problems)
    plain = [[float(v) if not isinstance(v, str) else v for v in column] for column in columns]
    return variables, tuple(zip(*plain, strict=True))
