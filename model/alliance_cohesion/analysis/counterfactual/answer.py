"""Answer a counterfactual: both questions, who else moves and how, and the guards.

Two questions, never mixed:

- forecast: the record is known up to the branch; what follows in either world?
- given: all that happened is known; what would have followed without it, all else as chance had
  it?
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...core.inputs import Codes, Floats, Standing
from ...core.randomness import checked_seed
from ...inference.record import changes
from ...scenario import reacting
from . import effects, guards, histories
from .answered import forecast_by_rule
from .coupling import COUPLINGS, ORDERED
from .effects import Move, Parting, Spread, away, spread
from .guards import Span
from .pair import Pair, Sample

HISTORIES = 4000
A_DRAW = 8  # histories of one parameter draw
_LESS = 4  # channels are told apart with a quarter of the histories
MAIN = COUPLINGS[ORDERED]
"""The coupling shown where one must be: the engine's own, in which chance is a resolve."""

CHANNELS = {
    "others that left (R4)": histories.CONTAGION,
    "promises to others (R2)": histories.LEARNED,
    "whose threat it is (R1)": histories.SOURCE,
}
"""Rules through which one state's fate reaches another, and their flags."""


@dataclass(frozen=True)
class Outcome:
    """A documented move, or stay, and what the change does to it."""

    move: Move
    prevented: dict[str, Spread]
    """By coupling: given what happened, chance that it does not happen (necessity), that is, not
    before the state's next documented move, or the end."""
    delayed: dict[str, float]
    """By coupling: chance that it has not happened by its documented tick."""
    base: float
    """Forecast: chance in the base world."""
    changed: float
    """Forecast: chance in the changed world."""
    sufficiency: float | None
    """Forecast: of histories whose changed world lacks it, share whose base world has it."""
    both: float
    """Forecast: chance that it happens in the base world and not in the changed one."""


@dataclass(frozen=True)
class Side:
    """One question, or one coupling of it. Arrays are [tick from the branch on, state]."""

    base: Spread
    """Share away in the base world."""
    changed: Spread
    effect: Spread
    """Changed less base."""
    standing: Floats
    """[tick, state, standing] shares in the changed world."""
    parting: Parting


@dataclass(frozen=True)
class Through:
    """How a change reaches one state, where its effect is largest."""

    state: int
    tick: int
    """From the branch on."""
    effect: float
    by: dict[str, float]
    """What is lost of the effect where a channel is fed from the base world."""


@dataclass(frozen=True)
class Answer:
    """What is to be said about a counterfactual."""

    pair: Pair
    seed: int
    count: int
    """Histories a question and coupling."""
    draws: int
    sample: Sample
    """Draws of the second question."""
    forecast: Side
    by_rule: Side | None
    """The forecast where patron, adversaries and outside powers follow R10 and R11; None where
    no fit of these rules is shipped."""
    forecast_base: Floats
    """[tick, state, standing] shares in the base world of the forecast."""
    ratio: float | None
    """By how much pairing cuts the variance of the forecast's differences at the end."""
    given: dict[str, Side]
    outcomes: list[Outcome]
    through_forecast: list[Through]
    through_given: list[Through]
    span: Span
    logistic: Floats | None

    @property
    def states(self) -> tuple[str, ...]:
        """Names of the states."""
        return self.pair.base.world.states

    @property
    def edges(self) -> np.ndarray:
        """[T + 1] first days of the ticks from the branch on, and the day after the last."""
        world = self.pair.base.world
        days = world.ticks[self.pair.branch :].astype("datetime64[D]")
        return np.append(days, world.end.astype("datetime64[D]"))

    @property
    def ticks(self) -> list[int]:
        """Ticks that tables show: those of documented changes, and the last."""
        world = self.pair.base.world
        offset = self.pair.branch - world.forcing.first
        last = len(world.ticks) - self.pair.branch - 1
        return sorted({c.tick - offset for c in changes(world) if c.tick >= offset} | {last})

    def month(self, tick: int) -> str:
        """Last month of a tick from the branch on."""
        return str(self.edges[tick + 1] - np.timedelta64(1, "D"))[:7]

    @property
    def all_known(self) -> bool:
        """Whether the record reaches to the end of the clock."""
        return self.pair.known == len(self.pair.base.world.ticks)

    @property
    def disagreement(self) -> Floats:
        """[tick, state] widest difference between the couplings' effects."""
        stack = np.stack([side.effect.mean for side in self.given.values()])
        return np.asarray(np.ptp(stack, axis=0))

    @property
    def watched(self) -> list[int]:
        """States worth a row: those the change reaches by name, and any it moves by 2 points."""
        effect = [self.forecast.effect.mean, *(side.effect.mean for side in self.given.values())]
        largest = np.max(np.abs(np.stack(effect)), axis=(0, 1))
        focal = set(self.pair.focal)
        some = [i for i in range(len(largest)) if largest[i] > 0.02]
        moved = {o.move.state for o in self.outcomes if o.move.kind != "stay"}
        by_name = [i for i in focal if len(focal) <= 2 or i in moved or largest[i] > 0.005]
        return sorted({*some, *by_name}, key=lambda i: (i not in focal, -largest[i]))


