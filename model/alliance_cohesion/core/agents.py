"""The same rules as Mesa agents: states that perceive, update and decide.

Slower than `simulate` and equal to it bit for bit: an agent is a block of one lane, runs the same
compiled functions and uses the same random numbers. A researcher who wants another rule subclasses
`State` and overrides one method.
"""

import mesa
import numpy as np

from . import step
from .elementary import compiled
from .inputs import Codes, Drivers, Floats, Inputs, Status
from .randomness import DECISION, checked_seed, uniform
from .simulate import load
from .step import FROZEN, LATENT, MEMBER, OUT, Block


@compiled
def _load(b: Block, draws: Floats, dt: float, initial: Codes, number: int) -> None:
    load(b, draws, dt, initial, number)


@compiled
def _count(b: Block) -> None:
    step.count(b.before, b.after, b.extra, b.counts[0])


@compiled
def _perceive(b: Block, f: Drivers, t: int, i: int) -> None:
    step.perceive(f, t, i, b.before, b.after, b.before, b.counts[0], b.extra[i], b.seen[i])


@compiled
def _update(b: Block, D: float, i: int) -> None:
    step.update(b.p[0], b.seen[i], D, b.latent[i])


@compiled
def _probabilities(
    b: Block, dt: float, status: int, D: float, renewal: int, i: int
) -> tuple[float, float, float]:
    return step.lane_probabilities(b.p[0], b.latent[i], 0, dt, status, D, renewal)


class State(mesa.Agent):
    """A state with a latent state (see `step.LATENT`) and a membership status."""

    def __init__(self, model: "AllianceModel", index: int):
        super().__init__(model)
        self.index = index
        self.name = model.inputs.states[index]
        self.status = int(model.inputs.initial[index])

    @property
    def latent(self) -> dict[str, float]:
        """The latent state, by the names of `step.LATENT`."""
        values = self.model.block.latent_rows[self.index, :, 0]
        return dict(zip(LATENT, values.tolist(), strict=True))

    @property
    def alignment(self) -> float:
        """Alignment with the alliance, in log-odds."""
        return self.latent["a"]

    @property
    def utility(self) -> float:
        """Utility of membership now, in log-odds."""
        return self.latent["V"]

    @property
    def reliability(self) -> float:
        """Believed probability that the patron will help."""
        own = self.latent
        return own["alpha"] / (own["alpha"] + own["beta"])

    def decide(self) -> int:
        """R6 to R9: choose a status from what was known up to the step before."""
        model: AllianceModel = self.model
        f, t = model.inputs.drivers, model.time_step
        if t < f.first:
            return self.status
        if t <= f.entry[self.index]:
            return MEMBER if t == f.entry[self.index] else OUT
        member, frozen, _ = self.transition_probabilities()
        u = uniform(model.seed, model.number, t - f.first, int(f.address[self.index]), DECISION)
        return int(step.decide(u, member, frozen))

    def transition_probabilities(self) -> tuple[float, float, float]:
        """Probabilities to end this step as member, frozen and out."""
        model: AllianceModel = self.model
        f, t = model.inputs.drivers, model.time_step
        result: tuple[float, float, float] = _probabilities(
            model.block, f.dt, self.status, f.dependence[t - 1, self.index], f.renewal[t],
            self.index,
        )  # fmt: skip
        return result

    def perceive(self) -> dict[str, float]:
        """What reaches the state in this step, by name; `update` uses what is returned."""
        model: AllianceModel = self.model
        _perceive(model.block, model.inputs.drivers, model.time_step, self.index)
        seen = model.block.seen[self.index]
        return {name: float(seen[name][0]) for name in seen.dtype.names}

    def update(self, seen: dict[str, float]) -> None:
        """R1 to R5: update perceived threat, belief, utility and alignment by what was seen."""
        model: AllianceModel = self.model
        own = model.block.seen[self.index]
        for name, value in seen.items():
            own[name][0] = value
        D = model.inputs.drivers.dependence[model.time_step, self.index]
        _update(model.block, D, self.index)


class AllianceModel(mesa.Model):
    """One history of a scenario, as Mesa agents.

    Every decision from the clock's start on is simulated: `known_until` and rules that react are
    for `Case.run`.

    Args:
        inputs: The compiled scenario.
        draws: Parameter draws, [draw, parameter]; history `number` uses `number mod draws`.
        number: The history's number.
        seed: Seed of the counter-based random numbers (Mesa's own generator is never drawn from).
        state: The agent class.
    """

    def __init__(
        self,
        inputs: Inputs,
        draws: Floats,
        number: int = 0,
        seed: int = 1,
        state: type[State] = State,
    ):
        seed = checked_seed(seed)
        super().__init__(rng=seed % 2**32)
        self.inputs, self.number, self.seed = inputs, number, seed
        self.block: Block = step.block(len(inputs.states), 1)
        rows = np.ascontiguousarray(draws, dtype=np.float64)
        _load(self.block, rows, inputs.drivers.dt, inputs.initial, number)
        self.time_step = 0
        for index in range(len(inputs.states)):
            state(self, index)
        self.datacollector = mesa.DataCollector(
            agent_reporters={
                "state": "name",
                "status": lambda agent: Status(agent.status).label,
                "alignment": "alignment",
                "reliability": "reliability",
            },
            model_reporters={
                "date": lambda model: model.inputs.steps[model.time_step - 1],
                "members": lambda model: int(np.sum(model.statuses == MEMBER)),
                "frozen": lambda model: int(np.sum(model.statuses == FROZEN)),
            },
        )
        while self.time_step < inputs.drivers.first:
            self._live()

    @property
    def statuses(self) -> Codes:
        """[N] membership status of every state."""
        return self.block.after[:, 0].astype(np.int8)

    def step(self) -> None:
        """One time step: all decide on what they knew, then all perceive and update.

        Raises:
            ValueError: the scenario's clock has ended (`running` is false from then on).
        """
        if self.time_step >= len(self.inputs.steps):
            raise ValueError(
                f"the clock has ended after step {self.time_step}; nothing is left to do"
            )
        self._live()
        self.datacollector.collect(self)
        self.running = self.time_step < len(self.inputs.steps)

    def _live(self) -> None:
        states: list[State] = list(self.agents)
        for state in states:
            self.block.after[state.index, 0] = state.decide()
        _count(self.block)
        for state in states:
            state.status = int(self.block.after[state.index, 0])
            state.update(state.perceive())
        self.block.before[:] = self.block.after
        self.time_step += 1

    def play(self) -> tuple[Codes, Floats]:
        """Run to the end; statuses and alignments, each [step, state]."""
        path, aligned = [], []
        while self.time_step < len(self.inputs.steps):
            self.step()
            path.append(self.statuses)
            aligned.append(self.block.latent_rows[:, LATENT.index("a"), 0].copy())
        return np.array(path, dtype=np.int8), np.array(aligned)
