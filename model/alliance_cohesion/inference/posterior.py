"""The posterior as a file: one row a draw, with a manifest of what it was made from."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from .. import __version__
from .basis import basis, file_hash
from .fit import Fit
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
    """Write `<name>-<version>.csv` and its manifest; returns the CSV's path."""
    chosen = found.choose(DRAWS, seed=int(about["seed"]))
    table = pd.DataFrame(found.values[chosen], columns=list(NAMES))
    table[list(prior.hyper_names)] = found.hyper[chosen]
    table["log_likelihood"] = found.log_likelihood[chosen]
    path = folder / f"{name}-{__version__}.csv"
    table.round(6).to_csv(path, index=False, lineterminator="\n")
    manifest = {
        **about,
        **made_from(evidence),
        "version": __version__,
        "draws": DRAWS,
        "log_evidence": round(found.log_evidence, 4),
        "log_evidence_error": round(found.log_evidence_error, 4),
        "csv_sha256": file_hash([path]),
    }
    path.with_suffix(".json").write_text(
        json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8"
    )
    return path