def answer(pair: Pair, count: int = HISTORIES, seed: int | None = None) -> Answer:
    """Work out the answer to a counterfactual.

    Args:
        pair: The two worlds.
        count: Histories a question and coupling, rounded down to whole draws.
        seed: Of the random numbers; the scenario's by default.
    """
    if count < 1:
        raise ValueError(f"histories: {count} given, at least 1 needed")
    seed = checked_seed(pair.changed.scenario.seed if seed is None else seed)
    wanted = max(1, count // A_DRAW)
    known = pair.sample(wanted, seed, all_of_it=False)
    sample = pair.sample(wanted, seed)
    D = len(sample.base)
    count = max(1, count // D) * D

    base, changed = pair.worlds
    start = base.record[pair.branch - 1]

    def free(number: int, held: int = 0) -> tuple[Codes, Codes]:
        return histories.forecast(
            base, changed, known.base, known.changed, pair.branch, number, seed, held
        )

    def replayed(coupling: int, number: int, held: int = 0) -> tuple[Codes, Codes]:
        return histories.replay(
            base, changed, sample.base, sample.changed,
            pair.branch, number, seed, coupling, held, pair.known,
        )  # fmt: skip

    free_base, free_changed = free(count)
    replays = {name: replayed(k, count) for k, name in enumerate(COUPLINGS)}
    paths = {name: path for name, (_, path) in replays.items()}
    forecast = _side(away(free_base), free_base, free_changed, D)
    by_rule = None
    if reacting.is_fitted():
        rule_base, rule_changed = forecast_by_rule(pair, known, count, seed)
        by_rule = _side(away(rule_base), rule_base, rule_changed, D)
    given = {name: _side(away(was), was, path, D) for name, (was, path) in replays.items()}

    outcomes = [
        _outcome(move, free_base, free_changed, paths, start, D)
        for move in effects.moves(pair.base, pair.branch, pair.known, pair.focal)
    ]
    some = max(1, count // _LESS // D) * D
    through_forecast = _through(
        forecast.effect.mean, free_changed[:some], lambda held: free(some, held)[1]
    )
    through_given = _through(
        given[MAIN].effect.mean, paths[MAIN][:some], lambda held: replayed(ORDERED, some, held)[1]
    )
    modal = np.argmax(given[MAIN].standing, axis=-1).astype(np.int8)
    return Answer(
        pair,
        seed,
        count,
        D,
        sample,
        forecast,
        by_rule,
        _shares(free_base),
        effects.variance_ratio(away(free_base)[:, -1], away(free_changed)[:, -1]),
        given,
        outcomes,
        through_forecast,
        through_given,
        guards.span(pair, sample.base.mean(axis=0), sample.changed.mean(axis=0), modal),
        guards.logistic_changes(pair),
    )


def _side(was: np.ndarray, base: Codes, changed: Codes, draws: int) -> Side:
    now = away(changed)
    before = np.broadcast_to(was, now.shape)
    return Side(
        spread(before, draws),
        spread(now, draws),
        spread(now - before, draws),
        _shares(changed),
        effects.parting(base, changed),
    )


def _shares(path: Codes) -> Floats:
    return np.stack([(path == standing).mean(axis=0) for standing in Standing], axis=-1)


def _outcome(
    move: Move, free_base: Codes, free_changed: Codes, paths: dict[str, Codes],
    start: Codes, draws: int,
) -> Outcome:  # fmt: skip
    in_base = effects.happened(move, free_base, start)
    in_changed = effects.happened(move, free_changed, start)
    lacking = int((~in_changed).sum())
    return Outcome(
        move,
        {
            name: spread((~effects.happened(move, path, start)).astype(np.int8), draws)
            for name, path in paths.items()
        },
        {
            name: float((~effects.happened(move, path, start, move.tick)).mean())
            for name, path in paths.items()
        },
        float(in_base.mean()),
        float(in_changed.mean()),
        float((in_base & ~in_changed).sum() / lacking) if lacking else None,
        float((in_base & ~in_changed).mean()),
    )


def _through(effect: Floats, full: Codes, held: Callable[[int], Codes]) -> list[Through]:
    """Effects at their peak, and what each channel carries of them."""
    if not np.any(effect):
        return []
    peak = np.abs(effect).argmax(axis=0)
    with_all = away(full).mean(axis=0)
    lost = {name: with_all - away(held(flag)).mean(axis=0) for name, flag in CHANNELS.items()}
    return [
        Through(i, t, float(effect[t, i]), {name: float(by[t, i]) for name, by in lost.items()})
        for i, t in enumerate(peak.tolist())
        if effect[t, i] != 0
    ]
