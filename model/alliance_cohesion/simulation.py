"""A case: a scenario, compiled and ready to run. This is the Python front door.

>>> import alliance_cohesion as ac
>>> data = ac.load("csto").run(histories=2000)      # doctest: +SKIP
>>> data.share.sel(state="ARM", standing="member")  # doctest: +SKIP
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from . import __version__, scenario
from .core import simulate as ensemble
from .core.inputs import Floats, Standing, World, times
from .core.randomness import checked_seed
from .core.simulate import Ensemble
from .inference.draws import Draws, draws
from .inference.priors import NAMES
from .scenario import Scenario

if TYPE_CHECKING:
    from .core.agents import State

KEPT = 1000  # full paths kept of a run, enough for smooth bands
_MOST_KEPT = 10_000_000  # histories kept times ticks times states: about 100 MB
_CHUNK = 2000
ENGINES = ("ensemble", "agents")

Progress = Callable[[int], None]
Simulate = Callable[..., Ensemble]


@dataclass(frozen=True)
class Case:
    """A scenario with its compiled world and parameter draws."""

    scenario: Scenario

    @cached_property
    def world(self) -> World:
        """The scenario compiled to arrays."""
        return scenario.compile_world(self.scenario)

    @cached_property
    def documented(self) -> "Case":
        """The same up to the day to which its record is known (see `reacting.documented`)."""
        from .scenario.reacting import documented

        known = documented(self.scenario)
        return self if known is self.scenario else Case(known)

    @cached_property
    def known(self) -> int:
        """How many ticks, from the first of all, have documented standings."""
        until, ticks = self.scenario.clock.known_until, self.world.ticks
        if until is None:
            return len(ticks)
        return int(np.searchsorted(ticks, np.datetime64(until), side="right"))

    def draws(self, seed: int | None = None) -> Draws:
        """Parameter draws that the scenario asks for."""
        settings = self.scenario.parameters
        return draws(
            settings.posterior,
            self.scenario.alliance.name,
            settings.fixed,
            checked_seed(self.scenario.seed if seed is None else seed),
        )

    def run(
        self,
        histories: int | None = None,
        seed: int | None = None,
        *,
        engine: str = "ensemble",
        state: "type[State] | None" = None,
        progress: Progress | None = None,
    ) -> xr.Dataset:
        """Make histories from the start, with only the forcing scripted.

        Args:
            histories: How many (the scenario's number by default).
            seed: Of the random numbers (the scenario's by default).
            engine: `ensemble` (compiled) or `agents` (the same through Mesa, slower).
            state: An agent class with rules of its own, for the agents.
            progress: Called with the number of histories done since the last call.

        Returns:
            A dataset with dimensions `time` (first day of a tick), `state`, `standing`,
            `history` (the kept ones), `draw`, `parameter` and `away`; `share` is the share of
            histories in each standing at the end of a tick, `left_by` the share that has ever
            left by then, `path` and `alignment` the kept histories, `record` what happened.

        Raises:
            ValueError: a seed that is none, no history asked for, an unknown engine, or one that
                cannot run this scenario or this agent class.
        """
        histories = self.scenario.histories if histories is None else histories
        seed = checked_seed(self.scenario.seed if seed is None else seed)
        if histories < 1:
            raise ValueError(f"histories: {histories} given, at least 1 needed")
        found = self.draws(seed)
        simulate = self.engine(engine, len(found.values), seed, state)
        kept = min(KEPT, max(1, _MOST_KEPT // max(1, self.world.record.size)))
        total: Ensemble | None = None
        for start in range(0, histories, _CHUNK):
            size = min(_CHUNK, histories - start)
            part = simulate(found.values, size, seed, start=start, keep=max(0, kept - start))
            total = part if total is None else total + part
            if progress:
                progress(size)
        assert total is not None
        return dataset(self, total, found, seed)

    def engine(
        self, engine: str, draws: int, seed: int, state: "type[State] | None" = None
    ) -> Simulate:
        """What makes the histories: called with draws, histories, seed, start and keep."""
        from .scenario.reacting import switched, world_and_reactions

        if engine not in ENGINES:
            raise ValueError(f"engine: {engine!r} given, allowed are {' and '.join(ENGINES)}")
        if state is not None and engine != "agents":
            raise ValueError(f"engine: {engine} knows no agent class; pass engine='agents'")
        settings = self.scenario
        if settings.clock.known_until is None and not switched(settings):
            if engine == "agents":
                return partial(simulate_with_agents, self.world, state=state)
            return partial(ensemble.simulate, self.world)
        if engine == "agents":
            raise ValueError(
                "engine: agents follow the record from the start; a scenario with known_until or "
                "with rules R10 and R11 runs on the ensemble only"
            )
        since = settings.clock.known_until or settings.clock.start
        world, reactions = world_and_reactions(settings, since, draws, seed)
        known = 0 if settings.clock.known_until is None else self.known
        return partial(ensemble.simulate, world, known=known, reactions=reactions)


def simulate_with_agents(
    world: World,
    values: Floats,
    histories: int,
    seed: int,
    *,
    start: int,
    keep: int,
    state: "type[State] | None" = None,
) -> Ensemble:
    """The same as `core.simulate.simulate`, one Mesa model of `state` agents per history."""
    from .core.agents import AllianceModel, State

    played = [
        AllianceModel(world, values, number, seed, state or State).play()
        for number in range(start, start + histories)
    ]
    paths, alignments = (np.array(part) for part in zip(*played, strict=True))
    return ensemble.tally(world, paths, alignments, keep)


def dataset(case: Case, total: Ensemble, found: Draws, seed: int) -> xr.Dataset:
    """Name the numbers of an ensemble."""
    world = case.world
    left_by = np.cumsum(total.first_leave[:-1], axis=0) / total.histories
    return xr.Dataset(
        {
            "share": (("time", "state", "standing"), total.standing / total.histories),
            "left_by": (("time", "state"), left_by),
            "away_at_end": (("away",), total.away_at_end / total.histories),
            "path": (("history", "time", "state"), total.path),
            "alignment": (("history", "time", "state"), total.alignment),
            "record": (("time", "state"), world.record[world.forcing.first :]),
            "parameters": (("draw", "parameter"), found.values),
        },
        coords={
            "time": times(world.decided),
            "state": list(world.states),
            "standing": [s.label for s in Standing],
            "away": np.arange(len(world.states) + 1),
            "parameter": list(NAMES),
            "history": np.arange(len(total.path)),
            "draw": np.arange(len(found.values)),
        },
        attrs={
            "scenario": case.scenario.name,
            "question": case.scenario.question,
            "histories": total.histories,
            "seed": seed,
            "parameters_from": found.origin,
            "parameters_sha256": found.digest,
            "version": __version__,
        },
    )


def load(name: str | Path) -> Case:
    """Load a scenario: a shipped one by name, or a file or folder by path.

    Raises:
        ScenarioError: every problem of its files, at once.
    """
    return Case(scenario.load(name))
