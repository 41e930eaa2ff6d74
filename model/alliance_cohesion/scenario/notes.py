"""What a sound scenario says without effect, and what may not be meant.

None of it need be wrong: a borrowed record concerns others too. But a coder who meant something
else has to see it.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from .events import RESPONSE, STATUS, TOWARDS_STATES, Event
from .fields import ALL_MEMBERS, INTERNAL
from .indicators import COMPONENTS, SIGNS
from .membership import joining, statuses
from .problems import quoted
from .scenario import Scenario
from .states import name_of

MOST_NAMES = 30  # in one line
_MOST_ROWS = 5
_MOST_ALIKE = 8  # notes of a kind
_SAME_END = 3  # spells of membership that end on one day may end with the data


def notes(scenario: Scenario) -> list[str]:
    """One line for each thing that may not be meant, in words for the coder."""
    parts = (_outsiders, _unreached, _twice, _statuses, _indicators)
    told = []
    for part in parts:
        result = list(part(scenario))
        more = len(result) - _MOST_ALIKE
        told += result[:_MOST_ALIKE] + (
            [f"and {more:,} more notes like the last"] if more > 0 else []
        )
    return told


def label(name: str, scenario: Scenario) -> str:
    """A name for the reader: a code with the state's name behind it."""
    told = name_of(name, scenario.alliance.names)
    shown = quoted(name)[1:-1]
    return shown if told == name else f"{shown} ({told})"


def rows(events: Iterable[Event]) -> str:
    """The ids of some rows, the first of them where there are many."""
    ids = [quoted(event.id)[1:-1] for event in events]
    more = f" and {len(ids) - _MOST_ROWS:,} more" if len(ids) > _MOST_ROWS else ""
    return ", ".join(ids[:_MOST_ROWS]) + more


def _outsiders(scenario: Scenario) -> Iterator[str]:
    alliance = scenario.alliance
    cast = {alliance.name, alliance.patron, *alliance.members, *alliance.fellow_members}
    cast |= {ALL_MEMBERS, INTERNAL, *(client.name for client in scenario.clients)}
    followed = {*alliance.members, ALL_MEMBERS}
    outside = {
        event.actor
        for event in scenario.events
        if event.kind in TOWARDS_STATES
        and not event.consequence
        and followed & set(event.targets)
        and event.actor not in cast
    }
    if outside:
        patron = label(alliance.patron, scenario)
        yield (
            f"taken for outsiders, neither the patron, {patron}, nor one of its clients: "
            f"{_listed(outside, lambda name: label(name, scenario))}"
        )
    mixed = [name for name in outside if _mixes_alphabets(name)]
    if mixed:
        yield f"names that mix alphabets, so that they may only look like another: {_listed(mixed)}"


def _unreached(scenario: Scenario) -> Iterator[str]:
    """Rows that reach no state of the scenario, by whom they are aimed at."""
    known = {*scenario.states, ALL_MEMBERS}
    others = known | {event.actor for event in scenario.events}
    by_target: dict[str, list[Event]] = defaultdict(list)
    for event in scenario.events:
        if event.kind in TOWARDS_STATES and not known & set(event.targets):
            for name in set(event.targets) - others:
                by_target[label(name, scenario)].append(event)
    for target, events in sorted(by_target.items()):
        what = "a row reaches" if len(events) == 1 else f"{len(events)} rows reach"
        yield f"{what} no state of the scenario: target {target} ({rows(events)})"


def _twice(scenario: Scenario) -> Iterator[str]:
    """Answers given twice: both weigh."""
    answers: dict[tuple[str, date], list[Event]] = defaultdict(list)
    for event in scenario.events:
        if event.kind == RESPONSE and not event.consequence:
            for target in event.targets:
                answers[target, event.start].append(event)
    for (target, day), same in answers.items():
        if len(same) > 1:
            yield (
                f"{len(same)} answers to {label(target, scenario)} on {day} all count "
                f"({rows(same)}): keep one if they are the same fact"
            )


