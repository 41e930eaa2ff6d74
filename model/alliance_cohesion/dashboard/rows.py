"""What the page lists, as plain data: states, the events that move one, parameters."""

from dataclasses import replace
from typing import Any

import numpy as np

from ..core.inputs import Floats
from ..core.parameters import PARAMETERS, Attribute
from ..report import palette
from ..report.marks import Mark, marks
from ..report.text import clean
from ..report.timeline import Timeline
from ..scenario import Event
from ..scenario.dates import add_months
from .chart import chart
from .codes import meanings
from .edits import Edits
from .session import Answer, Session
from .words import hundred

FURTHEST = 60
"""Months that the page lets an event move, either way."""
_STEPS = 200  # of a slider over what the draws hold

Row = dict[str, Any]


def states(session: Session, answer: Answer, edits: Edits) -> list[Row]:
    """One row a state: what happened, and in how many of 100 histories it is away in the end."""
    timeline = _timeline(session, answer, edits)
    rows = []
    for i, name in enumerate(timeline.states):
        told = ", ".join(str(change) for change in timeline.changes(i))
        rows.append(
            {
                "name": name,
                "colour": palette.state(i)[0],
                "record": told or f"{timeline.at_start(i).label} throughout",
                "before": hundred(answer.away_before[i]),
                "after": hundred(answer.away_after[i]),
                "more": bool(answer.away_after[i] > answer.away_before[i] + answer.margin[i]),
                "fewer": bool(answer.away_after[i] < answer.away_before[i] - answer.margin[i]),
                "chart": chart(timeline, answer, i),
            }
        )
    return rows


def events(
    session: Session, answer: Answer, edits: Edits, state: str, now: Edits | None = None
) -> list[Row]:
    """The events that move a state, by date, with what the edits make of them.

    Args:
        session: What was picked.
        answer: To `edits`.
        edits: The edits that are answered.
        state: Whom the events move.
        now: Edits made since, if any; the rows show these.
    """
    timeline = _timeline(session, answer, edits)
    moved = marks(timeline, timeline.states.index(state))
    return [_event(mark, edits if now is None else now) for mark in moved]


def _timeline(session: Session, answer: Answer, edits: Edits) -> Timeline:
    """What was picked, beside the record, on the clock of the answer."""
    clock = session.sim(edits).scenario.clock
    return Timeline(answer.before, replace(session.picked.scenario, clock=clock))


def _event(mark: Mark, edits: Edits) -> Row:
    event = mark.event
    months = edits.months.get(event.id, 0)
    code = edits.codes.get(event.id, event.strength)
    return {
        "id": event.id,
        "date": clean(event.date),
        "moved_to": add_months(event.start, months).isoformat() if months else "",
        "kind": event.kind.replace("_", " "),
        "colour": mark.kind.colour,
        "weight": round(mark.weight, 3),
        "who": _who(event),
        "description": clean(event.description),
        "source": clean(event.source),
        "confidence": event.confidence,
        "on": event.id not in edits.off,
        "code": code,
        "coded": event.strength,
        "choices": [
            {"value": value, "text": f"{value:g}: {meaning}"}
            for value, meaning in meanings(event).items()
        ],
        "months": months,
        "furthest": FURTHEST,
        "edited": event.id in edits.off or event.id in edits.codes or months != 0,
    }


def _who(event: Event) -> str:
    actor = "from within" if event.actor == "internal" else clean(event.actor)
    return f"{actor} \N{RIGHTWARDS ARROW} {clean(', '.join(event.targets))}"


def parameters(session: Session, edits: Edits) -> list[Row]:
    """One row a parameter: what it does, how the draws lie, and where it is held."""
    given = session.picked.scenario.parameters.fixed
    return [
        _parameter(attribute, session.draws.values[:, k], given, edits)
        for k, attribute in enumerate(PARAMETERS)
    ]


def _parameter(attribute: Attribute, drawn: Floats, given: dict[str, float], edits: Edits) -> Row:
    name = attribute.name
    low, high = slider(attribute, drawn)
    middle, q05, q95 = (float(x) for x in (np.median(drawn), *np.quantile(drawn, (0.05, 0.95))))
    by = "held by the scenario at" if name in given else "drawn around"
    spread = "" if name in given else f" ({q05:.3g} to {q95:.3g})"
    return {
        "name": name,
        "meaning": attribute.meaning,
        "unit": attribute.unit,
        "rule": attribute.rule,
        "low": low,
        "high": high,
        "step": float(f"{(high - low) / _STEPS:.1g}"),
        "lowest": attribute.low,
        "highest": attribute.high,
        "drawn": f"{by} {middle:.3g}{spread}",
        "held": name in edits.held,
        "value": edits.held.get(name, float(f"{middle:.3g}")),
    }


def slider(attribute: Attribute, drawn: Floats) -> tuple[float, float]:
    """Ends of a parameter's slider: what the draws hold and as much again, within its range.

    The whole range is often a hundred times wider than what the record leaves open.
    """
    low, high = (float(x) for x in np.quantile(drawn, (0.01, 0.99)))
    room = max(high - low, 0.1 * abs(high), 0.01 * (attribute.high - attribute.low)) / 2
    low, high = max(attribute.low, low - room), min(attribute.high, high + room)
    if attribute.low == 0 and low < 0.25 * high:
        low = 0.0  # to switch a term off
    return float(f"{low:.3g}"), float(f"{high:.3g}")
