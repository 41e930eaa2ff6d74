"""The terms of worth (R4), taken apart: what held a state and what pushed it."""

import numpy as np

from .inputs import Floats
from .parameters import NAMES
from .step import LATENT

TERMS = (
    "security: external threat",
    "security: internal threat",
    "dependence",
    "threat from inside",
    "demands on autonomy",
    "outside offers",
    "others that left",
    "inertia",
)


def terms(draws: Floats, latent: Floats, dependence: Floats) -> Floats:
    """Terms that add up to a state's alignment.

    Args:
        draws: [draw, parameter]
        latent: [draw, 10] one state's latent state in each draw, in the order of `LATENT`.
        dependence: D of the state at that time, a number or [draw].

    Returns:
        [draw, term] in log-odds, in the order of `TERMS`; they sum to the alignment.
    """
    p = dict(zip(NAMES, draws.T, strict=True))
    m = dict(zip(LATENT, latent.T, strict=True))
    lean = 2.0 * m["alpha"] / (m["alpha"] + m["beta"]) - 1.0
    return np.stack(
        [
            (p["b_S"] * lean + p["b_T"]) * m["E"],
            (p["b_S"] * lean + p["b_T"]) * p["gamma"] * m["G"] + p["b_R"] * lean,
            p["b_D"] * dependence,
            -p["b_P"] * m["P"],
            -p["b_A"] * m["A"],
            -p["b_O"] * np.log1p(m["O"]),
            -p["kappa"] * m["left"],
            m["a"] - m["V"],
        ],
        axis=-1,
    )
