"""A scenario against its record: the scorecard.

Three questions that are never mixed: **one step ahead** (given the record up to the time step
before), **free-running** (from the start, with only the inputs scripted), and **conditional on the
record** (what the record says of alignments, and how surprising it is).
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..core.contributions import TERMS, terms
from ..core.elementary import log_sum_exp
from ..core.inputs import Codes, Floats, Inputs, Ints, Status
from ..core.randomness import checked_seed
from ..core.replay import scores, trace
from ..core.simulate import outputs, walk_all
from ..core.step import LATENT
from ..inference import held_out, record
from ..inference import scores as scoring
from ..inference.baselines import without_drivers
from ..inference.draws import Draws, draws
from ..inference.fit import SOME_DRAWS
from ..inference.free_run import FreeRun, against_record, free_run
from ..inference.held_out import HeldOut
from ..inference.prediction import Prediction, predict
from ..inference.priors import default
from ..inference.recalibrate import recalibrate
from ..simulation import Simulation

FIT_DRAWS = SOME_DRAWS
"""Of the fits to a record that no calibration is kept of: held-out scores to about 0.1 nats."""
REPLICATES = 300
_MOST_KEPT = 40_000_000  # histories times time steps times states: about 400 MB
_AT_ONCE = 25_000_000  # numbers of a trace that is in memory: about 200 MB

Say = Callable[[str], None]


@dataclass(frozen=True)
class Ahead:
    """What was expected of a documented change, one step ahead."""

    state: str
    date: str
    kind: str
    probability: float
    """That the state changes its status in this time step."""
    in_a_year: float
    """That it does within a year at this step's rates; at a renewal, that it does then."""
    rank: float
    """Among the states of the same status, 1 the likeliest; states that tie share the middle."""
    of: int
    tied: int
    """How many of them tie with it."""
    stood_out_by: list[tuple[str, float]]
    """Terms in which the state stood out most against its peers, in log-odds."""


@dataclass(frozen=True)
class Latent:
    """What the record says of the state that moved, just before."""

    state: str
    date: str
    alignment: float
    alignment_range: tuple[float, float]
    """5 to 95 %"""
    alignment_of_peers: float | None
    """None where it had no peer."""
    reliability: float
    surprise_bits: float
    """-log2 of the probability of what it did."""


