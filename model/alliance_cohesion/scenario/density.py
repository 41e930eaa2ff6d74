"""The coding protocol, as far as a program can check it: how much is coded of whom, and how.

`docs/evidence.md` states the protocol.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import numpy as np
import pandas as pd

from ..core.inputs import Status
from .events import (
    DEMAND,
    OFFER,
    RESPONSE,
    STATUS,
    THREAT,
    TOWARDS_STATES,
    Event,
    last_day,
)  # fmt: skip
from .fields import ALL_MEMBERS, INTERNAL
from .membership import membership, statuses
from .notes import rows
from .overview import COVERAGE
from .problems import Problem
from .recognise import dates_in
from .scenario import Scenario
from .states import name_of
from .tables import read_rows

DRIVERS = (
    "external_threat", "internal_threat", "inside_pressure", "demand", "offer", "answer",
    "outside_pressure",
)  # fmt: skip
COUNTS, GROUPS = ("begun", "in_force"), ("left", "stayed")
PERIOD = 5  # years
MOST_ROWS = 2  # of a driver, state and period
EQUAL = (0.87, 1.15)
"""Between which the density of leavers over that of stayers lies."""
_COLUMNS = ("driver", "state", "period", "finding", "rows")
_SHORTLY = timedelta(days=92)


def density(scenario: Scenario) -> pd.DataFrame:
    """Driver rows per member-year, of states that ever left or froze and of those that stayed.

    Returns:
        One line a driver and one for `all`; columns (`begun` or `in_force`, `left` or `stayed`).
        Begun are rows that begin while the state is a member; in force, the years of them while
        it is one. Rows aimed at `members` count for nobody. A group without states has no number.
    """
    steps, states = scenario.clock.steps, scenario.states
    initial, record, _ = membership(scenario, steps)
    member = record[steps.first :] == Status.MEMBER
    gone = ((initial == Status.MEMBER) & ~member[0]) | (member[:-1] & ~member[1:]).any(axis=0)
    group = np.where(gone, "left", "stayed")
    counts = {(count, g): dict.fromkeys(DRIVERS, 0.0) for count in COUNTS for g in GROUPS}
    driver_on = sorter(scenario)
    for event in driving(scenario):
        driver = driver_on(event, event.start)
        begin, stop = (step - steps.first for step in steps.span(event.start, last_day(event)))
        in_clock = steps.first <= steps.at(event.start) < steps.count
        for i, state in enumerate(states):
            if state in event.targets and max(begin, 0) < stop:
                starts = in_clock and bool(member[max(begin - 1, 0), i])
                counts["begun", group[i]][driver] += starts
                years = float(member[max(begin, 0) : stop, i].sum()) * steps.dt
                counts["in_force", group[i]][driver] += years
    table = pd.DataFrame(counts).reindex(DRIVERS)
    table.loc["all"] = table.sum()
    for count, g in table.columns:
        years = float(member[:, group == g].sum()) * steps.dt
        table[count, g] = table[count, g] / years if years else np.nan
    return table


def ratio(table: pd.DataFrame, count: str = "begun") -> float:
    """The density of those that left over that of those that stayed; NaN if one is not known."""
    left, stayed = (float(table.loc["all", (count, group)]) for group in GROUPS)
    return left / stayed if stayed else np.nan


def driving(scenario: Scenario) -> list[Event]:
    """The rows that drive something."""
    return [e for e in scenario.events if e.kind in TOWARDS_STATES and not e.consequence]


def sorter(scenario: Scenario) -> Callable[[Event, date], str]:
    """Which driver a row belongs to on a day.

    What a followed state does comes from inside while it belongs to the alliance.
    """
    alliance, steps = scenario.alliance, scenario.clock.steps
    own = {alliance.patron, alliance.name, ALL_MEMBERS, *alliance.fellow_members}
    own |= {client.name for client in scenario.clients}
    _, record, _ = membership(scenario, steps)
    belongs = record != Status.OUT
    axis = {state: i for i, state in enumerate(scenario.states)}

    def driver(event: Event, day: date) -> str:
        step = min(max(steps.at(day), 0), steps.count - 1)
        inside = event.actor in own or (event.actor in axis and belongs[step, axis[event.actor]])
        if event.kind == THREAT and event.actor == INTERNAL:
            return "internal_threat"
        if event.kind in (OFFER, RESPONSE):
            return "offer" if event.kind == OFFER else "answer"
        if not inside:
            return "external_threat" if event.kind == THREAT else "outside_pressure"
        return "demand" if event.kind == DEMAND else "inside_pressure"

    return driver


def cells(scenario: Scenario) -> dict[tuple[str, str, int], list[Event]]:
    """Driver rows in force by driver, state and first year of the five-year period.

    Years before the clock belong to its first period; a row's driver is that of the middle of its
    part in the period.
    """
    first, last = scenario.clock.start.year, scenario.clock.end
    driver = sorter(scenario)
    result: dict[tuple[str, str, int], list[Event]] = defaultdict(list)
    for event in driving(scenario):
        until = min(last_day(event) or last, last)
        since = first + max(event.start.year - first, 0) // PERIOD * PERIOD
        states = set(event.targets) & set(scenario.states) if event.start <= last else set()
        for year in range(since, until.year + 1, PERIOD):
            begin = max(event.start, date(year, 1, 1))
            middle = begin + (min(until, date(year + PERIOD - 1, 12, 31)) - begin) / 2
            for state in states:
                result[driver(event, middle), state, year].append(event)
    return result


def crowded(scenario: Scenario) -> dict[tuple[str, str, int], list[Event]]:
    """The cells with more rows than the protocol allows."""
    return {cell: events for cell, events in cells(scenario).items() if len(events) > MOST_ROWS}


def open_ends(scenario: Scenario) -> list[Event]:
    """Offers and demands that nothing ends before the clock does."""
    return [e for e in driving(scenario) if e.kind in (OFFER, DEMAND) and e.end is None]


def leaks(scenario: Scenario) -> list[tuple[Event, str]]:
    """Rows that may be known only from a decision: just before a state's change of status, from a
    source dated on its day or later, and not marked as a consequence. Each with the state.
    """
    result = []
    rows = [event for event in scenario.events if event.kind == STATUS]
    for state in scenario.states:
        days = [status.day for status in statuses(rows, state)]
        days = [day for day in days if scenario.clock.start < day <= scenario.clock.end]
        for event in driving(scenario):
            near = [d for d in days if event.start < d <= event.start + _SHORTLY]
            if near and {state, ALL_MEMBERS} & set(event.targets):
                dated = dates_in(event.source)
                if dated and min(dated) >= min(near):
                    result.append((event, state))
    return result


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
    for said, result in (
        ("cells that are not there", [", ".join(cell) for cell in missing]),
        ("cells that say nothing", empty),
        ("ids that no row has", strange),
    ):
        if result:
            more = f" and {len(result) - 5:,} more" if len(result) > 5 else ""
            yield f"{COVERAGE}: {said}: {'; '.join(result[:5])}{more}"


def protocol_notes(scenario: Scenario, whole: bool = False) -> list[str]:
    """Where a record departs from the coding protocol: one line a kind, or (`whole`) a case."""
    names = scenario.alliance.names
    result = []
    if ends := open_ends(scenario):
        told = ", ".join(event.id for event in ends) if whole else rows(ends)
        result.append(f"offers and demands without an end: {len(ends):,} ({told})")
    full = [
        f"{driver.replace('_', ' ')}, {name_of(state, names)}, from {year}: {rows(events)}"
        for (driver, state, year), events in crowded(scenario).items()
    ]
    if full:
        what = f"more than {MOST_ROWS} rows of a driver, state and {PERIOD}-year period"
        result += [f"{what}: {one}" for one in full] if whole else [
            f"{what}: {_times(len(full))} ({full[0]})"
        ]  # fmt: skip
    for state in scenario.states:
        if events := [event for event, whose in leaks(scenario) if whose == state]:
            result.append(
                f"just before the status of {name_of(state, names)} changed, from a source of that "
                f"day or later, and not marked consequence: {rows(events)}"
            )
    covered = (scenario.path.parent / COVERAGE).is_file()
    return result + (list(coverage_notes(scenario)) if covered else [])


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
