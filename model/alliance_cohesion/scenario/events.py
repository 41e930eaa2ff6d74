"""The event table: one dated, sourced, coded fact a row."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from . import dates
from .fields import ALL_MEMBERS, INTERNAL
from .problems import MOST_PROBLEMS, Problem, quoted, raise_any, shown
from .tables import MOST_ROWS, Row, read_rows

REQUIRED = ("date", "kind", "actor", "target", "strength", "description", "source", "confidence")
OPTIONAL = ("end", "threat_level", "consequence", "id")
COLUMNS = REQUIRED + OPTIONAL

THREAT, COERCION, ARMS = "threat", "coercion", "arms_to_adversary"
DEMAND, OFFER, RESPONSE = "demand", "offer", "response"
RENEWAL, STANDING, NOTE = "renewal", "standing", "note"
KINDS = (THREAT, COERCION, ARMS, DEMAND, OFFER, RESPONSE, RENEWAL, STANDING, NOTE)
TOWARDS_STATES = (THREAT, COERCION, ARMS, DEMAND, OFFER, RESPONSE)

CONFIDENCES = ("high", "medium", "low")
ACT = "act"

_THREAT_CODES = (1.0, 2.0, 3.0, 4.0, 5.0)
CODES: dict[str, tuple[float, ...]] = {
    THREAT: _THREAT_CODES,
    COERCION: (1.0, 2.0, 3.0),
    ARMS: (1.0, 2.0, 3.0),
    DEMAND: (1.0, 2.0, 3.0, 4.0),
    OFFER: (1.0, 2.0, 3.0, 4.0),
    RESPONSE: (1.0, 0.5, -0.5, -1.0),
}
WORDS = {STANDING: ("member", "frozen", "outside"), RENEWAL: (ACT, "automatic", "")}
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


@dataclass(frozen=True)
class Event:
    """One fact of the record."""

    id: str
    date: str
    """As given: to the day, the month or the year."""
    start: datetime.date
    """The day it is taken to begin."""
    end: datetime.date | None
    """Last day, if the record gives one."""
    kind: str
    actor: str
    targets: tuple[str, ...]
    strength: float | str | None
    """A code on the scale of its kind, or a word (`standing`, `renewal`), or None."""
    threat_level: float | None
    """1 to 5, of a response: the threat that prompted the request."""
    description: str
    source: str
    confidence: str
    consequence: bool
    """It followed from the decision it seems to explain: shown, but without effect."""
    extra: dict[str, str] = field(default_factory=dict, hash=False)
    """Columns the model does not know."""
    file: str = field(default="", compare=False)
    place: str = field(default="", compare=False)

    def cells(self) -> dict[str, str]:
        """The row as it would stand in an event table."""
        return self.extra | {
            "id": self.id,
            "date": self.date,
            "end": self.end.isoformat() if self.end else "",
            "kind": self.kind,
            "actor": self.actor,
            "target": "|".join(self.targets),
            "strength": _text(self.strength),
            "threat_level": _text(self.threat_level),
            "description": self.description,
            "source": self.source,
            "confidence": self.confidence,
            "consequence": "yes" if self.consequence else "",
        }

    @property
    def is_unnamed(self) -> bool:
        """Whether the table gave it no id."""
        return self.id == _id_of_place(self.place)

    def problem(self, column: str, found: str, allowed: str = "", hint: str = "") -> Problem:
        """A problem with one cell of this row."""
        return Problem(self.file, f"{self.place}, {column}", found, allowed, hint)


def load_events(path: Path | str) -> tuple[Event, ...]:
    """Read an event table.

    Raises:
        ScenarioError: with everything that is wrong in it.
    """
    events, problems = read_events(Path(path))
    raise_any(problems)
    return events


def read_events(*paths: Path) -> tuple[tuple[Event, ...], list[Problem]]:
    """Read event tables into one: their sound rows, and what is wrong with the others."""
    problems: list[Problem] = []
    events: list[Event] = []
    for path in paths:
        wrong: list[Problem] = []
        for row in read_rows(path, REQUIRED, OPTIONAL, wrong):
            event = event_of(row)
            wrong.extend(row.problems)
            if event:
                events.append(event)
        problems.extend(wrong)
        if len(events) > MOST_ROWS:
            allowed = f"at most {MOST_ROWS:,} in all tables"
            problems.append(Problem(shown(path), "", f"{len(events):,} rows", allowed))
            break
    problems.extend(repeated_ids(events))
    return tuple(events), problems


def repeated_ids(events: Iterable[Event]) -> list[Problem]:
    """A problem for every row whose id an earlier row has."""
    seen: dict[str, Event] = {}
    problems = []
    for event in events:
        first = seen.setdefault(event.id, event)
        if first is not event:
            where = first.place if first.file == event.file else f"{first.file}, {first.place}"
            found = f"found {quoted(event.id)}, the id of {where}"
            hint = "a row without an id is named after its place" if event.is_unnamed else ""
            problems.append(event.problem("id", found, "each id once", hint))
            if len(problems) >= MOST_PROBLEMS:
                break
    return problems


def event_of(row: Row) -> Event | None:
    """The fact that a row states, or None if the row's problems forbid it."""
    if not row.one_of("kind", KINDS):
        return None
    kind = row["kind"]
    start, end = _dates(row)
    strength = _strength(row, kind)
    level = _threat_level(row, kind)
    targets = _parties(row, kind)
    row.filled("description")
    row.filled("source")
    row.one_of("confidence", CONFIDENCES)
    if row["consequence"] not in ("yes", "no", ""):
        row.wrong("consequence", "yes, no or empty")
    if row.problems or start is None:
        return None
    return Event(
        id=row["id"] or _id_of_place(row.place),
        date=row["date"],
        start=start,
        end=end,
        kind=kind,
        actor=row["actor"],
        targets=targets,
        strength=strength,
        threat_level=level,
        description=row["description"],
        source=row["source"],
        confidence=row["confidence"],
        consequence=row["consequence"] == "yes",
        extra={column: text for column, text in row.cells.items() if column not in COLUMNS},
        file=row.file,
        place=row.place,
    )


