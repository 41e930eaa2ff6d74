"""The fits behind the figures, cut into tasks that run side by side and resume.

A task is a function of a `Bench` and a number; its result is plain JSON. Results are kept one
file a task, so an interrupted calibration goes on where it stopped.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from ..core.inputs import Floats, Ints, World
from ..core.simulate import simulate
from ..scenario import Scenario, compile_world
from ..simulation import Case, load
from . import baselines as rivals
from . import placebos as placebo
from . import priors as priors
from . import record, signs
from . import scores as scoring
from .fit import Fit, fit
from .free_run import free_run
from .holdout import fit_block, held_out, held_out_with_signs, null_fit, predict
from .priors import NAMES, Prior

Result = dict[str, Any]


@dataclass(frozen=True)
class Bench:
    """What every task starts from."""

    scenario: str
    live: int
    """Live points of the fits that are reported one by one."""
    live_many: int
    """Live points of the fits that are repeated many times."""
    seed: int

    @cached_property
    def case(self) -> Case:
        """The scenario to fit."""
        return load(self.scenario)

    @cached_property
    def world(self) -> World:
        """It compiled."""
        return self.case.world

    @cached_property
    def prior(self) -> Prior:
        """Beliefs before the fit."""
        return priors.default()

    @cached_property
    def block(self) -> Ints:
        """Decisions split by event cluster."""
        return record.cluster_blocks(self.world)

    @cached_property
    def fit(self) -> Fit:
        """The fit of the rules to the whole record."""
        return fit_block(self.world, self.prior, self.block, live=self.live, seed=self.seed)

    @cached_property
    def null(self) -> Fit:
        """The fit of the window-aware constant."""
        return null_fit(self.world, self.prior, self.block, live=self.live, seed=self.seed)

    def score(self, world: World, prior: Prior | None = None, live: int | None = None) -> Floats:
        """Held-out log score of each cluster in another world or under another prior."""
        return held_out(
            world, prior or self.prior, self.block, live=live or self.live_many, seed=self.seed
        )

    def recompile(self, scenario: Scenario, lag: int = 0) -> World:
        """Compile a changed scenario."""
        return compile_world(scenario, lag=lag)


def _plain(values: Floats) -> list[float]:
    return [round(float(value), 4) for value in values]


def clusters(bench: Bench, _: int) -> Result:
    """Held-out score of each cluster, rules and null; chances on the eve; proper scores."""
    world, block = bench.world, bench.block
    silent = rivals.silence(world)
    chances = predict(bench.fit, world, block, bench.seed)
    null = predict(bench.null, silent, block, bench.seed)
    before, _after = record.standings(world)
    eve = []
    for change in record.changes(world):
        here = chances[change.tick, change.state]
        rank, of = scoring.rank_of_mover(chances[change.tick], before[change.tick], change.state)
        move = 1.0 - here[change.before]
        eve.append(
            {
                "state": world.states[change.state],
                "date": str(change.date),
                "kind": change.kind,
                "chance_in_tick": round(float(move), 4),
                "chance_of_this_kind": round(float(here[change.after]), 4),
                "chance_in_year": round(
                    float(move if change.window else record.yearly(move, world.forcing.dt)), 4
                ),
                "rank": rank,
                "of": of,
            }
        )
    windows = []
    for group in record.clusters(world):
        moved = np.array([c.state for c in group if c.window])
        if len(moved) > 1:
            members = before[group[0].tick] == scoring.MEMBER
            leave = 1.0 - chances[group[0].tick, members, scoring.MEMBER]
            place = np.searchsorted(np.flatnonzero(members), moved)
            windows.append(
                {
                    "cluster": record.label(group, world),
                    "set_likelihood": round(scoring.set_likelihood(leave, place), 4),
                    "null": round(scoring.set_likelihood(np.full(len(leave), 0.3), place), 4),
                }
            )
    ranks = {
        kind: None if found is None else {
            "auc": round(found.auc, 4), "p": round(found.p, 5), "moves": found.moves,
            "others": found.others,
        }
        for kind, found in scoring.rankings(world, chances).items()
    }  # fmt: skip
    return {
        "names": [record.label(group, world) for group in record.clusters(world)],
        "model": _plain(bench.fit.held_out(world, block)),
        "null": _plain(bench.null.held_out(silent, block)),
        "log_evidence": round(bench.fit.log_evidence, 3),
        "log_evidence_null": round(bench.null.log_evidence, 3),
        "calls": bench.fit.calls,
        "eve": eve,
        "windows": windows,
        "auc": ranks,
        "proper": {
            name: {"model": score.model, "null": score.null, "skill": round(score.skill, 4)}
            for name, score in scoring.proper_scores(world, chances, null).items()
        },
        "calibration_curve": [vars(point) for point in scoring.calibration_curve(world, chances)],
    }


def lagged(bench: Bench, lag: int) -> Result:
    """The same with every input `lag` ticks later."""
    world = bench.recompile(bench.case.scenario, lag)
    return {"model": _plain(bench.score(world, live=bench.live))}


def forward(bench: Bench, year: int) -> Result:
    """Fit to the decisions up to the end of a year, score those after it."""
    block = record.time_blocks(bench.world, np.datetime64(f"{year}-12-31"))
    silent = rivals.silence(bench.world)
    return {
        "model": round(float(bench.fit.held_out(bench.world, block)[1]), 4),
        "null": round(float(bench.null.held_out(silent, block)[1]), 4),
    }


def states(bench: Bench, _: int) -> Result:
    """Leave one state out."""
    block = record.state_blocks(bench.world)
    return {
        "states": list(bench.world.states),
        "model": _plain(bench.fit.held_out(bench.world, block)),
        "null": _plain(bench.null.held_out(rivals.silence(bench.world), block)),
    }


def graded(bench: Bench, number: int) -> Result:
    """Graded signs of alignment added to the likelihood: all of them, or one."""
    kinds = signs.KNOWN if number == 0 else (signs.KNOWN[number - 1],)
    seen = signs.read(bench.case.scenario, bench.world, kinds)
    mask = (bench.block >= 0).astype(np.int8)
    found = fit(bench.world, bench.prior, mask, live=bench.live_many, seed=bench.seed, signs=seen)
    return {
        "name": " and ".join(kinds),
        "rows": len(seen.value),
        "model": _plain(held_out_with_signs(bench.world, found, bench.block, seen)),
    }


def baseline(bench: Bench, number: int) -> Result:
    """A baseline, fitted and held out as the rules are."""
    rival = rivals.baselines(bench.prior, bench.world, bench.case.scenario.events)[number]
    return _rival(bench, rival)


def theory(bench: Bench, number: int) -> Result:
    """A theory alone, or the rules without one."""
    return _rival(bench, rivals.theories(bench.prior, bench.world)[number])


def _rival(bench: Bench, rival: rivals.Rival) -> Result:
    found = fit_block(rival.world, rival.prior, bench.block, live=bench.live, seed=bench.seed)
    return {
        "name": rival.name,
        "model": _plain(found.held_out(rival.world, bench.block)),
        "log_evidence": round(found.log_evidence, 3),
    }


def logistic(bench: Bench, _: int) -> Result:
    """Penalised logistic hazard on the same drivers."""
    from .logistic import held_out_logistic

    return {
        "name": "penalised logistic hazard",
        "model": _plain(held_out_logistic(bench.world, bench.block)),
    }


def swap(bench: Bench, number: int) -> Result:
    """Covariate histories permuted across states."""
    rng = np.random.default_rng([bench.seed, 1, number])
    n = len(bench.world.states)
    order = np.arange(n)
    while np.array_equal(order, np.arange(n)):
        order = rng.permutation(n)
    return {"total": _total(bench, placebo.swap_states(bench.world, order))}


def time_shift(bench: Bench, number: int) -> Result:
    """All drivers turned round the clock, at least two years either way."""
    rng = np.random.default_rng([bench.seed, 2, number])
    T = len(bench.world.ticks)
    least = round(2.0 / bench.world.forcing.dt)
    ticks = int(rng.integers(least, T - least))
    return {"total": _total(bench, placebo.shift_time(bench.world, ticks)), "ticks": ticks}


def noise(bench: Bench, number: int) -> Result:
    """Drivers replaced by red noise."""
    rng = np.random.default_rng([bench.seed, 3, number])
    return {"total": _total(bench, placebo.noise(bench.world, rng))}


def shuffled(bench: Bench, number: int) -> Result:
    """Contents shuffled among a state's rows, dates kept."""
    rng = np.random.default_rng([bench.seed, 4, number])
    changed = placebo.shuffle_contents(bench.case.scenario, rng)
    return {"total": _total(bench, bench.recompile(changed))}


