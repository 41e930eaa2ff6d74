"""The Python front door: load a scenario, run it, look at the result.

>>> import alliance_cohesion as ac
>>> sim = ac.load("csto")
>>> result = sim.run(histories=2000)                        # doctest: +SKIP
>>> result.plot("Armenia")                                  # doctest: +SKIP
>>> result.dataset.share.sel(state="ARM", status="member")  # doctest: +SKIP
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from . import scenario
from .core import simulate as ensemble
from .core.inputs import Codes, Floats, Inputs
from .core.randomness import checked_seed
from .core.simulate import Ensemble
from .inference import record
from .inference.draws import Draws, draws
from .result import UNKNOWN, Counts, Result, count
from .scenario import Scenario
from .scenario.history import Change, changes
from .scenario.states import chosen, name_of
from .util.compiled import say_if_compiling

if TYPE_CHECKING:
    from .core.agents import State

KEPT = 1000  # full paths kept of a run, enough for smooth bands
_MOST_KEPT = 10_000_000  # histories at once times time steps times states: about 100 MB
_CHUNK = 2000
ENGINES = ("ensemble", "agents")

Progress = Callable[[int], None]
Simulate = Callable[..., Ensemble]


@dataclass(frozen=True)
class Simulation:
    """A scenario with its compiled inputs and parameter draws, ready to run."""

    scenario: Scenario

    @cached_property
    def inputs(self) -> Inputs:
        """The scenario compiled to arrays."""
        return scenario.compile_inputs(self.scenario)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the states, in the order of `inputs.states`."""
        return tuple(name_of(s, self.scenario.alliance.names) for s in self.scenario.states)

    def index(self, state: str) -> int:
        """The place of a state, given by name or code.

        Raises:
            ValueError: the scenario has no such state.
        """
        result = chosen(state, self.scenario.states, self.scenario.alliance.names)
        if result is None:
            known = ", ".join(self.names)
            raise ValueError(f"state: {state!r} given; {self.scenario.name} has {known}")
        return self.scenario.states.index(result)

    @cached_property
    def documented(self) -> "Simulation":
        """The same up to the day to which its record is known (see `reacting.documented`)."""
        from .scenario.reacting import documented

        known = documented(self.scenario)
        return self if known is self.scenario else Simulation(known)

    @cached_property
    def known(self) -> int:
        """How many time steps, from the first of all, have documented statuses."""
        until, steps = self.scenario.clock.known_until, self.inputs.steps
        if until is None:
            return len(steps)
        return int(np.searchsorted(steps, np.datetime64(until), side="right"))

    @property
    def since(self) -> int:
        """First simulated step among those that are decided; 0 unless the record is followed."""
        followed = self.scenario.clock.known_until is not None
        return max(0, self.known - self.inputs.drivers.first) if followed else 0

    @cached_property
    def record(self) -> Codes:
        """[T, N] documented statuses at the end of each decided step, -1 after the record ends.

        A record that is followed to a day but has later changes goes on to the end of the clock.
        """
        inputs = self.inputs
        result = inputs.record[inputs.drivers.first :].copy()
        if not any(change.step >= self.since for change in record.changes(inputs)):
            result[self.since or len(result) :] = UNKNOWN
        return result

    @cached_property
    def changes(self) -> list[list[Change]]:
        """Documented changes of each state's status within the clock, in order."""
        return [changes(self.scenario, state) for state in self.scenario.states]

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
    ) -> Result:
        """Simulate histories from the start, with only the inputs scripted.

        Args:
            histories: How many (the scenario's number by default).
            seed: Of the random numbers (the scenario's by default).
            engine: `ensemble` (compiled) or `agents` (the same through Mesa, slower).
            state: An agent class with rules of its own, for the agents.
            progress: Called with the number of histories done since the last call.

        Raises:
            ValueError: a seed that is none, no history asked for, an unknown engine, or one that
                cannot run this scenario or this agent class.
        """
        histories = self.scenario.histories if histories is None else histories
        seed = checked_seed(self.scenario.seed if seed is None else seed)
        if histories < 1:
            raise ValueError(f"histories: {histories} given, at least 1 needed")
        say_if_compiling()
        result = self.draws(seed)
        simulate = self.engine(engine, len(result.values), seed, state)
        size = max(1, _MOST_KEPT // max(1, self.inputs.record.size))
        kept, size = min(KEPT, size), min(_CHUNK, size)
        total: Ensemble | None = None
        counts: Counts | None = None
        for start in range(0, histories, size):
            n = min(size, histories - start)
            part = simulate(result.values, n, seed, start=start, keep=n)
            own = count(self.inputs, part.path, self.since)
            more = max(0, kept - start)
            part = replace(part, path=part.path[:more], alignment=part.alignment[:more])
            total = part if total is None else total + part
            counts = own if counts is None else counts + own
            if progress:
                progress(n)
        assert total is not None
        assert counts is not None
        return Result(self, total, counts, result, seed, engine)

    def engine(
        self, engine: str, draws: int, seed: int, state: "type[State] | None" = None
    ) -> Simulate:
        """What simulates the histories: called with draws, histories, seed, start and keep."""
        from .scenario.reacting import inputs_and_reactions, switched

        if engine not in ENGINES:
            raise ValueError(f"engine: {engine!r} given, allowed are {' and '.join(ENGINES)}")
        if state is not None and engine != "agents":
            raise ValueError(f"engine: {engine} knows no agent class; pass engine='agents'")
        settings = self.scenario
        if settings.clock.known_until is None and not switched(settings):
            if engine == "agents":
                return partial(simulate_with_agents, self.inputs, state=state)
            return partial(ensemble.simulate, self.inputs)
        if engine == "agents":
            raise ValueError(
                "engine: agents follow the record from the start; a scenario with known_until or "
                "with rules R10 and R11 runs on the ensemble only"
            )
        since = settings.clock.known_until or settings.clock.start
        inputs, reactions = inputs_and_reactions(settings, since, draws, seed)
        known = 0 if settings.clock.known_until is None else self.known
        return partial(ensemble.simulate, inputs, known=known, reactions=reactions)


def simulate_with_agents(
    inputs: Inputs,
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
        AllianceModel(inputs, values, number, seed, state or State).play()
        for number in range(start, start + histories)
    ]
    paths, alignments = (np.array(part) for part in zip(*played, strict=True))
    return ensemble.tally(inputs, paths, alignments, keep)


def load(name: str | Path) -> Simulation:
    """Load a scenario: a shipped one by name, or a file or folder by path.

    Raises:
        ScenarioError: every problem of its files, at once.
    """
    return Simulation(scenario.load(name))
