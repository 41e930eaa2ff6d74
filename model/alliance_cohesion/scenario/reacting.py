"""A scenario in which patron, adversaries or outside powers follow rules instead of the record."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from ..core.inputs import Inputs
from ..core.reactions import EXTERNAL, INTERNAL, REQUEST_LEVEL, Reactions
from ..util import shipped
from . import Event, Scenario, compile_inputs
from .patron import requests, spare
from .roles import Cast, Side

RULES = {"responses": ("response",), "episodes": ("threat",), "offers": ("offer",)}


def fitted() -> dict[str, Any]:
    """The shipped fit of R10 and R11.

    Raises:
        ValueError: none is shipped.
    """
    files = sorted(shipped.folder("calibration").glob("reactions-*.json"))
    if not files:
        raise ValueError("no fitted reactions are shipped; make them with `cohesion calibrate`")
    result: dict[str, Any] = json.loads(files[-1].read_text(encoding="utf-8"))
    return result


def is_fitted() -> bool:
    """Whether a fit of R10 and R11 is shipped."""
    return any(shipped.folder("calibration").glob("reactions-*.json"))


def switched(scenario: Scenario) -> tuple[str, ...]:
    """Classes of events that follow rules: of `responses`, `episodes`, `offers`."""
    return tuple(name for name in RULES if getattr(scenario.alliance, name) == "rule")


def by_rule(scenario: Scenario, *classes: str) -> Scenario:
    """The same scenario with these classes (all by default) following rules."""
    values = dict.fromkeys(classes or tuple(RULES), "rule")
    return replace(scenario, alliance=scenario.alliance.model_copy(update=values))


def documented(scenario: Scenario) -> Scenario:
    """The scenario up to the day to which its record is known, with nothing left to rules.

    Of later days the record says nothing, which must not be read as if nobody moved.
    """
    known = scenario.clock.known_until
    if known is None:
        return scenario
    clock = scenario.clock.model_copy(update={"end": known, "known_until": None})
    alliance = scenario.alliance.model_copy(update=dict.fromkeys(RULES, "record"))
    return replace(scenario, clock=clock, alliance=alliance)


def scripted(scenario: Scenario, since: date, keep: frozenset[str] = frozenset()) -> Scenario:
    """The scenario without the rows that rules replace: those that begin on `since` or later.

    Threats that lie within the alliance's own side (the patron's) stay as the record has them,
    and so do the rows in `keep` (ids): what a counterfactual is about is not left to a rule.
    """
    cast = Cast(scenario, scenario.clock.steps)
    classes = switched(scenario)

    def stays(event: Event) -> bool:
        if event.start < since or event.id in keep:
            return True
        if event.kind == "response":
            return "responses" not in classes
        if event.kind == "offer":
            return "offers" not in classes
        if event.kind == "threat" and "episodes" in classes:
            return not _from_adversary(cast, event, scenario)
        return True

    return replace(scenario, events=tuple(event for event in scenario.events if stays(event)))


def _from_adversary(cast: Cast, event: Event, scenario: Scenario) -> bool:
    if event.actor == "internal":
        return True
    columns = cast.columns(event.targets)
    if not columns:
        return True
    steps = scenario.clock.steps
    begin, stop = steps.span(event.start, event.start)
    return all(
        source.side is not Side.PATRON
        for source in cast.sources(event.actor, columns[0], begin, max(stop, begin + 1))
    )


def inputs_and_reactions(
    scenario: Scenario,
    since: date,
    draws: int,
    seed: int,
    *,
    keep: frozenset[str] = frozenset(),
    found: dict[str, Any] | None = None,
) -> tuple[Inputs, Reactions | None]:
    """Compile a scenario for `core.simulate.simulate`.

    Args:
        scenario: Its `[alliance]` says which classes follow rules.
        since: First day on which they do.
        draws: How many draws of the reactions' coefficients.
        seed: Of those draws.
        keep: Ids of rows that stay scripted whatever their class.
        found: A fit (the shipped one by default).

    Returns:
        The inputs without the replaced rows, and the reactions (None if no class follows rules).
    """
    if not switched(scenario):
        inputs = compile_inputs(scenario)
        return inputs, None
    found = fitted() if found is None else found
    whole = compile_inputs(scenario)
    inputs = compile_inputs(scripted(scenario, since, keep))
    rng = np.random.default_rng([seed, 10])
    start = int(np.searchsorted(inputs.steps, np.datetime64(since), side="right")) - 1
    start = max(start, inputs.drivers.first)
    classes = switched(scenario)

    def sample(key: str) -> np.ndarray:
        one = found[key]
        return rng.multivariate_normal(one["mean"], one["covariance"], draws, method="cholesky")

    answer, episode, offer = sample("answer"), sample("episode"), sample("offer")
    actors, targets, columns = _sources(whole, found)
    rates = np.stack([episode[:, column].mean(axis=1) for column in columns], axis=1)
    states = found["states"]
    own = [[states.index(s)] if s in states else list(range(len(states))) for s in inputs.states]
    asked = [
        q for q in requests(scenario, whole)
        if q.step >= start
        and q.event not in keep
        and (q.internal or "episodes" not in classes)
    ]  # fmt: skip
    level = float(np.mean(found["episode_level"]))
    dt = inputs.drivers.dt
    return inputs, Reactions(
        start=start,
        answers=int("responses" in classes),
        episodes=int("episodes" in classes),
        offers=int("offers" in classes),
        answer=np.ascontiguousarray(answer),
        spare=spare(scenario, whole),
        strength=np.array(
            [found["request_share"], found["strength_kept"], found["strength_broken"]]
        ),
        request_step=np.array([q.step for q in asked], np.int64),
        request_state=np.array([q.state for q in asked], np.int64),
        request_level=np.array([q.level for q in asked], float),
        request_internal=np.array([q.internal for q in asked], float),
        request_inside=np.array([q.inside for q in asked], float),
        source_target=np.array(targets, np.int64),
        source_actor=np.array(actors, np.int64),
        source_rate=np.ascontiguousarray(rates),
        source_slope=np.ascontiguousarray(episode[:, -1]),
        source_level=np.full(len(targets), max(level, REQUEST_LEVEL)),
        source_steps=np.full(len(targets), max(1, round(found["episode_years"][0] / dt)), np.int64),
        offer_rate=np.stack([offer[:, k].mean(axis=1) for k in own], axis=1),
        offer_slope=np.ascontiguousarray(offer[:, -1]),
        offer_points=float(found["offer_points"]),
        offer_steps=max(1, round(found["offer_years"] / dt)),
        usual=np.array(found["usual"]),
    )


def _sources(inputs: Inputs, found: dict[str, Any]) -> tuple[list[int], list[int], list[list[int]]]:
    """Actor, target and fitted columns of each source; a state nobody fitted gets the mean."""
    names = [tuple(name) for name in found["sources"]]
    actors, targets, columns = [], [], []

    def add(actor: int, target: int, name: tuple[str, str]) -> None:
        kind = name[0] if name[0] in ("external", "internal") else None
        alike = [
            k for k, other in enumerate(names)
            if (other[0] == kind if kind else other[0] not in ("external", "internal"))
        ]  # fmt: skip
        actors.append(actor)
        targets.append(target)
        columns.append([names.index(name)] if name in names else alike or list(range(len(names))))

    alternatives = sorted(_alternatives(inputs))
    for i, state in enumerate(inputs.states):
        add(EXTERNAL, i, ("external", state))
        add(INTERNAL, i, ("internal", state))
        for actor, target in alternatives:
            if target == i:
                add(actor, i, (inputs.states[actor], state))
    return actors, targets, columns


def _alternatives(inputs: Inputs) -> set[tuple[int, int]]:
    """Pairs of states (actor, target) of which the record has an episode or a status threat."""
    f, n = inputs.drivers, len(inputs.states)
    result = set()
    for cell in range(len(f.pair_start) - 1):
        for k in range(f.pair_start[cell], f.pair_start[cell + 1]):
            if f.pair_outside[k] and f.pair_level[k] >= REQUEST_LEVEL:
                result.add((int(f.pair_actor[k]), cell % n))
    return result
