"""One time step, built from the rules alone: perceive, update, transition probabilities, decide.

Whatever a state carries from step to step is its latent state, ten numbers named by `LATENT`.
Every function here works on *lanes*: a lane is one (parameter draw, history) pair, and the lanes
of a block lie side by side in memory, so that one instruction serves several of them. The
simulation runs blocks of 128 lanes; an agent is a block of one lane. Both run the same code.
"""

from typing import Any, NamedTuple

import numpy as np

from . import rules
from .elementary import compiled, inner, log1p
from .inputs import DRIVERS, Drivers, Floats, Ints, Status
from .parameters import NAMES

LATENT = ("E", "G", "P", "A", "O", "alpha", "beta", "left", "V", "a")
MEMBER, FROZEN, OUT = (int(s) for s in Status)

_DERIVED = ("keep_threat", "keep_memory", "keep_alignment", "alpha0", "beta0")
PARAMETER_ROWS = (*NAMES, *_DERIVED)
_PERCEIVED = (*DRIVERS, "ln_offers", "kept_others", "broken_others", "others_left")
_COUNTS = ("members", "insiders", "leavers", "kept", "broken")


class Block(NamedTuple):
    """Memory of one block of lanes. Records have one row of lanes per name.

    Each `*_rows` array is the same memory as the record before it, as plain numbers.
    """

    p: Any
    """[1] record of `PARAMETER_ROWS`: the parameters of each lane, and what follows from them."""
    p_rows: Floats
    """[row, lane]"""
    latent: Any
    """[N] record of `LATENT`."""
    latent_rows: Floats
    """[N, row, lane]"""
    seen: Any
    """[N] record of what reaches a state in a time step."""
    counts: Any
    """[1] record of members, insiders (members and frozen), leavers, and R10's answers to all."""
    extra: Any
    """[N] record of what R10 and R11 add to the drivers in a time step (zero without them)."""
    extra_rows: Floats
    """[N, row, lane]"""
    before: Ints
    """[N, lane] membership status before the time step."""
    after: Ints
    """[N, lane] and after it."""
    uniforms: Floats
    """[N, 4, lane] random numbers of four time steps."""
    near: Ints
    """[lane] 1 where a state may move."""


def block(states: int, lanes: int) -> Block:
    """Memory for a block."""

    def record(names: tuple[str, ...], rows: int) -> tuple[Any, Floats]:
        memory = np.zeros((rows, len(names), lanes))
        kind = np.dtype([(name, np.float64, (lanes,)) for name in names])
        return memory.reshape(rows, -1).view(kind)[:, 0].view(np.recarray), memory

    p, p_rows = record(PARAMETER_ROWS, 1)
    latent, latent_rows = record(LATENT, states)
    extra, extra_rows = record(DRIVERS, states)
    return Block(
        p, p_rows[0], latent, latent_rows, record(_PERCEIVED, states)[0], record(_COUNTS, 1)[0],
        extra, extra_rows, np.zeros((states, lanes), np.int64), np.zeros((states, lanes), np.int64),
        np.zeros((states, 4, lanes)), np.zeros(lanes, np.int64),
    )  # fmt: skip


@inner
def prepare(p: Any, dt: float) -> None:
    """What follows from the parameters: shares kept over a time step of `dt` years, R2's prior."""
    for lane in range(np.uint64(p.b_S.size)):
        p.keep_threat[lane] = rules.kept_share(dt, p.h_threat[lane])
        p.keep_memory[lane] = rules.kept_share(dt, p.h_memory[lane])
        p.keep_alignment[lane] = rules.kept_share(dt, p.h_align[lane])
        p.alpha0[lane] = p.rho_prior[lane] * p.n_prior[lane]
        p.beta0[lane] = (1.0 - p.rho_prior[lane]) * p.n_prior[lane]


@inner
def start(p: Any, latent: Any) -> None:
    """Fill `latent` [N] with the latent state of states that have seen nothing yet."""
    for i in range(len(latent)):
        m = latent[i]
        for lane in range(m.E.size):
            m.E[lane] = m.G[lane] = m.P[lane] = m.A[lane] = m.O[lane] = m.left[lane] = 0.0
            m.alpha[lane], m.beta[lane] = p.alpha0[lane], p.beta0[lane]
            m.V[lane] = 0.0
            m.a[lane] = np.nan  # alignment starts at the first utility


@inner
def count(before: Ints, after: Ints, extra: Any, n: Any) -> None:
    """Fill `n` with how many are members, insiders and leavers, and with R10's answers to all."""
    for lane in range(np.uint64(before.shape[1])):
        n.members[lane] = n.insiders[lane] = n.leavers[lane] = n.kept[lane] = n.broken[lane] = 0.0
    for i in range(np.uint64(before.shape[0])):
        for lane in range(np.uint64(before.shape[1])):
            member = before[i, lane] == MEMBER
            n.members[lane] += 1.0 if member else 0.0
            n.insiders[lane] += 0.0 if before[i, lane] == OUT else 1.0
            n.leavers[lane] += 1.0 if member & (after[i, lane] != MEMBER) else 0.0
            n.kept[lane] += extra[i].kept[lane]
            n.broken[lane] += extra[i].broken[lane]


