"""Every decision of a record, predicted by fits that have not seen its fold; kept as a file."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..core.inputs import Floats, Inputs, Ints
from . import record
from .baselines import without_drivers, without_slopes
from .basis import basis, file_hash
from .prediction import Prediction, predict_held_out
from .priors import Prior

if TYPE_CHECKING:
    from .fit import Fit

_DIGITS = 8
_COLUMNS = ("member", "frozen", "out", "in_a_year")


@dataclass(frozen=True)
class HeldOut:
    """Predictions and log scores of the rules and of the window-aware baseline, held out."""

    fold: Ints
    """[T, N]"""
    rules: Prediction
    baseline: Prediction
    rules_score: Floats
    """[fold] log score."""
    baseline_score: Floats
    """[fold]"""

    @property
    def gain(self) -> Floats:
        """[fold] log score of the rules less that of the baseline, in nats."""
        return self.rules_score - self.baseline_score


def fit_rules(inputs: Inputs, prior: Prior, fold: Ints, *, draws: int, seed: int) -> "Fit":
    """The rules fitted to a record."""
    from .fit import fit  # takes its time, and reading does not need it
    from .likelihood import Record

    return fit(Record(inputs, fold), prior, draws=draws, seed=seed)


def fit_baseline(inputs: Inputs, prior: Prior, fold: Ints, *, draws: int, seed: int) -> "Fit":
    """The window-aware constant fitted to a record: the baseline that counts."""
    from .fit import fit
    from .likelihood import Record

    return fit(Record(without_drivers(inputs), fold), without_slopes(prior), draws=draws, seed=seed)


def hold_out(rules: "Fit", baseline: "Fit", seed: int) -> HeldOut:
    """What both fits say of each fold given the others."""
    return HeldOut(
        rules.records[0].fold,
        predict_held_out(rules, seed),
        predict_held_out(baseline, seed),
        rules.held_out(),
        baseline.held_out(),
    )


def inputs_hash(inputs: Inputs) -> str:
    """SHA-256 of a record's inputs and statuses, to nine decimals."""
    digest = hashlib.sha256(json.dumps([inputs.states, str(inputs.steps.tolist())]).encode())
    for values in (*inputs.drivers, inputs.initial, inputs.record):
        digest.update((np.round(np.asarray(values, dtype=float), 9) + 0.0).tobytes())
    return digest.hexdigest()


def write(folder: Path, name: str, inputs: Inputs, found: HeldOut) -> Path:
    """Write `<name>.csv`, one row a decision, and `<name>.json`; returns the CSV's path."""
    time, state = np.nonzero(found.fold >= 0)
    table = pd.DataFrame(
        {
            "date": inputs.decided[time].astype(str),
            "state": np.array(inputs.states)[state],
            "fold": found.fold[time, state],
        }
    )
    for prefix, one in (("", found.rules), ("baseline_", found.baseline)):
        parts = [*np.moveaxis(one.probability, -1, 0), one.in_a_year]
        for column, values in zip(_COLUMNS, parts, strict=True):
            table[prefix + column] = values[time, state].round(_DIGITS)
    path = folder / f"{name}.csv"
    table.to_csv(path, index=False, lineterminator="\n")
    about = {
        **basis(),
        "inputs_sha256": inputs_hash(inputs),
        "csv_sha256": file_hash([path]),
        "folds": [record.label(group, inputs) for group in record.clusters(inputs)],
        "log_score": [round(float(value), _DIGITS) for value in found.rules_score],
        "baseline_log_score": [round(float(value), _DIGITS) for value in found.baseline_score],
    }
    path.with_suffix(".json").write_text(
        json.dumps(about, indent=2, sort_keys=True) + "\n", encoding="utf-8"
    )
    return path


def read(posterior: Path, inputs: Inputs) -> HeldOut | None:
    """What is kept beside a posterior file of just this record; None if there is nothing."""
    path = posterior.with_name(posterior.name.replace("posterior", "held-out", 1))
    try:
        about = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        fits = {**basis(), "inputs_sha256": inputs_hash(inputs), "csv_sha256": file_hash([path])}
        if any(about.get(name) != value for name, value in fits.items()):
            return None
        table = pd.read_csv(path)
    except (OSError, ValueError):
        return None
    time = np.searchsorted(inputs.decided, table["date"].to_numpy(dtype="datetime64[D]"))
    place = {name: i for i, name in enumerate(inputs.states)}
    state = table["state"].map(place).to_numpy()
    shape = (len(inputs.decided), len(inputs.states))
    fold = np.full(shape, -1, dtype=np.int64)
    fold[time, state] = table["fold"]

    def prediction(prefix: str) -> Prediction:
        out = Prediction(np.full((*shape, 3), np.nan), np.full(shape, np.nan))
        for k, column in enumerate(_COLUMNS[:3]):
            out.probability[time, state, k] = table[prefix + column]
        out.in_a_year[time, state] = table[prefix + _COLUMNS[3]]
        return out

    scores = (np.array(about[name]) for name in ("log_score", "baseline_log_score"))
    return HeldOut(fold, prediction(""), prediction("baseline_"), *scores)
