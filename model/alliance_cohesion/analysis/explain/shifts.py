"""What would have had to change: the value of one driver that halves or doubles the probability.

All other drivers are held, and so is inertia: the change of utility (R4) is taken to have reached
alignment in full, as if it had lasted (R5 in its steady state).
"""

from typing import Any

import numpy as np
from scipy.optimize import brentq

from ...core.contributions import terms
from ...core.elementary import compiled
from ...core.inputs import Floats, Standing
from ...core.parameters import NAMES, THRESHOLDS
from ...core.step import LATENT, transition_probabilities
from ...inference.record import yearly

GRID = 51
LARGEST_OFFER = 50.0
MOVES = {
    Standing.MEMBER: ("leaving", (Standing.FROZEN, Standing.OUTSIDE)),
    Standing.FROZEN: ("going out", (Standing.OUTSIDE,)),
    Standing.OUTSIDE: ("coming back", (Standing.MEMBER,)),
}
"""The move that is asked about, by status, and the statuses it leads to. A frozen state's other
way, back in, answers alignment the other way round."""

_THRESHOLDS = [NAMES.index(name) for name in THRESHOLDS]
_A = LATENT.index("a")


@compiled
def _probabilities(
    draws: Floats, dt: float, status: int, a: Floats, D: float, renewal: int, out: Floats
) -> None:
    """Fill `out` [draw, 3] from the thresholds `draws` [draw, 5] and alignments `a` [draw]."""
    for d in range(len(draws)):
        p = draws[d]
        out[d, 0], out[d, 1], out[d, 2] = transition_probabilities(
            p[0], p[1], p[2], p[3], p[4], dt, status, a[d], D, renewal
        )


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
        self, draws: Floats, latent: Floats, D: float, status: Standing, renewal: int, dt: float
    ):
        self.draws, self.latent, self.D = draws, latent, D
        self.status, self.dt, self._renewal = status, dt, renewal
        self.renewal = renewal == 1 and status != Standing.OUTSIDE
        """Whether staying takes a signature in this step."""
        self.move, self._to = MOVES[status]
        self._columns = np.ascontiguousarray(draws[:, _THRESHOLDS])
        self.alignment = np.ascontiguousarray(latent[:, _A])

    def moving(self, transitions: Floats) -> Floats:
        """[...] the move's probability, a year (in the renewal, if it is one), from [..., 3]."""
        moved = sum((transitions[..., to] for to in self._to[1:]), transitions[..., self._to[0]])
        return np.asarray(moved if self.renewal else yearly(moved, self.dt))

    def probability(self, alignment: Floats) -> Floats:
        """[draw] the same at some alignments [draw]."""
        out = np.empty((len(self.draws), 3))
        _probabilities(
            self._columns, self.dt, int(self.status), alignment, self.D, self._renewal, out
        )
        return self.moving(out)

    def at(self, symbol: str, value: float) -> float:
        """The mean probability with one driver at a value in every draw."""
        latent, D = self.latent.copy(), self.D
        match symbol:
            case "D":
                D = value
            case "rho":
                latent[:, LATENT.index("alpha")] = value
                latent[:, LATENT.index("beta")] = 1.0 - value
            case _:
                latent[:, LATENT.index(symbol)] = value
        alignment = terms(self.draws, latent, np.array(D)).sum(axis=1)
        return float(self.probability(alignment).mean())

    def shift(self, symbol: str, now: float) -> dict[str, Any]:
        """Where a driver alone halves or doubles the mean probability, nearest to its value now.

        Also the smallest and the largest multiple of it that the driver's range allows.
        """
        values = grid(symbol)
        base = float(self.probability(self.alignment).mean())
        if base <= 0.0:
            return {"half": None, "double": None, "lowest_multiple": 1.0, "highest_multiple": 1.0}
        multiples = np.array([self.at(symbol, value) for value in values]) / base

        def crossing(multiple: float) -> float | None:
            above = multiples > multiple
            crossings = np.flatnonzero(above[1:] != above[:-1])
            if not len(crossings):
                return None
            k = int(
                crossings[np.argmin(np.abs((values[crossings] + values[crossings + 1]) / 2 - now))]
            )
            return float(
                brentq(
                    lambda value: self.at(symbol, value) / base - multiple,
                    values[k], values[k + 1], xtol=1e-10,
                )
            )  # fmt: skip

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