@dataclass(frozen=True)
class Scorecard:
    """The comparison; `as_json` gives all of it."""

    scenario: str
    held_out: bool
    """Probabilities and gains come from fits that have not seen the cluster in question."""
    parameters_from: str
    clusters: list[str]
    gain: list[float]
    """Log score less that of the window-aware baseline, per cluster, in nats."""
    gain_recalibrated: list[float] | None
    """The same after the alliance's base rates were learned (unfitted alliances only)."""
    ahead: list[Ahead]
    free: FreeRun
    free_baseline: FreeRun
    latent: list[Latent]
    replicate_p: float
    """Share of histories made by the rules that are as improbable as the record, or more."""
    sets: dict[str, dict[str, float]]
    """Where several states left in one time step: the probability of just that set, given how many
    left, by the rules and by luck."""
    auc: dict[str, scoring.Ranking | None]
    proper: dict[str, scoring.Proper]
    calibration: list[scoring.Bin]
    rules: Prediction
    baseline: Prediction

    def leavings(self) -> dict[str, float]:
        """How many leavings were by the states ranked likeliest, and how many luck would give.

        Where k states leave in one time step, the k likeliest count. A state that ties with another
        counts if its middle rank is high enough; one without a peer does not count.
        """
        ranked = [row for row in self.ahead if row.kind != "return" and row.of > 1]
        together = [
            min(row.of, sum(one.date == row.date and one.kind != "return" for one in self.ahead))
            for row in ranked
        ]
        hits = sum(row.rank <= k for row, k in zip(ranked, together, strict=True))
        luck = sum(k / row.of for row, k in zip(ranked, together, strict=True))
        every = sum(row.kind != "return" for row in self.ahead)
        return {
            "likeliest": hits,
            "of": len(ranked),
            "by_luck": luck,
            "tied": sum(row.tied > 0 for row in ranked),
            "without_peer": every - len(ranked),
        }

    def as_json(self) -> dict[str, Any]:
        """Everything but the predictions of every decision, in plain types."""
        apart = {"free": None, "free_baseline": None, "rules": None, "baseline": None}
        told = asdict(replace(self, **apart))  # type: ignore[arg-type]
        del told["rules"], told["baseline"]
        told["proper"] = {
            name: {**asdict(score), "skill": score.skill} for name, score in self.proper.items()
        }
        told["free"], told["free_baseline"] = _free_json(self.free), _free_json(self.free_baseline)
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
    sim: Simulation,
    *,
    histories: int | None = None,
    seed: int | None = None,
    path: Codes | None = None,
    posterior: Path | None = None,
    null: Path | None = None,
    say: Say = lambda _: None,
) -> Scorecard:
    """Score a scenario against its record.

    What one step ahead needs is read from the calibration beside the posterior, where that was made
    from this very record. For any other record that the posterior has seen, or for a prior, the
    rules are fitted to it. An alliance that the posterior has not seen is predicted as it is.

    Args:
        sim: The scenario; its `status` rows are the record.
        histories: Free-running histories (the scenario's number by default).
        seed: Of the random numbers.
        path: [history, T, N] free-running histories made before, judged in place of new ones.
        posterior: A posterior file to use in place of the scenario's.
        null: A file with draws of the baseline in place of the shipped one.
        say: Told what is going on.

    Raises:
        ValueError: the record has no change to compare with, or the scenario's histories follow it.
    """
    if (known := sim.scenario.clock.known_until) is not None:
        raise ValueError(
            f"{sim.scenario.name}: its histories follow the record up to {known} and go on where "
            "it ends: nothing of its own to compare; allowed: a scenario without known_until"
        )
    inputs, seed = sim.inputs, checked_seed(sim.scenario.seed if seed is None else seed)
    histories = sim.scenario.histories if histories is None else histories
    most = _MOST_KEPT // max(1, inputs.record.size)
    if histories > most:
        raise ValueError(f"{histories:,} histories do not fit into memory; at most {most:,} do")
    groups = record.clusters(inputs)
    if not groups:
        raise ValueError(
            f"{sim.scenario.path}: no documented change of status within the clock; "
            "rows of kind `status` say when a state left, froze or came back"
        )
    settings, alliance = sim.scenario.parameters, sim.scenario.alliance.name
    result = draws(str(posterior or settings.posterior), alliance, settings.fixed, seed)
    baseline_draws = draws(str(null or "null"), alliance, {}, seed)
    silent = without_drivers(inputs)
    before_it = eve(inputs, result.values)
    seen = result.seen or result.hyper is None
    recalibrated = None
    if seen:
        kept = _held_out(inputs, result, seed, say)
        rules, baseline, gain, fold = kept.rules, kept.baseline, kept.gain, kept.fold
    else:
        rules, baseline = predict(inputs, result.values), predict(silent, baseline_draws.values)
        blocks = record.cluster_blocks(inputs)
        gain = log_scores(inputs, result.values, blocks)
        gain = gain - log_scores(silent, baseline_draws.values, blocks)
        assert result.hyper is not None
        assert baseline_draws.hyper is not None
        recalibrated = log_scores(
            inputs, recalibrate(inputs, result.values, result.hyper, seed), blocks
        ) - log_scores(
            silent, recalibrate(silent, baseline_draws.values, baseline_draws.hyper, seed), blocks
        )
        fold = np.minimum(blocks, 0)  # one set of parameters for all
    free = against_record(inputs, path) if path is not None else free_run(
        inputs, result.values, histories, seed
    )  # fmt: skip
    return Scorecard(
        scenario=sim.scenario.name,
        held_out=seen,
        parameters_from=result.origin,
        clusters=[record.label(group, inputs) for group in groups],
        gain=[float(value) for value in gain],
        gain_recalibrated=None if recalibrated is None else [float(v) for v in recalibrated],
        ahead=one_step_ahead(inputs, rules, before_it),
        free=free,
        free_baseline=free_run(silent, baseline_draws.values, histories, seed),
        latent=latent(inputs, before_it),
        replicate_p=replicate_p(inputs, result, seed),
        sets=_sets(inputs, rules.probability),
        auc=scoring.rankings(inputs, rules.probability, fold),
        proper=scoring.proper_scores(inputs, rules.probability, baseline.probability),
        calibration=scoring.calibration_curve(inputs, rules.probability),
        rules=rules,
        baseline=baseline,
    )


