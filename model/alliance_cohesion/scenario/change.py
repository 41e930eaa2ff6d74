"""Apply the changes of a scenario: named edits to its record, parameters and rules."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ValidationError

from . import dates
from .actions import (
    AddEvent,
    Change,
    DropEvents,
    RecodeEvents,
    ReformAlliance,
    Selector,
    SetIndicator,
    SetParameter,
    ShiftEvents,
)
from .events import COLUMNS, RESPONSE, Event, EventRow, last_day, repeated_ids
from .problems import Problem, any_of, as_text, quoted
from .scenario import Reform
from .schema import Alliance
from .spelling import most_like, suggestion
from .tables import checked
from .translate import problems_of

# An alliance with other values of these is another alliance.
_IDENTITY = ("name", "patron", "members", "fellow_members", "names", "entry")
_CLOSE = 3  # rows a hint names


@dataclass
class Draft:
    """What changes act on."""

    events: tuple[Event, ...]
    alliance: Alliance
    fixed: dict[str, float]
    reforms: list[Reform] = field(default_factory=list)
    settings: list[SetIndicator] = field(default_factory=list)


def apply(change: Change, draft: Draft, file: str) -> list[Problem]:
    """Apply one change to the draft; what is wrong with it comes back.

    Args:
        change: The edit.
        draft: Changed in place, unless there are problems.
        file: The file that names the change, as shown.
    """
    edit = _Edit(draft, file, f"change {quoted(change.name)}")
    match change:
        case AddEvent():
            edit.add(change)
        case DropEvents():
            edit.replace(change.where, lambda event: None)
        case RecodeEvents():
            edit.recode(change)
        case ShiftEvents():
            edit.shift(change)
        case SetParameter():
            draft.fixed[change.parameter] = change.value
        case SetIndicator():
            edit.set_indicator(change)
        case ReformAlliance():
            edit.reform(change)
    return edit.problems


class _Edit:
    def __init__(self, draft: Draft, file: str, place: str):
        self.draft, self.file, self.place = draft, file, place
        self.problems: list[Problem] = []
        self.spell = draft.alliance.speller()

    def add(self, change: AddEvent) -> None:
        """Add a row; what a change has said already need not be said again."""
        said = {
            "id": change.name,
            "description": change.reason,
            "source": change.source or f"change: {change.name}",
            "confidence": "medium",
        }
        event = self._event(said | self._cells(change.event, "event"), self.place)
        if event and not self.problems:
            events = (*self.draft.events, event)
            self.problems += repeated_ids(events)
            self.draft.events = events

    def recode(self, change: RecodeEvents) -> None:
        """Give columns other values, and check the rows again."""
        edits = self._cells(change.edits, "set")
        if not self.problems:
            self.replace(change.where, lambda event: self._again(event, edits))

    def shift(self, change: ShiftEvents) -> None:
        """Move the dates of rows by days; an end that was not given but implied moves too."""

        def moved(event: Event) -> Event | None:
            last = event.end if event.kind == RESPONSE else last_day(event)
            try:
                start = dates.add_days(event.start, change.days)
                end = dates.add_days(last, change.days) if last else None
            except OverflowError:
                self._wrong("days", f"found {change.days}", "dates within the years 1 to 9999")
                return None
            later = {"date": start.isoformat(), "end": end.isoformat() if end else ""}
            return self._again(event, later)

        self.replace(change.where, moved)

    def replace(self, where: Selector, new: Callable[[Event], Event | None]) -> None:
        """Put something new (or nothing) in the place of the rows selected."""
        events = self.draft.events
        by_id = {name: _ids(name, events) for name in where.id}
        named = {row for rows in by_id.values() for row in rows}
        chosen = {
            event.id
            for event in events
            if (not by_id or event.id in named) and not self._unmet(where, event)
        }
        if not chosen:
            hint = self._close_rows(where)
            self._wrong("where", "no row matches", "conditions that some row meets", hint)
            return
        missed = [name for name, rows in by_id.items() if not rows & chosen]
        for name in missed:
            hint = self._close_rows(where.model_copy(update={"id": (name,)}))
            self._wrong("where.id", f"no row matches {quoted(name)}", "ids of rows", hint)
        if not missed:
            replaced = (new(event) if event.id in chosen else event for event in events)
            self.draft.events = tuple(event for event in replaced if event)

    def set_indicator(self, change: SetIndicator) -> None:
        """Note a component of dependence to be held at a value."""
        states, state = self.draft.alliance.members, self.spell(change.state)
        if state not in states:
            hint = suggestion(change.state, states)
            self._wrong("state", f"found {quoted(change.state)}", any_of(states), hint)
        if change.since and change.until and change.until.last < change.since.first:
            self._wrong("until", f"found {quoted(change.until.last)}", "no earlier than from")
        self.draft.settings.append(change.model_copy(update={"state": state}))

    def reform(self, change: ReformAlliance) -> None:
        """Change the alliance's rules at once, or note them to act from a date."""
        identity = [key for key in _IDENTITY if key in change.edits]
        if change.since and identity:
            rules = ", ".join(key for key in Alliance.model_fields if key not in _IDENTITY)
            self._wrong(f"set.{identity[0]}", "cannot change from a date", rules)
        try:
            merged = self.draft.alliance.model_dump() | change.edits
            changed = Alliance.model_validate(merged)
        except ValidationError as error:
            self.problems += problems_of(error, self.file, f"{self.place}, set", Alliance)
            return
        if change.since:
            edits = {key: getattr(changed, key) for key in change.edits}
            self.draft.reforms.append(Reform(change.since, edits))
        else:
            self.draft.alliance = changed

    def _again(self, event: Event, edits: dict[str, str]) -> Event | None:
        return self._event(event.cells() | edits, f"{self.place} on {quoted(event.id)}")

    def _event(self, cells: dict[str, str], place: str) -> Event | None:
        row = checked(EventRow, cells, self.file, place, self.problems)
        return row.event(self.file, place).spelt(self.spell) if row else None

    def _unmet(self, where: Selector, event: Event) -> list[str]:
        """The conditions, but for the id, that a row does not meet."""
        spell, targets = self.spell, map(self.spell, event.targets)
        met = {
            "kind": where.kind in (None, event.kind),
            "actor": where.actor is None or spell(where.actor) == spell(event.actor),
            "target": where.target is None or spell(where.target) in targets,
            "from": where.since is None or where.since.first <= event.start,
            "until": where.until is None or event.start <= where.until.last,
            "confidence": where.confidence in (None, event.confidence),
        }
        return [condition for condition, is_met in met.items() if not is_met]

    def _close_rows(self, where: Selector) -> str:
        """A hint that names rows alike in id, or rows that meet all conditions but one."""
        ids = [event.id for event in self.draft.events]
        close = [like for name in where.id for like in most_like(name, ids)]
        if not where.id and len(where.model_fields_set) > 1:
            close = [e.id for e in self.draft.events if len(self._unmet(where, e)) == 1]
        return f"close: {', '.join(close[:_CLOSE])}" if close else ""

    def _cells(self, values: dict[str, Any], key: str) -> dict[str, str]:
        for column in values:
            if column not in COLUMNS:
                hint = suggestion(column, COLUMNS)
                self._wrong(f"{key}.{column}", "unknown column", ", ".join(COLUMNS), hint)
        return {column: _cell(value) for column, value in values.items()}

    def _wrong(self, where: str, found: str, allowed: str, hint: str = "") -> None:
        self.problems.append(Problem(self.file, f"{self.place}, {where}", found, allowed, hint))


def _ids(name: str, events: tuple[Event, ...]) -> set[str]:
    """The ids that a name stands for: the id itself, else all that its * and ? can stand for.

    In brackets, `[*]`, `[?]` and `[[]` stand for themselves.
    """
    ids = {event.id for event in events}
    if name in ids:
        return {name}
    parts = re.findall(r"\[[*?[]\]|.", name, re.DOTALL)
    wild = {"*": ".*", "?": "."}
    pattern = re.compile(
        "".join(wild.get(p) or re.escape(p[1] if len(p) > 1 else p) for p in parts), re.DOTALL
    )
    return {row for row in ids if pattern.fullmatch(row)}


def _cell(value: Any) -> str:
    """A TOML value as it would stand in a table's cell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return "|".join(as_text(part) for part in value)
    return as_text(value).strip()
