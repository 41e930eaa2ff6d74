"""Answer a counterfactual: both questions, which other states move and how, and the guards.

Two questions, never mixed:

- forecast: the record is known up to the branch; what follows in either simulation?
- given: all that happened is known; what would have followed with the change, all else explained
  by the same noise (abduction, action, prediction: Pearl 2009)?
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from ... import __version__
from ...core.inputs import Codes, Floats, Status, times
from ...core.randomness import checked_seed
from ...core.simulate import Outputs, outputs, walk_all
from ...inference.priors import NAMES
from ...inference.record import changes
from ...scenario import Scenario, name_of, reacting
from . import guards, histories
from .coupling import COUPLINGS, ORDERED
from .histories import Paired
from .intervals import Estimate, estimate, variance_ratio
from .moves import MEMBER, happened, moves, outcome, parting
from .pair import Pair, Sample

HISTORIES = 4000
A_DRAW = 8  # histories of one parameter draw
_LESS = 4  # channels are told apart with a quarter of the histories
MAIN = COUPLINGS[ORDERED]
"""The coupling shown where one must be: that of the simulation itself."""
FORECAST = "forecast"
BY_RULE = "forecast, R10 and R11"
"""The forecast where patron, adversaries and outside powers follow fitted rules."""
BANDS = ("mean", "low", "high", "error")

CHANNELS = {
    "others that left (R4)": histories.CONTAGION,
    "promises to others (R2)": histories.LEARNED,
    "whose threat it is (R1)": histories.SOURCE,
}
"""Rules through which one state's fate reaches another, and their flags."""

MEANING = {
    "forecast": "the record is known up to the branch; both simulations are free after it",
    BY_RULE: "the forecast with the rules R10 and R11 in place of the script after the branch",
    "given": "all that happened is known; its noise is kept in the changed simulation",
    "base, changed": "without and with the change, with common random numbers",
    "effect": "changed less base, frozen or out; low and high are the 5 and 95 % quantiles over "
    "parameter draws, error is the Monte Carlo error",
    "necessity": "given all that happened, probability that the move does not happen with the "
    "change, up to the state's next documented move or the end; of a stay, that it does not stay",
    "delayed": "the same by the end of the time step in which it is documented",
    "sufficiency": "of the forecasts without the move in the changed simulation, share with it in "
    "the base",
    "both": "share of forecasts with the move in the base and without it in the changed simulation",
    "frozen, out": "share in which the first move of the kind (of a stay: any move) leads there",
    "channels": "part of the effect that is lost where this rule is fed from the base simulation",
    "altered": "decisions whose inputs the change alters by a Gower distance of "
    f"{guards.ALTERED} or more",
    "near, in_hull": "share of them near the evidence, and inside its convex hull",
}
"""What the names in the tables mean."""

Runs = dict[str, tuple[Codes, Codes]]
"""By question: statuses in the base and the changed simulation, [history, step, state]."""


def given(coupling: str) -> str:
    """Name of the second question under one coupling."""
    return f"given, {coupling}"


