"""The prior: what `calibration/priors.toml` says, as draws and as a map from the unit cube."""

import math
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from ..core.elementary import compiled, each, exp, log, normal_quantile
from ..core.inputs import Floats, Ints
from ..core.parameters import NAMES
from ..core.randomness import Purpose, address, uniform
from ..core.rules import logistic
from ..util import shipped

SHRINKAGE = "slope_scale"
_PRIOR = address(int(Purpose.PRIOR), 0)


class Belief(BaseModel):
    """One row of the prior."""

    model_config = ConfigDict(extra="forbid")

    distribution: Literal["half-normal", "normal", "log-normal", "logit-normal"]
    reason: str
    source: str
    scale: float = 1.0
    mean: float = 0.0
    flat_mean: float | None = None
    median: float = Field(1.0, gt=0)
    sd: float = Field(1.0, gt=0)
    spread: float | None = Field(None, gt=0)
    shrunk: bool = False
    pinned: float | None = None

    @property
    def numbers(self) -> tuple[int, float, float]:
        """Kind, location and scale for the compiled map."""
        match self.distribution:
            case "half-normal":
                return _HALF_NORMAL, 0.0, self.scale
            case "normal":
                return _NORMAL, self.mean, self.sd
            case "log-normal":
                return _LOG_NORMAL, log(self.median), self.sd
            case "logit-normal":
                return _LOGIT_NORMAL, log(self.median / (1.0 - self.median)), self.sd


_HALF_NORMAL, _NORMAL, _LOG_NORMAL, _LOGIT_NORMAL = range(4)


@compiled
def _quantile(kind: int, location: float, scale: float, z: float, h: float) -> float:
    """Quantile of a belief, given the normal quantile `z` and the half-normal quantile `h`."""
    if kind == _HALF_NORMAL:
        return scale * h
    if kind == _NORMAL:
        return location + scale * z
    if kind == _LOG_NORMAL:
        return exp(location + scale * z)
    return logistic(location + scale * z)


@compiled
def _place(z: Floats, h: Floats, table: Floats, values: Floats, hyper: Floats) -> None:
    """Fill `values` [draw, parameter] and `hyper` from normal quantiles [draw, dimension].

    `table` has a row for the shrinkage and each parameter: kind, location, scale, shrunk,
    spread (0: the same for every alliance), pinned value (NaN: free).
    """
    parameters = values.shape[1]
    for d in range(len(z)):
        shrinkage = _quantile(int(table[0, 0]), table[0, 1], table[0, 2], z[d, 0], h[d, 0])
        hyper[d, 0] = shrinkage
        extra, column = 1 + parameters, 1
        for k in range(parameters):
            kind, location, scale, shrunk, spread, pinned = table[1 + k]
            value = _quantile(int(kind), location, scale, z[d, 1 + k], h[d, 1 + k])
            if shrunk > 0.0:
                value *= shrinkage
            if spread > 0.0:
                between = spread * h[d, extra]
                hyper[d, column], hyper[d, column + 1] = value, between
                value += between * z[d, extra + 1]
                extra += 2
                column += 2
            values[d, k] = value if math.isnan(pinned) else pinned


