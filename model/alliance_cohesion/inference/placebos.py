"""Placebos: the record with its meaning broken in one known way.

A model that scores as well on a placebo has learned something else than what it claims.
"""

import csv
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..core.inputs import DRIVERS, Drivers, Floats, Inputs, Ints
from ..scenario import Event, Scenario

DRIVER_KINDS = ("threat", "coercion", "arms_to_adversary", "demand", "offer", "response")


def swap_states(inputs: Inputs, order: Ints) -> Inputs:
    """Give every state the covariate history of another; statuses stay with their states.

    `order[i]` is the state whose covariates state `i` gets.
    """
    f = inputs.drivers
    moved = f.change(
        own=np.ascontiguousarray(f.own[:, order]),
        dependence=np.ascontiguousarray(f.dependence[:, order]),
    )
    return replace(inputs, drivers=_rewire(moved, order))


def _rewire(f: Drivers, order: Ints) -> Drivers:
    """Move the threats between states along with their targets."""
    T, n = f.dependence.shape
    start, actor, level, outside = [0], [], [], []
    for t in range(T):
        for i in range(n):
            cell = t * n + int(order[i])
            span = slice(f.pair_start[cell], f.pair_start[cell + 1])
            actor.append(f.pair_actor[span])
            level.append(f.pair_level[span])
            outside.append(f.pair_outside[span])
            start.append(start[-1] + len(actor[-1]))
    return f.change(
        pair_start=np.array(start, dtype=np.int64),
        pair_actor=np.concatenate(actor) if actor else f.pair_actor,
        pair_level=np.concatenate(level) if level else f.pair_level,
        pair_outside=np.concatenate(outside) if outside else f.pair_outside,
    )


def shift_time(inputs: Inputs, steps: int) -> Inputs:
    """Turn all drivers round the clock by some steps; statuses and renewals keep their dates."""
    f = inputs.drivers
    moved: dict[str, Any] = {
        name: np.roll(getattr(f, name), steps, axis=0)
        for name in ("own", "members", "kept_all", "broken_all", "dependence")
    }
    T, n = f.dependence.shape
    sizes = np.diff(f.pair_start).reshape(T, n)
    spans = [slice(f.pair_start[t * n], f.pair_start[(t + 1) * n]) for t in range(T)]
    turned = [spans[(t - steps) % T] for t in range(T)]
    pairs: dict[str, Any] = {
        name: np.concatenate([getattr(f, name)[span] for span in turned])
        for name in ("pair_actor", "pair_level", "pair_outside")
    }
    starts = np.concatenate([[0], np.cumsum(np.roll(sizes, steps, axis=0).ravel())])
    return replace(inputs, drivers=f.change(**moved, **pairs, pair_start=starts.astype(np.int64)))


def noise(inputs: Inputs, rng: np.random.Generator) -> Inputs:
    """Replace every driver by red noise that takes the same values at other places.

    Drivers of states and of pairs of states are redistributed over time and states, those of all
    members together over time. What is left of the record are statuses and the calendar.
    """
    f = inputs.drivers
    own = np.stack([_placed(f.driver(name), rng) for name in DRIVERS], axis=-1)
    made = _threats_elsewhere(f, rng).change(
        own=own,
        dependence=_placed(f.dependence, rng),
        members=np.column_stack([_placed(column, rng) for column in f.members.T]),
    )
    totals = {
        f"{name}_all": np.array([math.fsum(row) for row in made.driver(name).tolist()])
        for name in ("kept", "broken")
    }
    return replace(inputs, drivers=made.change(**totals))


def _placed(values: Floats, rng: np.random.Generator) -> Floats:
    """The same values, the larger where red noise along the first axis is larger."""
    order = np.argsort(_red(values.shape, rng), axis=None, kind="stable")
    out = np.empty(values.size)
    out[order] = np.sort(values, axis=None)
    return out.reshape(values.shape)


