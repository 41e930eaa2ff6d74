"""Check that the names in the tables and in the scenario file are the same names."""

from collections.abc import Iterable, Iterator

from .events import STANDING, TOWARDS_STATES, Event
from .fields import ALL_MEMBERS, INTERNAL
from .indicators import Indicator
from .problems import Problem, quoted
from .schema import Alliance, Client
from .spelling import near_name, other_case, suggestion


def name_problems(
    alliance: Alliance,
    clients: tuple[Client, ...],
    events: tuple[Event, ...],
    indicators: tuple[Indicator, ...],
    file: str,
) -> Iterator[Problem]:
    """Names that look like a slip of a known one, and clients without a sponsor.

    A row about states the model does not follow is in order: it has no effect.
    """
    actors = {event.actor for event in events}
    cast = {alliance.name, alliance.patron, *alliance.members, *(c.name for c in clients)}
    states = (*alliance.members, ALL_MEMBERS)
    yield from _sponsors(alliance, clients, file)
    for event in events:
        if event.kind in TOWARDS_STATES:
            for target in event.targets:
                yield from _slip(event, "target", target, states, cast | actors)
        if event.kind in TOWARDS_STATES and event.actor not in cast:
            known = other_case(event.actor, (*sorted(cast), ALL_MEMBERS, INTERNAL))
            if known and known != event.actor:
                found, hint = f"found {quoted(event.actor)}", f'did you mean "{known}"?'
                yield event.problem("actor", found, "one spelling of a name", hint)
        if event.kind == STANDING:
            yield from _slip(event, "actor", event.actor, alliance.members, cast)
    yield from _contradictions(events)
    seen: set[str] = set()
    for indicator in indicators:
        known = near_name(indicator.state, alliance.members)
        if indicator.state not in cast | actors | seen and known:
            seen.add(indicator.state)
            found, hint = f"found {quoted(indicator.state)}", f'did you mean "{known}"?'
            place = f"{indicator.place}, state"
            yield Problem(indicator.file, place, found, ", ".join(alliance.members), hint)


def _sponsors(alliance: Alliance, clients: Iterable[Client], file: str) -> Iterator[Problem]:
    sponsors = (alliance.patron, *alliance.members)
    for client in clients:
        place, hint = f"client {quoted(client.name)}", suggestion(client.sponsor, sponsors)
        if client.sponsor not in sponsors:
            found = f"found {quoted(client.sponsor)}"
            yield Problem(file, f"{place}, sponsor", found, ", ".join(sponsors), hint)
        for state in client.against:
            if state not in alliance.members:
                hint = suggestion(state, alliance.members)
                found, allowed = f"found {quoted(state)}", ", ".join(alliance.members)
                yield Problem(file, f"{place}, against", found, allowed, hint)


def _slip(
    event: Event, column: str, name: str, states: Iterable[str], known: set[str]
) -> Iterator[Problem]:
    guess = None if name in states or name in known else near_name(name, states)
    if guess:
        found, hint = f"found {quoted(name)}", f'did you mean "{guess}"?'
        yield event.problem(column, found, ", ".join(states), hint)


def _contradictions(events: Iterable[Event]) -> Iterator[Problem]:
    """Two standings of one state on one day: which came last cannot be told."""
    first: dict[tuple[str, object], Event] = {}
    for event in events:
        if event.kind == STANDING:
            other = first.setdefault((event.actor, event.start), event)
            if other.strength != event.strength:
                found = f"found {quoted(event.strength)}, but {other.place} says {other.strength}"
                yield event.problem("strength", found, "one standing a state and day")
