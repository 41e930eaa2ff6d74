"""Abduction: the noise that explains a documented decision, under other transition probabilities.

The record says which of three statuses a state chose, not how near it was to choosing another.
With more than two options that noise is not identified, so there are three couplings. Each gives
the documented decision back where the probabilities are the same. Each gives the changed
probabilities where documented decisions are drawn with the base probabilities:

- ordered: one uniform number, somewhere in the part of the unit interval that belongs to the
  documented status, is read again with the changed parts (`step.decide`): noise is a resolve,
  from member over frozen to out.
- gumbel: one exponential clock for each status, given that the documented one rang first
  (Gumbel-max: Oberst & Sontag 2019, with top-down sampling: Maddison et al. 2014).
- independent: the documented decision is kept as often as possible; otherwise another is drawn
  (maximal coupling).

Transition probabilities are triples: member, frozen, out.
"""

from math import inf

from ...core.elementary import compiled, log1p
from ...core.step import FROZEN, MEMBER, decide

COUPLINGS = ("ordered", "gumbel", "independent")
ORDERED, GUMBEL, INDEPENDENT = range(3)

Probabilities = tuple[float, float, float]


@compiled
def ordered(v: float, documented: int, base: Probabilities, changed: Probabilities) -> int:
    """The changed decision; `v` is uniform within the documented part."""
    low, high = 0.0, base[0]
    if documented == FROZEN:
        low, high = base[0], base[0] + base[1]
    elif documented != MEMBER:
        low, high = base[0] + base[1], 1.0
    u = low + v * (high - low)
    if decide(u, base[0], base[1]) != documented:  # rounded up to the end of the part
        u = low
    return decide(u, changed[0], changed[1])


@compiled
def gumbel(
    v0: float, v1: float, v2: float, documented: int, base: Probabilities, changed: Probabilities
) -> int:
    """The changed decision; `v0`, `v1`, `v2` are independent uniform numbers.

    A status's clock rings at an exponential time with its probability as rate; the earliest is
    chosen. Given that the documented one rings at `ring`, the others ring later by fresh times.
    """
    ring = -log1p(-v0)  # the earliest of all: the probabilities sum to one
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
def independent(
    v0: float, v1: float, documented: int, base: Probabilities, changed: Probabilities
) -> int:
    """The changed decision; `v0` and `v1` are independent uniform numbers."""
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
    documented: int, base: Probabilities, changed: Probabilities,
) -> int:  # fmt: skip
    """The changed decision under one coupling.

    Equal probabilities give the documented decision whatever the rounding. A documented decision
    of probability zero has no noise that explains it: it is taken as it stands.
    """
    same = base[0] == changed[0] and base[1] == changed[1] and base[2] == changed[2]
    if same or base[documented] <= 0.0:
        return documented
    if coupling == ORDERED:
        return ordered(v0, documented, base, changed)
    if coupling == GUMBEL:
        return gumbel(v0, v1, v2, documented, base, changed)
    return independent(v0, v1, documented, base, changed)
