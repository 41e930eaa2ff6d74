"""What `cohesion check` says of a sound scenario: what was read, and what may not be meant."""

from collections.abc import Sequence, Sized
from math import isnan

from .events import STATUS
from .membership import StatusRow, statuses
from .notes import notes
from .scenario import Scenario
from .states import name_of

COVERAGE = "coverage.csv"
"""Beside a scenario that is held to the coding protocol."""
_MOST = 12  # changes in one line
_WORDS = ("a member", "frozen", "out")  # by code


def overview(scenario: Scenario, with_density: bool = False) -> list[str]:
    """Lines about a scenario.

    Args:
        scenario: What was read.
        with_density: Also the table of rows per member-year, and everything that departs from the
            coding protocol.
    """
    alliance, clock = scenario.alliance, scenario.clock
    lines = [
        f"{scenario.name}: {_count(scenario.states, 'state')}, patron "
        f"{name_of(alliance.patron, alliance.names)}, {clock.start} to {clock.end} by "
        f"{clock.step}s; {_count(scenario.events, 'event')}, "
        f"{_count(scenario.indicators, 'indicator value')}"
    ]
    for what, changes in (
        ("changes of status", _changes(scenario)),
        ("changes applied", [change.name for change in scenario.changes]),
    ):
        if changes:
            lines.append(f"  {what}: {_first(changes)}")
    noted = notes(scenario)
    if with_density or (scenario.path.parent / COVERAGE).is_file():
        from .density import protocol_notes  # loads pandas

        lines += _density(scenario, with_density)
        noted += protocol_notes(scenario, with_density)
    return lines + [f"  note: {note}" for note in dict.fromkeys(noted)]


def _changes(scenario: Scenario) -> list[str]:
    """The changes of status within the clock, in order."""
    rows = [event for event in scenario.events if event.kind == STATUS]
    result: list[tuple[StatusRow, str]] = []
    for state in scenario.states:
        now: int | None = None
        for status in statuses(rows, state):
            inside = scenario.clock.start < status.day <= scenario.clock.end
            if inside and status.code != now:
                result.append((status, state))
            now = status.code
    result.sort(key=lambda one: one[0].day)
    own = scenario.alliance.names
    return [f"{name_of(state, own)} {_WORDS[s.code]} {s.day}" for s, state in result]


def _density(scenario: Scenario, whole: bool) -> list[str]:
    """Rows per member-year in one line, and by driver if the whole is asked for."""
    from .density import EQUAL, density, ratio

    table = density(scenario)
    begun, in_force = ratio(table), ratio(table, "in_force")
    lines = []
    if not isnan(begun):
        left, stayed = table.loc["all", "begun"]
        low, high = EQUAL
        wanted = "" if low <= round(begun, 2) <= high else f"; the protocol wants {low} to {high}"
        lines.append(
            f"  driver rows begun per member-year: {left:.2f} of states that left or froze, "
            f"{stayed:.2f} of those that stayed (ratio {begun:.2f}{wanted})"
        )
    if whole:
        table.index = table.index.str.replace("_", " ")
        table.columns = [f"{count}, {group}".replace("_", " ") for count, group in table.columns]
        text = table.to_string(float_format="%.2f", na_rep="-")
        lines += [f"    {line}" for line in text.splitlines()]
        if not isnan(in_force):
            lines.append(f"    ratio of rows in force: {in_force:.2f}")
    return lines


def _first(texts: Sequence[str]) -> str:
    more = f"; and {len(texts) - _MOST} more" if len(texts) > _MOST else ""
    return "; ".join(texts[:_MOST]) + more


def _count(things: Sized, what: str) -> str:
    return f"{len(things):,} {what}{'' if len(things) == 1 else 's'}"
