"""What someone has changed on the page, as changes that a scenario file can hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from glob import escape
from itertools import count
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from ..report.text import clean
from ..scenario import Event, Problem, Scenario
from ..scenario.actions import Change
from ..scenario.change import Draft, apply
from ..scenario.consistency import name_problems
from ..scenario.dates import add_months
from ..scenario.problems import raise_any
from ..scenario.schema import Clock
from ..scenario.translate import problems_of

WHY = "To see what the answer owes to it."
PLACE = "the page"

_CHANGE: TypeAdapter[Change] = TypeAdapter(Change)
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True)
class Edits:
    """Everything that differs from the scenario as it was picked; empty at first."""

    off: frozenset[str] = frozenset()
    """Ids of events that are left out."""
    codes: Mapping[str, float] = field(default_factory=dict)
    """Other strengths, by event id."""
    months: Mapping[str, int] = field(default_factory=dict)
    """By how many months events are moved, by id; less than 0 is earlier."""
    held: Mapping[str, float] = field(default_factory=dict)
    """Parameters held at a value."""
    end: date | None = None
    """Another last day of the clock."""
    added: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """New events, as the columns of an event table row, by id."""

    def __bool__(self) -> bool:
        return self != Edits()

    def __len__(self) -> int:
        many = (self.off, self.codes, self.months, self.held, self.added)
        return sum(map(len, many)) + bool(self.end)

    def switch(self, event: Event, on: bool) -> "Edits":
        """Leave an event out, or take it in again."""
        return replace(self, off=self.off - {event.id} if on else self.off | {event.id})

    def recode(self, event: Event, code: float) -> "Edits":
        """Give an event another strength; its own one undoes that."""
        return replace(self, codes=_with(self.codes, event.id, code, event.strength))

    def move(self, event: Event, months: int) -> "Edits":
        """Let an event happen later, or earlier (less than 0)."""
        return replace(self, months=_with(self.months, event.id, months, 0))

    def hold(self, parameter: str, value: float | None) -> "Edits":
        """Hold a parameter at a value, or (None) draw it again."""
        return replace(self, held=_with(self.held, parameter, value, None))

    def add(self, scenario: Scenario, event: Mapping[str, Any]) -> "Edits":
        """Let something happen that did not: the columns of an event table row, but for the id."""
        taken = {known.id for known in scenario.events} | set(self.added)
        name = next(name for n in count(1) if (name := f"added-{n}") not in taken)
        return replace(self, added={**self.added, name: dict(event)})

    def remove(self, event: str) -> "Edits":
        """Take back an event that was added."""
        return replace(self, added=_with(self.added, event, None, None))

    def until(self, end: date | None) -> "Edits":
        """End the clock on another day, or (None) where the scenario ends it."""
        return replace(self, end=end)

    def changes(self, scenario: Scenario) -> list[dict[str, Any]]:
        """The same as `[[change]]` tables of a scenario file, in the order of the record.

        Args:
            scenario: What was picked.
        """
        made: list[dict[str, Any]] = []
        for event in scenario.events:
            where: dict[str, Any] = {"where": {"id": escape(event.id)}}
            if event.id in self.off:
                made.append({"name": f"without {event.id}", "action": "drop", **where})
                continue
            if event.id in self.codes:
                code = self.codes[event.id]
                recoded = {"name": f"{event.id} at code {code:g}", "action": "recode", **where}
                made.append(recoded | {"set": {"strength": code}})
            if event.id in self.months:
                days = days_of(event, self.months[event.id])
                moved = {"name": f"{event.id} moved by {days} days", "action": "shift", **where}
                made.append(moved | {"days": days})
        for name, value in self.held.items():
            held: dict[str, Any] = {"name": f"{name} at {value:g}", "action": "parameter"}
            made.append(held | {"parameter": name, "value": value})
        for name, row in self.added.items():
            told = f"{row['kind']} by {row['actor']}, {row['date']}"
            made.append({"name": told, "action": "add", "event": {"id": name, **row}})
        return [{**change, "reason": WHY} for change in made]

    def told(self, scenario: Scenario) -> list[str]:
        """Each edit in a few words."""
        names = [clean(change["name"]) for change in self.changes(scenario)]
        return names + ([f"the clock ends on {self.end}"] if self.end else [])

    def applied(self, scenario: Scenario) -> Scenario:
        """The scenario with these changes, as if a file had made them.

        Raises:
            ScenarioError: a change is not possible.
        """
        if not self:
            return scenario
        changes = [_CHANGE.validate_python(raw) for raw in self.changes(scenario)]
        draft = Draft(
            scenario.events,
            scenario.alliance,
            dict(scenario.parameters.fixed),
            list(scenario.reforms),
            list(scenario.settings),
        )
        problems: list[Problem] = []
        for change in changes:
            problems += apply(change, draft, PLACE)
        problems += name_problems(
            draft.alliance, scenario.clients, draft.events, scenario.indicators, PLACE
        )
        clock = self._clock(scenario, problems)
        raise_any(problems)
        return replace(
            scenario,
            clock=clock,
            alliance=draft.alliance,
            events=draft.events,
            parameters=scenario.parameters.model_copy(update={"fixed": draft.fixed}),
            changes=(*scenario.changes, *changes),
        )

    def _clock(self, scenario: Scenario, problems: list[Problem]) -> Clock:
        if self.end is None:
            return scenario.clock
        try:
            return Clock.model_validate(scenario.clock.model_dump() | {"end": self.end})
        except ValidationError as error:
            problems += problems_of(error, PLACE, "clock", Clock)
            return scenario.clock


def days_of(event: Event, months: int) -> int:
    """How many days an event moves when it moves by whole months of the calendar."""
    return (add_months(event.start, months) - event.start).days


@dataclass(frozen=True)
class Steps:
    """The edits made so far, one after the other."""

    past: tuple[Edits, ...] = ()
    now: Edits = Edits()

    def then(self, edits: Edits) -> "Steps":
        """One step on; nothing, if nothing changes."""
        return self if edits == self.now else Steps((*self.past, self.now), edits)

    def undo(self) -> "Steps":
        """One step back."""
        return Steps(self.past[:-1], self.past[-1]) if self.past else self

    def reset(self) -> "Steps":
        """All edits away, as a step that can be undone."""
        return self.then(Edits())


def _with(values: Mapping[K, V], key: K, value: Any, usual: Any) -> dict[K, V]:
    """The mapping with a value, or without one where it is the usual."""
    rest = {k: v for k, v in values.items() if k != key}
    return rest if value == usual else rest | {key: value}
