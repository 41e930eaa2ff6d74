"""The alliance's calendar: when its term ends and staying takes an act."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date

import numpy as np

from ..core.inputs import Codes
from . import dates
from .events import ACT, RENEWAL
from .scenario import Scenario


def renewals(scenario: Scenario, steps: dates.Steps) -> Codes:
    """[T] 1 in decided time steps in which membership must be renewed by an act."""
    acts = [
        event.start
        for event in scenario.events
        if event.kind == RENEWAL and event.strength == ACT and not event.consequence
    ]
    acts += [day for day, by in term_ends(scenario) if by == ACT]
    renewal = np.zeros(steps.count, dtype=np.int8)
    for day in acts:
        if steps.first <= steps.at(day) < steps.count:
            renewal[steps.at(day)] = 1
    return renewal


def term_ends(scenario: Scenario) -> Iterator[tuple[date, str]]:
    """Ends of terms up to the end of the clock, and how each is renewed (`act`, `automatic`).

    The first term has rules of its own if `first_term` is given. A term keeps the length that
    was in force when it began, and is renewed by the rules in force when it ends.
    """
    day = scenario.alliance.entry or scenario.clock.start
    reforms = sorted(reform.start for reform in scenario.reforms)
    first = True
    while day <= scenario.clock.end:
        rules = scenario.rules(day)
        special = first and rules.first_term is not None
        length = rules.first_term if special else rules.renewal_length
        if length is None:  # without term, until a reform sets one
            later = reforms[bisect_right(reforms, day) :]
            if not later:
                return
            day = later[0]
            continue
        try:
            day = dates.add_months(day, round(12 * length))
        except OverflowError:
            return
        rules = scenario.rules(day)
        yield day, rules.first_renewal if special else rules.renewal
        first = False
