"""Why a state kept or changed its status at a date: the explanation, and how it is made."""

import datetime
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from ... import __version__
from ...core import replay
from ...core.contributions import TERMS, terms
from ...core.inputs import Floats, Inputs, Status
from ...core.step import LATENT
from ...inference import held_out, record
from ...inference.draws import Draws
from ...inference.held_out import HeldOut
from ...scenario import Problem, Scenario, ScenarioError
from ...scenario.dates import parse
from ...scenario.fields import ALL_MEMBERS
from ...scenario.problems import quoted
from ...scenario.spelling import suggestion
from ...scenario.states import chosen, name_of
from ...simulation import Simulation
from . import rows
from .shifts import LARGEST_OFFER, Decision

LOW, HIGH = 0.05, 0.95
OF_TERM = dict(zip(TERMS, ("E|rho", "G|rho", "D", "P", "A", "O", "C", ""), strict=True))
"""Symbols of the drivers that a term is made of."""
DRIVERS = {
    "E": ("perceived external threat", 1.0),
    "G": ("perceived internal threat", 1.0),
    "P": ("perceived threat from inside the alliance", 1.0),
    "A": ("perceived demands on autonomy", 1.0),
    "O": ("points of outside offers", LARGEST_OFFER),
    "D": ("dependence on the patron", 1.0),
    "rho": ("believed reliability of the patron", 1.0),
    "C": ("share of the others that left", 1.0),
}
"""By symbol: name, and the upper end of the range (the lower is 0)."""
IN_SAMPLE, OUT_OF_SAMPLE, PRIOR = "in sample", "held out", "prior, not calibrated"
_SPREAD = ["mean", "q05", "q95"]


@dataclass(frozen=True)
class Explanation:
    """Why a state kept or changed its status in the time step that holds a date.

    It looks one step ahead: the documented record decides all that happened before the step.
    Numbers in columns `mean`, `q05` and `q95` are the mean and the 5 and 95 % quantiles over the
    parameter draws.
    """

    about: dict[str, Any]
    """Scenario, alliance, seed, draws, where the parameters come from."""
    sample: str
    """`in sample`, `held out` or `prior, not calibrated`: of every number that does not say."""
    state: str
    """Its code in the scenario."""
    date: str
    """As asked."""
    first: datetime.date
    """First day of the time step."""
    last: datetime.date
    before: Status
    """Documented status at the start of the time step."""
    after: Status
    """Documented status at its end."""
    renewal: bool
    """In this step the term ends and staying takes a signature."""
    move: str
    """What the probability is of: `leaving` (frozen or out), `going out`, `coming back`."""
    rank: int
    """Place among the states of the same status: 1 is the likeliest to move."""
    names: dict[str, str]
    """Names of codes of the scenario's own."""
    terms: pd.DataFrame
    """By term of the utility of membership (R4): spread in log-odds, `drivers` (symbols, joined
    with |). The last row, `alignment`, is their sum."""
    drivers: pd.DataFrame
    """By symbol: `name`, `high` (its range starts at 0), spread."""
    facts: pd.DataFrame
    """The rows of the event table behind the drivers: `driver`, the row's own columns, `now`
    (faded level, points, weight or share, mean over draws), `sets_the_level` (share of draws in
    which no row is higher), `own` (False: an answer to others, another's departure),
    `cancelled_by` (ids of the rows that cancel an offer)."""
    dependence: pd.DataFrame
    """The components of dependence and the indicator rows between which each is read."""
    probabilities: pd.DataFrame
    """By event, of what: `per` (time step, year, renewal), `sample`, spread,
    `monte_carlo_error`. Held-out rows come from a fit that never saw this episode; the base rate
    is that of a model of constant rates that knows the renewals."""
    peers: pd.DataFrame
    """By state of the same status, the likeliest to move first: `alignment`, `probability`,
    `held_out` (its probability by a fit that never saw this episode, where there is one)."""
    shifts: pd.DataFrame
    """By symbol of a driver: its value now, the values at which it alone would `half` or `double`
    the probability, and the multiples that its range allows."""
    statements: pd.DataFrame
    """Rows of the record that name the state and move nothing; see `rows.statements`."""
    by_draw: pd.DataFrame = field(repr=False, compare=False)
    """[draw] the terms, the alignment and the probability of the move."""

    @property
    def per(self) -> str:
        """What the probability of the move refers to."""
        return "renewal" if self.renewal else "year"

    @property
    def known_until(self) -> datetime.date:
        """Last day of the time step before: nothing later enters the explanation."""
        return self.first - datetime.timedelta(days=1)

    @property
    def probability(self) -> pd.Series:
        """The row of `probabilities` that is about the move."""
        return self.probabilities.loc[self.move]

    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by name; the key of a row is its first column."""
        result = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: table.reset_index() if table.index.name else table
            for name, table in result.items()
            if isinstance(table, pd.DataFrame) and name != "by_draw"
        }

    def as_json(self) -> dict[str, Any]:
        """The same as plain data: a table is a list of rows."""
        return {
            **self.about,
            "sample": self.sample,
            "state": self.state,
            "name": name_of(self.state, self.names),
            "date": self.date,
            "time_step": {"first": self.first.isoformat(), "last": self.last.isoformat()},
            "known_until": self.known_until.isoformat(),
            "status": self.before.label,
            "status_after": self.after.label,
            "renewal": self.renewal,
            "move": self.move,
            "per": self.per,
            "rank": self.rank,
            **{name: plain(table) for name, table in self.tables().items()},
        }


def plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as a list of rows; None where a number is missing."""
    return table.astype(object).where(table.notna(), None).to_dict("records")


