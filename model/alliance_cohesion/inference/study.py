"""The experiments behind a calibration: a list of them, and one function that scores them.

An experiment is a set of inputs, a prior and a way to split the decisions into folds. Its result
is a few rows of one tidy table: the log score of each fold, held out. Beside the experiments stand
the checks of the fit itself by simulation, whose rows are ranks. Rows are kept as they come, so an
interrupted calibration goes on where it stopped.
"""

import hashlib
import json
import tomllib
from collections.abc import Callable
from concurrent.futures import as_completed
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from ..core.inputs import Inputs, Ints
from ..scenario import Scenario, compile_inputs
from ..scenario import load as load_scenario
from ..util import shipped
from ..util.processes import workers as several_workers
from ..util.put import put
from ..util.sources import sources_hash
from . import baselines, placebos, priors, record, signs
from .checks import check_by_posterior, check_by_prior
from .fit import DRAWS, FEW_DRAWS, SOME_DRAWS, Fit, fit
from .held_out import fit_baseline, fit_rules
from .likelihood import Record
from .posterior import made_from
from .priors import Prior

Row = dict[str, Any]
Progress = Callable[[int, int, str], None]
"""Called with tasks done, tasks in all, and the name of the last one."""

BASELINE = "window-aware constant"
RULES = "the rules"
CHECKS = {"prior": check_by_prior, "posterior": check_by_posterior}
_CHECKS_AT_ONCE = 20
_HERE = 2  # tasks, of the rules and of the baseline, that this process does itself
SIZES = ("fit", "short", "all")


@dataclass(frozen=True)
class Experiment:
    """What is scored: a name for it, its inputs, what is believed, and the folds."""

    name: str
    inputs: Callable[[], Inputs]
    prior: Prior
    folds: str = "clusters"
    """How decisions are split: `clusters`, `states`, or `after YEAR`."""
    number: int = 0
    """Of a repeat."""
    draws: int = DRAWS
    signs: tuple[str, ...] = ()
    """Kinds of graded signs to learn from as well."""

    @property
    def key(self) -> str:
        """Its name among all."""
        return f"{self.name} | {self.folds} | {self.number}"


@dataclass(frozen=True)
class Study:
    """A scenario whose record is fitted, and everything that is asked of the fit."""

    name: str
    draws: int = DRAWS
    """Of the fits that are reported one by one."""
    seed: int = 1

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario."""
        return load_scenario(self.name)

    @cached_property
    def inputs(self) -> Inputs:
        """It compiled."""
        return compile_inputs(self.scenario)

    @cached_property
    def prior(self) -> Prior:
        """Beliefs before the fit."""
        return priors.default()

    @cached_property
    def clusters(self) -> Ints:
        """[T, N] decisions split by cluster of events."""
        return record.cluster_blocks(self.inputs)

    @cached_property
    def rules(self) -> Fit:
        """The rules fitted to the whole record."""
        return fit_rules(self.inputs, self.prior, self.clusters, draws=self.draws, seed=self.seed)

    @cached_property
    def baseline(self) -> Fit:
        """The window-aware constant fitted to the whole record."""
        return fit_baseline(
            self.inputs, self.prior, self.clusters, draws=self.draws, seed=self.seed
        )

    def folds(self, how: str) -> tuple[Ints, list[str]]:
        """[T, N] the fold of each decision, and the folds' names."""
        if how == "clusters":
            names = [record.label(group, self.inputs) for group in record.clusters(self.inputs)]
            return self.clusters, names
        if how == "states":
            return record.state_blocks(self.inputs), list(self.inputs.states)
        year = how.removeprefix("after ")
        return record.time_blocks(self.inputs, np.datetime64(f"{year}-12-31")), ["until", how]

    def random(self, *purpose: int) -> np.random.Generator:
        """Random numbers for a purpose."""
        return np.random.default_rng([self.seed, *purpose])

    def changed(self, change: Callable[[Scenario], Scenario], lag: int = 0) -> Inputs:
        """The inputs of a changed scenario."""
        return compile_inputs(change(self.scenario), lag=lag)


def score(study: Study, experiment: Experiment) -> list[Row]:
    """Fit an experiment and score each of its folds by a fit that has not seen it."""
    fold, names = study.folds(experiment.folds)
    inputs = experiment.inputs()
    if experiment.name == LOGISTIC:
        from .logistic import held_out_logistic

        scores, about = held_out_logistic(inputs, fold), {}
    else:
        result = _fitted(study, experiment, Record(inputs, fold))
        scores = result.held_out()
        if experiment.signs:  # those of a fold's time must not be seen either
            scores = np.array([_blind(study, experiment, result, b) for b in range(len(scores))])
        about = {
            "log_evidence": round(result.log_evidence, 4),
            "error": round(result.held_out_error(), 4),
            "pareto_k": round(result.pareto_k, 3),
            "effective_draws": round(result.effective_draws),
            "draws": len(result.values),
            "method": result.method,
        }
    return [
        {"experiment": experiment.name, "number": experiment.number, "folds": experiment.folds,
         "fold": name, "log_score": round(float(value), 4), **about}
        for name, value in zip(names, scores, strict=True)
    ]  # fmt: skip


