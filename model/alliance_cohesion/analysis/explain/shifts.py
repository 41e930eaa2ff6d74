"""What would have had to change: the value of one driver that halves or doubles the chance.

All other drivers are held, and so is inertia: the change of worth (R4) is taken to have come
through to alignment in full, as if it had lasted (R5 in its steady state).
"""

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq

from ...core.contributions import terms
from ...core.elementary import compiled
from ...core.inputs import Floats, Standing
from ...core.parameters import NAMES, THRESHOLDS
from ...core.step import LATENT, transition_probabilities
from ...inference.record import yearly
from .explanation import Shift

GRID = 51
LARGEST_OFFER = 50.0

Put = Callable[[Floats, Floats, float], tuple[Floats, Floats]]


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


_THRESHOLDS = [NAMES.index(name) for name in THRESHOLDS]


def moving(chances: Floats, standing: Standing) -> Floats:
    """[...] chance of the move that a standing is asked about, from chances [..., 3].

    A member's is to freeze or go out; a frozen state's to go out, since its other way, back in,
    answers alignment the other way round; that of a state outside is to come back.
    """
    if standing == Standing.OUTSIDE:
        return chances[..., Standing.MEMBER]
    if standing == Standing.FROZEN:
        return chances[..., Standing.OUTSIDE]
    return chances[..., Standing.FROZEN] + chances[..., Standing.OUTSIDE]


class Asked:
    """A state's chance of moving in a tick, as a function of any one driver."""

    def __init__(
        self,
        draws: Floats,
        minds: Floats,
        D: float,
        standing: Standing,
        renewal: int,
        dt: float,
    ):
        self.draws, self.minds, self.D = draws, minds, D
        self.standing, self.renewal, self.dt = standing, renewal, dt
        self.window = renewal == 1 and standing != Standing.OUTSIDE

    def by_draw(self, alignment: Floats) -> Floats:
        """[draw] the chance at some alignments: in the tick if it is a window, else a year."""
        out = np.empty((len(self.draws), 3))
        _probabilities(
            np.ascontiguousarray(self.draws[:, _THRESHOLDS]), self.dt, int(self.standing),
            np.ascontiguousarray(alignment), self.D, self.renewal, out,
        )  # fmt: skip
        chance = moving(out, self.standing)
        return chance if self.window else yearly(chance, self.dt)

    def now(self) -> float:
        """The mean chance as it was."""
        return float(self.by_draw(self.minds[:, LATENT.index("a")]).mean())

    def at(self, symbol: str, value: float) -> float:
        """The mean chance with one driver at a value in every draw."""
        minds, D = self.minds.copy(), self.D
        match symbol:
            case "D":
                D = value
            case "rho":
                minds[:, LATENT.index("alpha")], minds[:, LATENT.index("beta")] = value, 1.0 - value
            case _:
                minds[:, LATENT.index(symbol)] = value
        alignment = terms(self.draws, minds, np.array(D)).sum(axis=1)
        return float(self.by_draw(alignment).mean())

    def shift(self, symbol: str, present: float) -> Shift:
        """Half and double, at the values nearest to the present one."""
        values = grid(symbol)
        base = self.now()
        if base <= 0.0:
            return Shift(None, None, 1.0, 1.0)
        multiples = np.array([self.at(symbol, value) for value in values]) / base

        def found(multiple: float) -> float | None:
            above = multiples > multiple
            crossings = np.flatnonzero(above[1:] != above[:-1])
            if not len(crossings):
                return None
            distance = np.abs((values[crossings] + values[crossings + 1]) / 2 - present)
            k = int(crossings[np.argmin(distance)])
            return float(
                brentq(
                    lambda value: self.at(symbol, value) / base - multiple,
                    values[k],
                    values[k + 1],
                    xtol=1e-10,
                )
            )

        return Shift(found(0.5), found(2.0), float(multiples.min()), float(multiples.max()))


def grid(symbol: str) -> Floats:
    """Values over the range of a driver; offers, which count by their logarithm, denser below."""
    if symbol == "O":
        return np.expm1(np.linspace(0.0, np.log1p(LARGEST_OFFER), GRID))
    return np.linspace(0.0, 1.0, GRID)