def explain(sim: Simulation, state: str, date: str, seed: int | None = None) -> Explanation:
    """Why a state kept or changed its status at a date, along the documented record.

    Everything that decides a time step is what was perceived up to the step before.

    Args:
        sim: The scenario.
        state: One of its states, by code or by name, in any case.
        date: `1999-04-20`, `1999-04` or `1999`; the middle of a month or a year is taken.
        seed: Of the parameter draws (the scenario's by default).

    Raises:
        ScenarioError: there is no such state, or it decides nothing at that date.
        ValueError: the parameter draws cannot be used.
    """
    sim = sim.documented
    scenario, inputs = sim.scenario, sim.inputs
    state = chosen(state, inputs.states, scenario.alliance.names) or state
    i, t = _place(scenario, inputs, state, date)
    result = sim.draws(seed)
    draws, f = result.values, inputs.drivers
    trace = replay.trace(_until(inputs, t), draws)
    latent, transitions = trace.latent[:, 0], trace.probabilities[:, 0]
    statuses = record.statuses(inputs)
    before, after = (Status(int(status[t - f.first, i])) for status in statuses)
    D = float(f.dependence[t - 1, i])
    decision = Decision(draws, latent[:, i], D, before, int(f.renewal[t]), f.dt)
    by_term = terms(draws, latent[:, i], np.array(D))
    kept = _held_out(sim, result, before)
    peers = _peers(
        inputs, t, statuses[0][t - f.first] == before, decision, latent, transitions, kept
    )
    drivers = _drivers(latent[:, i], D)
    groups = () if before == Status.OUT else (ALL_MEMBERS,)
    return Explanation(
        about={
            "scenario": scenario.name,
            "title": scenario.title,
            "question": scenario.question,
            "alliance": scenario.alliance.name,
            "patron": scenario.alliance.patron,
            "seed": scenario.seed if seed is None else seed,
            "draws": len(draws),
            "parameters_from": result.origin,
            "parameters_sha256": result.digest,
            "version": __version__,
        },
        sample=_sample(result),
        state=state,
        date=date,
        first=inputs.steps[t].item(),
        last=np.append(inputs.steps, inputs.end)[t + 1].item() - datetime.timedelta(days=1),
        before=before,
        after=after,
        renewal=decision.renewal,
        move=decision.move,
        rank=1 + int((peers["probability"] > peers.loc[state, "probability"]).sum()),
        names=dict(scenario.alliance.names),
        terms=_terms(by_term, decision.alignment),
        drivers=drivers,
        facts=rows.Evidence(scenario, inputs, i, t, draws).facts(),
        dependence=rows.dependence(scenario, state, t - 1),
        probabilities=_probabilities(
            decision, transitions[:, i], _sample(result), kept, (t - f.first, i)
        ),
        peers=peers,
        shifts=_shifts(decision, drivers),
        statements=rows.statements(scenario.events, state, groups, parse(date).middle),
        by_draw=pd.DataFrame(by_term, columns=list(TERMS)).assign(
            alignment=decision.alignment, probability=decision.probability(decision.alignment)
        ),
    )


def _place(scenario: Scenario, inputs: Inputs, state: str, day: str) -> tuple[int, int]:
    """The state and the time step asked about, or every problem with the question."""
    problems = []
    if state not in inputs.states:
        names = {code: name_of(code, scenario.alliance.names) for code in inputs.states}
        allowed = ", ".join(
            code if name == code else f"{name} ({code})" for code, name in names.items()
        )
        hint = suggestion(state, {*names.values(), *names})
        problems.append(Problem("", "", f"no state {quoted(state)}", allowed, hint))
    clock = scenario.clock
    steps, t = clock.steps, -1
    try:
        t = steps.at(parse(day).middle)
    except ValueError:
        allowed = "an ISO date that exists: 1999, 1999-04 or 1999-04-20"
        problems.append(Problem("", "", f"found date {quoted(day)}", allowed))
    else:
        if not steps.first <= t < steps.count:
            allowed = f"{clock.start} to {clock.end}"
            problems.append(Problem("", "", f"{day} is outside the clock", allowed))
    if problems:
        raise ScenarioError(problems)
    i = inputs.states.index(state)
    entry = int(inputs.drivers.entry[i])
    if t <= entry:
        later = entry + 1 < steps.count
        allowed = f"{inputs.steps[entry + 1]} to {clock.end}" if later else "no date"
        raise ScenarioError([Problem("", "", f"{state} has not joined yet at {day}", allowed)])
    return i, t


