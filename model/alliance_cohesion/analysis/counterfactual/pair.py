"""A counterfactual as a pair of simulations: the base, the changed one, and where they branch."""

import hashlib
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ... import simulation as cases
from ...core import replay
from ...core.inputs import Floats, Inputs, Status
from ...inference import priors as prior
from ...inference import record
from ...inference.draws import draws
from ...inference.priors import NAMES
from ...simulation import Simulation
from ...util import shipped

FOLDER = "counterfactuals"
PRIOR_POOL = 20_000  # prior draws from which those that explain a record are taken

_OWN = ("own", "dependence")  # arrays with a column for each state
_ALL = ("members", "renewal")  # what reaches every state in the alliance
_TOTALS = ("kept_all", "broken_all")


class CounterfactualError(ValueError):
    """A file that is no counterfactual, or one that cannot be compared with its base."""


@dataclass(frozen=True)
class Sample:
    """Parameter draws of both, row by row the same except for what the change sets."""

    base: Floats
    changed: Floats
    origin: str
    """Where they come from, as in `draws.Draws.origin`."""
    effective: float | None
    """Effective number of draws after weighting by the record; None if the posterior was fitted
    to the record already."""


@dataclass(frozen=True)
class Pair:
    """The base scenario and the changed one."""

    base: Simulation
    changed: Simulation

    @property
    def both(self) -> tuple[Inputs, Inputs]:
        """The inputs of both."""
        return self.base.inputs, self.changed.inputs

    @cached_property
    def fixed(self) -> dict[str, float]:
        """Parameters that the change sets."""
        before = self.base.scenario.parameters.fixed
        after = self.changed.scenario.parameters.fixed
        return {name: value for name, value in after.items() if before.get(name) != value}

    @cached_property
    def different(self) -> np.ndarray:
        """[T, N] where inputs differ that reach a state by name or as one of the members."""
        base, changed = self.both
        f, g = base.drivers, changed.drivers
        result = np.zeros(base.record.shape, dtype=bool)
        for name in _OWN:
            differs = getattr(f, name) != getattr(g, name)
            result |= differs.reshape(*result.shape, -1).any(axis=-1)
        result |= _pairs_differ(base, changed)
        before = np.vstack([base.initial[np.newaxis], base.record[:-1]])
        inside = before != Status.OUT
        for name in _ALL:
            rows = _rows_differ(getattr(f, name), getattr(g, name))
            result |= rows[:, np.newaxis] & inside
        return result

    @property
    def known(self) -> int:
        """How many steps have documented statuses, counting those that only fill memories."""
        return max(self.base.known, self.base.inputs.drivers.first)

    @cached_property
    def branch(self) -> int:
        """First decided step in which the inputs differ; the first of all if none does.

        A change after the end of the record branches where the record ends: what happens in
        between is not known.
        """
        base, changed = self.both
        f, g = base.drivers, changed.drivers
        steps = self.different.any(axis=1)
        for name in (*_ALL, *_TOTALS):
            steps |= _rows_differ(getattr(f, name), getattr(g, name))
        first = int(np.argmax(steps)) if steps.any() and not self.fixed else 0
        return max(min(first, self.known), f.first)

    @cached_property
    def focal(self) -> list[int]:
        """States that the change reaches directly, from the branch on or before it."""
        if self.fixed:
            return list(range(len(self.base.inputs.states)))
        return [int(i) for i in np.flatnonzero(self.different.any(axis=0))]

    @property
    def branch_day(self) -> np.datetime64:
        """First day of the branch's time step."""
        return self.base.inputs.steps[self.branch].astype("datetime64[D]")

    def sample(self, count: int, seed: int, *, all_of_it: bool = True) -> Sample:
        """Parameter draws for both simulations.

        Draws that were not fitted to the record are weighted by its likelihood and resampled
        (systematically, so that the same seed gives the same draws).

        Args:
            count: How many at most.
            seed: Of prior draws, and of thresholds of an alliance that was not fitted.
            all_of_it: Weight by the whole record; if not, by the record up to the branch.
        """
        values, origin, has_seen = self._pool(seed)
        effective = None
        if has_seen:
            chosen = np.linspace(0, len(values) - 1, min(count, len(values))).round().astype(int)
        else:
            chosen, effective = self._weighted(values, count, all_of_it)
        rows = np.ascontiguousarray(values[chosen])
        changed = rows.copy()
        for name, value in self.fixed.items():
            changed[:, NAMES.index(name)] = value
        return Sample(rows, changed, origin, effective)

    def _pool(self, seed: int) -> tuple[Floats, str, bool]:
        """Draws, where they come from, and whether they were fitted to the record."""
        settings = self.base.scenario.parameters
        choice = self.changed.scenario.parameters.posterior
        alliance, fixed = self.base.scenario.alliance.name, tuple(sorted(settings.fixed.items()))
        try:
            return _draws(choice, alliance, fixed, seed)
        except ValueError as error:
            raise CounterfactualError(str(error)) from error

    def _weighted(self, values: Floats, count: int, all_of_it: bool) -> tuple[np.ndarray, float]:
        inputs = self.base.inputs
        block = np.where(record.at_risk(inputs), 0, -1)
        block[self.known - inputs.drivers.first :] = -1
        if not all_of_it:
            block[self.branch - inputs.drivers.first :] = -1
        score = _scores(inputs, values, block)
        weight = np.exp(score - score.max())
        weight /= weight.sum()
        marks = (np.arange(count) + 0.5) / count
        chosen = np.searchsorted(np.cumsum(weight), marks).clip(max=len(values) - 1)
        return chosen, float(1.0 / np.sum(weight**2))


