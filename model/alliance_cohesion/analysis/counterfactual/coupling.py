"""Noise that explains a documented choice, carried into a world with other chances.

What happened tells which of three standings a state chose, not how near it was to choosing
another. With more than two choices that is not identified, so there are three couplings. Each
gives the documented choice back where the chances are the same, and each gives the changed
world its own chances where the documented choices come at the base chances:

- ordered: one uniform number, somewhere in the stretch of the unit interval that the
  documented standing takes, read again against the changed stretches (`tick.decide`): chance
  is a resolve, from member over frozen to outside.
- gumbel: one exponential clock for each standing, given that the documented one rang first
  (Gumbel-max: Oberst & Sontag 2019, with top-down sampling: Maddison et al. 2014).
- independent: the documented choice is kept as often as can be; where it cannot be, the others
  are drawn afresh (maximal coupling).

Chances are triples: member, frozen, outside.
"""

from math import inf

from ...core.elementary import compiled, log1p
from ...core.step import FROZEN, MEMBER, decide

COUPLINGS = ("ordered", "gumbel", "independent")
ORDERED, GUMBEL, INDEPENDENT = range(3)

Chances = tuple[float, float, float]


@compiled
def ordered(v: float, documented: int, base: Chances, changed: Chances) -> int:
    """The choice in the changed world; `v` is uniform within the documented stretch."""
    low, high = 0.0, base[0]
    if documented == FROZEN:
        low, high = base[0], base[0] + base[1]
    elif documented != MEMBER:
        low, high = base[0] + base[1], 1.0
    u = low + v * (high - low)
    if decide(u, base[0], base[1]) != documented:  # rounded up to the end of the stretch
        u = low
    return decide(u, changed[0], changed[1])


@compiled
def gumbel(
    v0: float, v1: float, v2: float, documented: int, base: Chances, changed: Chances
) -> int:
    """The choice in the changed world; `v0`, `v1`, `v2` are independent uniform numbers.

    A standing's clock rings at an exponential time with its chance as rate; the earliest is
    chosen. Given that the documented one rings at `ring`, the others ring later by fresh times.
    """
    ring = -log1p(-v0)  # the earliest of all: the chances sum to one
    later = -log1p(-v1)
    best, chosen = inf, documented
    if changed[documented] > 0.0:
        best = ring * base[documented] / changed[documented]
    for j in range(3):
        if j != documented:
            if changed[j] > 0.0:
                at = (ring * base[j] + later) / changed[j]
                if at < best:
                    best, chosen = at, j
            later = -log1p(-v2)  # of the second of the two others
    return chosen


@compiled
def independent(v0: float, v1: float, documented: int, base: Chances, changed: Chances) -> int:
    """The choice in the changed world; `v0` and `v1` are independent uniform numbers."""
    if v0 * base[documented] < changed[documented]:
        return documented
    gains = 0.0
    for j in range(3):
        gains += max(0.0, changed[j] - base[j])
    mark, chosen = v1 * gains, documented
    for j in range(3):
        gain = max(0.0, changed[j] - base[j])
        if gain > 0.0:
            chosen = j
            if mark < gain:
                return j
            mark -= gain
    return chosen


@compiled
def carried(
    coupling: int, v0: float, v1: float, v2: float,
    documented: int, base: Chances, changed: Chances,
) -> int:  # fmt: skip
    """The choice in the changed world, by the coupling asked for.

    Equal chances give the documented choice whatever the rounding. A documented choice that
    the rules give no chance has no noise that explains it: it is taken as it stands.
    """
    same = base[0] == changed[0] and base[1] == changed[1] and base[2] == changed[2]
    if same or base[documented] <= 0.0:
        return documented
    if coupling == ORDERED:
        return ordered(v0, documented, base, changed)
    if coupling == GUMBEL:
        return gumbel(v0, v1, v2, documented, base, changed)
    return independent(v0, v1, documented, base, changed)