def thinned(bench: Bench, number: int) -> Result:
    """Leavers' rows thinned to the stayers' density."""
    rng = np.random.default_rng([bench.seed, 5, number])
    leavers = {bench.world.states[change.state] for change in record.changes(bench.world)}
    changed = placebo.thin(bench.case.scenario, rng, leavers)
    return {"total": _total(bench, bench.recompile(changed))}


def jittered(bench: Bench, number: int) -> Result:
    """Every strength moved by -1, 0 or +1 code."""
    rng = np.random.default_rng([bench.seed, 6, number])
    changed = placebo.jitter(bench.case.scenario, rng)
    return {"total": _total(bench, bench.recompile(changed))}


def _total(bench: Bench, world: World) -> float:
    return round(float(bench.score(world).sum()), 4)


def confident(bench: Bench, _: int) -> Result:
    """Rows of low confidence dropped."""
    changed = placebo.confident(bench.case.scenario)
    return {"model": _plain(bench.score(bench.recompile(changed), live=bench.live))}


def second_coder(bench: Bench, _: int) -> Result:
    """The second coder's strengths in place of the settled ones."""
    changed = placebo.alternative(bench.case.scenario)
    return {"model": _plain(bench.score(bench.recompile(changed), live=bench.live))}


SWEEPS: tuple[tuple[str, float], ...] = (
    *(("slopes", factor) for factor in (0.5, 2.0)),
    *(("h_align", value) for value in (0.25, 0.5, 1.0, 2.0)),
    *(("h_threat", value) for value in (1.0, 2.0, 4.0)),
    *(("h_memory", value) for value in (2.5, 5.0, 10.0)),
    *(("omega", value) for value in (0.0, 0.1, 0.3)),
    *(("gamma", value) for value in (0.0, 0.5, 1.0)),
)


