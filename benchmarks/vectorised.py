"""The rules R1 to R9 in plain NumPy, vectorised over histories and states: a rival in speed.

Written for the benchmark in `speed.py` alone, as one would write it without a compiler: a loop
over time steps, arrays of [history, state]. Given the addressed random numbers it makes the same
histories as the ensemble, which `tests/sweep/test_benchmarks.py` checks.
"""

from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from alliance_cohesion.core.inputs import Codes, Floats, Inputs
from alliance_cohesion.core.parameters import NAMES

MEMBER, FROZEN, OUT = 0, 1, 2
LARGEST = 30.0


def logistic(x: Floats) -> Floats:
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small)


def simulate(inputs: Inputs, draws: Floats, numbers: NDArray[np.int64], uniforms: Floats) -> Codes:
    """Statuses [history, time step, state] of these histories.

    Args:
        inputs: The compiled scenario.
        draws: Parameter draws, [draw, parameter].
        numbers: Which histories.
        uniforms: [history, time step, state] random numbers.
    """
    f = inputs.drivers
    n, H = len(inputs.states), len(numbers)
    rows = draws[numbers % len(draws)]
    p = SimpleNamespace(**{name: rows[:, k, np.newaxis] for k, name in enumerate(NAMES)})
    fading, memory, inertia = (2.0 ** (-f.dt / h) for h in (p.h_threat, p.h_memory, p.h_align))
    alpha0, beta0 = p.rho_prior * p.n_prior, (1.0 - p.rho_prior) * p.n_prior
    E = np.zeros((H, n))
    G, P, A, left = (np.zeros((H, n)) for _ in range(4))
    alpha, beta = np.broadcast_to(alpha0, (H, n)), np.broadcast_to(beta0, (H, n))
    a = np.full((H, n), np.nan)
    before = np.broadcast_to(inputs.initial, (H, n)).copy()
    path = np.empty((H, len(inputs.decided), n), dtype=np.int8)
    for t in range(len(f.renewal)):
        after = before
        if t >= f.first:
            chosen = decide(p, f.dt, before, a, f.dependence[t - 1], f.renewal[t],
                           uniforms[:, t - f.first])  # fmt: skip
            chosen = np.where(t < f.entry, OUT, np.where(t == f.entry, MEMBER, chosen))
            after = chosen.astype(np.int8)
        inside = before != OUT
        own, common = f.own[t], f.members[t]
        seen = [np.where(inside, np.maximum(own[:, d], common[d]), own[:, d]) for d in range(4)]
        offer, kept, broken = (own[:, d] + inside * common[d] for d in range(4, 7))
        for cell in range(t * n, (t + 1) * n):
            i = cell - t * n
            for k in range(f.pair_start[cell], f.pair_start[cell + 1]):
                there = before[:, f.pair_actor[k]] != OUT
                level = f.pair_level[k]
                seen[2][:, i] = np.where(there, np.maximum(seen[2][:, i], level), seen[2][:, i])
                if f.pair_outside[k] == 1:
                    seen[0][:, i] = np.where(there, seen[0][:, i], np.maximum(seen[0][:, i], level))
        members = (before == MEMBER).sum(axis=1, keepdims=True)
        others = inside.sum(axis=1, keepdims=True) - inside
        kept_others = f.kept_all[t] - own[:, 5] + others * common[5]
        broken_others = f.broken_all[t] - own[:, 6] + others * common[6]
        gone = (before == MEMBER) & (after != MEMBER)
        others_gone = gone.sum(axis=1, keepdims=True) - gone
        others_there = members - (before == MEMBER)
        share = np.where(others_there > 0, others_gone / np.maximum(others_there, 1), 0.0)
        E, G, P, A = (
            np.maximum(now, level * fading) for now, level in zip(seen, (E, G, P, A), strict=True)
        )
        alpha = alpha0 + (alpha - alpha0) * memory + kept + p.omega * kept_others
        beta = beta0 + (beta - beta0) * memory + broken + p.omega * broken_others
        left = np.minimum(1.0, left * memory + share)
        rho = alpha / (alpha + beta)
        security = (E + p.gamma * G) * (2.0 * rho - 1.0)
        V = (
            p.b_S * security + p.b_D * f.dependence[t] - p.b_P * P - p.b_A * A
            - p.b_O * np.log1p(offer) + p.kappa * ((1.0 - left) - 1.0)
        ) + p.b_R * (2.0 * rho - 1.0) + p.b_T * (E + p.gamma * G)  # fmt: skip
        a = np.where(np.isnan(a), V, V + (a - V) * inertia)
        before = after
        if t >= f.first:
            path[:, t - f.first] = after
    return path


def decide(
    p: SimpleNamespace, dt: float, status: Codes, a: Floats, D: Floats, renewal: int, u: Floats
) -> NDArray[np.int64]:
    """R6 to R9 for all histories and states at once."""
    signs = 1.0 - logistic(-(p.f_renew + a)) * (status != OUT) if renewal == 1 else 1.0
    leave = np.exp(np.minimum(-(p.f_leave + a), LARGEST))
    back = np.exp(np.minimum(a - p.f_return, LARGEST))
    act = signs * (1.0 - np.exp(-leave * dt))
    freeze = act * logistic(p.c_freeze + p.b_freeze * D)
    moves = signs * (1.0 - np.exp(-(leave + back) * dt))
    returns = moves * (back / (leave + back))
    member = np.where(
        status == MEMBER, signs - act,
        np.where(status == FROZEN, returns, 1.0 - np.exp(-back * dt)),
    )  # fmt: skip
    frozen = np.where(
        status == MEMBER, freeze,
        np.where(status == FROZEN, signs - moves, 0.0),
    )  # fmt: skip
    return np.where(u < member, MEMBER, np.where(u < member + frozen, FROZEN, OUT))
