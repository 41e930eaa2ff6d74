"""The three couplings against chances worked out by hand."""

import numpy as np
import pytest

from alliance_cohesion.analysis.counterfactual.coupling import (
    COUPLINGS,
    GUMBEL,
    INDEPENDENT,
    ORDERED,
    carried,
    gumbel,
    independent,
    ordered,
)

DRAWS = 40_000
BASE, CHANGED = (0.7, 0.2, 0.1), (0.8, 0.15, 0.05)


def shares(coupling: int, documented: int, base=BASE, changed=CHANGED) -> np.ndarray:
    v = np.random.default_rng(5).random((DRAWS, 3))
    chosen = [carried(coupling, *row, documented, base, changed) for row in v]
    return np.bincount(chosen, minlength=3) / DRAWS


def close(found: np.ndarray, wanted: tuple[float, float, float]) -> bool:
    return bool(np.all(np.abs(found - wanted) < 4 * 0.5 / np.sqrt(DRAWS)))


@pytest.mark.parametrize("coupling", range(3))
@pytest.mark.parametrize("documented", range(3))
def test_equal_chances_give_the_documented_choice_back(coupling, documented):
    rng = np.random.default_rng(1)
    for _ in range(300):
        p = rng.dirichlet([1, 1, 1])
        base = (p[0], p[1], 1.0 - (p[0] + p[1]))
        v = rng.random(3)
        assert carried(coupling, *v, documented, base, base) == documented
        # Not by the short cut alone: the couplings themselves do so too.
        assert ordered(v[0], documented, base, base) == documented
        assert gumbel(*v, documented, base, base) == documented
        assert independent(v[0], v[1], documented, base, base) == documented


@pytest.mark.parametrize("coupling", range(3))
def test_documented_choices_at_base_chances_give_the_changed_chances(coupling):
    total = sum(BASE[k] * shares(coupling, k) for k in range(3))
    assert close(total, CHANGED)


def test_two_choices_leave_nothing_open():
    """Leaving falls from 0.4 to 0.1: who left would leave again with 0.1 / 0.4, all agree."""
    base, changed = (0.6, 0.0, 0.4), (0.9, 0.0, 0.1)
    for coupling in range(3):
        assert close(shares(coupling, 2, base, changed), (0.75, 0.0, 0.25))
        assert close(shares(coupling, 0, base, changed), (1.0, 0.0, 0.0))


def test_two_choices_the_other_way():
    """Staying falls from 0.9 to 0.6: who stayed would stay with 0.6 / 0.9."""
    base, changed = (0.9, 0.0, 0.1), (0.6, 0.0, 0.4)
    for coupling in range(3):
        assert close(shares(coupling, 0, base, changed), (2 / 3, 0.0, 1 / 3))
        assert close(shares(coupling, 2, base, changed), (0.0, 0.0, 1.0))


def test_ordered_moves_along_the_unit_interval():
    """Frozen was [0.7, 0.9): now [0, 0.8) is member and [0.8, 0.95) frozen."""
    assert close(shares(ORDERED, 1), (0.5, 0.5, 0.0))
    # Outside was [0.9, 1): half of it is frozen now, half outside.
    assert close(shares(ORDERED, 2), (0.0, 0.5, 0.5))


def test_independent_keeps_what_it_can():
    """Frozen is kept with 0.15 / 0.2; only member gains, so the rest goes there."""
    assert close(shares(INDEPENDENT, 1), (0.25, 0.75, 0.0))
    assert close(shares(INDEPENDENT, 2), (0.5, 0.0, 0.5))


def test_gumbel_by_its_closed_form():
    """P(k again | k) = 1 / sum_j max(q_j / q_k, p_j / p_k) / p_k: the earliest of three clocks."""
    for k in range(3):
        p, q = BASE, CHANGED
        # k wins in both worlds: clocks e_j > e_k max(q_j / q_k, p_j / p_k) for every other j.
        stay = 1.0 / (1.0 + sum(max(q[j] / q[k], p[j] / p[k]) for j in range(3) if j != k))
        assert abs(shares(GUMBEL, k)[k] - stay / p[k]) < 4 * 0.5 / np.sqrt(DRAWS)


def test_a_choice_without_a_chance_stands_as_it_is():
    for coupling in range(3):
        assert carried(coupling, 0.3, 0.6, 0.9, 1, (0.6, 0.0, 0.4), (0.5, 0.2, 0.3)) == 1


def test_their_names():
    assert (COUPLINGS[ORDERED], COUPLINGS[GUMBEL], COUPLINGS[INDEPENDENT]) == COUPLINGS
