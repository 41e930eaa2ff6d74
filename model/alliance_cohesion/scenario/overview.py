"""What `cohesion check` says of a sound scenario: what was read, and what may not be meant."""

from collections.abc import Sized

from .density import EQUAL, density, is_held_to_protocol, protocol_notes
from .events import STANDING
from .membership import Status, statuses
from .notes import notes
from .scenario import Scenario
from .states import name_of

_MOST_CHANGES = 12
_WORDS = ("a member", "frozen", "out")  # by code


def overview(scenario: Scenario, with_density: bool = False) -> list[str]:
    """Lines about a scenario.

    Args:
        scenario: What was read.
        with_density: Also the table of rows per member-year, and the protocol's notes.
    """
    own, clock = scenario.alliance.names, scenario.clock
    lines = [
        f"{scenario.name}: {_count(scenario.states, 'state')}, patron "
        f"{name_of(scenario.alliance.patron, own)}, {clock.start} to {clock.end} by {clock.tick}s; "
        f"{_count(scenario.events, 'event')}, {_count(scenario.indicators, 'indicator value')}"
    ]
    changes = _changes(scenario)
    if changes:
        more = f"; and {len(changes) - _MOST_CHANGES} more" if len(changes) > _MOST_CHANGES else ""
        lines.append(f"  changes of status: {'; '.join(changes[:_MOST_CHANGES])}{more}")
    if scenario.changes:
        names = [change.name for change in scenario.changes]
        more = f"; and {len(names) - _MOST_CHANGES} more" if len(names) > _MOST_CHANGES else ""
        lines.append(f"  changes applied: {'; '.join(names[:_MOST_CHANGES])}{more}")
    protocol = with_density or is_held_to_protocol(scenario)
    if protocol:
        lines += _density(scenario, with_density)
    noted = notes(scenario) + (protocol_notes(scenario) if protocol else [])
    return lines + [f"  note: {note}" for note in dict.fromkeys(noted)]


def _count(things: Sized, what: str) -> str:
    return f"{len(things):,} {what}{'' if len(things) == 1 else 's'}"


def _changes(scenario: Scenario) -> list[str]:
    """The changes of status within the clock, in order."""
    standings = [event for event in scenario.events if event.kind == STANDING]
    found: list[tuple[Status, str]] = []
    for state in scenario.states:
        now: int | None = None
        for status in statuses(standings, state):
            inside = scenario.clock.start < status.day <= scenario.clock.end
            if inside and status.code != now:
                found.append((status, state))
            now = status.code
    found.sort(key=lambda one: one[0].day)
    own = scenario.alliance.names
    return [f"{name_of(state, own)} {_WORDS[s.code]} {s.day}" for s, state in found]


def _density(scenario: Scenario, whole: bool) -> list[str]:
    found = density(scenario)
    ratio = found.ratio(found.begun)
    if not whole and ratio is None:
        return []
    left, stayed = (found.rate(found.begun, group) for group in (True, False))
    told = f"  driver rows begun per member-year: {left:.2f} of states that left or froze"
    if found.stayed:
        told += f", {stayed:.2f} of those that stayed"
    if ratio is not None:
        low, high = EQUAL
        fair = "" if low <= ratio <= high else f", not within {low} and {high}"
        told += f" (ratio {ratio:.2f}{fair})"
    return [told, *(f"  {line}" for line in found.table())] if whole else [told]
