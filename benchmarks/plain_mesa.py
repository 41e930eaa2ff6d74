"""The rules R1 to R9 as a Mesa model in plain Python, as a model in Mesa usually is written.

A rival in speed for `speed.py` alone: floats, `math` and Mesa's own random numbers, no NumPy and no
compiler. It has no counter-based random numbers, so its histories are other ones.
"""

from math import exp, log1p

import mesa

from alliance_cohesion.core.inputs import DRIVERS, Inputs
from alliance_cohesion.core.parameters import NAMES

MEMBER, FROZEN, OUT = 0, 1, 2


def logistic(x: float) -> float:
    return 1.0 / (1.0 + exp(-x)) if x >= 0 else exp(x) / (1.0 + exp(x))


class State(mesa.Agent):
    """A state with its perceived threats, its belief about the patron and its alignment."""

    def __init__(self, model: "Alliance", index: int):
        super().__init__(model)
        p = model.p
        self.index, self.status = index, int(model.inputs.initial[index])
        self.E = self.G = self.P = self.A = self.left = 0.0
        self.alpha, self.beta = p["rho_prior"] * p["n_prior"], (1 - p["rho_prior"]) * p["n_prior"]
        self.a: float | None = None
        self.chosen = self.status

    def decide(self) -> None:
        model: Alliance = self.model
        p, t, i = model.p, model.t, self.index
        if t <= model.entry[i]:
            self.chosen = MEMBER if t == model.entry[i] else OUT
            return
        a, D, dt, renewal = self.a or 0.0, model.D[t - 1][i], model.dt, model.renewal[t]
        lapse = logistic(-(p["f_renew"] + a)) if renewal and self.status != OUT else 0.0
        leave, back = exp(min(-(p["f_leave"] + a), 30.0)), exp(min(a - p["f_return"], 30.0))
        if self.status == MEMBER:
            act = (1 - lapse) * (1 - exp(-leave * dt))
            freeze = act * logistic(p["c_freeze"] + p["b_freeze"] * D)
            member, frozen = 1 - lapse - act, freeze
        elif self.status == FROZEN:
            act = (1 - lapse) * (1 - exp(-(leave + back) * dt))
            member, frozen = act * back / (leave + back), 1 - lapse - act
        else:
            member, frozen = 1 - exp(-back * dt), 0.0
        u = self.random.random()
        self.chosen = MEMBER if u < member else FROZEN if u < member + frozen else OUT

    def update(self) -> None:
        model: Alliance = self.model
        p, t, i = model.p, model.t, self.index
        inside = self.status != OUT
        seen = list(model.drivers[t][i])
        if inside:
            common = model.members[t]
            seen = [max(x, y) if k < 4 else x + y
                    for k, (x, y) in enumerate(zip(seen, common, strict=True))]  # fmt: skip
        for actor, level, outside in model.pairs[t][i]:
            if model.states[actor].status != OUT:
                seen[2] = max(seen[2], level)
            elif outside:
                seen[0] = max(seen[0], level)
        self.E = max(seen[0], self.E * model.fades)
        self.G = max(seen[1], self.G * model.fades)
        self.P = max(seen[2], self.P * model.fades)
        self.A = max(seen[3], self.A * model.fades)
        others = model.insiders - inside
        kept = model.kept[t] - model.drivers[t][i][5] + others * model.members[t][5]
        broken = model.broken[t] - model.drivers[t][i][6] + others * model.members[t][6]
        alpha0, beta0 = p["rho_prior"] * p["n_prior"], (1 - p["rho_prior"]) * p["n_prior"]
        self.alpha = alpha0 + (self.alpha - alpha0) * model.forgets + seen[5] + p["omega"] * kept
        self.beta = beta0 + (self.beta - beta0) * model.forgets + seen[6] + p["omega"] * broken
        mine = self.status == MEMBER
        there = model.fellows - mine
        gone = model.leavers - (mine and self.chosen != MEMBER)
        self.left = min(1.0, self.left * model.forgets + (gone / there if there else 0.0))
        lean = 2 * self.alpha / (self.alpha + self.beta) - 1
        V = (
            p["b_S"] * (self.E + p["gamma"] * self.G) * lean + p["b_D"] * model.D[t][i]
            - p["b_P"] * self.P - p["b_A"] * self.A - p["b_O"] * log1p(seen[4])
            - p["kappa"] * self.left
        )  # fmt: skip
        self.a = V if self.a is None else V + (self.a - V) * model.lingers


class Alliance(mesa.Model):
    """One history."""

    def __init__(self, inputs: Inputs, row: list[float], seed: int = 1):
        super().__init__(seed=seed)
        f, self.inputs = inputs.drivers, inputs
        self.p = dict(zip(NAMES, row, strict=True))
        self.dt, self.t, self.steps_in_all = f.dt, 0, len(inputs.steps)
        self.first, self.renewal, self.entry = f.first, f.renewal.tolist(), f.entry.tolist()
        self.drivers, self.members, self.D = (
            values.tolist() for values in (f.own, f.members, f.dependence)
        )
        self.kept, self.broken = f.kept_all.tolist(), f.broken_all.tolist()
        n = len(inputs.states)
        every = list(zip(f.pair_actor, f.pair_level, f.pair_outside, strict=True))
        start = f.pair_start.tolist()
        self.pairs = [
            [every[start[t * n + i] : start[t * n + i + 1]] for i in range(n)]
            for t in range(len(inputs.steps))
        ]
        self.fades, self.forgets, self.lingers = (
            0.5 ** (f.dt / self.p[name]) for name in ("h_threat", "h_memory", "h_align")
        )
        self.states = [State(self, i) for i in range(n)]
        assert len(DRIVERS) == len(self.members[0])

    def step(self) -> None:
        if self.t >= self.first:
            self.agents.do("decide")
        self.fellows = sum(state.status == MEMBER for state in self.states)
        self.insiders = sum(state.status != OUT for state in self.states)
        self.leavers = sum(
            state.status == MEMBER and state.chosen != MEMBER for state in self.states
        )
        self.agents.do("update")
        for state in self.states:
            state.status = state.chosen
        self.t += 1
        self.running = self.t < self.steps_in_all
