"""The Mesa front: states as agents that perceive, judge and decide by the rules.

Slower than the ensemble and equal to it bit for bit: the agents call the same compiled
functions and address the same random numbers. A researcher who wants another rule subclasses
`State` and overrides one method.
"""

import mesa
import numpy as np

from . import step as tick
from .inputs import Codes, Floats, Standing, World
from .parameters import Parameters
from .randomness import CHOICE, checked_seed, uniform
from .step import FROZEN, MEMBER, OUTSIDE


class State(mesa.Agent):
    """A state with a mind (see `tick.MIND`) and a standing in the alliance."""

    def __init__(self, model: "AllianceModel", index: int):
        super().__init__(model)
        self.index = index
        self.name = model.world.states[index]
        self.standing = int(model.world.initial[index])
        self.mind = model.minds[index]

    @property
    def alignment(self) -> float:
        """Alignment towards the alliance, in log-odds."""
        return float(self.mind[tick.ALIGNMENT])

    @property
    def worth(self) -> float:
        """What membership is worth to the state now, in log-odds."""
        return float(self.mind[tick.V])

    @property
    def reliability(self) -> float:
        """Believed chance that the patron will help."""
        alpha, beta = self.mind[tick.ALPHA], self.mind[tick.BETA]
        return float(alpha / (alpha + beta))

    def decide(self) -> int:
        """R6 to R9: choose a standing from what was known up to the tick before."""
        model: AllianceModel = self.model
        f, t = model.world.forcing, model.tick
        if t < f.first:
            return self.standing
        if t <= f.entry[self.index]:
            return MEMBER if t == f.entry[self.index] else OUTSIDE
        member, frozen, _ = self.chances()
        u = uniform(model.seed, model.number, t - f.first, int(f.address[self.index]), CHOICE)
        return tick.decide(u, member, frozen)

    def chances(self) -> tuple[float, float, float]:
        """Chances to end this tick as member, frozen and outside."""
        model: AllianceModel = self.model
        f, t = model.world.forcing, model.tick
        return tick.chances(
            model.parameters, f.dt, self.standing, self.alignment,
            f.dependence[t - 1, self.index], f.renewal[t],
        )  # fmt: skip

    def perceive(self) -> Floats:
        """What reaches the state in this tick, in the order of `world.DRIVERS`."""
        seen = np.empty(7)
        model: AllianceModel = self.model
        tick.perceive(model.world.forcing, model.tick, self.index, model.before, seen)
        return seen

    def judge(self, seen: Floats) -> None:
        """R1 to R5: update fear, belief, worth and alignment by what was seen."""
        model: AllianceModel = self.model
        f, t, i = model.world.forcing, model.tick, self.index
        left, members = tick.departures(model.before, model.after)
        inside = tick.insiders(model.before)
        kept, broken = tick.promises_to_others(f, t, i, model.before, inside)
        others_left = tick.share_of_others_left(model.before, model.after, i, left, members)
        tick.judge(
            model.parameters, model.pace, seen, f.dependence[t, i],
            kept, broken, others_left, self.mind,
        )  # fmt: skip


class AllianceModel(mesa.Model):
    """One history of a scenario, as Mesa agents.

    Every decision from the clock's start on is simulated: `known_until` and rules that react are
    for `Case.run`.

    Args:
        world: The compiled scenario.
        draws: Parameter draws, [draw, parameter]; history `number` uses `number mod draws`.
        number: The history's number.
        seed: Seed of the addressed random numbers (Mesa's own generator is never drawn from).
        state: The agent class.
    """

    def __init__(
        self,
        world: World,
        draws: Floats,
        number: int = 0,
        seed: int = 1,
        state: type[State] = State,
    ):
        seed = checked_seed(seed)
        super().__init__(seed=seed % 2**32)
        self.world, self.number, self.seed = world, number, seed
        self.parameters: Parameters = tick.parameters(np.asarray(draws)[number % len(draws)])
        self.pace = tick.pace(self.parameters, world.forcing.dt)
        self.minds: Floats = np.empty((len(world.states), len(tick.MIND)))
        tick.blank(self.parameters, self.minds)
        self.tick = 0
        self.before: Codes = world.initial.copy()
        self.after: Codes = world.initial.copy()
        for index in range(len(world.states)):
            state(self, index)
        self.datacollector = mesa.DataCollector(
            agent_reporters={
                "state": "name",
                "standing": lambda agent: Standing(agent.standing).label,
                "alignment": "alignment",
                "reliability": "reliability",
            },
            model_reporters={
                "date": lambda model: model.world.ticks[model.tick - 1],
                "members": lambda model: int(np.sum(model.after == MEMBER)),
                "frozen": lambda model: int(np.sum(model.after == FROZEN)),
            },
        )
        while self.tick < world.forcing.first:
            self._live()

    def step(self) -> None:
        """One tick: all decide on what they knew, then all perceive and judge.

        Raises:
            ValueError: the scenario's clock has ended (`running` is false from then on).
        """
        if self.tick >= len(self.world.ticks):
            raise ValueError(f"the clock has ended after tick {self.tick}; nothing is left to step")
        self._live()
        self.datacollector.collect(self)
        self.running = self.tick < len(self.world.ticks)

    def _live(self) -> None:
        states: list[State] = list(self.agents)
        for state in states:
            self.after[state.index] = state.decide()
        for state in states:
            state.standing = int(self.after[state.index])
            state.judge(state.perceive())
        self.before[:] = self.after
        self.tick += 1

    def play(self) -> tuple[Codes, Floats]:
        """Run to the end; standings and alignments, each [tick, state]."""
        path, aligned = [], []
        while self.tick < len(self.world.ticks):
            self.step()
            path.append(self.after.copy())
            aligned.append([state.alignment for state in sorted(self.agents, key=_index)])
        return np.array(path, dtype=np.int8), np.array(aligned)


def _index(state: State) -> int:
    return state.index
