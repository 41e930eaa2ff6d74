"""A scenario against history: the scorecard.

Three senses that are never mixed: **on the eve** (given the record up to the tick before),
**free** (from the start with only the forcing scripted), **constrained** (what histories that
agree with the record say of latent alignments, and how surprising the record was).
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from scipy.special import logsumexp

from ..core.contributions import TERMS, terms
from ..core.inputs import Codes, Floats, Ints, Standing, World
from ..core.replay import Trace, scores, trace
from ..core.simulate import outputs, walk_all
from ..core.step import LATENT
from ..inference import record
from ..inference import scores as scoring
from ..inference.baselines import silence
from ..inference.draws import Draws, draws
from ..inference.free_run import FreeRun, against_record, free_run
from ..inference.holdout import fit_block, null_fit, predict
from ..inference.priors import default
from ..inference.recalibrate import recalibrate
from ..simulation import Case

LIVE = 200  # live points of the fits that hold a cluster out
REPLICATES = 300
_MOST_KEPT = 40_000_000  # histories times ticks times states: about 400 MB

Say = Callable[[str], None]


@dataclass(frozen=True)
class Eve:
    """What was expected of a documented change in the tick before it."""

    state: str
    date: str
    kind: str
    chance: float
    """That the state changes its standing in this tick."""
    chance_in_year: float
    """The same rate kept up for a year; at a renewal, the chance at the renewal."""
    rank: int
    of: int
    """Rank among the states of the same standing, and how many they are."""
    expected_years: float
    """Mean waiting time at this rate."""
    carried_by: list[tuple[str, float]]
    """Terms in which the state stood out most against its peers, in log-odds."""


@dataclass(frozen=True)
class Latent:
    """What the record says of the mover's mind on the eve of a change."""

    state: str
    date: str
    alignment: float
    alignment_range: tuple[float, float]
    """5 to 95 %"""
    alignment_of_peers: float | None
    """None where it had no peer."""
    reliability: float
    surprise_bits: float
    """-log2 of the chance of what it did."""


@dataclass(frozen=True)
class Scorecard:
    """The comparison; `as_json` gives all of it."""

    scenario: str
    held_out: bool
    """Chances and gains come from fits that have not seen the cluster in question."""
    parameters_from: str
    clusters: list[str]
    gain: list[float]
    """Log score less that of the window-aware null, per cluster, in nats."""
    gain_recalibrated: list[float] | None
    """The same after the alliance's base rates were learned (unfitted alliances only)."""
    eve: list[Eve]
    free: FreeRun
    free_null: FreeRun
    latent: list[Latent]
    replicate_p: float
    """Share of histories made by the rules that are as improbable as the record, or more."""
    auc: dict[str, scoring.Ranking | None]
    proper: dict[str, scoring.Proper]
    calibration: list[scoring.Bin]
    chances: Floats
    """[T, N, 3] the chances that were scored."""
    null: Floats
    """[T, N, 3] those of the null."""

    def as_json(self) -> dict[str, Any]:
        """Everything but the two big arrays, in plain types."""
        told = {
            key: value
            for key, value in asdict(replace(self, free=None, free_null=None)).items()  # type: ignore[arg-type]
            if key not in ("chances", "null", "free", "free_null")
        }
        told["proper"] = {
            name: {**asdict(score), "skill": score.skill} for name, score in self.proper.items()
        }
        told["free"], told["free_null"] = _free_json(self.free), _free_json(self.free_null)
        return told


def _free_json(free: FreeRun) -> dict[str, Any]:
    return {
        **{key: value for key, value in vars(free).items() if key != "changes"},
        "changes": [
            {
                "within_1_year": one.within_1_year,
                "within_2_years": one.within_2_years,
                "median": None if one.median is None else str(one.median),
                "ever": one.ever,
            }
            for one in free.changes
        ],
    }