@dataclass(frozen=True)
class Answer:
    """The answer to a counterfactual, as one dataset and tables by name.

    The dataset has the dimensions `question`, `simulation` (base, changed, difference), `band`
    (mean; low and high: the 90 % interval over parameters; error: Monte Carlo error), `time`
    (first day of a time step; the record before the branch), `state` and `status`.

    Tables: `shares` (by question, state and month), `moves` (probabilities of necessity and of
    sufficiency by documented move), `channels` (how the change reaches other states), `partings`
    (when the simulations part), `guards` (one row), `baseline` and `changes`.
    """

    pair: Pair
    data: xr.Dataset
    tables: dict[str, pd.DataFrame]

    @property
    def scenario(self) -> Scenario:
        """The changed scenario."""
        return self.pair.changed.scenario

    @property
    def all_known(self) -> bool:
        """Whether the record reaches to the end of the clock."""
        return self.pair.known == len(self.pair.base.inputs.steps)

    def name(self, state: str) -> str:
        """A state's name."""
        return name_of(state, self.scenario.alliance.names)

    def frozen_or_out(self, question: str, simulation: str, band: str = "mean") -> Floats:
        """[step from the branch on, state] share of histories in which a state is not a member."""
        result = self.data["frozen_or_out"].sel(question=question, simulation=simulation, band=band)
        return np.asarray(result.values[self.data.attrs["known_steps"] :])

    @property
    def watched(self) -> list[str]:
        """States worth a row: those the change reaches by name, and any it moves by 2 points."""
        effects = [self.frozen_or_out(q, "difference") for q in self.data["question"].values]
        largest = np.abs(np.stack(effects)).max(axis=(0, 1))
        states, focal = self.pair.base.inputs.states, set(self.pair.focal)
        moved = set(self.tables["moves"].query("kind != 'stay'")["state"])
        some = {i for i in range(len(states)) if largest[i] > 0.02}
        by_name = {i for i in focal if len(focal) <= 2 or states[i] in moved or largest[i] > 0.005}
        order = sorted(some | by_name, key=lambda i: (i not in focal, -largest[i]))
        return [states[i] for i in order]

    def as_json(self) -> dict[str, Any]:
        """Scenario, settings and all tables as plain data."""
        return {
            "attributes": {name: _plain(value) for name, value in self.data.attrs.items()},
            "focal": [self.pair.base.inputs.states[i] for i in self.pair.focal],
            "tables": {
                name: [{key: _plain(value) for key, value in row.items()} for row in rows]
                for name, table in self.tables.items()
                for rows in [table.to_dict("records")]
            },
            "meaning": MEANING,
        }


