"""The likelihood of records, each alliance's own thresholds integrated out.

Along a documented record, alignments depend on slopes, half-lives and inputs, never on the four
thresholds (of leaving, renewing, returning, freezing). So for each parameter draw the thresholds
are summed over a grid, and only what the alliances share is left to sample. One alliance is the
simplest case; with several, the same shared draw is scored on each record and the logs add up.

Most decisions depend on one threshold alone. Two kinds depend on more: a state that is out after
a renewal (it did not sign, or it signed and left in the same time step), and a frozen state that
returns or leaves (two hazards compete). All of them involve the threshold of leaving, so the sum
runs over that one first and over each other one given it. One approximation is made: where a state
is out after a renewal, leaving after having signed also involves a third threshold, and this one
enters by its mean. With one such decision that is exact; with more, the error is of the order of
the product of two small probabilities.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..core.elementary import compiled, each, exp, expm1, log, log1p
from ..core.inputs import Floats, Inputs, Ints, Status
from ..core.replay import alignment, latent
from ..core.simulate import side_by_side
from .priors import NAMES
from .record import at_risk, statuses
from .signs import Signs

THRESHOLDS = ("f_leave", "f_renew", "f_return", "c_freeze")
LEAVE, RENEW, RETURN, FREEZE = range(len(THRESHOLDS))
COLUMNS = [NAMES.index(name) for name in THRESHOLDS]
_B_FREEZE = NAMES.index("b_freeze")

STEP = 0.3
"""Standard deviations between grid points: the trapezoidal rule on a smooth peak is exact to about
1e-4 if the peak is not narrower than a fifth of a standard deviation."""
_GRID = STEP * np.arange(-12.0, 13.0)
_WEIGHT = each(exp, -0.5 * _GRID * _GRID)
_WEIGHT = _WEIGHT / _WEIGHT.sum()
_POINTS = len(_GRID)

MEMBER, FROZEN, OUT = (int(status) for status in Status)
_IMPOSSIBLE = log(1e-300)  # of a transition that the rules do not know
_NUMBERS_AT_ONCE = 4_000_000  # alignments that are in memory


@dataclass(frozen=True)
class Record:
    """One alliance in a fit: its inputs with the documented statuses, and how they are split."""

    inputs: Inputs
    fold: Ints
    """[T, N] the fold of each decision; -1 leaves the decision out."""
    signs: Signs | None = None
    """Graded signs of alignment to learn from as well, whichever fold is left out."""

    @property
    def folds(self) -> int:
        """How many folds there are."""
        return int(self.fold.max()) + 1

    @classmethod
    def undivided(cls, inputs: Inputs) -> "Record":
        """All decisions in one fold."""
        return cls(inputs, np.where(at_risk(inputs), 0, -1))


class _Decisions(NamedTuple):
    """The decisions of a record as a table, one entry each."""

    time: Ints
    state: Ints
    fold: Ints
    before: Ints
    after: Ints
    renewal: Ints
    dependence: Floats


def _decisions(record: Record) -> _Decisions:
    f = record.inputs.drivers
    before, after = statuses(record.inputs)
    time, state = np.nonzero(record.fold >= 0)
    return _Decisions(
        time,
        state,
        record.fold[time, state].astype(np.int64),
        before[time, state].astype(np.int64),
        after[time, state].astype(np.int64),
        f.renewal[f.first + time].astype(np.int64),
        f.dependence[f.first + time - 1, state],
    )


def marginal(record: Record, values: Floats, spread: Floats) -> Floats:
    """Log likelihood of a record with its thresholds integrated out, [draw, 1 + fold].

    The first column is that of all decisions, the others are those of all but one fold.

    Args:
        record: The record.
        values: [draw, parameter] with each threshold at its expected value.
        spread: [draw, parameter] by how much each threshold differs between alliances.
    """
    out = np.empty((len(values), 1 + record.folds))
    decisions, dt = _decisions(record), record.inputs.drivers.dt
    for some in _batches(record.inputs, len(values)):
        aligned, rows, wide = _alignments(record.inputs, values[some]), values[some], spread[some]
        found = out[some]

        def part(places: range, aligned=aligned, rows=rows, wide=wide, found=found) -> None:  # type: ignore[no-untyped-def]
            these = slice(places.start, places.stop)
            _marginals(
                aligned[these], decisions, dt, rows[these][:, COLUMNS], wide[these][:, COLUMNS],
                rows[these, _B_FREEZE], found[these],
            )  # fmt: skip

        side_by_side(part, len(found))
        if record.signs is not None:
            ends = alignment(record.inputs, values[some])
            out[some] += record.signs.log_density(ends)[:, np.newaxis]
    return out


def with_thresholds(
    record: Record, values: Floats, spread: Floats, uniforms: Floats, without: int = -1
) -> Floats:
    """Parameters of the alliance: its thresholds picked given its record, [draw, parameter].

    Args:
        record: The record.
        values: [draw, parameter] with each threshold at its expected value.
        spread: [draw, parameter] by how much each threshold differs between alliances.
        uniforms: [draw, 4] uniform numbers that pick the thresholds.
        without: A fold that is left out; -1 leaves none out.
    """
    out = values.copy()
    decisions, dt = _decisions(record), record.inputs.drivers.dt
    for some in _batches(record.inputs, len(values)):
        result = np.empty((len(values[some]), len(COLUMNS)))
        _sample(
            _alignments(record.inputs, values[some]), decisions, dt, values[some][:, COLUMNS],
            spread[some][:, COLUMNS], values[some, _B_FREEZE], record.folds, without,
            uniforms[some], result,
        )  # fmt: skip
        out[some, COLUMNS] = result
    return out


def _alignments(inputs: Inputs, values: Floats) -> Floats:
    """[draw, T, N] alignments that are known when a time step's decisions are made."""
    return np.ascontiguousarray(latent(inputs, values, "a")[..., 0])