class Prior:
    """Beliefs about every parameter, in the order of `parameters.NAMES`.

    A point of the unit cube has one coordinate for the shrinkage of slopes, one for each
    parameter, and two more for each threshold that differs by alliance (its spread between
    alliances and this alliance's own place in it).
    """

    def __init__(self, beliefs: dict[str, Belief]):
        missing = [name for name in (SHRINKAGE, *NAMES) if name not in beliefs]
        unknown = [name for name in beliefs if name not in (SHRINKAGE, *NAMES)]
        if missing or unknown:
            raise ValueError(f"priors: missing {missing}, unknown {unknown}")
        self.beliefs = beliefs
        self.thresholds = tuple(name for name in NAMES if beliefs[name].spread)
        self.dimensions = 1 + len(NAMES) + 2 * len(self.thresholds)
        self.shared: Ints = np.array(self._shared(), dtype=np.int64)
        """The coordinates that alliances have in common and that nothing pins."""
        self.hyper_names = (
            SHRINKAGE,
            *(f"{name}_{part}" for name in self.thresholds for part in ("mean", "spread")),
        )
        self._table = np.array(
            [
                (
                    *beliefs[name].numbers,
                    float(beliefs[name].shrunk),
                    beliefs[name].spread or 0.0,
                    math.nan if beliefs[name].pinned is None else beliefs[name].pinned,
                )
                for name in (SHRINKAGE, *NAMES)
            ]
        )

    def _shared(self) -> list[int]:
        free = [name for name in NAMES if self.beliefs[name].pinned is None]
        slopes = any(self.beliefs[name].shrunk for name in free)
        spreads = [1 + len(NAMES) + 2 * j for j, name in enumerate(self.thresholds) if name in free]
        return [*([0] if slopes else []), *(1 + NAMES.index(name) for name in free), *spreads]

    def change(self, name: str, **fields: object) -> "Prior":
        """The same prior with one belief changed."""
        changed = self.beliefs[name].model_copy(update=fields)
        return Prior({**self.beliefs, name: changed})

    def pin(self, **values: float | None) -> "Prior":
        """The same prior with parameters held at a value (0 switches a slope off, None frees)."""
        pinned = self
        for name, value in values.items():
            pinned = pinned.change(name, pinned=value)
        return pinned

    def rescale(self, factor: float) -> "Prior":
        """The same prior with the scales of all slopes multiplied."""
        scaled = self
        for name, belief in self.beliefs.items():
            if belief.distribution == "half-normal":
                scaled = scaled.change(name, scale=belief.scale * factor)
        return scaled

    def split(self, cube: Floats) -> tuple[Floats, Floats]:
        """Map points of the unit cube [draw, dimension] to parameters [draw, parameter] and
        hyperparameters [draw, hyper_names].
        """
        cube = np.clip(cube, 1e-12, 1.0 - 1e-12)
        values = np.empty((len(cube), len(NAMES)))
        hyper = np.empty((len(cube), len(self.hyper_names)))
        z, half = each(normal_quantile, cube), each(normal_quantile, 0.5 + 0.5 * cube)
        _place(z, half, self._table, values, hyper)
        return values, hyper

    def common(self, cube: Floats) -> tuple[Floats, Floats, Floats]:
        """What alliances have in common, at points [draw, len(shared)] of the unit cube.

        Returns:
            [draw, parameter] with each threshold at its expected value, [draw, hyper_names], and
            [draw, threshold] by how much each threshold of `NAMES` differs between alliances.
        """
        whole = np.full((len(cube), self.dimensions), 0.5)
        whole[:, self.shared] = cube
        values, hyper = self.split(whole)
        spread = np.zeros((len(cube), len(NAMES)))
        for j, name in enumerate(self.thresholds):
            if self.beliefs[name].pinned is None:
                spread[:, NAMES.index(name)] = hyper[:, 2 + 2 * j]
        return values, hyper, spread

    def transform(self, cube: Floats) -> Floats:
        """Map points of the unit cube [draw, dimension] to parameters [draw, parameter]."""
        return self.split(cube)[0]

    def cube(self, draws: int, seed: int, start: int = 0) -> Floats:
        """Addressed points of the unit cube, [draw, dimension]."""
        return _uniforms(seed, start, draws, self.dimensions)


@compiled
def _uniforms(seed: int, start: int, draws: int, dimensions: int) -> Floats:
    out = np.empty((draws, dimensions))
    for d in range(draws):
        for k in range(dimensions):
            out[d, k] = uniform(seed, start + d, k, 0, _PRIOR)
    return out


def read(path: Path | None = None) -> Prior:
    """Read a priors file (the shipped one by default).

    Raises:
        ValueError: a row is malformed, missing or unknown.
    """
    path = path or shipped.folder("calibration") / "priors.toml"
    with path.open("rb") as file:
        rows = tomllib.load(file)
    return Prior({name: Belief(**row) for name, row in rows.items()})


@lru_cache(maxsize=1)
def default() -> Prior:
    """The shipped prior."""
    return read()
