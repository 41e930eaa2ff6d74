"""What the page lists, as plain data: states, the events that move one, parameters."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..core.inputs import Floats, Status
from ..core.parameters import PARAMETERS, Attribute
from ..report.marks import Mark, marks
from ..report.text import clean
from ..report.timeline import Timeline
from ..scenario import Event
from ..scenario.dates import add_months
from ..scenario.fields import INTERNAL
from ..scenario.states import name_of
from .chart import chart
from .codes import KINDS, meanings
from .edits import Edits
from .session import Answer, Session
from .words import hundred

FURTHEST = 60
"""Months that the page lets an event move, either way."""
_STEPS = 200  # of a slider over what the draws hold

Row = dict[str, Any]


def states(session: Session, answer: Answer, edits: Edits) -> list[Row]:
    """One row a state: what happened, and in how many of 100 histories it ends out or frozen."""
    timeline = _timeline(session, answer, edits)
    ends = {status.label: answer.end(status) for status in (Status.OUT, Status.FROZEN)}
    rows = []
    for i, code in enumerate(timeline.states):
        told = ", ".join(str(change) for change in timeline.changes(i))
        numbers = [_number(label, *(shares[i] for shares in end)) for label, end in ends.items()]
        rows.append(
            {
                "code": code,
                "name": answer.names[i],
                "record": told or f"{timeline.at_start(i).label} throughout",
                "numbers": numbers,
                "same": answer.changed and not any(n["more"] or n["fewer"] for n in numbers),
                "chart": chart(timeline, answer, i),
            }
        )
    return rows


def _number(status: str, before: float, after: float, margin: float) -> Row:
    """More or fewer: by what is seen in the numbers shown and larger than chance makes it."""
    row = {"status": status, "before": hundred(before), "after": hundred(after)}
    seen = row["before"] != row["after"]
    return row | {
        "more": bool(seen and after > before + margin),
        "fewer": bool(seen and after < before - margin),
    }


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
    now = edits if now is None else now
    return [_event(mark, now, session) for mark in moved if mark.event.id not in edits.added] + [
        _event(mark, now, session) for mark in moved if mark.event.id in now.added
    ]


def kinds() -> list[Row]:
    """The kinds of event that can be added, each with its codes."""
    return [{"kind": kind, "choices": _choices(codes)} for kind, codes in KINDS.items()]


def _choices(codes: Mapping[float, str]) -> list[Row]:
    return [{"value": code, "text": f"{code:g}: {meaning}"} for code, meaning in codes.items()]


def _timeline(session: Session, answer: Answer, edits: Edits) -> Timeline:
    """What was picked and what was added to it, on the clock of the answer."""
    picked, edited = session.picked.scenario, session.sim(edits).scenario
    added = [event for event in edited.events if event.id in edits.added]
    return Timeline(
        answer.before, replace(picked, clock=edited.clock, events=(*picked.events, *added))
    )


def _event(mark: Mark, edits: Edits, session: Session) -> Row:
    event = mark.event
    months = edits.months.get(event.id, 0)
    return {
        "id": event.id,
        "date": clean(event.date),
        "moved_to": add_months(event.start, months).isoformat() if months else "",
        "kind": event.kind.replace("_", " "),
        "colour": mark.kind.colour,
        "weight": round(mark.weight, 3),
        "who": _who(event, session.picked.scenario.alliance.names),
        "description": clean(event.description),
        "source": clean(event.source),
        "confidence": event.confidence,
        "on": event.id not in edits.off,
        "code": edits.codes.get(event.id, event.strength),
        "coded": event.strength,
        "choices": _choices(meanings(event)),
        "months": months,
        "furthest": FURTHEST,
        "added": event.id in edits.added,
        "edited": event.id in {*edits.off, *edits.codes, *edits.added} or months != 0,
    }


def _who(event: Event, names: Mapping[str, str]) -> str:
    actor = "from within" if event.actor == INTERNAL else name_of(event.actor, names)
    targets = ", ".join(name_of(target, names) for target in event.targets)
    return clean(f"{actor} \N{RIGHTWARDS ARROW} {targets}")


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
    held = edits.held.get(name)
    least, most = (float(x) for x in (drawn.min(), drawn.max()))
    beyond = held is not None and name not in given and not least <= held <= most
    return {
        "name": name,
        "meaning": attribute.meaning,
        "unit": attribute.unit,
        "low": low,
        "high": high,
        "step": float(f"{(high - low) / _STEPS:.1g}"),
        "lowest": attribute.low,
        "highest": attribute.high,
        "drawn": f"{by} {middle:.3g}{spread}",
        "held": held is not None,
        "value": float(f"{middle:.3g}") if held is None else held,
        "warning": f"Beyond every draw ({least:.3g} to {most:.3g}): the record does not support "
        "such a value."
        if beyond
        else "",
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