def _batches(inputs: Inputs, draws: int) -> list[slice]:
    size = max(1, _NUMBERS_AT_ONCE // max(1, inputs.record.size))
    return [slice(start, start + size) for start in range(0, draws, size)]


class _Tables(NamedTuple):
    """What the decisions say of the thresholds, by grid point."""

    alone: Floats
    """[threshold, fold, point] log likelihood of the decisions that involve it alone."""
    lapse: Floats
    """[lapse, point of renewing] probability of not signing."""
    after_signing: Floats
    """[lapse, point of leaving] probability of leaving after having signed."""
    lapse_fold: Ints
    move: Floats
    """[move, point of leaving, point of returning] probability of a frozen state's move."""
    move_fold: Ints


@compiled
def _log_logistic(x):  # type: ignore[no-untyped-def]
    """`log(1 / (1 + exp(-x)))` without overflow."""
    if x >= 0.0:
        return -log1p(exp(-x))
    return x - log1p(exp(x))


@compiled
def _compete(this, other):  # type: ignore[no-untyped-def]
    """Probability that a hazard strikes within a time step, and before the other one."""
    both = this + other
    return -expm1(-both) * this / both


@compiled
def _weights(logs, out):  # type: ignore[no-untyped-def]
    """Fill `out` [point] with prior times likelihood, scaled; return the log of the scale."""
    highest = logs.max()
    for k in range(_POINTS):
        out[k] = _WEIGHT[k] * exp(logs[k] - highest)
    return highest


@compiled
def _tables(aligned, decisions, dt, mean, spread, b_freeze, folds):  # type: ignore[no-untyped-def]
    """The tables of one draw; `aligned` [T, N] is known when the decisions are made."""
    time, state, fold, before, after, renewal, dependence = decisions
    alone = np.zeros((4, folds, _POINTS))
    lapses, moves = 0, 0
    for n in range(len(time)):
        if before[n] != OUT and renewal[n] == 1 and after[n] == OUT:
            lapses += 1
        elif before[n] == FROZEN and after[n] != FROZEN:
            moves += 1
    lapse, after_signing = np.empty((lapses, _POINTS)), np.empty((lapses, _POINTS))
    move = np.empty((moves, _POINTS, _POINTS))
    lapse_fold, move_fold = np.empty(lapses, np.int64), np.empty(moves, np.int64)
    # Hazards at a threshold of zero, times the length of a time step, of those who stay.
    staying, staying_away = np.zeros(folds), np.zeros(folds)
    slow = np.empty(
        (4, _POINTS)
    )  # thresholds on the grid; for two of them as a factor of the hazard
    for j in range(4):
        for k in range(_POINTS):
            slow[j, k] = mean[j] + spread[j] * _GRID[k]
    for j in (LEAVE, RETURN):
        for k in range(_POINTS):
            slow[j, k] = exp(-slow[j, k])
    odds = np.empty(len(time))
    for n in range(len(time)):
        odds[n] = -aligned[time[n], state[n]]
    for n in range(len(time)):  # apart, so that the compiler can do several at once
        odds[n] = exp(odds[n])
    lapses, moves = 0, 0
    for n in range(len(time)):
        a, b = aligned[time[n], state[n]], fold[n]
        if before[n] == OUT:
            back = dt / odds[n]
            if after[n] == OUT:
                staying_away[b] += back
            elif after[n] == MEMBER:
                for k in range(_POINTS):
                    alone[RETURN, b, k] += log(max(-expm1(-back * slow[RETURN, k]), 1e-300))
            else:
                for k in range(_POINTS):
                    alone[RETURN, b, k] += _IMPOSSIBLE
            continue
        leave = odds[n] * dt
        if renewal[n] == 1 and after[n] == OUT:
            for k in range(_POINTS):
                lapse[lapses, k] = 1.0 / (1.0 + exp(slow[RENEW, k] + a))
            lapse_fold[lapses] = b
            lapses += 1
            continue
        if renewal[n] == 1:
            for k in range(_POINTS):
                alone[RENEW, b, k] += _log_logistic(slow[RENEW, k] + a)
        if after[n] == before[n]:
            staying[b] += leave
            if before[n] == FROZEN:
                staying_away[b] += dt / odds[n]
        elif before[n] == MEMBER:
            sign = 1.0 if after[n] == FROZEN else -1.0
            for k in range(_POINTS):
                alone[LEAVE, b, k] += log(max(-expm1(-leave * slow[LEAVE, k]), 1e-300))
                alone[FREEZE, b, k] += _log_logistic(
                    sign * (slow[FREEZE, k] + b_freeze * dependence[n])
                )
        else:
            back = dt / odds[n]
            for k in range(_POINTS):
                for q in range(_POINTS):
                    out, home = leave * slow[LEAVE, k], back * slow[RETURN, q]
                    move[moves, k, q] = (
                        _compete(home, out) if after[n] == MEMBER else _compete(out, home)
                    )
            move_fold[moves] = b
            moves += 1
    for b in range(folds):
        for k in range(_POINTS):
            alone[LEAVE, b, k] -= staying[b] * slow[LEAVE, k]
            alone[RETURN, b, k] -= staying_away[b] * slow[RETURN, k]
    if lapses:
        _leave_after_signing(aligned, decisions, dt, b_freeze, slow, alone, after_signing)
    return _Tables(alone, lapse, after_signing, lapse_fold, move, move_fold)


@compiled
def _leave_after_signing(aligned, decisions, dt, b_freeze, slow, alone, out):  # type: ignore[no-untyped-def]
    """Fill `out` [lapse, point of leaving]; the third threshold enters by its mean."""
    time, state, _, before, after, renewal, dependence = decisions
    freeze, home = np.empty(_POINTS), np.empty(_POINTS)
    _weights(alone[FREEZE].sum(axis=0), freeze)
    _weights(alone[RETURN].sum(axis=0), home)
    freeze /= freeze.sum()
    home /= home.sum()
    j = 0
    for n in range(len(time)):
        if before[n] == OUT or renewal[n] != 1 or after[n] != OUT:
            continue
        a = aligned[time[n], state[n]]
        leave, back = exp(-a) * dt, exp(a) * dt
        if before[n] == MEMBER:
            exits = 0.0
            for q in range(_POINTS):
                exits += freeze[q] / (1.0 + exp(slow[FREEZE, q] + b_freeze * dependence[n]))
            for k in range(_POINTS):
                out[j, k] = -expm1(-leave * slow[LEAVE, k]) * exits
        else:
            for k in range(_POINTS):
                out[j, k] = 0.0
                for q in range(_POINTS):
                    out[j, k] += home[q] * _compete(leave * slow[LEAVE, k], back * slow[RETURN, q])
        j += 1


@compiled
def _logs(table, without, out):  # type: ignore[no-untyped-def]
    """Fill `out` [point] with the sum over folds of `table` [fold, point], one left out."""
    out[:] = 0.0
    for b in range(len(table)):
        if b != without:
            for k in range(_POINTS):
                out[k] += table[b, k]


@compiled
def _given_leaving(tables, base, without, k, renewing, out):  # type: ignore[no-untyped-def]
    """Fill `out` [point] with the weights of one more threshold, given that of leaving.

    `renewing` is true for the threshold of renewing, false for that of returning; `base` [point]
    are its weights by the decisions that involve it alone. Returns their sum.
    """
    out[:] = base
    if renewing:
        for j in range(len(tables.lapse_fold)):
            if tables.lapse_fold[j] != without:
                for q in range(_POINTS):
                    lapse = tables.lapse[j, q]
                    out[q] *= lapse + (1.0 - lapse) * tables.after_signing[j, k]
    else:
        for j in range(len(tables.move_fold)):
            if tables.move_fold[j] != without:
                for q in range(_POINTS):
                    out[q] *= tables.move[j, k, q]
    total = 0.0
    for q in range(_POINTS):
        total += out[q]
    return total


@compiled
def _by_leaving(tables, without, logs, base, leaving):  # type: ignore[no-untyped-def]
    """Fill `leaving` [point] with the weights of the threshold of leaving, the others summed out.

    `base` [4, point] is filled with the weights of each threshold by the decisions that involve it
    alone. Returns the log of the factor that was taken out of the weights.
    """
    scale = 0.0
    for j in range(4):
        _logs(tables.alone[j], without, logs)
        scale += _weights(logs, base[j])
    total = 0.0
    for q in range(_POINTS):
        total += base[FREEZE, q]
    sum_renew, sum_return = 0.0, 0.0
    for k in range(_POINTS):
        if k == 0 or len(tables.lapse_fold):
            sum_renew = _given_leaving(tables, base[RENEW], without, k, True, logs)
        if k == 0 or len(tables.move_fold):
            sum_return = _given_leaving(tables, base[RETURN], without, k, False, logs)
        leaving[k] = base[LEAVE, k] * sum_renew * sum_return * total
    return scale


@compiled
def _marginals(aligned, decisions, dt, mean, spread, b_freeze, out):  # type: ignore[no-untyped-def]
    """Fill `out` [draw, 1 + fold]."""
    folds = out.shape[1] - 1
    logs, leaving, base = np.empty(_POINTS), np.empty(_POINTS), np.empty((4, _POINTS))
    for d in range(len(aligned)):
        tables = _tables(aligned[d], decisions, dt, mean[d], spread[d], b_freeze[d], folds)
        for b in range(-1, folds):
            scale = _by_leaving(tables, b, logs, base, leaving)
            total = 0.0
            for k in range(_POINTS):
                total += leaving[k]
            out[d, 1 + b] = log(max(total, 1e-300)) + scale


@compiled
def _pick(weights, u):  # type: ignore[no-untyped-def]
    """The grid point that `u` picks, and where within its cell (-0.5 to 0.5 of a step)."""
    rest = u * weights.sum()
    for k in range(_POINTS):
        if rest < weights[k]:
            return k, _GRID[k] + STEP * (rest / weights[k] - 0.5)
        rest -= weights[k]
    return _POINTS - 1, _GRID[-1]


@compiled
def _sample(aligned, decisions, dt, mean, spread, b_freeze, folds, without, u, out):  # type: ignore[no-untyped-def]
    """Fill `out` [draw, 4] with thresholds picked by `u` [draw, 4]."""
    logs, leaving, base = np.empty(_POINTS), np.empty(_POINTS), np.empty((4, _POINTS))
    for d in range(len(aligned)):
        tables = _tables(aligned[d], decisions, dt, mean[d], spread[d], b_freeze[d], folds)
        _by_leaving(tables, without, logs, base, leaving)
        k, z = _pick(leaving, u[d, LEAVE])
        out[d, LEAVE] = mean[d, LEAVE] + spread[d, LEAVE] * z
        for j in (RENEW, RETURN, FREEZE):
            if j != FREEZE:
                _given_leaving(tables, base[j], without, k, j == RENEW, logs)
                _, z = _pick(logs, u[d, j])
            else:
                _, z = _pick(base[j], u[d, j])
            out[d, j] = mean[d, j] + spread[d, j] * z