def _red(shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Noise that keeps nine tenths of itself from one time step to the next."""
    steps = rng.normal(size=shape)
    red = np.empty_like(steps)
    red[0] = steps[0]
    for t in range(1, len(steps)):
        red[t] = 0.9 * red[t - 1] + math.sqrt(1.0 - 0.81) * steps[t]
    return red


def _threats_elsewhere(f: Drivers, rng: np.random.Generator) -> Drivers:
    """Threats between states, each with its side, moved to where red noise is largest."""
    T, n = f.dependence.shape
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    order = np.argsort(-_red((T, len(pairs)), rng), axis=None, kind="stable")
    strongest = np.argsort(-f.pair_level, kind="stable")[: len(order)]
    where = order[: len(strongest)]
    target, actor = np.array(pairs, dtype=np.int64).reshape(-1, 2)[where % max(1, len(pairs))].T
    cell = where // max(1, len(pairs)) * n + target
    by_cell = np.argsort(cell, kind="stable")
    count = np.bincount(cell, minlength=T * n)
    return f.change(
        pair_start=np.concatenate([[0], np.cumsum(count)]).astype(np.int64),
        pair_actor=actor[by_cell],
        pair_level=f.pair_level[strongest][by_cell],
        pair_outside=f.pair_outside[strongest][by_cell],
    )


def drives(event: Event) -> bool:
    """Whether a row moves anything."""
    return event.kind in DRIVER_KINDS and not event.consequence


def shuffle_contents(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Shuffle what happened among a state's rows; the dates stay where they are."""
    events = list(scenario.events)
    groups: dict[tuple[str, ...], list[int]] = {}
    for k, event in enumerate(events):
        if drives(event):
            groups.setdefault(event.targets, []).append(k)
    for places in groups.values():
        for place, other in zip(places, rng.permutation(places), strict=True):
            original, content = scenario.events[place], scenario.events[int(other)]
            length = content.end - content.start if content.end else None
            events[place] = replace(
                content,
                id=original.id,
                date=original.date,
                start=original.start,
                end=original.start + length if length is not None else None,
            )
    return replace(scenario, events=tuple(events))


def thin(scenario: Scenario, rng: np.random.Generator, leavers: set[str]) -> Scenario:
    """Drop leavers' rows at random until they are coded as densely as the stayers."""
    members = scenario.alliance.members
    rows = dict.fromkeys(members, 0)
    for event in scenario.events:
        if drives(event):
            for target in event.targets:
                if target in rows:
                    rows[target] += 1
    stayers = [rows[state] for state in members if state not in leavers]
    density = float(np.mean(stayers)) if stayers else 0.0
    kept = []
    for event in scenario.events:
        own = [target for target in event.targets if target in rows]
        if drives(event) and own and all(target in leavers for target in own):
            share = min(1.0, density / max(max(rows[target] for target in own), 1))
            if rng.random() > share:
                continue
        kept.append(event)
    return replace(scenario, events=tuple(kept))


def jitter(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Move every strength by -1, 0 or +1 code, within what the codebook allows."""
    top = {"threat": 5, "demand": 4, "offer": 4, "coercion": 3, "arms_to_adversary": 3}

    def moved(event: Event) -> Event:
        if not drives(event) or event.kind not in top:
            return event
        strength = np.clip(float(event.strength or 0) + rng.integers(-1, 2), 1, top[event.kind])
        return replace(event, strength=float(strength))

    return replace(scenario, events=tuple(moved(event) for event in scenario.events))


def confident(scenario: Scenario) -> Scenario:
    """Leave out every driver row of low confidence."""
    return replace(
        scenario,
        events=tuple(e for e in scenario.events if not (drives(e) and e.confidence == "low")),
    )


def is_coded_twice(scenario: Scenario) -> bool:
    """Whether the record has a second coding."""
    return _second_coding(scenario).is_file()


def _second_coding(scenario: Scenario) -> Path:
    return scenario.path.parent / "coding" / "second.csv"


def alternative(scenario: Scenario) -> Scenario:
    """The second coder's strengths wherever `coding/second.csv` beside the events gives one."""
    second = {row["id"]: row for row in read_second(_second_coding(scenario))}

    def recoded(event: Event) -> Event:
        row = second.get(event.id)
        if row is None or not drives(event):
            return event
        level = row["threat_level"]
        return replace(
            event,
            strength=float(row["strength"]),
            threat_level=int(float(level)) if level else event.threat_level,
        )

    return replace(scenario, events=tuple(recoded(event) for event in scenario.events))


def read_second(path: Path) -> list[dict[str, str]]:
    """Rows of a second coding: id, strength, threat_level."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