def swept(bench: Bench, number: int) -> Result:
    """The prior's scale halved or doubled, or a nuisance parameter held at a value."""
    name, value = SWEEPS[number]
    changed = bench.prior.rescale(value) if name == "slopes" else bench.prior.pin(**{name: value})
    return {"name": name, "value": value, "model": _plain(bench.score(bench.world, changed))}


def simulated(bench: Bench, number: int) -> Result:
    """Simulation-based calibration: draw from the prior, make a history, fit it, rank the truth.

    Talts et al. (2018). Ranks among 99 posterior draws.
    """
    truth = bench.prior.transform(bench.prior.cube(1, bench.seed, start=10_000 + number))
    made = simulate(bench.world, truth, 1, bench.seed + 77, start=number, keep=1)
    path = np.array(bench.world.record)
    path[bench.world.forcing.first :] = made.path[0]
    world = replace(bench.world, record=path)
    mask = (bench.block >= 0).astype(np.int8)
    found = fit(world, bench.prior, mask, live=bench.live_many, seed=bench.seed + number)
    draws = found.values[found.choose(99, bench.seed)]
    return {"rank": [int(np.sum(draws[:, k] < truth[0, k])) for k in range(len(NAMES))]}


def free(bench: Bench, _: int) -> Result:
    """Free-running histories from the posterior, and from the null."""
    silent = rivals.silence(bench.world)
    draws = bench.fit.values[bench.fit.choose(1000, bench.seed)]
    null = bench.null.values[bench.null.choose(1000, bench.seed)]
    return {
        "model": _free(bench, bench.world, draws),
        "null": _free(bench, silent, null),
    }


