"""Check that the names in the tables and in the scenario file are the same names."""

from collections.abc import Iterable, Iterator, Sequence

from .events import STANDING, TOWARDS_STATES, Event
from .fields import ALL_MEMBERS, INTERNAL
from .indicators import Indicator
from .problems import Problem, any_of, quoted
from .schema import Alliance, Client
from .spelling import NearNames, suggestion


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
    known = cast | actors
    states, members = (*alliance.members, ALL_MEMBERS), alliance.members
    near_state, near_member = NearNames(states), NearNames(members)
    of_the_cast = {name.casefold(): name for name in (INTERNAL, ALL_MEMBERS, *sorted(cast)[::-1])}
    yield from _sponsors(alliance, clients, file)
    for event in events:
        if event.kind in TOWARDS_STATES:
            for target in event.targets:
                if target not in known:
                    yield from _slip(event, "target", target, states, near_state)
        if event.kind in TOWARDS_STATES and event.actor not in cast:
            name = of_the_cast.get(event.actor.casefold(), event.actor)
            if name != event.actor:
                found, hint = f"found {quoted(event.actor)}", f'did you mean "{name}"?'
                yield event.problem("actor", found, "one spelling of a name", hint)
        if event.kind == STANDING and event.actor not in cast:
            yield from _slip(event, "actor", event.actor, members, near_member)
    yield from _contradictions(events)
    for indicator in indicators:
        if indicator.state not in known:
            known.add(indicator.state)  # told once
            meant = near_member.of(indicator.state)
            if meant:
                found, hint = f"found {quoted(indicator.state)}", f'did you mean "{meant}"?'
                place = f"{indicator.place}, state"
                yield Problem(indicator.file, place, found, any_of(members), hint)


def _sponsors(alliance: Alliance, clients: Iterable[Client], file: str) -> Iterator[Problem]:
    sponsors, members = (alliance.patron, *alliance.members), set(alliance.members)
    for client in clients:
        place = f"client {quoted(client.name)}"
        if client.sponsor not in sponsors:
            hint = suggestion(client.sponsor, sponsors)
            found = f"found {quoted(client.sponsor)}"
            yield Problem(file, f"{place}, sponsor", found, any_of(sponsors), hint)
        for state in client.against:
            if state not in members:
                hint = suggestion(state, alliance.members)
                found, allowed = f"found {quoted(state)}", any_of(alliance.members)
                yield Problem(file, f"{place}, against", found, allowed, hint)


def _slip(
    event: Event, column: str, name: str, states: Sequence[str], near: NearNames
) -> Iterator[Problem]:
    guess = near.of(name)
    if guess:
        found, hint = f"found {quoted(name)}", f'did you mean "{guess}"?'
        yield event.problem(column, found, any_of(states), hint)


def _contradictions(events: Iterable[Event]) -> Iterator[Problem]:
    """Two standings of one state on one day: which came last cannot be told."""
    first: dict[tuple[str, object], Event] = {}
    for event in events:
        if event.kind == STANDING:
            other = first.setdefault((event.actor, event.start), event)
            if other.strength != event.strength:
                found = f"found {quoted(event.strength)}, but {other.place} says {other.strength}"
                yield event.problem("strength", found, "one standing a state and day")