@inner
def perceive(
    f: Drivers, t: int, i: int, before: Ints, after: Ints, fellows: Ints, n: Any, extra: Any, s: Any
) -> None:
    """Fill `s` with what reaches state `i` in time step `t`.

    Rows to `members` reach members and frozen states. A fellow state's threat comes from inside
    the alliance or from outside it by its status in `fellows`: that at the end of the step
    before. Requests of other states are all states' less one's own.
    """
    own, members = f.own[t, i], f.members[t]
    x0, x1, x2, x3, x4, x5, x6 = own[0], own[1], own[2], own[3], own[4], own[5], own[6]
    y0, y1 = max(x0, members[0]), max(x1, members[1])
    y2, y3 = max(x2, members[2]), max(x3, members[3])
    y4, y5, y6 = members[4], members[5], members[6]
    ln_offers = log1p(x4)
    ln_offers_inside = log1p(x4 + y4) if y4 > 0.0 else ln_offers
    kept, broken = f.kept_all[t] - x5, f.broken_all[t] - x6
    for lane in range(np.uint64(before.shape[1])):
        outside = before[i, lane] == OUT
        s.external[lane] = x0 if outside else y0
        s.internal[lane] = x1 if outside else y1
        s.inside[lane] = x2 if outside else y2
        s.demand[lane] = x3 if outside else y3
        s.offer[lane] = x4 if outside else x4 + y4
        s.ln_offers[lane] = ln_offers if outside else ln_offers_inside
        s.kept[lane] = x5 + extra.kept[lane] + (0.0 if outside else y5)
        s.broken[lane] = x6 + extra.broken[lane] + (0.0 if outside else y6)
        others = n.insiders[lane] - (0.0 if outside else 1.0)
        s.kept_others[lane] = kept + (n.kept[lane] - extra.kept[lane]) + others * y5
        s.broken_others[lane] = broken + (n.broken[lane] - extra.broken[lane]) + others * y6
        member = before[i, lane] == MEMBER
        there = n.members[lane] - (1.0 if member else 0.0)
        gone = n.leavers[lane] - (1.0 if member & (after[i, lane] != MEMBER) else 0.0)
        s.others_left[lane] = gone / max(there, 1.0)
    cell = t * before.shape[0] + i
    for k in range(f.pair_start[cell], f.pair_start[cell + 1]):
        _perceive_fellow(f.pair_level[k], f.pair_outside[k], fellows[f.pair_actor[k]], s)


@inner
def _perceive_fellow(level: float, outside: int, actor: Ints, s: Any) -> None:
    """A fellow state's threat: from inside while it belongs, else from outside if it counts so."""
    beyond = level if outside == 1 else 0.0
    for lane in range(np.uint64(actor.size)):
        away = actor[lane] == OUT
        s.inside[lane] = max(s.inside[lane], 0.0 if away else level)
        s.external[lane] = max(s.external[lane], beyond if away else 0.0)


@inner
def add_reactions(extra: Any, s: Any) -> None:
    """Add to what is seen the threats and offers that R11 makes."""
    for lane in range(np.uint64(s.external.size)):
        s.external[lane] = max(s.external[lane], extra.external[lane])
        s.internal[lane] = max(s.internal[lane], extra.internal[lane])
        s.inside[lane] = max(s.inside[lane], extra.inside[lane])
        s.offer[lane] += extra.offer[lane]
        s.ln_offers[lane] = log1p(s.offer[lane])


@inner
def update(p: Any, s: Any, D: float, m: Any) -> None:
    """R1 to R5: update the latent state `m` by what was seen and the dependence `D`."""
    for lane in range(np.uint64(m.E.size)):
        keep, memory = p.keep_threat[lane], p.keep_memory[lane]
        m.E[lane] = rules.perceived_threat(m.E[lane], s.external[lane], keep)
        m.G[lane] = rules.perceived_threat(m.G[lane], s.internal[lane], keep)
        m.P[lane] = rules.perceived_threat(m.P[lane], s.inside[lane], keep)
        m.A[lane] = rules.perceived_threat(m.A[lane], s.demand[lane], keep)
        m.O[lane] = s.offer[lane]
        m.alpha[lane] = rules.evidence(
            m.alpha[lane], p.alpha0[lane], memory, s.kept[lane], s.kept_others[lane], p.omega[lane]
        )
        m.beta[lane] = rules.evidence(
            m.beta[lane], p.beta0[lane], memory, s.broken[lane], s.broken_others[lane],
            p.omega[lane],
        )  # fmt: skip
        m.left[lane] = min(1.0, m.left[lane] * memory + s.others_left[lane])
        rho = rules.reliability(m.alpha[lane], m.beta[lane])
        V = rules.utility(
            p.b_S[lane], rules.security(m.E[lane], m.G[lane], rho, p.gamma[lane]),
            p.b_D[lane], D, p.b_P[lane], m.P[lane], p.b_A[lane], m.A[lane],
            p.b_O[lane], s.ln_offers[lane], p.kappa[lane], 1.0 - m.left[lane],
            p.b_R[lane], 2.0 * rho - 1.0, p.b_T[lane], m.E[lane] + p.gamma[lane] * m.G[lane],
        )  # fmt: skip
        m.V[lane] = V
        m.a[lane] = rules.alignment(m.a[lane], V, p.keep_alignment[lane])


