"""Check that the names in the tables and in the scenario file are the same names."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from .events import STATUS, THREAT, TOWARDS_STATES, Event
from .fields import ALL_MEMBERS, INTERNAL
from .indicators import Indicator
from .problems import Problem, any_of, quoted
from .schema import Alliance, Client
from .spelling import near_name, suggestion
from .states import code_of, fold

_EVERYBODY = ("all", "allmembers", "everyone", "everybody", "allstates")
_OWN = "or name it in [alliance] names, if it is another"


def name_problems(
    alliance: Alliance,
    clients: tuple[Client, ...],
    events: tuple[Event, ...],
    indicators: tuple[Indicator, ...],
    file: str,
) -> Iterator[Problem]:
    """Names that look like a slip of a known one, and clients without a sponsor.

    A row about states the model does not follow is in order: it has no effect. A name that is a
    state's own is never a slip.
    """
    cast = {alliance.name, alliance.patron, *alliance.members, *alliance.fellow_members}
    cast |= {client.name for client in clients}
    known = cast | {event.actor for event in events} | {*alliance.names, ALL_MEMBERS}
    small = {name.casefold(): name for name in (INTERNAL, ALL_MEMBERS, *sorted(cast)[::-1])}

    @cache
    def slip(name: str, of: tuple[str, ...]) -> str | None:
        if name in known or code_of(name):
            return None
        parts = [part.strip() for part in re.split(r"[;,/&+]| and ", name)]
        if len(parts) > 1 and all(part in known or code_of(part) for part in parts):
            return "|".join(parts)
        return ALL_MEMBERS if fold(name) in _EVERYBODY else near_name(name, of)

    yield from _sponsors(alliance, clients, file)
    states = (*alliance.members, ALL_MEMBERS)
    for event in events:
        if event.kind in TOWARDS_STATES:
            for target in event.targets:
                if meant := slip(target, states):
                    yield _slip(event, "target", target, states, meant)
            if event.actor in event.targets:
                hint = f'a threat from within has the actor "{INTERNAL}"'
                result, hint = f"found {quoted(event.actor)}", hint if event.kind == THREAT else ""
                yield event.problem("target", result, "states other than the actor", hint)
            name = small.get(event.actor.casefold(), event.actor)
            if name != event.actor and event.actor not in cast:
                result, hint = f"found {quoted(event.actor)}", f'did you mean "{name}"?'
                yield event.problem("actor", result, "one spelling of a name", hint)
        known_state = event.actor in cast or code_of(event.actor)
        if event.kind == STATUS and not known_state:
            meant = near_name(event.actor, alliance.members)
            if meant:
                yield _slip(event, "actor", event.actor, alliance.members, meant)
    yield from _contradictions(events)
    told = set()
    for row in indicators:
        meant = slip(row.state, alliance.members)
        if meant and row.state not in told:
            told.add(row.state)
            result, hint = f"found {quoted(row.state)}", f'did you mean "{meant}"? {_OWN}'
            place = f"{row.place}, state"
            yield Problem(row.file, place, result, any_of(alliance.members), hint)


def _sponsors(alliance: Alliance, clients: Iterable[Client], file: str) -> Iterator[Problem]:
    sponsors = (alliance.patron, *alliance.members)
    for client in clients:
        place = f"client {quoted(client.name)}"
        named = [("sponsor", client.sponsor, sponsors)]
        named += [("against", state, alliance.members) for state in client.against]
        for key, name, allowed in named:
            if name not in allowed:
                result, hint = f"found {quoted(name)}", suggestion(name, allowed)
                yield Problem(file, f"{place}, {key}", result, any_of(allowed), hint)


def _slip(event: Event, column: str, name: str, states: Sequence[str], meant: str) -> Problem:
    hint = f'did you mean "{meant}"? {_OWN}'
    return event.problem(column, f"found {quoted(name)}", any_of(states), hint)


def _contradictions(events: Iterable[Event]) -> Iterator[Problem]:
    """Two statuses of one state on one day: which came last cannot be told."""
    first: dict[tuple[str, object], Event] = {}
    for event in events:
        if event.kind == STATUS:
            other = first.setdefault((event.actor, event.start), event)
            if other.strength != event.strength:
                result = f"found {quoted(event.strength)}, but {other.place} says {other.strength}"
                yield event.problem("strength", result, "one status a state and day")