def _free(bench: Bench, world: World, draws: Floats) -> Result:
    found = free_run(world, draws, 4000, bench.seed)
    return {
        "right_standing": round(found.right_standing, 4),
        "no_stayer_leaves": round(found.no_stayer_leaves, 4),
        "false_leavers": round(found.false_leavers, 3),
        "leavers": found.leavers,
        "documented_leavers": found.documented_leavers,
        "spacing_years": found.spacing_years,
        "changes": [
            {
                "state": world.states[one.change.state],
                "date": str(one.change.date),
                "kind": one.change.kind,
                "within_1_year": round(one.within_1_year, 4),
                "within_2_years": round(one.within_2_years, 4),
                "median": None if one.median is None else str(one.median),
                "ever": round(one.ever, 4),
            }
            for one in found.changes
        ],
    }


def prior_predictive(bench: Bench, _: int) -> Result:
    """What the prior alone expects of the record's forcing, before any standing is seen."""
    world = bench.world
    draws = bench.prior.transform(bench.prior.cube(2000, bench.seed))
    path = simulate(world, draws, 2000, bench.seed, keep=2000).path
    start = np.broadcast_to(world.initial, (len(path), 1, len(world.states)))
    before = np.concatenate([start, path[:, :-1]], axis=1)
    window = world.forcing.renewal[world.forcing.first :] == 1
    member = before == scoring.MEMBER
    left, back = member & (path != scoring.MEMBER), ~member & (path == scoring.MEMBER)
    dt = world.forcing.dt
    years = np.maximum(member[:, ~window].sum(axis=(1, 2)) * dt, dt)
    asked = np.maximum(member[:, window].sum(axis=(1, 2)), 1)
    away = np.maximum((~member).sum(axis=(1, 2)) * dt, dt)
    return {
        "acts_of_leaving_per_member_year": _spread(left[:, ~window].sum(axis=(1, 2)) / years),
        "share_refusing_at_a_renewal": _spread(left[:, window].sum(axis=(1, 2)) / asked),
        "returns_per_year_away": _spread(back.sum(axis=(1, 2)) / away),
        "states_that_ever_leave": _spread(left.any(axis=1).sum(axis=1).astype(float)),
    }


def _spread(values: Floats) -> Result:
    low, middle, high = (round(float(q), 4) for q in np.quantile(values, [0.05, 0.5, 0.95]))
    return {"median": middle, "low": low, "high": high}


def contraction(bench: Bench, _: int) -> Result:
    """How much narrower than the prior each posterior is, and where it lies."""
    before = bench.prior.transform(bench.prior.cube(4000, bench.seed))
    after = bench.fit.values[bench.fit.choose(4000, bench.seed)]
    rows = {}
    for k, name in enumerate(NAMES):
        spread = float(before[:, k].std())
        rows[name] = {
            "prior_mean": round(float(before[:, k].mean()), 3),
            "mean": round(float(after[:, k].mean()), 3),
            "low": round(float(np.quantile(after[:, k], 0.05)), 3),
            "high": round(float(np.quantile(after[:, k], 0.95)), 3),
            "contraction": round(1.0 - float(after[:, k].var()) / spread**2, 3) if spread else None,
        }
    return rows


Task = Callable[[Bench, int], Result]

SINGLE: tuple[Task, ...] = (
    clusters, prior_predictive, states, logistic, confident, second_coder, free, contraction,
)  # fmt: skip