def _id_of_place(place: str) -> str:
    return place.replace(" ", "-")


def _dates(row: Row) -> tuple[datetime.date | None, datetime.date | None]:
    begin, finish = _partial(row, "date"), None
    if begin is None and not row["date"]:
        row.wrong("date", "an ISO date: 1999, 1999-04 or 1999-04-20")
    if row["end"]:
        finish = _partial(row, "end")
    if begin is None:
        return None, None
    if finish is None:
        return begin.middle, None
    if finish.last < begin.first:
        row.wrong("end", f"no earlier than the date ({row['date']})")
    # A start known to the year may have its middle after an end known better.
    return min(begin.middle, finish.last), finish.last


def _partial(row: Row, column: str) -> dates.PartialDate | None:
    if not row[column]:
        return None
    try:
        return dates.parse(row[column])
    except ValueError:
        iso = dates.meant(row[column])
        hint = f'did you mean "{iso}"?' if iso else ""
        row.wrong(column, "an ISO date that exists: 1999, 1999-04 or 1999-04-20", hint)
        return None


def _strength(row: Row, kind: str) -> float | str | None:
    if kind == NOTE:
        return row["strength"] or None
    if kind in WORDS:
        words = WORDS[kind]
        if row["strength"] not in words:
            row.wrong("strength", f"{', '.join(filter(None, words))} for a {kind}")
        return row["strength"] or (ACT if kind == RENEWAL else None)
    return _code(row, "strength", CODES[kind], f"for a {kind}")


def _threat_level(row: Row, kind: str) -> float | None:
    if not row["threat_level"] and kind != RESPONSE:
        return None
    return _code(row, "threat_level", _THREAT_CODES, "(the threat that prompted a request)")


def _code(row: Row, column: str, codes: tuple[float, ...], purpose: str) -> float | None:
    text = row[column]
    if _NUMBER.fullmatch(text) and float(text) in codes:
        return float(text)
    row.wrong(column, f"{', '.join(f'{code:g}' for code in codes)} {purpose}")
    return None


def _parties(row: Row, kind: str) -> tuple[str, ...]:
    targets = tuple(dict.fromkeys(part.strip() for part in row["target"].split("|") if part))
    if kind not in (NOTE, RENEWAL):
        row.filled("actor")
    if kind == NOTE:
        return targets
    if "|" in row["actor"]:
        row.wrong("actor", "one actor a row", "give each actor a row of its own")
    if row["actor"] == INTERNAL and kind != THREAT:
        row.wrong("actor", f'"{INTERNAL}" only for a threat')
    if kind in TOWARDS_STATES:
        if not targets or "" in targets:
            row.wrong("target", f'states joined with |, or "{ALL_MEMBERS}"')
        if ALL_MEMBERS in targets and len(targets) > 1:
            row.wrong("target", f'"{ALL_MEMBERS}" alone, or states joined with |')
        if row["actor"] in targets:
            hint = f'a threat from within has the actor "{INTERNAL}"' if kind == THREAT else ""
            row.wrong("target", "states other than the actor", hint)
    return targets


def _text(value: float | str | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:g}"