def compare(
    case: Case,
    *,
    histories: int | None = None,
    seed: int | None = None,
    path: Codes | None = None,
    say: Say = lambda _: None,
) -> Scorecard:
    """Score a scenario against its record.

    Args:
        case: The scenario; its `standing` rows are the record, up to `known_until`.
        histories: Free histories (the scenario's number by default).
        seed: Of the random numbers.
        path: [history, T, N] free histories made before, to be judged in place of new ones.
        say: Told what is going on.

    Raises:
        ValueError: the record has no change to compare with.
    """
    case = case.documented
    world, seed = case.world, case.scenario.seed if seed is None else seed
    histories = case.scenario.histories if histories is None else histories
    most = _MOST_KEPT // max(1, world.record.size)
    if histories > most:
        raise ValueError(f"{histories:,} histories do not fit into memory; at most {most:,} do")
    groups = record.clusters(world)
    if not groups:
        raise ValueError(
            f"{case.scenario.path}: no documented change of standing within the clock; "
            "rows of kind `standing` say when a state left, froze or came back"
        )
    found = case.draws(seed)
    null_draws = draws("null", case.scenario.alliance.name, {}, seed)
    block = record.cluster_blocks(world)
    silent = silence(world)
    along = trace(world, found.values)
    recalibrated = None
    if found.seen or found.hyper is None:
        say("refitting without each cluster")
        fit = fit_block(world, default(), block, live=LIVE, seed=seed)
        null = null_fit(world, default(), block, live=LIVE, seed=seed)
        chances, gain = predict(fit, world, block, seed), fit.held_out(world, block)
        null_chances = predict(null, silent, block, seed)
        gain = gain - null.held_out(silent, block)
    else:
        say("scoring the posterior as it is")
        chances = along.chances.mean(axis=0)
        null_chances = trace(silent, null_draws.values).chances.mean(axis=0)
        gain = log_scores(world, found.values, block) - log_scores(silent, null_draws.values, block)
        assert null_draws.hyper is not None
        recalibrated = log_scores(
            world, recalibrate(world, found.values, found.hyper, seed), block
        ) - log_scores(
            silent, recalibrate(silent, null_draws.values, null_draws.hyper, seed), block
        )
    say("running free")
    free = against_record(world, path) if path is not None else free_run(
        world, found.values, histories, seed
    )  # fmt: skip
    return Scorecard(
        scenario=case.scenario.name,
        held_out=found.seen or found.hyper is None,
        parameters_from=found.origin,
        clusters=[record.label(group, world) for group in groups],
        gain=[float(value) for value in gain],
        gain_recalibrated=None if recalibrated is None else [float(v) for v in recalibrated],
        eve=on_the_eve(world, chances, found, along),
        free=free,
        free_null=free_run(silent, null_draws.values, histories, seed),
        latent=latent(world, along),
        replicate_p=replicate_p(world, found, seed),
        auc=scoring.rankings(world, chances),
        proper=scoring.proper_scores(world, chances, null_chances),
        calibration=scoring.calibration_curve(world, chances),
        chances=chances,
        null=null_chances,
    )


def log_scores(world: World, values: Floats, block: Ints) -> Floats:
    """Log of the mean likelihood of each block over draws (the log score of the mixture).

    Args:
        world: The compiled scenario with its record.
        values: [draw, parameter]
        block: [T, N] each decision's block, as `record.cluster_blocks` gives it.
    """
    return logsumexp(scores(world, values, block), axis=0) - np.log(len(values))


def on_the_eve(world: World, chances: Floats, found: Draws, along: Trace) -> list[Eve]:
    """Each documented change as it looked from the tick before."""
    before, _ = record.standings(world)
    minds = along.minds
    D = world.forcing.dependence[world.forcing.first - 1 :]
    rows = []
    for change in record.changes(world):
        t, i = change.tick, change.state
        move = float(1.0 - chances[t, i, change.before])
        rank, of = scoring.rank_of_mover(chances[t], before[t], i)
        peers = [int(j) for j in np.flatnonzero(before[t] == before[t, i])]
        own = terms(found.values, minds[:, t, i], D[t, i]).mean(axis=0)
        mean = np.mean(
            [terms(found.values, minds[:, t, j], D[t, j]).mean(axis=0) for j in peers], axis=0
        )
        stands_out = (own - mean) * (1.0 if change.after == Standing.MEMBER else -1.0)
        order = [int(k) for k in np.argsort(-stands_out) if stands_out[k] > 0.05][:3]
        rate = -np.log1p(-min(move, 1.0 - 1e-12)) / world.forcing.dt
        rows.append(
            Eve(
                world.states[i],
                str(change.date),
                change.kind,
                move,
                move if change.window else float(record.yearly(np.array(move), world.forcing.dt)),
                rank,
                of,
                float(1.0 / rate),
                [(TERMS[k], float(own[k] - mean[k])) for k in order],
            )
        )
    return rows


def latent(world: World, along: Trace) -> list[Latent]:
    """The mover's mind on the eve of each change, given the record."""
    before, _ = record.standings(world)
    rows = []
    for change in record.changes(world):
        t, i = change.tick, change.state
        a = along.minds[:, t, :, LATENT.index("a")]
        alpha, beta = (
            along.minds[:, t, i, LATENT.index("alpha")],
            along.minds[:, t, i, LATENT.index("beta")],
        )
        peers = [j for j in np.flatnonzero(before[t] == before[t, i]) if j != i]
        low, high = np.quantile(a[:, i], [0.05, 0.95])
        rows.append(
            Latent(
                world.states[i],
                str(change.date),
                float(a[:, i].mean()),
                (float(low), float(high)),
                float(a[:, peers].mean()) if peers else None,
                float((alpha / (alpha + beta)).mean()),
                float(-np.log2(along.chances[:, t, i, change.after].mean())),
            )
        )
    return rows


def replicate_p(world: World, found: Draws, seed: int) -> float:
    """Posterior predictive check: is the record more improbable than the rules' own histories?

    Each replicate and the record are scored under the same parameter draw (Gelman, Meng & Stern
    1996).
    """
    fold = np.where(record.at_risk(world), 0, -1)
    out = outputs(world, REPLICATES, "log_p", folds=1)
    walk_all(world, found.values, REPLICATES, lambda: out, known=0, seed=seed, fold=fold)
    of_record = scores(world, found.values, fold, 1)[:, 0]
    own = out.log_p[:, 0]
    return float(np.mean(own <= of_record[np.arange(REPLICATES) % len(of_record)]))
