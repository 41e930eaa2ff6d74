"""What would have had to change: the value of one driver that halves or doubles the probability.

All other drivers are held, and so is inertia: the change of utility (R4) is taken to have reached
alignment in full, as if it had lasted (R5 in its steady state).
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...core.contributions import terms
from ...core.elementary import compiled, expm1, log1p
from ...core.inputs import Floats, Status
from ...core.parameters import NAMES, THRESHOLDS
from ...core.step import FROZEN, LATENT, OUT, transition_probabilities

GRID = 51
LARGEST_OFFER = 50.0
MOVES = {
    Status.MEMBER: "leaving",
    Status.FROZEN: "going out",
    Status.OUT: "coming back",
}
"""The move that is asked about, by status. A frozen state's other way, back in, answers alignment
the other way round."""

_THRESHOLDS = [NAMES.index(name) for name in THRESHOLDS]
_A = LATENT.index("a")


@compiled
def _moving(member: float, frozen: float, out: float, status: int, dt: float) -> float:
    """Probability of the move within a year, or at once if `dt` is zero."""
    moved = member if status == OUT else (out if status == FROZEN else frozen + out)
    return moved if dt == 0.0 else -expm1(log1p(-moved) / dt)


@compiled
def _of_steps(steps: Floats, status: int, dt: float, out: Floats) -> None:
    """Fill `out` [draw] with the move's probabilities, from those of the step [draw, 3]."""
    for d in range(len(steps)):
        out[d] = _moving(steps[d, 0], steps[d, 1], steps[d, 2], status, dt)


@compiled
def _of_alignments(
    draws: Floats, dt: float, status: int, a: Floats, D: float, renewal: int, a_year: bool,
    out: Floats,
) -> None:  # fmt: skip
    """Fill `out` [draw] from the thresholds `draws` [draw, 5] and alignments `a` [draw]."""
    for d in range(len(draws)):
        p = draws[d]
        member, frozen, outside = transition_probabilities(
            p[0], p[1], p[2], p[3], p[4], dt, status, a[d], D, renewal
        )
        out[d] = _moving(member, frozen, outside, status, dt if a_year else 0.0)


class Decision:
    """A state's decision in one time step: its probability of moving, given its drivers.

    Args:
        draws: Parameter draws, [draw, parameter].
        latent: [draw, 10] the state's latent state at the end of the step before.
        D: Dependence at that time.
        status: Membership status at the start of the step.
        renewal: 1 where the term ends in the step.
        dt: Length of a step in years.
    """

    def __init__(
        self, draws: Floats, latent: Floats, D: float, status: Status, renewal: int, dt: float
    ):
        self.draws, self.latent, self.D = draws, latent, D
        self.status, self.dt, self._renewal = status, dt, renewal
        self.renewal = renewal == 1 and status != Status.OUT
        """Whether staying takes a signature in this step."""
        self.move = MOVES[status]
        self._columns = np.ascontiguousarray(draws[:, _THRESHOLDS])
        self.alignment = np.ascontiguousarray(latent[:, _A])

    def moving(self, steps: Floats) -> Floats:
        """[draw] the move's probability from that of the step [draw, 3].

        In a renewal it is that of the renewal, else that of a year at the step's rates.
        """
        out = np.empty(len(steps))
        _of_steps(
            np.ascontiguousarray(steps), int(self.status), 0.0 if self.renewal else self.dt, out
        )
        return out

    def probability(self, alignment: Floats) -> Floats:
        """[draw] the same at some alignments [draw]."""
        out = np.empty(len(self.draws))
        _of_alignments(
            self._columns, self.dt, int(self.status), alignment, self.D, self._renewal,
            not self.renewal, out,
        )  # fmt: skip
        return out

    def _put(self, symbol: str, value: float) -> Floats:
        """[draw] alignment with one driver at a value in every draw, and no inertia."""
        latent, D = self.latent.copy(), self.D
        match symbol:
            case "D":
                D = value
            case "rho":
                latent[:, LATENT.index("alpha")] = value
                latent[:, LATENT.index("beta")] = 1.0 - value
            case _:
                latent[:, LATENT.index(symbol)] = value
        return np.asarray(terms(self.draws, latent, np.array(D)).sum(axis=1))

    def along(self, symbol: str) -> Callable[[float], float]:
        """The mean probability as a function of one driver.

        Utility is linear in every driver but offers, and in their logarithm, ln(1 + O).
        """
        scale = math.log1p if symbol == "O" else float
        none, one = (
            self._put(symbol, 0.0),
            self._put(symbol, math.e - 1.0 if symbol == "O" else 1.0),
        )
        return lambda value: float(self.probability(none + (one - none) * scale(value)).mean())

    def shift(self, symbol: str, now: float) -> dict[str, Any]:
        """Where a driver alone halves or doubles the mean probability, nearest to its value now.

        Also the smallest and the largest multiple of it that the driver's range allows.
        """
        values, at = grid(symbol), self.along(symbol)
        base = float(self.probability(self.alignment).mean())
        if base <= 0.0:
            return {"half": None, "double": None, "lowest_multiple": 1.0, "highest_multiple": 1.0}
        multiples = np.array([at(value) for value in values]) / base

        def crossing(multiple: float) -> float | None:
            above = multiples > multiple
            crossings = np.flatnonzero(above[1:] != above[:-1])
            if not len(crossings):
                return None
            k = int(
                crossings[np.argmin(np.abs((values[crossings] + values[crossings + 1]) / 2 - now))]
            )
            return _root(lambda value: at(value) / base - multiple, values[k], values[k + 1])

        return {
            "half": crossing(0.5),
            "double": crossing(2.0),
            "lowest_multiple": float(multiples.min()),
            "highest_multiple": float(multiples.max()),
        }


def grid(symbol: str) -> Floats:
    """Values over the range of a driver; offers, which count by their logarithm, denser below."""
    if symbol == "O":
        return np.expm1(np.linspace(0.0, np.log1p(LARGEST_OFFER), GRID))
    return np.linspace(0.0, 1.0, GRID)


def _root(f: Callable[[float], float], a: float, b: float) -> float:
    """Where `f` is zero between two places where its sign differs, by the Illinois method.

    SciPy's optimisers take a tenth of a second to import.
    """
    x, f_a, f_b = float(b), f(a), f(b)
    for _ in range(100):
        x = float((f_a * b - f_b * a) / (f_a - f_b))
        f_x = f(x)
        if abs(f_x) < 1e-11:
            break
        if f_x * f_b < 0.0:
            a, f_a = b, f_b
        else:
            f_a /= 2.0
        b, f_b = x, f_x
    return x