def load(name: str | Path) -> Pair:
    """Read a counterfactual: a scenario with a base and, as a rule, changes.

    Raises:
        ScenarioError: its files are not sound.
        CounterfactualError: it has no base, does not say what had to be true for the change,
            or cannot be compared with its base.
    """
    changed = cases.load(name)
    return pair(changed, cases.load(base_of(changed)))


def library() -> list[Pair]:
    """The counterfactuals that come with the package, in the order of their branches."""
    load_base = cache(cases.load)  # most have the same one
    files = sorted((shipped.folder("scenarios") / FOLDER).glob("*.toml"))
    changed = [cases.load(file) for file in files]
    pairs = [pair(one, load_base(base_of(one))) for one in changed]
    return sorted(pairs, key=lambda one: one.branch_day)


def base_of(changed: Simulation) -> Path:
    """The file that a counterfactual names as its base."""
    files = changed.scenario.files
    place = files.index(changed.scenario.path)
    if place == 0:
        raise CounterfactualError(
            f"{changed.scenario.path}: has no base; a counterfactual is a base and its changes"
        )
    return files[place - 1]


def pair(changed: Simulation, base: Simulation) -> Pair:
    """Put two scenarios side by side, after checking that they can be compared."""
    file, scenario = changed.scenario.path, changed.scenario
    if not scenario.rewrite.strip():
        raise CounterfactualError(
            f"{file}, rewrite: missing; allowed: a sentence on what had to be true for the change; "
            'add a line such as rewrite = "They would have had to ..." near the top of the file'
        )
    first, second = base.inputs, changed.inputs
    if first.states != second.states:
        raise CounterfactualError(
            f"{file}, alliance.members: other states than the base's; both need the same"
        )
    if not np.array_equal(first.steps, second.steps) or (
        first.drivers.first != second.drivers.first
        or base.scenario.clock.known_until != scenario.clock.known_until
    ):
        raise CounterfactualError(
            f"{file}, clock: another clock than the base's; both need the same"
        )
    documented = (
        np.array_equal(first.record, second.record)
        and np.array_equal(first.initial, second.initial)
        and np.array_equal(first.drivers.entry, second.drivers.entry)
    )
    if not documented:
        raise CounterfactualError(
            f"{file}, change: other documented statuses than the base's; a counterfactual "
            "changes what moves states, and asks about their statuses"
        )
    return Pair(base, changed)


def _rows_differ(a: Any, b: Any) -> np.ndarray:
    differ = np.asarray(a != b)
    return np.asarray(differ.reshape(len(differ), -1).any(axis=1))


def _pairs_differ(base: Inputs, changed: Inputs) -> np.ndarray:
    """[T, N] where the threats between states to a cell differ."""
    cells = base.record.size
    result = np.zeros(cells, dtype=bool)
    f, g = base.drivers, changed.drivers
    one, two = _threats(f), _threats(g)
    for cell in set(one) | set(two):
        result[cell] = one.get(cell) != two.get(cell)
    return result.reshape(base.record.shape)


def _threats(f: Any) -> dict[int, list[tuple[int, float, int]]]:
    cells = np.repeat(np.arange(len(f.pair_start) - 1), np.diff(f.pair_start))
    threats: dict[int, list[tuple[int, float, int]]] = {}
    for cell, *threat in zip(
        cells.tolist(), f.pair_actor.tolist(), f.pair_level.tolist(), f.pair_outside.tolist(),
        strict=True,
    ):  # fmt: skip
        threats.setdefault(cell, []).append((threat[0], threat[1], threat[2]))
    return {cell: sorted(result) for cell, result in threats.items()}


@lru_cache(maxsize=4)
def _draws(
    choice: str, alliance: str, fixed: tuple[tuple[str, float], ...], seed: int
) -> tuple[Floats, str, bool]:
    """Parameter draws, as in `draws`; of the prior, as many as it takes to explain a record."""
    result = draws(choice, alliance, dict(fixed), seed)
    if result.origin != "prior":
        return result.values, result.origin, result.seen
    believed = prior.default()
    values = believed.transform(believed.cube(PRIOR_POOL, seed))
    for name, value in fixed:
        values[:, NAMES.index(name)] = value
    return values, result.origin, False


_known: dict[str, Floats] = {}


def _scores(inputs: Inputs, values: Floats, block: np.ndarray) -> Floats:
    """Log likelihoods, remembered: a library asks for the same ones many times."""
    digest = hashlib.sha256(values.tobytes())
    for array in (inputs.initial, inputs.record, block, *inputs.drivers):
        digest.update(np.asarray(array).tobytes())
    key = digest.hexdigest()
    if key not in _known:
        _known[key] = replay.scores(inputs, values, block, 1)[:, 0]
    return _known[key]
