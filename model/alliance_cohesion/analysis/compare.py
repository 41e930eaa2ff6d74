"""A scenario against its record: three questions that are never mixed.

**One step ahead** (given the record up to the time step before), **free-running** (from the start,
with only the inputs scripted), and **conditional on the record** (what the record says of
alignments, and how surprising it is).
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from .. import __version__
from ..core.contributions import TERMS, terms
from ..core.elementary import log_sum_exp
from ..core.inputs import Floats, Inputs, Ints, Status, times
from ..core.randomness import checked_seed
from ..core.replay import scores, trace
from ..core.simulate import outputs, walk_all
from ..core.step import LATENT
from ..inference import held_out, record
from ..inference import scores as scoring
from ..inference.baselines import without_drivers
from ..inference.draws import Draws, draws
from ..inference.fit import SOME_DRAWS
from ..inference.free_run import FreeRun, free_run
from ..inference.held_out import HeldOut
from ..inference.prediction import Prediction, predict
from ..inference.priors import default
from ..inference.recalibrate import recalibrate
from ..result import HELD_OUT, IN_SAMPLE, NOT_CALIBRATED, STATUSES, UNKNOWN
from ..simulation import Simulation
from ..util.compiled import say_if_compiling

if TYPE_CHECKING:
    import xarray as xr

FIT_DRAWS = SOME_DRAWS
"""Of the fits to a record that no calibration is kept of: held-out scores to about 0.1 nats."""
REPLICATES = 300
_MOST_KEPT = 40_000_000  # histories times time steps times states: about 400 MB
_AT_ONCE = 25_000_000  # numbers of a trace that is in memory: about 200 MB
_LEAST, _MOST_TERMS = 0.05, 3  # log-odds by which a state stands out, and terms that are named

Say = Callable[[str], None]


@dataclass(frozen=True)
class Comparison:
    """How a scenario fares against its record: tables by name, and a dataset over time.

    Columns that begin with `baseline` are by the window-aware baseline, which knows the base rates
    and when terms end. Sample says of which numbers the parameters had seen what they predict.
    """

    simulation: Simulation = field(repr=False)
    draws: Draws = field(repr=False)
    """The parameters of the free-running and the conditional numbers."""
    seed: int
    histories: int
    """Free-running."""
    held_out: bool
    """One step ahead and scores are by fits to this record without the cluster in question; else
    by `draws`, which have not seen this alliance."""
    fitted_anew: bool
    """Those fits were made now; else they were read from the calibration."""
    episodes: pd.DataFrame
    """One row for each documented change: state, name, event (left, froze, returned), date (as
    exact as the record has it, to the month), step (first day of its time step), kind (exit,
    freeze, return).

    One step ahead: probability (that the state changes its status in this step), risk (within a
    year at this step's rates; at a renewal: at it), base_rate (the same by the baseline), rank
    (among the states of the same status, 1 the likeliest; ties share the middle), of, tied.

    Free-running, each for the baseline too: within_one_year and within_two_years (share of
    histories in which the state makes this change so near to it), ever, median (first day of the
    median time step; missing where under half of the histories have it).

    Conditional: alignment just before it (mean, q05, q95 over the draws), alignment_of_peers
    (missing without peers), reliability, surprise in bits."""
    terms: pd.DataFrame
    """episode (row of `episodes`), term, difference: the terms of the utility of membership in
    which the state stood out most against its peers, in log-odds, along the record."""
    clusters: pd.DataFrame
    """cluster, gain (log score less the baseline's, nats), gain_recalibrated (after both have
    learned the alliance's base rates; missing if the parameters have seen it)."""
    proper: pd.DataFrame
    """score, rules, baseline, skill (one less their ratio)."""
    auc: pd.DataFrame
    """kind of change, auc with 95 % interval (low, high), p, moves, others; missing where none or
    all moved."""
    reliability: pd.DataFrame
    """Members' decisions in groups of like probability: predicted, observed, decisions, moves."""
    sets: pd.DataFrame
    """Where several states left in one time step: probability of just that set, given how many
    left, by the rules and by luck."""
    free_runs: pd.DataFrame
    """measure, rules, baseline: right_status (share of states and time steps), no_stayer_leaves
    (share of histories), false_leavers (mean), spacing_years (median time between leavings)."""
    leavers: pd.DataFrame
    """states, rules, baseline: share of histories in which so many states ever leave."""
    documented_leavers: int
    replicate_p: float
    """Share of histories made by the rules that are as improbable as the record, or more."""
    dataset: "xr.Dataset" = field(repr=False)
    """By time step and state: probability [time, state, status] and risk one step ahead, both for
    the baseline too, and the documented statuses at the start and at the end of the step."""

    @property
    def sample(self) -> str:
        """Of the free-running and conditional numbers: `in sample`, `held out`, `not calibrated`.

        In sample: the parameters were fitted to this alliance's record, perhaps coded otherwise.
        """
        if self.draws.origin == "prior":
            return NOT_CALIBRATED
        return IN_SAMPLE if self.draws.seen else HELD_OUT

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by name."""
        return {
            name: value for name, value in vars(self).items() if isinstance(value, pd.DataFrame)
        }

    def stood_out(self, episode: int) -> list[tuple[str, float]]:
        """The terms in which a state stood out, the strongest first."""
        own = self.terms[self.terms["episode"] == episode]
        return list(zip(own["term"], own["difference"], strict=True))

    def leavings(self) -> dict[str, float]:
        """How many leavings were by the states ranked likeliest, and how many luck would give.

        Where k states leave in one time step, the k likeliest count. A state that ties with another
        counts if its middle rank is high enough; one without a peer does not count.
        """
        return leavings(self.episodes)

    def as_json(self) -> dict[str, Any]:
        """Everything but the predictions of every decision, in plain types."""
        episodes = _rows(self.episodes.rename(columns={"step": "first_day"}))
        measures = self.free_runs.set_index("measure")
        ahead, latent = [], []
        for k, row in enumerate(episodes):
            where = {"state": row["state"], "date": row["first_day"]}
            ahead.append({
                **where, "kind": row["kind"], "probability": row["probability"],
                "in_a_year": row["risk"], "rank": row["rank"], "of": row["of"],
                "tied": row["tied"], "stood_out_by": [list(one) for one in self.stood_out(k)],
            })  # fmt: skip
            latent.append({
                **where, "alignment": row["alignment"],
                "alignment_range": [row["alignment_q05"], row["alignment_q95"]],
                "alignment_of_peers": row["alignment_of_peers"],
                "reliability": row["reliability"], "surprise_bits": row["surprise"],
            })  # fmt: skip

        def free(column: str, prefix: str) -> dict[str, Any]:
            return {
                "histories": self.histories,
                "changes": [
                    {
                        "within_1_year": row[f"{prefix}within_one_year"],
                        "within_2_years": row[f"{prefix}within_two_years"],
                        "median": row[f"{prefix}median"],
                        "ever": row[f"{prefix}ever"],
                    }
                    for row in episodes
                ],
                **{name: _plain(value) for name, value in measures[column].items()},
                "leavers": self.leavers[column].tolist(),
                "documented_leavers": self.documented_leavers,
            }

        def by(frame: pd.DataFrame) -> dict[str, Any]:
            rows = [[*row.values()] for row in _rows(frame)]
            heads = list(frame.columns[1:])
            return {
                row[0]: None if row[1] is None else dict(zip(heads, row[1:], strict=True))
                for row in rows
            }

        recalibrated = self.clusters["gain_recalibrated"]
        return {
            "scenario": self.simulation.scenario.name,
            "held_out": self.held_out,
            "parameters_from": self.draws.origin,
            "clusters": self.clusters["cluster"].tolist(),
            "gain": self.clusters["gain"].tolist(),
            "gain_recalibrated": None if recalibrated.isna().any() else recalibrated.tolist(),
            "ahead": ahead,
            "free": free("rules", ""),
            "free_baseline": free("baseline", "baseline_"),
            "latent": latent,
            "replicate_p": self.replicate_p,
            "sets": by(self.sets),
            "auc": by(self.auc),
            "proper": by(self.proper),
            "calibration": _rows(self.reliability),
        }


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as a list of rows; None where a value is missing."""
    return table.astype(object).where(table.notna(), None).to_dict("records")


def _plain(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def leavings(episodes: pd.DataFrame) -> dict[str, float]:
    """See `Comparison.leavings`: columns step, kind, rank, of, tied."""
    out = episodes[episodes["kind"] != "return"]
    ranked = out[out["of"] > 1]
    together = np.minimum(ranked["of"], out.groupby("step")["kind"].transform("size")[ranked.index])
    return {
        "likeliest": int((ranked["rank"] <= together).sum()),
        "of": len(ranked),
        "by_luck": float((together / ranked["of"]).sum()),
        "tied": int((ranked["tied"] > 0).sum()),
        "without_peer": len(out) - len(ranked),
    }


def compare(
    sim: Simulation,
    *,
    histories: int | None = None,
    seed: int | None = None,
    posterior: Path | None = None,
    null: Path | None = None,
    say: Say = lambda _: None,
) -> Comparison:
    """Score a scenario against its record.

    What one step ahead needs is read from the calibration beside the posterior, where that was made
    from this very record. For any other record that the posterior has seen, or for a prior, the
    rules are fitted to it. An alliance that the posterior has not seen is predicted as it is.

    Args:
        sim: The scenario; its `status` rows are the record.
        histories: Free-running histories (the scenario's number by default).
        seed: Of the random numbers.
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
    if histories > (most := most_histories(inputs)):
        raise ValueError(f"{histories:,} histories do not fit into memory; at most {most:,} do")
    groups = record.clusters(inputs)
    if not groups:
        raise ValueError(
            f"{sim.scenario.path}: no documented change of status within the clock; "
            "rows of kind `status` say when a state left, froze or came back"
        )
    say_if_compiling()
    settings, alliance = sim.scenario.parameters, sim.scenario.alliance.name
    result = draws(str(posterior or settings.posterior), alliance, settings.fixed, seed)
    baseline_draws = draws(str(null or "null"), alliance, {}, seed)
    silent = without_drivers(inputs)
    seen = result.seen or result.hyper is None
    recalibrated, kept = None, None
    if seen:
        kept = None if result.path is None else held_out.read(result.path, inputs)
        found = kept or _held_out(inputs, seed, say)
        rules, baseline, gain, fold = found.rules, found.baseline, found.gain, found.fold
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
    free = free_run(inputs, result.values, histories, seed)
    free_baseline = free_run(silent, baseline_draws.values, histories, seed)
    before_it = eve(inputs, result.values)
    rankings = scoring.rankings(inputs, rules.probability, fold)
    empty = dict.fromkeys(scoring.Ranking.__annotations__)
    proper = scoring.proper_scores(inputs, rules.probability, baseline.probability)
    return Comparison(
        simulation=sim,
        draws=result,
        seed=seed,
        histories=histories,
        held_out=seen,
        fitted_anew=seen and kept is None,
        episodes=_episodes(sim, rules, baseline, free, free_baseline, before_it),
        terms=_terms(inputs, before_it),
        clusters=pd.DataFrame({
            "cluster": [record.label(group, inputs) for group in groups],
            "gain": gain,
            "gain_recalibrated": np.full(len(groups), np.nan)
            if recalibrated is None else recalibrated,
        }),
        proper=pd.DataFrame(
            [{"score": name, **asdict(one), "skill": one.skill} for name, one in proper.items()]
        ),
        auc=pd.DataFrame([
            {"kind": kind, **(empty if one is None else asdict(one))}
            for kind, one in rankings.items()
        ]).astype({"moves": "Int64", "others": "Int64"}),
        reliability=pd.DataFrame(
            map(asdict, scoring.calibration_curve(inputs, rules.probability))
        ),
        sets=_sets(inputs, rules.probability),
        free_runs=pd.DataFrame(
            [
                [name, getattr(free, name), getattr(free_baseline, name)]
                for name in ("right_status", "no_stayer_leaves", "false_leavers", "spacing_years")
            ],
            columns=["measure", "rules", "baseline"],
        ),
        leavers=pd.DataFrame({
            "states": range(len(free.leavers)),
            "rules": free.leavers,
            "baseline": free_baseline.leavers,
        }),
        documented_leavers=free.documented_leavers,
        replicate_p=replicate_p(inputs, result, seed),
        dataset=_dataset(sim, rules, baseline, result, seed, histories),
    )  # fmt: skip


def most_histories(inputs: Inputs) -> int:
    """How many free-running histories fit into memory."""
    return _MOST_KEPT // max(1, inputs.record.size)


def _sets(inputs: Inputs, probability: Floats) -> pd.DataFrame:
    """Probability of each set of states that left in one time step, given how many left."""
    before, _ = record.statuses(inputs)
    risk = record.at_risk(inputs)
    rows = []
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
            rows.append([name, scoring.set_likelihood(leave, place), luck])
    return pd.DataFrame(rows, columns=["set", "rules", "luck"])


def _held_out(inputs: Inputs, seed: int, say: Say) -> HeldOut:
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


def _episodes(
    sim: Simulation,
    rules: Prediction,
    baseline: Prediction,
    free: FreeRun,
    free_baseline: FreeRun,
    before_it: Eve,
) -> pd.DataFrame:
    """What each question says of each documented change."""
    inputs = sim.inputs
    before, _ = record.statuses(inputs)
    risk = record.at_risk(inputs)
    rows = []
    for k, change in enumerate(record.changes(inputs)):
        t, i = change.step, change.state
        documented = next(c for c in sim.changes[i] if c.step == t)
        place = scoring.rank_of_mover(rules.probability[t], before[t], risk[t], i)
        alignment, reliability, probability = before_it.own[:, k].T
        peers = [j for j in _peers(before[t], risk[t], i) if j != i]
        low, high = np.quantile(alignment, [0.05, 0.95])
        rows.append({
            "state": inputs.states[i],
            "name": sim.names[i],
            "event": documented.verb,
            "date": documented.date,
            "step": str(change.date),
            "kind": change.kind,
            "probability": float(1.0 - rules.probability[t, i, change.before]),
            "risk": float(rules.in_a_year[t, i]),
            "base_rate": float(baseline.in_a_year[t, i]),
            "rank": place.rank,
            "of": place.of,
            "tied": place.tied,
            **{
                f"{prefix}{name}": value
                for prefix, one in (("", free.changes[k]), ("baseline_", free_baseline.changes[k]))
                for name, value in (
                    ("within_one_year", one.within_1_year),
                    ("within_two_years", one.within_2_years),
                    ("ever", one.ever),
                    ("median", None if one.median is None else str(one.median)),
                )
            },
            "alignment": float(alignment.mean()),
            "alignment_q05": float(low),
            "alignment_q95": float(high),
            "alignment_of_peers": float(before_it.others[t][peers].mean()) if peers else None,
            "reliability": float(reliability.mean()),
            "surprise": float(-np.log2(probability.mean())),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _peers(before: np.ndarray, risk: np.ndarray, i: int) -> np.ndarray:
    """The states that decide something and have the status of state `i`."""
    return np.flatnonzero((before == before[i]) & risk)


def _terms(inputs: Inputs, before_it: Eve) -> pd.DataFrame:
    """The terms in which each state that moved stood out against its peers."""
    before, _ = record.statuses(inputs)
    risk = record.at_risk(inputs)
    rows = []
    for k, change in enumerate(record.changes(inputs)):
        t, i = change.step, change.state
        own = before_it.terms[t][i]
        mean = before_it.terms[t][_peers(before[t], risk[t], i)].mean(axis=0)
        stands_out = (own - mean) * (1.0 if change.after == Status.MEMBER else -1.0)
        order = [int(n) for n in np.argsort(-stands_out) if stands_out[n] > _LEAST][:_MOST_TERMS]
        rows += [[k, TERMS[n], float(own[n] - mean[n])] for n in order]
    return pd.DataFrame(rows, columns=["episode", "term", "difference"])


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


def _dataset(
    sim: Simulation,
    rules: Prediction,
    baseline: Prediction,
    found: Draws,
    seed: int,
    histories: int,
) -> "xr.Dataset":
    import xarray as xr  # takes its time, and figures.json does not need it

    inputs = sim.inputs
    by_state, by_status = ("time", "state"), ("time", "state", "status")
    before = np.where(record.at_risk(inputs), record.statuses(inputs)[0], UNKNOWN).astype(np.int8)
    to_end = "probability to end the time step in a status, given the record up to the step before"
    in_a_year = "probability of changing status within a year at this step's rates; at a renewal: "
    variables = {
        "probability": (by_status, rules.probability, to_end),
        "risk": (by_state, rules.in_a_year, in_a_year + "at it"),
        "baseline_probability": (by_status, baseline.probability, to_end + ", by the baseline"),
        "base_rate": (by_state, baseline.in_a_year, in_a_year + "at it; by the baseline"),
        "record": (by_state, sim.record, "documented status at the end of the time step"),
        "before": (by_state, before, "documented status at the start of the time step; -1: the "
            "state decides nothing yet"),
    }  # fmt: skip
    return xr.Dataset(
        {
            name: xr.Variable(dims, values, {"long_name": words, "units": "1"})
            for name, (dims, values, words) in variables.items()
        },
        coords={
            "time": times(inputs.decided),
            "state": list(inputs.states),
            "name": ("state", list(sim.names)),
            "status": list(STATUSES),
        },
        attrs={
            "scenario": sim.scenario.name,
            "histories": histories,
            "seed": seed,
            "parameters_from": found.origin,
            "parameters_sha256": found.digest,
            "version": __version__,
        },
    )
