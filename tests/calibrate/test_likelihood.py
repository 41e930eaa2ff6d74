"""The likelihood against slow and independent calculations."""

from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import halfnorm, lognorm, norm

from alliance_cohesion.core import replay
from alliance_cohesion.core.agents import AllianceModel, State
from alliance_cohesion.core.parameters import NAMES, PARAMETERS
from alliance_cohesion.inference import fit as fits
from alliance_cohesion.inference import priors as prior
from alliance_cohesion.inference.baselines import without_drivers, without_slopes
from alliance_cohesion.inference.likelihood import (
    COLUMNS,
    THRESHOLDS,
    Record,
    marginal,
    with_thresholds,
)
from alliance_cohesion.inference.record import at_risk

from ..inputs import quiet, random_inputs

believed = prior.default()
draws = believed.transform(believed.cube(5, seed=4))


class Following(State):
    """An agent that does what the record says and notes how likely that was."""

    logs: ClassVar[dict[tuple[int, int], float]] = {}

    def decide(self):
        inputs, t = self.model.inputs, self.model.time_step
        did = int(inputs.record[t, self.index])
        if t >= inputs.drivers.first and t > inputs.drivers.entry[self.index]:
            self.logs[t, self.index] = np.log(self.transition_probabilities()[did])
        return did


def possible(inputs):
    """A record that the rules allow: nobody freezes from outside."""
    path = inputs.record.copy()
    first = inputs.drivers.first
    path[:first] = inputs.initial
    for t in range(first, len(path)):
        late = t <= inputs.drivers.entry
        path[t] = np.where(late, np.where(t == inputs.drivers.entry, 0, 2), path[t])
        path[t] = np.where((path[t - 1] == 2) & (path[t] == 1), 2, path[t])
    return replace(inputs, record=path)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_likelihood_is_the_product_of_the_agents_probabilities(seed):
    inputs = possible(random_inputs(seed))
    Following.logs.clear()
    AllianceModel(inputs, draws, 0, 1, Following).play()
    fold = np.where(at_risk(inputs), 0, -1)
    assert len(Following.logs) == (fold == 0).sum()
    expected = sum(Following.logs.values())
    assert replay.scores(inputs, draws[:1], fold)[0, 0] == pytest.approx(expected, rel=1e-12)


def test_blocks_add_up_and_what_is_left_out_does_not_count():
    inputs = possible(random_inputs(4))
    shape = (len(inputs.decided), len(inputs.states))
    halves = np.zeros(shape, dtype=np.int64)
    halves[:10] = 1
    whole = replay.scores(inputs, draws, np.zeros(shape, dtype=np.int64))
    assert replay.scores(inputs, draws, halves).sum(axis=1) == pytest.approx(whole[:, 0])
    halves[10:] = -1
    only = replay.scores(inputs, draws, np.where(halves == 1, 0, -1))
    assert only[:, 0] == pytest.approx(
        replay.scores(inputs, draws, np.where(halves == 1, 1, 0))[:, 1]
    )


def test_the_trace_gives_the_chances_that_the_likelihood_multiplies():
    inputs = possible(random_inputs(5))
    probabilities = replay.trace(inputs, draws).probabilities
    after = inputs.record[inputs.drivers.first :]
    happened = np.take_along_axis(
        probabilities, np.broadcast_to(after, (5, *after.shape))[..., None].astype(int), -1
    )
    expected = replay.scores(inputs, draws, np.zeros(after.shape, dtype=np.int64))[:, 0]
    assert np.log(happened).sum(axis=(1, 2, 3)) == pytest.approx(expected)


def test_the_evidence_of_a_constant_rate_is_the_integral_that_quadrature_gives():
    """One state stays for ten years, leaves once: all but the threshold is pinned."""
    inputs = quiet(steps=41, states=1)
    path = inputs.record.copy()
    path[40] = 2
    inputs = replace(inputs, record=path)
    flat = without_slopes(believed).pin(
        **{a.name: 1.0 for a in PARAMETERS if a.name not in ("f_leave",) and a.name[:2] != "b_"
           and a.name != "kappa"}
    ).pin(c_freeze=-100.0, f_return=30.0)  # fmt: skip
    row = flat.beliefs["f_leave"]
    found = fits.fit(Record.undivided(inputs), flat, draws=2**11, seed=2)

    def threshold_density(f):
        def over_spread(s):
            return norm.pdf(f, row.mean, np.sqrt(row.sd**2 + s**2)) * (
                halfnorm.pdf(s, scale=row.spread)
            )

        return quad(over_spread, 0, 8 * row.spread)[0]

    def integrand(f):
        rate = np.exp(-f)
        stays, leaves = np.exp(-rate * 0.25 * 39), 1 - np.exp(-rate * 0.25)
        return stays * leaves * threshold_density(f)

    exact = np.log(quad(integrand, -2, 14, limit=200)[0])
    assert found.log_evidence == pytest.approx(exact, abs=4 * found.log_evidence_error)


def common(count: int, seed: int):
    """Points of what alliances share, with thresholds that leave everything possible."""
    points = np.random.default_rng(seed).random((count, len(believed.shared)))
    return believed.common(points)