@compiled
def transition_probabilities(
    f_leave: float, f_renew: float, f_return: float, c_freeze: float, b_freeze: float,
    dt: float, status: int, a: float, D: float, renewal: int,
) -> tuple[float, float, float]:  # fmt: skip
    """R6 to R9: probabilities to end the step as member, frozen and out; they sum to one.

    `a` and `D` are those of the step before. In a step with a renewal the signature comes first;
    a state that signs (or is frozen and signs) then faces the step as any other.
    """
    lapse = rules.refusal(a, f_renew) if renewal == 1 and status != OUT else 0.0
    signs = 1.0 - lapse
    if status == MEMBER:
        act = signs * rules.event_probability(rules.leave_rate(a, f_leave), dt)
        freeze = act * rules.freeze_share(D, c_freeze, b_freeze)
        return signs - act, freeze, lapse + (act - freeze)
    back = rules.return_rate(a, f_return)
    if status == FROZEN:
        leave = rules.leave_rate(a, f_leave)
        act = signs * rules.event_probability(leave + back, dt)
        member = act * (back / (leave + back))
        return member, signs - act, lapse + (act - member)
    member = rules.event_probability(back, dt)
    return member, 0.0, 1.0 - member


@inner
def lane_probabilities(
    p: Any, m: Any, lane: int, dt: float, status: int, D: float, renewal: int
) -> tuple[float, float, float]:
    """R6 to R9 for one lane of a state."""
    return transition_probabilities(
        p.f_leave[lane], p.f_renew[lane], p.f_return[lane], p.c_freeze[lane], p.b_freeze[lane],
        dt, status, m.a[lane], D, renewal,
    )  # fmt: skip


@compiled
def decide(u: float, member: float, frozen: float) -> int:
    """The status that a uniform number `u` picks from the transition probabilities.

    Staying out or in keeps its place on the unit interval, so that the same `u` in two
    simulations with common random numbers is the same resolve.
    """
    if u < member:
        return MEMBER
    if u < member + frozen:
        return FROZEN
    return OUT


_MARGIN = 1.0 + 2.0**-40  # more than all rounding together
_LN2 = 0.6931471805599453


@inner
def _near(p: Any, dt: float, u: Floats, status: Ints, m: Any, near: Ints) -> int:
    """Mark the lanes in which a state may move; how many they are.

    A state moves only if its number lies within its probability to move of an end of the unit
    interval (the upper end for a member, the lower for a state that is out, either for a frozen
    one). That probability is below the rate times the step: one exponential instead of four.
    """
    result = 0
    for lane in range(np.uint64(status.size)):
        member, outside = status[lane] == MEMBER, status[lane] == OUT
        leave, back = -(p.f_leave[lane] + m.a[lane]), m.a[lane] - p.f_return[lane]
        either = max(leave, back) + _LN2  # leave + back is at most twice the larger
        reach = _MARGIN * dt * rules.rate(leave if member else (back if outside else either))
        low, high = 0.0 if member else reach, 2.0 if outside else 1.0 - reach
        near[lane] = 1 if (u[lane] < low) | (u[lane] >= high) else 0
        result += near[lane]
    return result


@inner
def choose(
    p: Any, dt: float, D: float, renewal: int, u: Floats, status: Ints, m: Any, near: Ints,
    after: Ints,
) -> bool:  # fmt: skip
    """Fill `after` [lane] with what a state decides; whether it moved in any lane."""
    result = _near(p, dt, u, status, m, near)
    for lane in range(np.uint64(status.size)):
        after[lane] = status[lane]
    moved = False
    if result > 0 or renewal == 1:
        for lane in range(status.size):
            if near[lane] == 1 or renewal == 1:
                member, frozen, _ = lane_probabilities(p, m, lane, dt, status[lane], D, renewal)
                after[lane] = decide(u[lane], member, frozen)
                moved |= after[lane] != status[lane]
    return moved
