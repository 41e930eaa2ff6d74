"""Dependence on the patron, from yearly indicators."""

from collections import defaultdict

import numpy as np

from ..core.inputs import Floats
from .dates import Steps
from .indicators import COMPONENTS
from .scenario import Scenario


def dependence(scenario: Scenario, steps: Steps) -> Floats:
    """[T, N] D: mean of the components known of a state, each in 0 to 1.

    A component is linear between mid-years of known years, flat outside them, and read at the
    middle of a time step. A state of which nothing is known has the alliance's default.
    """
    known = components(scenario, steps)
    D = np.full((steps.count, len(scenario.states)), scenario.alliance.dependence_default)
    for reform in sorted(scenario.reforms, key=lambda reform: reform.start):
        if "dependence_default" in reform.edits:
            begin, _ = steps.span(reform.start, None)
            D[begin:] = reform.edits["dependence_default"]
    for i, state in enumerate(scenario.states):
        values = [known[state, name] for name in COMPONENTS if (state, name) in known]
        if values:
            stack = np.array(values)
            there = ~np.isnan(stack)
            count = there.sum(axis=0)
            mean = np.where(there, stack, 0.0).sum(axis=0) / np.maximum(count, 1)
            D[:, i] = np.where(count > 0, mean, D[:, i])
    return D


def components(scenario: Scenario, steps: Steps) -> dict[tuple[str, str], Floats]:
    """Components by state and name, [T] each; not a number where nothing is known."""
    states = set(scenario.states)
    points: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for row in scenario.indicators:
        if row.indicator in COMPONENTS and row.state in states:
            share = _share(row.indicator, row.value)
            points[row.state, row.indicator].append((row.year + 0.5, share))
    known: dict[tuple[str, str], Floats] = {}
    for key, series in points.items():
        years, shares = np.array(sorted(series)).T
        known[key] = np.interp(steps.middles, years, shares)
    for held in scenario.settings:
        key = (held.state, held.indicator)
        component = known.setdefault(key, np.full(steps.count, np.nan))
        first = held.since.first if held.since else None
        last = held.until.last if held.until else None
        begin, stop = steps.span(first, last)
        component[begin:stop] = _share(held.indicator, held.value)
    return known


def _share(component: str, value: float) -> float:
    return min(max(value / COMPONENTS[component], 0.0), 1.0)
