"""Recalibrate thresholds to another alliance by its base rates alone.

Only three numbers of the alliance's record are used: how many acts of leaving, how many refusals
to sign and how many returns there were. Not who moved, nor when. The thresholds' prior is the
mean and spread over alliances that the posterior carries; slopes stay as they are.
"""

import numpy as np
from scipy.special import expit, logsumexp

from ..core.inputs import Floats, World
from ..core.randomness import Purpose, address, uniform
from ..core.replay import trace
from ..core.step import LATENT
from .draws import Hyper
from .priors import NAMES
from .record import at_risk, standings
from .scores import MEMBER

_GRID = np.linspace(-4.0, 4.0, 161)  # standard deviations around an alliance's expected threshold
_NEW = address(int(Purpose.NEW_ALLIANCE), 0)


def recalibrate(world: World, draws: Floats, hyper: Hyper, seed: int) -> Floats:
    """Draws whose thresholds have learned the alliance's base rates.

    Args:
        world: The compiled scenario with its record.
        draws: [draw, parameter]
        hyper: Mean and spread over alliances of each threshold, [draw].
        seed: Of the random numbers.
    """
    before, after = standings(world)
    f = world.forcing
    window = np.broadcast_to(f.renewal[f.first :, np.newaxis] == 1, before.shape)
    risk = at_risk(world)
    member, away = risk & (before == MEMBER), risk & (before != MEMBER)
    aligned = trace(world, draws).minds[..., LATENT.index("a")]
    acts = int(np.sum(member & ~window & (after != MEMBER)))
    refusals = int(np.sum(member & window & (after != MEMBER)))
    returns = int(np.sum(away & (after == MEMBER)))
    out = draws.copy()
    for d in range(len(draws)):
        a = aligned[d]
        exposure = np.exp(-a[member & ~window]).sum() * f.dt
        back = np.exp(a[away]).sum() * f.dt
        at_window = a[member & window]

        def leaving(x: Floats, exposure: float = exposure) -> Floats:
            return -acts * x - np.exp(-x) * exposure

        def refusing(x: Floats, a: Floats = at_window) -> Floats:
            mean = np.array([expit(-(value + a)).mean() if len(a) else 0.5 for value in x])
            return refusals * np.log(mean) + (len(a) - refusals) * np.log1p(-mean)

        def returning(x: Floats, back: float = back) -> Floats:
            return -returns * x - np.exp(-x) * back

        for name, rate in (("f_leave", leaving), ("f_renew", refusing), ("f_return", returning)):
            mean, spread = hyper.mean[name][d], hyper.spread[name][d]
            x = mean + spread * _GRID
            weight = rate(x) - 0.5 * _GRID**2
            cumulative = np.cumsum(np.exp(weight - logsumexp(weight)))
            k = NAMES.index(name)
            u = uniform(seed, d, k, 1, _NEW)
            out[d, k] = x[min(int(np.searchsorted(cumulative, u)), len(x) - 1)]
    return out
