"""Recalibrate thresholds to another alliance by its base rates alone.

Only three numbers of the alliance's record are used: how many acts of leaving, how many refusals
to sign and how many returns there were. Not who moved, nor when. The thresholds' prior is the
mean and spread over alliances that the posterior carries; slopes stay as they are.
"""

import numpy as np

from ..core.elementary import compiled, exp, log, log1p
from ..core.inputs import Floats, Inputs
from ..core.randomness import Purpose, address, uniform
from ..core.replay import latent
from .draws import Hyper
from .priors import NAMES
from .record import at_risk, statuses
from .scores import MEMBER

_GRID = np.linspace(-4.0, 4.0, 161)  # standard deviations around an alliance's expected threshold
_AT_ONCE = 12_000_000  # numbers of a trace that is in memory: about 100 MB
_NEW = address(int(Purpose.NEW_ALLIANCE), 0)
_RATES = ("f_leave", "f_renew", "f_return")


def recalibrate(inputs: Inputs, draws: Floats, hyper: Hyper, seed: int) -> Floats:
    """Draws whose thresholds have learned the alliance's base rates.

    Args:
        inputs: The compiled scenario with its record.
        draws: [draw, parameter]
        hyper: Mean and spread over alliances of each threshold, [draw].
        seed: Of the random numbers.
    """
    before, after = statuses(inputs)
    f = inputs.drivers
    window = np.broadcast_to(f.renewal[f.first :, np.newaxis] == 1, before.shape)
    risk = at_risk(inputs)
    member, away = risk & (before == MEMBER), risk & (before != MEMBER)
    happened = (
        int(np.sum(member & ~window & (after != MEMBER))),
        int(np.sum(member & window & (after != MEMBER))),
        int(np.sum(away & (after == MEMBER))),
    )
    out, size = draws.copy(), max(1, _AT_ONCE // max(1, inputs.record.size))
    for start in range(0, len(draws), size):
        part = slice(start, start + size)
        aligned = latent(inputs, draws[part], "a")[..., 0]
        at_stake = [
            np.ascontiguousarray(aligned[:, c]) for c in (member & ~window, member & window, away)
        ]
        for which, name in enumerate(_RATES):
            k = NAMES.index(name)
            u = np.array([uniform(seed, d, k, 1, _NEW) for d in range(len(draws))[part]])
            mean, spread = hyper.mean[name][part], hyper.spread[name][part]
            out[part, k] = _learn(which, happened[which], at_stake[which], f.dt, mean, spread, u)
    return out


@compiled
def _learn(which, count, aligned, dt, mean, spread, u):  # type: ignore[no-untyped-def]
    """[draw] thresholds given that `count` of the decisions with `aligned` [draw, decision] moved.

    `which` is 0 for leaving, 1 for not signing, 2 for returning.
    """
    out, weight = np.empty(len(aligned)), np.empty(len(_GRID))
    for d in range(len(aligned)):
        a = aligned[d]
        exposure = 0.0
        if which != 1:
            for one in a:
                exposure += exp(-one if which == 0 else one) * dt
        for j in range(len(_GRID)):
            x = mean[d] + spread[d] * _GRID[j]
            if which != 1:
                weight[j] = -count * x - exp(-x) * exposure
            else:
                refusing = 0.0
                for one in a:
                    refusing += 1.0 / (1.0 + exp(x + one))
                refusing = refusing / len(a) if len(a) else 0.5
                weight[j] = count * log(refusing) + (len(a) - count) * log1p(-refusing)
            weight[j] -= 0.5 * _GRID[j] * _GRID[j]
        highest, total = weight.max(), 0.0
        for j in range(len(_GRID)):
            weight[j] = exp(weight[j] - highest)
            total += weight[j]
        rest, j = u[d] * total, 0
        while j < len(_GRID) - 1 and rest > weight[j]:
            rest -= weight[j]
            j += 1
        out[d] = mean[d] + spread[d] * _GRID[j]
    return out
