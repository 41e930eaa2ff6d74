"""The coding protocol, as far as a program can check it: how much is coded of whom, and how.

`docs/evidence.md` states the protocol.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from ..core.inputs import Standing
from .events import (
    ARMS,
    COERCION,
    DEMAND,
    OFFER,
    RESPONSE,
    STANDING,
    THREAT,
    TOWARDS_STATES,
    Event,
    last_day,
)  # fmt: skip
from .fields import ALL_MEMBERS, INTERNAL
from .membership import membership, statuses
from .notes import rows
from .problems import Problem
from .recognise import dates_in
from .scenario import Scenario
from .states import name_of
from .tables import read_rows

DRIVERS = (
    "external_threat", "internal_threat", "inside_pressure", "demand", "offer", "answer",
    "outside_pressure",
)  # fmt: skip
PERIOD = 5  # years
MOST_ROWS = 2  # of a driver, state and period
EQUAL = (0.87, 1.15)
"""Between which the density of leavers over that of stayers lies."""
COVERAGE = "coverage.csv"
_COLUMNS = ("driver", "state", "period", "finding", "rows")
_SHORTLY = timedelta(days=92)
_LEFT, _STAYED = True, False


@dataclass(frozen=True)
class Density:
    """Driver rows per member-year, of states that ever left or froze and of those that stayed."""

    left: tuple[str, ...]
    stayed: tuple[str, ...]
    years: dict[bool, float]
    """Member-years of those that left (True) and of those that stayed (False)."""
    begun: Counter[tuple[bool, str]]
    """Rows that began while the state was a member, by group and driver."""
    in_force: Counter[tuple[bool, str]]
    """Row-years in force while the state was a member, by group and driver."""

    def rate(self, counts: Counter[tuple[bool, str]], group: bool, *drivers: str) -> float:
        """Rows per member-year of some drivers (all by default)."""
        total = sum(counts[group, driver] for driver in drivers or DRIVERS)
        return total / self.years[group] if self.years[group] else 0.0

    def ratio(self, counts: Counter[tuple[bool, str]]) -> float | None:
        """The rate of those that left over that of those that stayed, if both are known."""
        left, stayed = self.rate(counts, _LEFT), self.rate(counts, _STAYED)
        return left / stayed if self.left and self.stayed and stayed else None

    def table(self) -> list[str]:
        """The counts by driver, as lines of text."""
        lines = [f"{'':17} {'begun':>6} {'':6}  {'in force':>8}"]
        lines += [f"{'':17} {'left':>6} {'stayed':>6}  {'left':>6} {'stayed':>6}"]
        for name, drivers in [*((d.replace("_", " "), (d,)) for d in DRIVERS), ("all", DRIVERS)]:
            cells = (
                self.rate(counts, group, *drivers)
                for counts in (self.begun, self.in_force)
                for group in (_LEFT, _STAYED)
            )
            a, b, c, d = (f"{cell:6.2f}" for cell in cells)
            lines.append(f"{name:17} {a} {b}  {c} {d}")
        ratios = (self.ratio(self.begun), self.ratio(self.in_force))
        told = [f"{ratio:6.2f}" if ratio else "     -" for ratio in ratios]
        return [*lines, f"{'ratio':17} {told[0]:>6} {'':6}  {told[1]:>6}"]


def density(scenario: Scenario) -> Density:
    """Count the driver rows of a scenario; rows aimed at `members` count for nobody."""
    ticks, states = scenario.clock.ticks, scenario.states
    initial, record, _ = membership(scenario, ticks)
    member = record[ticks.first :] == Standing.MEMBER
    before = (initial == Standing.MEMBER) & ~member[0]
    gone = before | (member[:-1] & ~member[1:]).any(axis=0)
    years = {g: float(member[:, gone == g].sum()) * ticks.dt for g in (_LEFT, _STAYED)}
    begun: Counter[tuple[bool, str]] = Counter()
    in_force: Counter[tuple[bool, str]] = Counter()
    for event, driver in driving(scenario):
        begin, stop = (tick - ticks.first for tick in ticks.span(event.start, last_day(event)))
        for i, state in enumerate(states):
            if state in event.targets and stop > 0 and begin < stop:
                group = bool(gone[i])
                starts = ticks.first <= ticks.at(event.start) < ticks.count
                begun[group, driver] += int(starts and bool(member[max(begin - 1, 0), i]))
                in_force[group, driver] += float(member[max(begin, 0) : stop, i].sum()) * ticks.dt  # type: ignore[assignment]
    left = tuple(state for state, is_gone in zip(states, gone, strict=True) if is_gone)
    stayed = tuple(state for state in states if state not in left)
    return Density(left, stayed, years, begun, in_force)


def driving(scenario: Scenario) -> Iterator[tuple[Event, str]]:
    """The rows that drive something, each with its driver."""
    alliance = scenario.alliance
    own = {alliance.patron, alliance.name, ALL_MEMBERS, *alliance.members}
    own |= {*alliance.fellow_members, *(client.name for client in scenario.clients)}
    for event in scenario.events:
        if event.kind not in TOWARDS_STATES or event.consequence:
            continue
        pressure = "inside_pressure" if event.actor in own else "outside_pressure"
        yield event, {
            THREAT: "internal_threat" if event.actor == INTERNAL
            else "inside_pressure" if event.actor in own else "external_threat",
            COERCION: pressure,
            ARMS: pressure,
            DEMAND: "demand" if event.actor in own else "outside_pressure",
            OFFER: "offer",
            RESPONSE: "answer",
        }[event.kind]  # fmt: skip


def cells(scenario: Scenario) -> dict[tuple[str, str, int], list[Event]]:
    """Driver rows in force by driver, state and first year of the period."""
    first, last = scenario.clock.start.year, scenario.clock.end
    found: dict[tuple[str, str, int], list[Event]] = defaultdict(list)
    for event, driver in driving(scenario):
        until = min(last_day(event) or last, last).year
        if until < first or event.start > last:
            continue
        since = first + max(event.start.year - first, 0) // PERIOD * PERIOD
        for state in set(event.targets) & set(scenario.states):
            for year in range(since, until + 1, PERIOD):
                found[driver, state, year].append(event)
    return found


def crowded(scenario: Scenario) -> dict[tuple[str, str, int], list[Event]]:
    """The cells with more rows than the protocol allows."""
    return {cell: events for cell, events in cells(scenario).items() if len(events) > MOST_ROWS}


def open_ends(scenario: Scenario) -> list[Event]:
    """Offers and demands that nothing ends before the clock does."""
    return [e for e, _ in driving(scenario) if e.kind in (OFFER, DEMAND) and e.end is None]


def leaks(scenario: Scenario) -> list[tuple[Event, str]]:
    """Rows that may be known only from a decision: just before a state's change of status, from a
    source dated on its day or later, and not marked as a consequence. Each with the state.
    """
    found = []
    standings = [event for event in scenario.events if event.kind == STANDING]
    for state in scenario.states:
        days = [status.day for status in statuses(standings, state)]
        days = [day for day in days if scenario.clock.start < day <= scenario.clock.end]
        for event, _ in driving(scenario):
            near = [d for d in days if event.start < d <= event.start + _SHORTLY]
            if near and {state, ALL_MEMBERS} & set(event.targets):
                dated = dates_in(event.source)
                if dated and min(dated) >= min(near):
                    found.append((event, state))
    return found


def is_held_to_protocol(scenario: Scenario) -> bool:
    """Whether the scenario has a table of coverage beside it."""
    return (scenario.path.parent / COVERAGE).is_file()


def coverage_notes(scenario: Scenario) -> Iterator[str]:
    """What is wrong with the table of coverage beside the scenario."""
    problems: list[Problem] = []
    table = list(read_rows(scenario.path.parent / COVERAGE, _COLUMNS, (), problems))
    yield from map(str, problems)
    if problems:
        return
    known = {event.id for event in scenario.events}
    periods = sorted({cell["period"] for _, cell in table})
    drivers = sorted({cell["driver"] for _, cell in table})
    asked = {(c["driver"], c["state"], c["period"]) for _, c in table}
    states = [state for state in scenario.states if any(state == a[1] for a in asked)]
    missing = [
        (d, s, p) for d in drivers for s in states for p in periods if (d, s, p) not in asked
    ]
    empty = [place for place, cell in table if not cell["finding"] and not cell["rows"]]
    strange = sorted({name for _, c in table for name in c["rows"].split()} - known)
    for said, found in (
        ("cells that are not there", [", ".join(cell) for cell in missing]),
        ("cells that say nothing", empty),
        ("ids that no row has", strange),
    ):
        if found:
            more = f" and {len(found) - 5:,} more" if len(found) > 5 else ""
            yield f"{COVERAGE}: {said}: {'; '.join(found[:5])}{more}"


def protocol_notes(scenario: Scenario) -> list[str]:
    """Where a record departs from the coding protocol, one line for each kind."""
    found = []
    if ends := open_ends(scenario):
        found.append(f"offers and demands without an end: {len(ends):,} ({rows(ends)})")
    if too_many := crowded(scenario):
        (driver, state, year), events = next(iter(too_many.items()))
        where = (
            f"{driver.replace('_', ' ')}, {name_of(state, scenario.alliance.names)}, from {year}"
        )
        found.append(
            f"more than {MOST_ROWS} rows of a driver, state and five-year period: "
            f"{len(too_many):,} times ({where}: {rows(events)})"
        )
    for state in scenario.states:
        if events := [event for event, whose in leaks(scenario) if whose == state]:
            name = name_of(state, scenario.alliance.names)
            found.append(
                f"just before {name}'s status changed, from a source of that day or later, and not "
                f"marked consequence: {rows(events)}"
            )
    return found + (list(coverage_notes(scenario)) if is_held_to_protocol(scenario) else [])