def _sets(inputs: Inputs, probability: Floats) -> dict[str, dict[str, float]]:
    """Probability of each set of states that left in one time step, given how many left."""
    before, _ = record.statuses(inputs)
    risk = record.at_risk(inputs)
    result = {}
    by_step: dict[int, list[int]] = {}
    for change in record.changes(inputs):
        if change.before == Status.MEMBER:
            by_step.setdefault(change.step, []).append(change.state)
    for t, moved in by_step.items():
        if len(moved) > 1:
            members = np.flatnonzero((before[t] == scoring.MEMBER) & risk[t])
            leave = 1.0 - probability[t, members, scoring.MEMBER]
            place = np.searchsorted(members, moved)
            name = f"{str(inputs.decided[t])[:4]} " + " ".join(inputs.states[i] for i in moved)
            luck = scoring.set_likelihood(np.full(len(members), 0.5), place)
            result[name] = {"rules": scoring.set_likelihood(leave, place), "luck": luck}
    return result


def _held_out(inputs: Inputs, found: Draws, seed: int, say: Say) -> HeldOut:
    kept = None if found.path is None else held_out.read(found.path, inputs)
    if kept is not None:
        return kept
    say("fitting the rules to this record")
    believed, fold = default(), record.cluster_blocks(inputs)
    how = {"draws": FIT_DRAWS, "seed": seed}
    return held_out.hold_out(
        held_out.fit_rules(inputs, believed, fold, **how),
        held_out.fit_baseline(inputs, believed, fold, **how),
        seed,
    )


def log_scores(inputs: Inputs, values: Floats, block: Ints) -> Floats:
    """Log of the mean likelihood of each block over draws (the log score of the mixture).

    Args:
        inputs: The compiled scenario with its record.
        values: [draw, parameter]
        block: [T, N] each decision's block, as `record.cluster_blocks` gives it.
    """
    each = np.ascontiguousarray(scores(inputs, values, block).T)
    return np.array([log_sum_exp(one) for one in each]) - np.log(len(values))


class Eve(NamedTuple):
    """What the rules say of the documented changes, given the record up to the step before."""

    terms: dict[int, Floats]
    """[N, term] by the time step of a change: each state's, mean over draws."""
    own: Floats
    """[draw, change, 3] of the state that moved: alignment, reliability, probability."""
    others: dict[int, Floats]
    """[N] by the time step of a change: each state's alignment, mean over draws."""


