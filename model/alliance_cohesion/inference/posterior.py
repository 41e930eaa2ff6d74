"""The posterior as a file: one row a draw, with a manifest of what it was made from."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from .. import __version__
from .basis import basis, file_hash
from .draws import own_column
from .fit import Fit
from .likelihood import THRESHOLDS
from .priors import NAMES, Prior

DRAWS = 2000


def made_from(evidence: Iterable[Path]) -> dict[str, str]:
    """Hashes of the code of the rules, the evidence and the priors."""
    return {**basis(), "evidence_sha256": file_hash(evidence)}


def write(
    folder: Path,
    name: str,
    found: Fit,
    prior: Prior,
    evidence: tuple[Path, ...],
    about: dict[str, Any],
) -> Path:
    """Write `<name>-<version>.csv` and its manifest; returns the CSV's path.

    Columns are the parameters, the mean and spread of each threshold over alliances, and the log
    likelihood. With several alliances, each one's own thresholds are in columns of their own, named
    like `f_leave@Alliance`.

    Args:
        folder: Where to.
        name: `posterior` or `null`.
        found: The fit.
        prior: It was fitted under.
        evidence: Files that were fitted.
        about: For the manifest: `alliances` in the order of the fit's records, `seed`, and more.
    """
    seed, alliances = int(about["seed"]), list(about["alliances"])
    chosen = found.choose(DRAWS, seed)
    table = pd.DataFrame(found.values[chosen], columns=list(NAMES))
    for which, alliance in enumerate(alliances):
        own = found.parameters(chosen, seed, which)
        for threshold in THRESHOLDS:
            column = threshold if len(alliances) == 1 else own_column(threshold, alliance)
            table[column] = own[:, NAMES.index(threshold)]
    if len(alliances) > 1:
        table = table.drop(columns=list(THRESHOLDS))
    table[list(prior.hyper_names)] = found.hyper[chosen]
    table["log_likelihood"] = sum(one[chosen, 0] for one in found.marginals)
    path = folder / f"{name}-{__version__}.csv"
    table.round(6).to_csv(path, index=False, lineterminator="\n")
    manifest = {
        **about,
        **made_from(evidence),
        "version": __version__,
        "draws": DRAWS,
        "method": found.method,
        "weighted_draws": len(found.values),
        "effective_draws": round(found.effective_draws),
        "pareto_k": round(found.pareto_k, 2),
        "log_evidence": round(found.log_evidence, 4),
        "log_evidence_error": round(found.log_evidence_error, 4),
        "csv_sha256": file_hash([path]),
    }
    path.with_suffix(".json").write_text(
        json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8"
    )
    return path
