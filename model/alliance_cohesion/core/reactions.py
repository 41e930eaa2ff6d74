"""R10 and R11: what answers back when the record is not the script.

R10, the patron's answer: a request is granted with a probability logistic in the requester's
alignment, in whether the threat is internal, in whether the adversary stands inside the alliance,
and in the patron's spare capacity.
R11, new threats and offers: episodes arrive at rates per source of threat that rise as the
target thinks its patron unreliable; outside powers offer more as alignment falls.

Rows of the record that start after the switch, in the classes that follow rules, must have been
left out of the inputs.
"""

from typing import Any, NamedTuple

import numpy as np

from . import rules
from .elementary import compiled, exp, inner
from .inputs import Codes, Drivers, Floats, Ints
from .randomness import Purpose, address, uniform
from .step import MEMBER, OUT, Block

INTERNAL, EXTERNAL = -2, -1  # sources of threat that are no state of the model
REQUEST_LEVEL = 0.4  # threats below code 2 prompt no request
_EPISODE, _REQUEST, _ANSWER, _OFFER = (
    int(purpose) for purpose in (Purpose.EPISODE, Purpose.REQUEST, Purpose.ANSWER, Purpose.OFFER)
)


@compiled
def answer_probability(b: Floats, a: float, internal: float, inside: float, spare: float) -> float:
    """R10. Probability that a request is granted; `b` are five coefficients."""
    return rules.logistic(b[0] + b[1] * a + b[2] * internal + b[3] * inside + b[4] * spare)


@compiled
def episode_rate(log_rate: float, slope: float, rho: float, usual: float) -> float:
    """R11. Episodes a year from one source: an unreliable patron invites them."""
    return exp(log_rate + slope * (usual - rho))


@compiled
def offer_rate(log_rate: float, slope: float, a: float, usual: float) -> float:
    """R11. New offers a year: outside powers offer more as alignment falls below the usual."""
    return exp(min(log_rate + slope * (usual - a), 3.0))


class Reactions(NamedTuple):
    """Fitted reactions, as arrays for the compiled loop. S sources of threat, Q requests."""

    start: int
    """First time step in which rules react."""
    answers: int
    """1: requests are answered by R10 (0: as the record says)."""
    episodes: int
    """1: threats come by R11."""
    offers: int
    """1: offers come by R11."""
    answer: Floats
    """[draw, 5] coefficients of R10."""
    spare: Floats
    """[T] the patron's spare capacity, 0 to 1."""
    strength: Floats
    """[3] share of episodes that prompt a request; mean strength of an answer, of a refusal."""
    request_step: Ints
    """[Q] recorded requests that the rules answer."""
    request_state: Ints
    request_level: Floats
    request_internal: Floats
    request_inside: Floats
    source_target: Ints
    """[S]"""
    source_actor: Ints
    """[S] a state of the model, EXTERNAL or INTERNAL."""
    source_rate: Floats
    """[draw, S] log of episodes a year."""
    source_slope: Floats
    """[draw] how much an unreliable patron invites."""
    source_level: Floats
    """[S] level of an episode."""
    source_steps: Ints
    """[S] its length."""
    offer_rate: Floats
    """[draw, N] log of new offers a year."""
    offer_slope: Floats
    """[draw]"""
    offer_points: float
    offer_steps: int
    usual: Floats
    """[2] reliability and alignment at which the rates are stated."""


@inner
def _answer(
    r: Reactions, d: int, t: int, level: float, internal: float, inside: float, a: float,
    u: float, extra: Any, lane: int,
) -> None:  # fmt: skip
    """R10: a request is granted or refused."""
    if u < answer_probability(r.answer[d], a, internal, inside, r.spare[t]):
        extra.kept[lane] += level * r.strength[1]
    else:
        extra.broken[lane] += level * r.strength[2]


@inner
def _answer_record(
    r: Reactions, f: Drivers, t: int, b: Block, seed: int, first: int, draws: int
) -> None:
    """R10 for the requests that the record dates to step t."""
    for q in range(len(r.request_step)):
        if r.request_step[q] != t:
            continue
        i = r.request_state[q]
        place = address(_ANSWER, len(r.source_target) + q)
        for lane in range(b.before.shape[1]):
            if b.before[i, lane] != OUT:
                _answer(
                    r, (first + lane) % draws, t, r.request_level[q], r.request_internal[q],
                    r.request_inside[q], b.latent[i].a[lane],
                    uniform(seed, first + lane, t, f.address[i], place), b.extra[i], lane,
                )  # fmt: skip