@pytest.mark.parametrize("seed", [1, 2, 3, 8])
def test_thresholds_are_integrated_out_as_brute_force_does_it(seed):
    """Records with renewals, refusals, freezes and returns, by two hundred thousand draws."""
    inputs = possible(random_inputs(seed, steps=24, states=3))
    fold = np.where(np.arange(len(inputs.decided))[:, np.newaxis] < 10, 0, 1)
    fold = np.where(at_risk(inputs), fold, -1)
    values, _, spread = common(4, seed)
    values[:, : NAMES.index("f_leave")] *= 0.2  # moderate alignments, so that all can happen
    values[:, [NAMES.index("f_leave"), NAMES.index("f_return")]] = 1.0
    found = marginal(Record(inputs, fold), values, spread)
    chance = np.random.default_rng(seed)
    for d in range(len(values)):
        rows = np.repeat(values[d : d + 1], 200_000, axis=0)
        rows[:, COLUMNS] += spread[d, COLUMNS] * chance.standard_normal((200_000, 4))
        each = replay.scores(inputs, rows, fold)
        for column, logs in enumerate((each.sum(axis=1), each[:, 1], each[:, 0])):
            likelihood = np.exp(logs - logs.max())
            expected = np.log(likelihood.mean()) + logs.max()
            error = likelihood.std() / likelihood.mean() / np.sqrt(len(likelihood))
            assert found[d, column] == pytest.approx(expected, abs=5 * error + 0.01)


def test_thresholds_are_picked_as_often_as_the_record_says():
    """One exit, one refusal at a renewal, one freeze and one return in ten years."""
    inputs = quiet(steps=41, states=4)
    inputs.drivers.renewal[20] = 1
    path = inputs.record.copy()
    path[10:, 0], path[20:, 2] = 2, 2
    path[15:30, 1] = 1
    inputs = replace(inputs, record=path)
    record = Record.undivided(inputs)
    values, _, spread = (np.repeat(one[:1], 8000, axis=0) for one in common(1, 2))
    values[:, COLUMNS] = 3.5, 0.5, 2.5, -1.0
    spread[:, COLUMNS] = 0.8
    chance = np.random.default_rng(1)
    picked = with_thresholds(record, values, spread, chance.random((8000, 4)))
    rows = np.repeat(values[:1], 200_000, axis=0)
    rows[:, COLUMNS] += spread[0, COLUMNS] * chance.standard_normal((200_000, 4))
    logs = replay.scores(inputs, rows, record.fold)[:, 0]
    weight = np.exp(logs - logs.max())
    for name in THRESHOLDS:
        k = NAMES.index(name)
        mean = np.average(rows[:, k], weights=weight)
        deviation = np.sqrt(np.average((rows[:, k] - mean) ** 2, weights=weight))
        assert picked[:, k].mean() == pytest.approx(mean, abs=0.06 * deviation), name
        assert picked[:, k].std() == pytest.approx(deviation, rel=0.05), name
    assert np.delete(picked, COLUMNS, axis=1).tobytes() == np.delete(values, COLUMNS, 1).tobytes()


def test_without_slopes_drivers_do_not_matter():
    inputs = possible(random_inputs(6))
    flat = without_slopes(believed)
    values = flat.transform(flat.cube(3, seed=9))
    block = np.zeros((len(inputs.decided), len(inputs.states)), dtype=np.int64)
    loud, silent = (
        replay.scores(inputs, values, block),
        replay.scores(without_drivers(inputs), values, block),
    )
    assert loud == pytest.approx(silent)


def test_a_prior_has_the_quantiles_it_names():
    middle = believed.transform(np.full((1, believed.dimensions), 0.5))[0]
    names = list(prior.NAMES)
    assert middle[names.index("h_threat")] == pytest.approx(believed.beliefs["h_threat"].median)
    assert middle[names.index("rho_prior")] == pytest.approx(believed.beliefs["rho_prior"].median)
    assert middle[names.index("f_leave")] == pytest.approx(believed.beliefs["f_leave"].mean)
    half = halfnorm.ppf(0.5, scale=believed.beliefs["b_S"].scale)
    shrink = lognorm.ppf(0.5, 1.0, scale=believed.beliefs["slope_scale"].median)
    assert middle[names.index("b_S")] == pytest.approx(half * shrink)


def test_a_pinned_parameter_does_not_move():
    values = believed.pin(h_align=0.7).transform(believed.cube(20, seed=1))
    assert (values[:, prior.NAMES.index("h_align")] == 0.7).all()
    assert (values[:, prior.NAMES.index("b_R")] == 0.0).all()


def test_prior_draws_are_addressed():
    assert np.array_equal(believed.cube(10, seed=1)[4:], believed.cube(6, seed=1, start=4))


def test_what_a_state_knew_is_all_of_the_step_before():
    inputs = possible(random_inputs(7))
    f = inputs.drivers
    known = replay.knowledge(inputs, draws[0])
    latent = replay.trace(inputs, draws[:1]).latent[0]
    assert np.array_equal(known[..., 0], latent[..., 0])
    assert np.array_equal(known[..., 6], f.dependence[f.first - 1 : len(f.dependence) - 1])
    assert np.array_equal(
        known[..., 7].max(axis=1), f.renewal[f.first :]
    )  # of the time step itself