def eve(inputs: Inputs, values: Floats) -> Eve:
    """The step before every documented change, a few draws at a time.

    Args:
        inputs: The compiled scenario with its record.
        values: Parameter draws, [draw, parameter].
    """
    changes = record.changes(inputs)
    N, draws = len(inputs.states), len(values)
    D = inputs.drivers.dependence[inputs.drivers.first - 1 :]
    by_step = {change.step: np.zeros((N, len(TERMS))) for change in changes}
    aligned = {change.step: np.zeros(N) for change in changes}
    own = np.empty((draws, len(changes), 3))
    size = max(1, _AT_ONCE // (inputs.record.size * (len(LATENT) + 3)))
    a, alpha, beta = (LATENT.index(name) for name in ("a", "alpha", "beta"))
    for start in range(0, draws, size):
        part = values[start : start + size]
        along = trace(inputs, part)
        each = np.repeat(part, N, axis=0)
        for t in by_step:
            latent = along.latent[:, t]
            told = terms(each, latent.reshape(-1, len(LATENT)), np.tile(D[t], len(part)))
            by_step[t] += told.reshape(len(part), N, -1).sum(axis=0)
            aligned[t] += latent[..., a].sum(axis=0)
        for k, change in enumerate(changes):
            m = along.latent[:, change.step, change.state]
            said = along.probabilities[:, change.step, change.state, change.after]
            reliability = m[:, alpha] / (m[:, alpha] + m[:, beta])
            own[start : start + size, k] = np.stack([m[:, a], reliability, said], axis=-1)
    mean = {t: total / draws for t, total in by_step.items()}
    return Eve(mean, own, {t: total / draws for t, total in aligned.items()})


def one_step_ahead(inputs: Inputs, rules: Prediction, before_it: Eve) -> list[Ahead]:
    """Each documented change as it looked from the time step before."""
    before, _ = record.statuses(inputs)
    risk = record.at_risk(inputs)
    rows = []
    for change in record.changes(inputs):
        t, i = change.step, change.state
        place = scoring.rank_of_mover(rules.probability[t], before[t], risk[t], i)
        peers = np.flatnonzero((before[t] == before[t, i]) & risk[t])
        own, mean = before_it.terms[t][i], before_it.terms[t][peers].mean(axis=0)
        stands_out = (own - mean) * (1.0 if change.after == Status.MEMBER else -1.0)
        order = [int(k) for k in np.argsort(-stands_out) if stands_out[k] > 0.05][:3]
        rows.append(
            Ahead(
                inputs.states[i],
                str(change.date),
                change.kind,
                float(1.0 - rules.probability[t, i, change.before]),
                float(rules.in_a_year[t, i]),
                place.rank,
                place.of,
                place.tied,
                [(TERMS[k], float(own[k] - mean[k])) for k in order],
            )
        )
    return rows


def latent(inputs: Inputs, before_it: Eve) -> list[Latent]:
    """The latent state of each mover just before its change, given the record."""
    before, _ = record.statuses(inputs)
    risk = record.at_risk(inputs)
    rows = []
    for change, own in zip(record.changes(inputs), before_it.own.swapaxes(0, 1), strict=True):
        t, i = change.step, change.state
        peers = [j for j in np.flatnonzero((before[t] == before[t, i]) & risk[t]) if j != i]
        alignment, reliability, probability = own.T
        low, high = np.quantile(alignment, [0.05, 0.95])
        rows.append(
            Latent(
                inputs.states[i],
                str(change.date),
                float(alignment.mean()),
                (float(low), float(high)),
                float(before_it.others[t][peers].mean()) if peers else None,
                float(reliability.mean()),
                float(-np.log2(probability.mean())),
            )
        )
    return rows


def replicate_p(inputs: Inputs, found: Draws, seed: int) -> float:
    """Posterior predictive check: is the record more improbable than the rules' own histories?

    Each replicate and the record are scored under the same parameter draw (Gelman, Meng & Stern
    1996).
    """
    fold = np.where(record.at_risk(inputs), 0, -1)
    out = outputs(inputs, REPLICATES, "log_p", folds=1)
    walk_all(inputs, found.values, REPLICATES, lambda: out, known=0, seed=seed, fold=fold)
    documented = scores(inputs, found.values, fold, 1)[:, 0]
    own = out.log_p[:, 0]
    return float(np.mean(own <= documented[np.arange(REPLICATES) % len(documented)]))