def _until(inputs: Inputs, t: int) -> Inputs:
    """The same inputs cut after time step `t`, the only one in which anything is decided."""
    drivers = inputs.drivers.change(first=t, renewal=inputs.drivers.renewal[: t + 1])
    return replace(inputs, steps=inputs.steps[: t + 1], drivers=drivers)


def _sample(found: Draws) -> str:
    return PRIOR if found.origin == "prior" else IN_SAMPLE if found.seen else OUT_OF_SAMPLE


def _held_out(sim: Simulation, found: Draws, status: Status) -> HeldOut | None:
    """What was predicted by fits that never saw an episode, if it was kept for this very record.

    It says how likely a change of status is: of a frozen state, not in which direction.
    """
    if not found.seen or found.path is None or sim.scenario.parameters.fixed:
        return None
    return None if status == Status.FROZEN else held_out.read(found.path, sim.inputs)


def _spread(values: Floats) -> dict[str, float]:
    low, high = np.quantile(values, (LOW, HIGH))
    return dict(zip(_SPREAD, (float(values.mean()), float(low), float(high)), strict=True))


def _table(lines: dict[str, dict[str, Any]], key: str) -> pd.DataFrame:
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis(key)


def _terms(by_term: Floats, alignment: Floats) -> pd.DataFrame:
    lines = {
        name: _spread(by_term[:, k]) | {"drivers": OF_TERM[name]} for k, name in enumerate(TERMS)
    }
    lines["alignment"] = _spread(alignment) | {"drivers": ""}
    return _table(lines, "term")


def _probabilities(
    decision: Decision,
    transitions: Floats,
    sample: str,
    kept: HeldOut | None,
    cell: tuple[int, int],
) -> pd.DataFrame:
    """Of ending the time step in each status; of the move, and of each way it can go.

    The two ways of leaving compete at constant rates, so they share its probability as they share
    that of the step.
    """
    steps = {f"ends the step {to.label}": transitions[:, to] for to in Status}
    move = decision.probability(decision.alignment)
    moves = {decision.move: move}
    if decision.status == Status.MEMBER:
        frozen, out = transitions[:, Status.FROZEN], transitions[:, Status.OUT]
        share = np.divide(frozen, frozen + out, out=np.zeros_like(out), where=frozen + out > 0)
        moves |= {"leaving to frozen": move * share, "leaving to out": move * (1.0 - share)}
    moves[f"{decision.move} at alignment 0"] = decision.probability(np.zeros(len(move)))
    per = "renewal" if decision.renewal else "year"
    lines = {
        name: {"per": "time step" if name in steps else per, "sample": sample, **_spread(values)}
        | {"monte_carlo_error": float(values.std() / np.sqrt(len(values)))}
        for name, values in (moves | steps).items()
    }
    if kept is not None:
        unseen = {"": kept.rules, ", base rate": kept.baseline}
        lines |= {
            f"{decision.move}, held out{which}": {
                "per": per, "sample": OUT_OF_SAMPLE, "mean": float(one.in_a_year[cell])
            }
            for which, one in unseen.items()
        }  # fmt: skip
    return _table(lines, "event")


def _peers(
    inputs: Inputs,
    t: int,
    same: Any,
    decision: Decision,
    latent: Floats,
    transitions: Floats,
    kept: HeldOut | None,
) -> pd.DataFrame:
    """States of the same status that decide in the step, the likeliest to move first."""
    deciding = np.flatnonzero(same & (t > inputs.drivers.entry))
    table = pd.DataFrame(
        {
            "alignment": latent[:, deciding, LATENT.index("a")].mean(axis=0),
            "probability": [decision.moving(transitions[:, j]).mean() for j in deciding],
            "held_out": np.nan
            if kept is None
            else kept.rules.in_a_year[t - inputs.drivers.first, deciding],
        },
        index=pd.Index([inputs.states[j] for j in deciding], name="state"),
    )
    return table.sort_index().sort_values("probability", ascending=False, kind="stable")


def _drivers(latent: Floats, D: float) -> pd.DataFrame:
    m = dict(zip(LATENT, latent.T, strict=True))
    values = {name: m[name] for name in ("E", "G", "P", "A", "O")} | {
        "D": np.full(len(latent), D),
        "rho": m["alpha"] / (m["alpha"] + m["beta"]),
        "C": m["left"],
    }
    lines = {
        symbol: {"name": name, "high": high, **_spread(values[symbol])}
        for symbol, (name, high) in DRIVERS.items()
    }
    return _table(lines, "symbol")


def _shifts(decision: Decision, drivers: pd.DataFrame) -> pd.DataFrame:
    """Of every driver but contagion: nobody asks for other states to have left."""
    lines = {}
    for symbol in drivers.index.drop("C"):
        now = float(drivers.loc[symbol, "mean"])
        lines[symbol] = {"now": now, **decision.shift(symbol, now)}
    return _table(lines, "symbol")
