"""What a sound scenario says without effect, and whom it takes for an outsider.

None of it need be wrong: a borrowed record concerns others too. But a coder who meant something
else has to see it.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from .events import STANDING, TOWARDS_STATES, Event
from .fields import ALL_MEMBERS, INTERNAL
from .indicators import COMPONENTS
from .problems import quoted
from .scenario import Scenario

MOST_NAMES = 30  # in one line


def notes(scenario: Scenario) -> list[str]:
    """One line for each thing that may not be meant, in words for whoever codes."""
    return [*_outsiders(scenario), *_unreached(scenario), *_standings(scenario), *_silent(scenario)]


def _outsiders(scenario: Scenario) -> Iterator[str]:
    alliance = scenario.alliance
    cast = {alliance.name, alliance.patron, *alliance.members, ALL_MEMBERS, INTERNAL}
    cast |= {client.name for client in scenario.clients}
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
        yield (
            f"taken for outsiders, neither the patron ({alliance.patron}) nor one of its clients: "
            f"{_listed(outside)}"
        )


def _unreached(scenario: Scenario) -> Iterator[str]:
    actors = {event.actor for event in scenario.events}
    followed = {*scenario.states, ALL_MEMBERS}
    for event in scenario.events:
        unknown = [name for name in event.targets if name not in followed | actors]
        if event.kind in TOWARDS_STATES and not followed & set(event.targets) and unknown:
            yield _of(event, f"reaches no state of the scenario: target {_listed(unknown)}")


def _standings(scenario: Scenario) -> Iterator[str]:
    """Standings that leave no trace in the record that the rules are scored against."""
    clock = scenario.clock
    ticks = clock.ticks
    by_state: dict[str, list[Event]] = {state: [] for state in scenario.states}
    for event in sorted(
        (event for event in scenario.events if event.kind == STANDING),
        key=lambda event: (event.start, event.place),
    ):
        if event.actor not in by_state:
            yield _of(event, "is of a state that the scenario does not follow")
        elif event.start > clock.end:
            yield _of(event, f"lies after the clock's end ({clock.end}) and does not count")
        elif event.start > clock.start:
            by_state[event.actor].append(event)
    for events in by_state.values():
        for event, later in pairwise(events):
            if ticks.at(event.start) == ticks.at(later.start) and event.strength != later.strength:
                yield _of(
                    event,
                    f"is undone within the same {clock.tick} by "
                    f"{later.place} ({later.strength}) and does not count",
                )


def _silent(scenario: Scenario) -> Iterator[str]:
    known = {row.state for row in scenario.indicators if row.indicator in COMPONENTS}
    unknown = known - set(scenario.states) - {event.actor for event in scenario.events}
    if unknown:
        yield f"indicators of states that the scenario does not follow: {_listed(unknown)}"
    without = [state for state in scenario.states if state not in known]
    if without:
        yield f"no indicator of dependence for {_listed(without)}: `dependence_default` is taken"


def _of(event: Event, said: str) -> str:
    what = f"{event.actor} {event.strength}" if event.kind == STANDING else event.kind
    return f"{event.file}, {event.place}: {what} of {event.date} {said}"


def _listed(names: Iterable[str]) -> str:
    every = sorted(set(names))
    more = f" and {len(every) - MOST_NAMES} more" if len(every) > MOST_NAMES else ""
    return ", ".join(quoted(name)[1:-1] for name in every[:MOST_NAMES]) + more