def answer(pair: Pair, count: int = HISTORIES, seed: int | None = None) -> Answer:
    """Work out the answer to a counterfactual.

    Args:
        pair: The two simulations.
        count: Histories for each question and coupling, rounded down to whole draws.
        seed: Of the random numbers; the scenario's by default.
    """
    if count < 1:
        raise ValueError(f"histories: {count} given, at least 1 needed")
    seed = checked_seed(pair.changed.scenario.seed if seed is None else seed)
    wanted = max(1, count // A_DRAW)
    before = pair.sample(wanted, seed, all_of_it=False)
    sample = pair.sample(wanted, seed)
    draws = len(sample.base)
    count = max(1, count // draws) * draws
    ahead = Paired(*pair.both, before.base, before.changed, pair.branch, seed)
    along = Paired(*pair.both, sample.base, sample.changed, pair.branch, seed, pair.known)

    runs: Runs = {FORECAST: ahead.forecast(count)}
    if reacting.is_fitted():
        runs[BY_RULE] = forecast_by_rule(pair, before, count, seed)
    runs |= {given(name): along.replay(count, k) for k, name in enumerate(COUPLINGS)}
    data = _dataset(pair, runs, sample, count, seed)

    some = max(1, count // _LESS // draws) * draws
    channels = [
        *_channels(pair, FORECAST, runs, some, lambda held: ahead.forecast(some, held)[1]),
        *_channels(
            pair, given(MAIN), runs, some, lambda held: along.replay(some, ORDERED, held)[1]
        ),
    ]
    check, baseline = _guards(pair, data, sample)
    own = pair.changed.scenario.changes[len(pair.base.scenario.changes) :]
    tables = {
        "shares": _shares_table(pair, data),
        "moves": _moves_table(pair, runs, draws),
        "channels": pd.DataFrame(
            channels, columns=["question", "state", "month", "effect", *CHANNELS]
        ),
        "partings": _partings(pair, runs),
        "guards": check,
        "baseline": baseline,
        "changes": pd.DataFrame(
            [(c.name, c.reason, c.source or "") for c in own], columns=["name", "reason", "source"]
        ),
    }
    return Answer(pair, data, tables)


def contested(base: Scenario, changed: Scenario) -> frozenset[str]:
    """Ids of the rows in which two scenarios differ."""
    one = {event.id: event for event in base.events}
    other = {event.id: event for event in changed.events}
    return frozenset(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))


def forecast_by_rule(pair: Pair, sample: Sample, count: int, seed: int) -> tuple[Codes, Codes]:
    """The forecast with R10 and R11 in place of the script from the branch on.

    Requests, threats and offers follow the fitted rules in both simulations, with the same random
    numbers; only the rows that the counterfactual is about stay as the two scenarios have them.

    Returns:
        Statuses in both, [history, step from the branch on, state] each.
    """
    scenarios = pair.base.scenario, pair.changed.scenario
    keep, since = contested(*scenarios), pair.branch_day.astype(object)
    assert isinstance(since, date)
    paths = []
    for scenario, rows in zip(scenarios, (sample.base, sample.changed), strict=True):
        inputs, rules = reacting.inputs_and_reactions(
            reacting.by_rule(scenario), since, len(rows), seed, keep=keep
        )
        out = outputs(inputs, 0, "path", keep=count)
        walk_all(
            inputs, rows, count, partial(Outputs._make, out),
            known=pair.branch, seed=seed, reactions=rules,
        )  # fmt: skip
        paths.append(out.path[:, pair.branch - inputs.drivers.first :])
    return paths[0], paths[1]


def away(path: Codes) -> np.ndarray:
    """1 where a state is frozen or out, else 0."""
    return (path != MEMBER).astype(np.int8)


def _dataset(pair: Pair, runs: Runs, sample: Sample, count: int, seed: int) -> xr.Dataset:
    """Every number over the whole clock; before the branch it is the record's."""
    inputs, scenario = pair.base.inputs, pair.changed.scenario
    record = inputs.record[inputs.drivers.first :]
    known, draws = pair.branch - inputs.drivers.first, len(sample.base)
    T, N = record.shape
    wide = np.zeros((len(runs), 3, len(BANDS), T, N))
    wide[:, :2, :3, :known] = record[:known] != MEMBER
    share = np.zeros((len(runs), 2, T, N, len(Status)))
    share[:, :, :known] = record[:known, :, np.newaxis] == np.arange(len(Status))
    for q, (base, changed) in enumerate(runs.values()):
        was, now = away(base), away(changed)
        one = draws if len(base) > 1 else 1  # one documented history stands for all
        for k, result in enumerate(
            (estimate(was, one), estimate(now, draws), estimate(now - was, draws))
        ):
            wide[q, k, :, known:] = [result.mean, result.low, result.high, result.error]
        for k, path in enumerate((base, changed)):
            for status in Status:
                share[q, k, known:, :, status] = (path == status).mean(axis=0)
    ratio = variance_ratio(*(away(path)[:, -1] for path in runs[FORECAST]))
    return xr.Dataset(
        {
            "record": (("time", "state"), record),
            "frozen_or_out": (("question", "simulation", "band", "time", "state"), wide),
            "share": (
                ("question", "simulation", "time", "state", "status"),
                np.concatenate([share, share[:, 1:] - share[:, :1]], axis=1),
            ),
            "parameters": (("draw", "parameter"), sample.base),
            "parameters_changed": (("draw", "parameter"), sample.changed),
        },
        coords={
            "question": list(runs),
            "simulation": ["base", "changed", "difference"],
            "band": list(BANDS),
            "time": times(inputs.decided),
            "state": list(inputs.states),
            "name": ("state", [name_of(s, scenario.alliance.names) for s in inputs.states]),
            "status": [status.label for status in Status],
            "parameter": list(NAMES),
            "draw": np.arange(draws),
        },
        attrs={
            "scenario": scenario.name,
            "title": scenario.title,
            "question": scenario.question,
            "base": pair.base.scenario.name,
            "rewrite": scenario.rewrite,
            "branch": str(pair.branch_day),
            "known_steps": known,
            "histories": count,
            "draws": draws,
            "seed": seed,
            "calibration": _calibration(pair, sample),
            "parameters_from": sample.origin,
            "parameters_sha256": hashlib.sha256(sample.base.tobytes()).hexdigest(),
            "effective_draws": sample.effective or np.nan,
            "variance_ratio": ratio or np.nan,
            "version": __version__,
        },
    )


def _calibration(pair: Pair, sample: Sample) -> str:
    """What a reader calls the parameter draws."""
    choice = pair.changed.scenario.parameters.posterior
    if sample.origin == "prior":
        return "prior" if sample.effective is None else "prior, weighted by the record"
    return "predictive" if choice == "default" else choice


def _edges(pair: Pair) -> np.ndarray:
    """[T + 1] first days of the steps from the branch on, and the day after the last."""
    inputs = pair.base.inputs
    days = inputs.steps[pair.branch :].astype("datetime64[D]")
    return np.append(days, inputs.end.astype("datetime64[D]"))


def month(pair: Pair, step: int) -> str:
    """Last month of a step from the branch on."""
    return str(_edges(pair)[step + 1] - np.timedelta64(1, "D"))[:7]


def _shares_table(pair: Pair, data: xr.Dataset) -> pd.DataFrame:
    """By question and state, at the steps of documented changes and at the last."""
    inputs, known = pair.base.inputs, data.attrs["known_steps"]
    last = len(inputs.decided) - 1
    steps = sorted({c.step for c in changes(inputs) if c.step >= known} | {last})
    wide, share = data["frozen_or_out"].values, data["share"].values
    rows = [
        (
            question, state, str(data["name"].values[i]), month(pair, t - known),
            *share[q, 0, t, i, 1:], *share[q, 1, t, i, 1:], *wide[q, 2, :, t, i],
        )
        for q, question in enumerate(data["question"].values)
        for i, state in enumerate(inputs.states)
        for t in steps
    ]  # fmt: skip
    shares = [f"{side}_{status}" for side in ("base", "changed") for status in ("frozen", "out")]
    effect = ["effect", "effect_low", "effect_high", "effect_error"]
    return pd.DataFrame(rows, columns=["question", "state", "name", "month", *shares, *effect])


def _moves_table(pair: Pair, runs: Runs, draws: int) -> pd.DataFrame:
    """What the change does to each documented move, or to a status that stayed the same.

    `necessity_*`: given all that happened, probability that it does not happen with the change, up
    to the state's next documented move or the end; `delayed_*`: not by its documented time step.
    `base` and `changed`: shares of forecasts in which it happens; `sufficiency`: of the forecasts
    that lack it with the change, share that have it without; `*_frozen` and `*_out`: shares in
    which the first move of its kind (of a stay: any move) leads there.
    """
    start = pair.base.inputs.record[pair.branch - 1]
    names = pair.changed.scenario.alliance.names
    rows = []
    for move in moves(pair.base, pair.branch, pair.known, pair.focal):
        row: dict[str, Any] = {
            "state": pair.base.inputs.states[move.state],
            "name": name_of(pair.base.inputs.states[move.state], names),
            "kind": move.kind,
            "date": move.date,
            "until": month(pair, move.stop),
            "from": Status(move.before).label,
        }
        in_base, in_changed = (happened(move, path, start) for path in runs[FORECAST])
        lacking = int((~in_changed).sum())
        row |= {"base": float(in_base.mean()), "changed": float(in_changed.mean())}
        row |= {
            f"{side}_{name}": float((outcome(move, path, start) == status).mean())
            for side, path in zip(("base", "changed"), runs[FORECAST], strict=True)
            for name, status in _DEPARTURES.items()
        }
        effect = in_changed.astype(np.int8) - in_base.astype(np.int8)
        row |= _columns("effect", estimate(effect, draws))
        if BY_RULE in runs:
            base, changed = (happened(move, path, start).mean() for path in runs[BY_RULE])
            row["effect_by_rule"] = float(changed - base)
        row["both"] = float((in_base & ~in_changed).mean())
        row["sufficiency"] = (in_base & ~in_changed).sum() / lacking if lacking else np.nan
        for coupling in COUPLINGS:
            path = runs[given(coupling)][1]
            lacks = ~happened(move, path, start)
            row |= _columns(f"necessity_{coupling}", estimate(lacks.astype(np.int8), draws))
            row[f"delayed_{coupling}"] = float((~happened(move, path, start, move.step)).mean())
            ends = outcome(move, path, start)
            row |= {
                f"{name}_{coupling}": float((ends == status).mean())
                for name, status in _DEPARTURES.items()
            }
        rows.append(row)
    return pd.DataFrame(rows, columns=list(rows[0]) if rows else ["state", "name", "kind", "date"])


_DEPARTURES = {"frozen": Status.FROZEN, "out": Status.OUT}


def _columns(name: str, found: Estimate) -> dict[str, float]:
    return {
        name: float(found.mean), f"{name}_low": float(found.low),
        f"{name}_high": float(found.high), f"{name}_error": float(found.error),
    }  # fmt: skip


def _channels(
    pair: Pair, question: str, runs: Runs, some: int, held: Callable[[int], Codes]
) -> list[tuple[Any, ...]]:
    """Each state's largest difference, and what is lost of it where a channel is closed."""
    base, changed = runs[question]
    effect = (away(changed) - away(base)).mean(axis=0)
    if not effect.any():
        return []
    whole = away(changed[:some]).mean(axis=0)
    lost = [whole - away(held(flag)).mean(axis=0) for flag in CHANNELS.values()]
    return [
        (
            question,
            pair.base.inputs.states[i],
            month(pair, t),
            effect[t, i],
            *(x[t, i] for x in lost),
        )
        for i, t in enumerate(np.abs(effect).argmax(axis=0).tolist())
        if effect[t, i] != 0
    ]


def _partings(pair: Pair, runs: Runs) -> pd.DataFrame:
    """When the two simulations first differ: share of histories, and median month."""
    rows = []
    for question, paths in runs.items():
        result = parting(*paths)
        median = "" if result.median is None else str(_edges(pair)[result.median])[:7]
        rows.append((question, result.share, median))
    return pd.DataFrame(rows, columns=["question", "share", "median"])


def _guards(pair: Pair, data: xr.Dataset, sample: Sample) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Span of the evidence and disagreement of the couplings, in one row; and the baseline."""
    known = data.attrs["known_steps"]
    modal = np.argmax(
        data["share"].sel(question=given(MAIN), simulation="changed").values[known:], axis=-1
    )
    span = guards.span(
        pair, sample.base.mean(axis=0), sample.changed.mean(axis=0), modal.astype(np.int8)
    )
    wide = data["frozen_or_out"].sel(simulation="difference", band="mean")
    couplings = wide.sel(question=[given(name) for name in COUPLINGS]).values[:, -1]
    state, at = span.farthest or ("", "")
    row = {
        "altered": span.altered, "near": span.near, "in_hull": span.in_hull,
        "farthest_state": state, "farthest_month": at, "beyond": ", ".join(span.beyond),
        "coupling_disagreement": float(np.ptp(couplings, axis=0).max()),
    }  # fmt: skip
    result = guards.logistic_changes(pair)
    effect = wide.sel(question=FORECAST).values[known:].mean(axis=0)
    rows = [
        (pair.base.inputs.states[i], change, guards.agrees(float(effect[i]), change))
        for i in pair.focal
        for change in [np.nan if result is None else float(result[i])]
    ]
    baseline = pd.DataFrame(rows, columns=["state", "change_in_leavings", "agrees"])
    return pd.DataFrame([row]), baseline.astype({"agrees": object})


def _plain(value: Any) -> Any:
    """A value as JSON has it: numbers to five decimals, nothing where there is none."""
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, float):
        return round(value, 5) + 0.0 if np.isfinite(value) else None
    return value