def _fitted(study: Study, experiment: Experiment, asked: Record) -> Fit:
    if experiment.folds == "clusters" and experiment.name in (RULES, BASELINE):
        return study.rules if experiment.name == RULES else study.baseline
    if experiment.signs:
        seen = signs.read(study.scenario, asked.inputs, experiment.signs)
        asked = replace(asked, signs=seen)
    return fit(asked, experiment.prior, draws=experiment.draws, seed=study.seed)


def _blind(study: Study, experiment: Experiment, found: Fit, fold: int) -> float:
    (seen,) = found.records
    assert seen.signs is not None
    asked = replace(seen, signs=seen.signs.outside(seen.fold == fold))
    blind = fit(asked, experiment.prior, draws=experiment.draws, seed=study.seed)
    return float(blind.held_out()[fold])


LOGISTIC = "penalised logistic hazard"
SWEPT: tuple[tuple[str, float], ...] = (
    *(("slopes", factor) for factor in (0.5, 2.0)),
    *(("h_align", value) for value in (0.25, 0.5, 1.0, 2.0)),
    *(("h_threat", value) for value in (1.0, 2.0, 4.0)),
    *(("h_memory", value) for value in (2.5, 5.0, 10.0)),
    *(("omega", value) for value in (0.0, 0.1, 0.3)),
    *(("gamma", value) for value in (0.0, 0.5, 1.0)),
)
REPEATS = {"short": (20, 10, 4), "all": (500, 100, 50)}
"""How often histories are swapped; drivers turned or replaced by noise; rows changed."""
SIMULATIONS = {"short": 20, "all": 1000}


def experiments(study: Study, size: str) -> list[Experiment]:
    """All experiments of a calibration.

    Args:
        study: The scenario and the prior.
        size: `fit` (the rules and the baseline alone), `short` for a check, or `all`.
    """
    inputs, prior, scenario = study.inputs, study.prior, study.scenario
    silent = baselines.without_drivers(inputs)
    flat = baselines.without_slopes(prior)

    def one(name: str, made: Callable[[], Inputs], believed: Prior = prior, **more: Any) -> None:
        result.append(Experiment(name, made, believed, **{"draws": study.draws, **more}))

    result: list[Experiment] = []
    one(RULES, lambda: inputs)
    one(BASELINE, lambda: silent, flat)
    if size == "fit":
        return result
    for folds in ("states", *_forward(inputs)):
        one(RULES, lambda: inputs, folds=folds)
        one(BASELINE, lambda: silent, flat, folds=folds)
    one("every input one time step later", lambda: study.changed(lambda same: same, lag=1))
    for rival in baselines.baselines(prior, inputs, scenario.events)[1:]:
        one(rival.name, partial(_same, rival.inputs), rival.prior)
    one(LOGISTIC, lambda: inputs)
    one("rows of low confidence dropped", lambda: study.changed(placebos.confident))
    if placebos.is_coded_twice(scenario):
        one("the second coder's strengths", lambda: study.changed(placebos.alternative))
    some = min(study.draws, SOME_DRAWS)
    every = [signs.KNOWN, *((kind,) for kind in signs.KNOWN)]
    for kinds in every if size == "all" else every[:1]:
        name = "graded signs: " + ", ".join(kinds)
        one(name, lambda: inputs, signs=kinds, draws=some)
    if size == "all":
        for rival in baselines.theories(prior, inputs):
            one(f"theory: {rival.name}", lambda: inputs, rival.prior, draws=some)
        for name, value in SWEPT:
            believed = prior.rescale(value) if name == "slopes" else prior.pin(**{name: value})
            one(f"prior: {name} {value:g}", lambda: inputs, believed, draws=some)
    swaps, shifts, rows = REPEATS[size]
    for name, repeats in (
        ("swap", swaps), ("time_shift", shifts), ("noise", shifts), ("shuffled", rows),
        ("thinned", rows), ("jittered", rows),
    ):  # fmt: skip
        few = min(study.draws, FEW_DRAWS)
        for k in range(repeats):
            one(name, partial(PLACEBOS[name], study, k), number=k, draws=few)
    return result


def _same(inputs: Inputs) -> Inputs:
    return inputs


def _swap(study: Study, number: int) -> Inputs:
    """Input histories permuted across states."""
    chance, n = study.random(1, number), len(study.inputs.states)
    order = np.arange(n)
    while np.array_equal(order, np.arange(n)) and n > 1:
        order = chance.permutation(n)
    return placebos.swap_states(study.inputs, order)