@inner
def _threaten(
    r: Reactions, f: Drivers, t: int, b: Block, s: int, until: Ints, seed: int, first: int,
    draws: int,
) -> None:  # fmt: skip
    """R11 for one source of threat: new episodes, the requests they prompt, and R10's answers."""
    i, actor, level = r.source_target[s], r.source_actor[s], r.source_level[s]
    m, extra = b.latent[i], b.extra[i]
    internal = actor == INTERNAL
    for lane in range(b.before.shape[1]):
        number = first + lane
        d = number % draws
        inside = actor >= 0 and b.before[actor, lane] != OUT
        if t >= until[lane]:
            rho = rules.reliability(m.alpha[lane], m.beta[lane])
            slope = 0.0 if internal else r.source_slope[d]
            rate = episode_rate(r.source_rate[d, s], slope, rho, r.usual[0])
            u = uniform(seed, number, t, f.address[i], address(_EPISODE, s))
            if u < rules.event_probability(rate, f.dt):
                until[lane] = t + r.source_steps[s]
                if (
                    r.answers == 1
                    and b.before[i, lane] == MEMBER
                    and level >= REQUEST_LEVEL
                    and uniform(seed, number, t, f.address[i], address(_REQUEST, s)) < r.strength[0]
                ):
                    _answer(
                        r, d, t, level, 1.0 if internal else 0.0, 1.0 if inside else 0.0, m.a[lane],
                        uniform(seed, number, t, f.address[i], address(_ANSWER, s)), extra, lane,
                    )  # fmt: skip
        if t < until[lane]:
            if internal:
                extra.internal[lane] = max(extra.internal[lane], level)
            elif inside:
                extra.inside[lane] = max(extra.inside[lane], level)
            else:
                extra.external[lane] = max(extra.external[lane], level)


@inner
def _offer(
    r: Reactions, f: Drivers, t: int, b: Block, i: int, made: Codes, seed: int, first: int,
    draws: int,
) -> None:  # fmt: skip
    """R11: outside powers make offers to state i; each lasts `offer_ticks` steps."""
    for lane in range(b.before.shape[1]):
        d = (first + lane) % draws
        a = b.latent[i].a[lane]
        rate = offer_rate(r.offer_rate[d, i], r.offer_slope[d], a, r.usual[1])
        u = uniform(seed, first + lane, t, f.address[i], address(_OFFER, 0))
        made[t, i, lane] = u < rules.event_probability(rate, f.dt)
        status = 0
        for s in range(max(0, t - r.offer_steps + 1), t + 1):
            status += made[s, i, lane]
        b.extra[i].offer[lane] = r.offer_points * status


class Memory(NamedTuple):
    """What reactions carry from step to step."""

    until: Ints
    """[S, lane] the step in which each source's episode ends."""
    made: Codes
    """[steps, N, lane] 1 where an offer was made."""


@inner
def remember(r: Reactions, steps: int, states: int, lanes: int) -> Memory:
    """An empty memory."""
    return Memory(
        np.zeros((len(r.source_target), lanes), np.int64),
        np.zeros((steps, states, lanes), np.int8),
    )


@inner
def react(
    r: Reactions, f: Drivers, t: int, b: Block, memory: Memory, seed: int, first: int, draws: int
) -> bool:
    """Fill `b.extra` with what R10 and R11 make of step t, from the step before.

    Returns whether they react in this step at all.
    """
    for i in range(b.extra_rows.shape[0]):
        for k in range(b.extra_rows.shape[1]):
            for lane in range(np.uint64(b.extra_rows.shape[2])):
                b.extra_rows[i, k, lane] = 0.0
    if t < r.start:
        return False
    if r.answers == 1:
        _answer_record(r, f, t, b, seed, first, draws)
    if r.episodes == 1:
        for s in range(len(r.source_target)):
            _threaten(r, f, t, b, s, memory.until[s], seed, first, draws)
    if r.offers == 1:
        for i in range(b.before.shape[0]):
            _offer(r, f, t, b, i, memory.made, seed, first, draws)
    return True
