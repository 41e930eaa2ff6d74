"""Parameter draws for a scenario: from the posterior or the prior, with what the file fixes."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..core.elementary import each, normal_quantile
from ..core.inputs import Floats
from ..core.parameters import PARAMETERS
from ..core.randomness import Purpose, address, uniform
from ..scenario.files import LARGEST_TABLE, UnreadableError, read_json, text_of
from ..scenario.tables import MOST_COLUMNS
from ..util import shipped
from . import priors as prior
from .basis import basis, file_hash

PRIOR_DRAWS = 1000
_NEW = address(int(Purpose.NEW_ALLIANCE), 0)
MOST_DRAWS = 100_000  # of a posterior file


class DrawsError(ValueError):
    """A posterior file that cannot be used; the message says why."""


@dataclass(frozen=True)
class Hyper:
    """How thresholds lie over alliances: by parameter name, [draw]."""

    mean: dict[str, Floats]
    spread: dict[str, Floats]


@dataclass(frozen=True)
class Draws:
    """Parameter draws and where they come from."""

    values: Floats
    """[draw, parameter] in the order of `parameters.NAMES`."""
    origin: str
    """`prior`, or the posterior file's name."""
    digest: str
    """SHA-256 of the values."""
    hyper: Hyper | None = None
    """Thresholds over alliances; None for prior draws."""
    seen: bool = False
    """The posterior has learned from this alliance's record."""
    path: Path | None = None
    """The posterior file."""


def shipped_file(kind: str) -> Path | None:
    """The newest shipped file of a kind (`posterior`, `null`), if any."""
    files = sorted(shipped.folder("calibration").glob(f"{kind}-*.csv"))
    return files[-1] if files else None


def draws(choice: str, alliance: str, fixed: dict[str, float], seed: int) -> Draws:
    """Parameter draws for an alliance.

    Args:
        choice: `default` (the shipped posterior, or the prior where none is shipped), `prior`,
            `null` (the shipped fit of the window-aware constant), or a posterior file's path.
        alliance: Its name. One that was fitted has thresholds of its own in the posterior; any
            other gets thresholds drawn around the common mean.
        fixed: Parameters that the scenario holds at a value.
        seed: Of the prior draws and of the thresholds of an alliance nobody has fitted.

    Raises:
        DrawsError: the posterior file cannot be read, is stale or holds what the rules do not bear.
    """
    shipped_kinds = {"default": "posterior", "null": "null"}
    path = shipped_file(shipped_kinds[choice]) if choice in shipped_kinds else Path(choice)
    hyper, seen = None, False
    if choice == "prior" or path is None:
        path = None
        believed = prior.default()
        values = believed.transform(believed.cube(PRIOR_DRAWS, seed))
        origin = "prior"
    else:
        values, hyper, seen = _posterior(path, alliance, seed)
        origin = path.name
    for name, value in fixed.items():
        values[:, prior.NAMES.index(name)] = value
    values = np.ascontiguousarray(values, dtype=np.float64)
    return Draws(values, origin, hashlib.sha256(values.tobytes()).hexdigest(), hyper, seen, path)


def own_column(threshold: str, alliance: str) -> str:
    """The column of an alliance's own threshold, in a file of a fit to several alliances."""
    return f"{threshold}@{alliance}"


def _posterior(path: Path, alliance: str, seed: int) -> tuple[Floats, Hyper, bool]:
    table, manifest = _read(path)
    stale = [name for name, value in basis().items() if manifest.get(name) != value]
    if stale or manifest.get("csv_sha256") != file_hash([path]):
        raise DrawsError(
            f"{path}: stale: it was made with other rules or priors, or was edited since; "
            f"make it again with `cohesion calibrate SCENARIO --out {path.parent}`"
        )
    thresholds = prior.default().thresholds
    parts = [f"{name}_{part}" for name in thresholds for part in ("mean", "spread")]
    seen = alliance in manifest.get("alliances", [])
    own = {name: own_column(name, alliance) for name in thresholds}
    for name in thresholds:  # of a file with several alliances
        if name not in table.columns and f"{name}_mean" in table.columns:
            table[name] = table[own[name] if own[name] in table.columns else f"{name}_mean"]
    missing = [name for name in (*prior.NAMES, *parts) if name not in table.columns]
    if missing:
        raise DrawsError(f"{path}: columns missing: {', '.join(missing)}")
    try:
        finite = bool(np.isfinite(table.to_numpy(dtype=float, na_value=np.nan)).all())
    except (TypeError, ValueError):
        finite = False
    if not len(table) or not finite:
        raise DrawsError(f"{path}: every cell must be a finite number, and one row at least")
    values = table[list(prior.NAMES)].to_numpy(dtype=float)
    hyper = Hyper(
        {name: table[f"{name}_mean"].to_numpy(dtype=float) for name in thresholds},
        {name: table[f"{name}_spread"].to_numpy(dtype=float) for name in thresholds},
    )
    if not seen:
        for name in thresholds:
            k = prior.NAMES.index(name)
            u = [uniform(seed, d, k, 0, _NEW) for d in range(len(table))]
            z = each(normal_quantile, u)
            values[:, k] = hyper.mean[name] + hyper.spread[name] * z
    _in_range(values, path)
    return values, hyper, seen


def _read(path: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The table and the manifest beside it, whatever the files hold."""
    try:
        text, manifest = text_of(path, LARGEST_TABLE), read_json(path.with_suffix(".json"))
        if not isinstance(manifest, dict):
            raise UnreadableError("its manifest holds no table")
        if not isinstance(manifest.get("alliances", []), list):
            raise UnreadableError("its manifest lists no alliances")
        if text.count("\n") > MOST_DRAWS + 1:
            raise UnreadableError("too many rows", allowed=f"at most {MOST_DRAWS:,}")
        if text.partition("\n")[0].count(",") > MOST_COLUMNS:
            raise UnreadableError("too many columns", allowed=f"at most {MOST_COLUMNS}")
        return pd.read_csv(io.StringIO(text)), manifest
    except ValueError as error:
        raise DrawsError(f"{path}: not a posterior file with its manifest ({error})") from error


def _in_range(values: Floats, path: Path) -> None:
    """Refuse draws that the rules are not made for (priors give slopes no upper end)."""
    for k, attribute in enumerate(PARAMETERS):
        column, most = values[:, k], attribute.high * (10 if attribute.rule == "R4" else 1)
        if column.min() < attribute.low or column.max() > most:
            raise DrawsError(
                f"{path}: {attribute.name} from {column.min():g} to {column.max():g}; "
                f"allowed: from {attribute.low:g} to {most:g}"
            )