def _time_shift(study: Study, number: int) -> Inputs:
    """All drivers turned round the clock, at least two years either way."""
    T = len(study.inputs.steps)
    least = min(round(2.0 / study.inputs.drivers.dt), T // 2)
    steps = int(study.random(2, number).integers(least, max(T - least, least + 1)))
    return placebos.shift_time(study.inputs, steps)


def _noise(study: Study, number: int) -> Inputs:
    """Every driver replaced by red noise."""
    return placebos.noise(study.inputs, study.random(3, number))


def _shuffled(study: Study, number: int) -> Inputs:
    """Contents shuffled among a state's rows, dates kept."""
    return study.changed(lambda s: placebos.shuffle_contents(s, study.random(4, number)))


def _thinned(study: Study, number: int) -> Inputs:
    """Leavers' rows thinned to the stayers' density."""
    leavers = {study.inputs.states[change.state] for change in record.changes(study.inputs)}
    return study.changed(lambda s: placebos.thin(s, study.random(5, number), leavers))


def _jittered(study: Study, number: int) -> Inputs:
    """Every strength moved by -1, 0 or +1 code."""
    return study.changed(lambda s: placebos.jitter(s, study.random(6, number)))


PLACEBOS: dict[str, Callable[[Study, int], Inputs]] = {
    "swap": _swap, "time_shift": _time_shift, "noise": _noise,
    "shuffled": _shuffled, "thinned": _thinned, "jittered": _jittered,
}  # fmt: skip


def forward_years() -> list[int]:
    """Years up to whose end the forward hold-outs fit; a choice, kept with the data."""
    with (shipped.folder("calibration") / "holdouts.toml").open("rb") as file:
        years: list[int] = tomllib.load(file)["forward"]
    return years


def _forward(inputs: Inputs) -> list[str]:
    """The forward hold-outs that have decisions on both sides."""
    years = inputs.decided.astype("datetime64[Y]").astype(int) + 1970
    return [f"after {year}" for year in forward_years() if years[0] <= year < years[-1]]


Task = Callable[[], list[Row]]


def tasks(study: Study, size: str) -> dict[str, Task]:
    """Everything to do, by name: the experiments, and the checks by simulation in batches."""
    result: dict[str, Task] = {
        one.key: partial(score, study, one) for one in experiments(study, size)
    }
    for name, check in CHECKS.items():
        for start in range(0, SIMULATIONS.get(size, 0), _CHECKS_AT_ONCE):
            result[f"simulated from the {name} | {start}"] = partial(
                check, study.inputs, study.prior, study.rules if name == "posterior" else None,
                range(start, start + _CHECKS_AT_ONCE), study.seed,
            )  # fmt: skip
    return result


_tasks: dict[str, Task] = {}


def _prepare(study: Study, size: str) -> None:
    _tasks.update(tasks(study, size))


def _do(name: str) -> list[Row]:
    return _tasks[name]()


def run(
    study: Study,
    size: str,
    folder: Path,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Row]:
    """The rows of all tasks, in the order of the tasks; those that `folder` has are not done again.

    Args:
        study: The scenario.
        size: Which tasks.
        folder: Where rows are kept as they come; stale ones are done again.
        workers: Processes (one a core by default).
        progress: Told of every task that is done.

    Raises:
        LostWorkerError: a worker process died.
    """
    every = tasks(study, size)
    names = list(every)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stamp(study)}.jsonl"
    lines = _whole_lines(path)
    put(path, "".join(lines).encode())  # a link planted there is replaced, not followed
    done: dict[str, list[Row]] = dict(json.loads(line) for line in lines)
    missing = [name for name in names if name not in done]
    if progress:
        progress(len(names) - len(missing), len(names), "kept results")
    with path.open("a", encoding="utf-8", newline="\n") as file:

        def keep(name: str, rows: list[Row]) -> None:
            done[name] = rows
            file.write(json.dumps([name, rows]) + "\n")
            file.flush()
            if progress:
                progress(sum(name in done for name in names), len(names), name.split(" | ")[0])

        for name in [name for name in missing if name in names[:_HERE]]:
            keep(name, every[name]())  # also compiles what the workers need
        later = [name for name in missing if name not in done]
        if later:
            with several_workers(workers, _prepare, study, size) as pool:
                futures = {pool.submit(_do, name): name for name in later}
                for future in as_completed(futures):
                    keep(futures[future], future.result())
    return [row for name in names for row in done[name]]


def _whole_lines(path: Path) -> list[str]:
    """Results kept so far; a last line that was cut off is no result."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [line for line in lines if line.endswith("\n")]


def stamp(study: Study) -> str:
    """Hash of all that results depend on."""
    parts = made_from(study.scenario.files) | {
        "draws": str(study.draws),
        "seed": str(study.seed),
        "sources": sources_hash(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