def _statuses(scenario: Scenario) -> Iterator[str]:
    """Statuses that leave no trace in the record, and how spells of membership are read."""
    clock, steps = scenario.clock, scenario.clock.steps
    by_state: dict[str, list[Event]] = {state: [] for state in scenario.states}
    for event in scenario.events:
        if event.kind == STATUS and event.actor in by_state:
            by_state[event.actor].append(event)
        elif event.kind == STATUS:
            yield _of(event, "is of a state that the scenario does not follow")
    ends: dict[date, list[str]] = defaultdict(list)
    for state, events in by_state.items():
        dated = statuses(events, state)
        before = [status for status in dated if status.day <= clock.start]
        after = [status for status in dated if status.day > clock.start]
        joins = joining(before, after)
        if joins and joins.day > clock.end:
            said = f"lies after the clock's end ({clock.end}): the state is out all the time"
            yield _of(joins.event, said)
        elif joins and before:
            said = "is read as joining for the first time; of a return, give the earlier member row"
            yield _of(joins.event, said)
        now = before[-1].code if before else None
        for k, status in enumerate(after):
            later = after[k + 1] if k + 1 < len(after) else None
            if status.day > clock.end:
                if status is not joins and not status.ends:
                    said = f"lies after the clock's end ({clock.end}) and does not count"
                    yield _of(status.event, said)
            elif (
                later and steps.at(status.day) == steps.at(later.day) and later.code != status.code
            ):
                by = f"{later.event.place} ({later.event.strength})"
                by = "its own end" if later.event is status.event else by
                undone = f"is undone within the same {clock.step} by {by} and does not count"
                yield _of(status.event, undone)
            elif status.code == now:
                yield _of(status.event, f"changes nothing: the state is {status.event.strength}")
            now = status.code
            if status.ends and status.day <= clock.end and status.event.strength == "member":
                ends[status.day].append(state)
    for day, states in ends.items():
        if len(states) >= _SAME_END:
            yield (
                f"{_listed(states)}: membership ends just before {day}; if only the data end "
                "there, leave the column end empty"
            )


def _indicators(scenario: Scenario) -> Iterator[str]:
    counts = Counter(row.indicator for row in scenario.indicators)
    for said, names in (
        ("signs of alignment, which drive nothing", set(counts) & set(SIGNS)),
        ("indicators that nothing uses", set(counts) - {*COMPONENTS, *SIGNS}),
    ):
        if names:
            yield f"{said}: {_listed(names, lambda name: f'{name} ({counts[name]:,} values)')}"
    known = {row.state for row in scenario.indicators if row.indicator in COMPONENTS}
    unknown = known - set(scenario.states) - {event.actor for event in scenario.events}
    if unknown:
        yield f"indicators of states that the scenario does not follow: {_listed(unknown)}"
    without = [state for state in scenario.states if state not in known]
    if without:
        told = _listed(without, lambda name: label(name, scenario))
        yield f"no indicator of dependence for {told}: `dependence_default` is taken"


def _of(event: Event, said: str) -> str:
    return f"{event.file}, {event.place}: {event.actor}, {event.strength} from {event.date}, {said}"


def _listed(names: Iterable[str], told: Callable[[str], str] = str) -> str:
    every = sorted(set(names))
    more = f" and {len(every) - MOST_NAMES} more" if len(every) > MOST_NAMES else ""
    return ", ".join(quoted(told(name))[1:-1] for name in every[:MOST_NAMES]) + more


def _mixes_alphabets(text: str) -> bool:
    """Whether a word mixes Latin letters with Greek or Cyrillic ones that look alike."""
    for word in () if text.isascii() else text.split():
        alphabets = {unicodedata.name(letter, "").partition(" ")[0] for letter in word}
        if "LATIN" in alphabets and alphabets & {"GREEK", "CYRILLIC"}:
            return True
    return False
