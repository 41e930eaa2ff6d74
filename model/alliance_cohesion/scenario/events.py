"""The event table: one dated, sourced, coded fact a row."""

import datetime
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo, field_validator

from . import dates
from .fields import ALL_MEMBERS, INTERNAL, Cell, Party, read_partial, read_party
from .problems import MOST_PROBLEMS, Problem, WrongError, quoted
from .recognise import A_DATE, MISSING_HINT, is_missing, plain, status_hint

REQUIRED = ("date", "kind", "actor", "target", "strength", "description", "source", "confidence")
OPTIONAL = ("end", "threat_level", "consequence", "id")
COLUMNS = REQUIRED + OPTIONAL

Kind = Literal[
    "threat", "coercion", "arms_to_adversary", "demand", "offer", "response", "renewal",
    "status", "note",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)
THREAT, COERCION, ARMS, DEMAND, OFFER, RESPONSE, RENEWAL, STATUS, NOTE = KINDS
TOWARDS_STATES = (THREAT, COERCION, ARMS, DEMAND, OFFER, RESPONSE)
UNTIL_END_OF_YEAR = (THREAT, COERCION, ARMS)
"""Kinds that last to the end of their calendar year where no end is given."""

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
_YES, _NO = ("yes", "true"), ("no", "false", "")
WORDS = {STATUS: ("member", "frozen", "out"), RENEWAL: (ACT, "automatic", "")}


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
    """A code on the scale of its kind, or a word (`status`, `renewal`), or None."""
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

    def spelt(self, spell: Callable[[str], str]) -> "Event":
        """The same with names in the spelling of the scenario."""
        actor, targets = spell(self.actor), tuple(dict.fromkeys(map(spell, self.targets)))
        same = (actor, targets) == (self.actor, self.targets)
        return self if same else replace(self, actor=actor, targets=targets)

    def problem(self, column: str, found: str, allowed: str = "", hint: str = "") -> Problem:
        """A problem with one cell of this row."""
        return Problem(self.file, f"{self.place}, {column}", found, allowed, hint)


def last_day(event: Event) -> datetime.date | None:
    """The last day on which a fact acts, or None if it acts to the end of the clock."""
    if event.kind == RESPONSE:
        return event.start
    if event.end is None and event.kind in UNTIL_END_OF_YEAR:
        return event.start.replace(month=12, day=31)
    return event.end


def _in_small_letters(text: Any) -> Any:
    return text.casefold() if isinstance(text, str) else text


class EventRow(BaseModel):
    """A row of the event table: what its columns may hold."""

    model_config = ConfigDict(extra="allow", frozen=True, validate_default=True)
    __pydantic_extra__: dict[str, Cell]

    id: Party = ""
    kind: Annotated[Kind, BeforeValidator(_in_small_letters)] = ""  # type: ignore[assignment]
    date: Cell = ""
    end: Cell = ""
    actor: Party = ""
    target: tuple[str, ...] = ()
    strength: float | str | None = ""
    threat_level: float | None = None
    description: Cell = ""
    source: Cell = ""
    confidence: Annotated[Literal["high", "medium", "low"], BeforeValidator(_in_small_letters)] = ""  # type: ignore[assignment]
    consequence: bool = False

    @field_validator("date")
    @classmethod
    def _date(cls, text: str) -> str:
        if not text:
            raise WrongError(A_DATE)
        read_partial(text)
        return text

    @field_validator("end")
    @classmethod
    def _end(cls, text: str, info: ValidationInfo) -> str:
        begin = info.data.get("date")
        if text and read_partial(text).last < dates.parse(begin or text).first:
            raise WrongError(f"no earlier than the date ({begin})")
        return text

    @field_validator("actor")
    @classmethod
    def _actor(cls, name: str, info: ValidationInfo) -> str:
        kind = info.data.get("kind", NOTE)
        if not name and kind not in (NOTE, RENEWAL):
            raise WrongError("the state whose status it is" if kind == STATUS else "some text")
        if "|" in name and kind != NOTE:
            raise WrongError("one actor a row", "give each actor a row of its own")
        if name == INTERNAL and kind not in (THREAT, NOTE):
            raise WrongError(f'"{INTERNAL}" only for a threat')
        return name

    @field_validator("target", mode="before")
    @classmethod
    def _target(cls, text: Any, info: ValidationInfo) -> tuple[str, ...]:
        kind = info.data.get("kind", NOTE)
        parts = text.split("|") if isinstance(text, str) else ()
        names = tuple(dict.fromkeys(read_party(part) for part in parts if part))
        if kind not in TOWARDS_STATES:
            return names
        if not names or "" in names:
            raise WrongError(f'states joined with |, or "{ALL_MEMBERS}"')
        if ALL_MEMBERS in names and len(names) > 1:
            raise WrongError(f'"{ALL_MEMBERS}" alone, or states joined with |')
        return names

    @field_validator("strength", mode="before")
    @classmethod
    def _strength(cls, text: str, info: ValidationInfo) -> float | str | None:
        kind = info.data.get("kind", NOTE)
        if kind == NOTE:
            return text or None
        if kind in CODES:
            return _code(text, CODES[kind], f"for a {kind}")
        word = text.casefold()
        if word not in WORDS[kind]:
            hint = MISSING_HINT if is_missing(word) else status_hint(word) if kind == STATUS else ""
            raise WrongError(f"{', '.join(filter(None, WORDS[kind]))} for a {kind}", hint)
        return word or ACT

    @field_validator("threat_level", mode="before")
    @classmethod
    def _level(cls, text: str | None, info: ValidationInfo) -> float | None:
        if not text and info.data.get("kind") != RESPONSE:
            return None
        return _code(text or "", _THREAT_CODES, "(the threat that prompted a request)")

    @field_validator("description", "source")
    @classmethod
    def _filled(cls, text: str) -> str:
        if not text:
            raise WrongError("some text")
        return text

    @field_validator("consequence", mode="before")
    @classmethod
    def _yes_or_no(cls, text: Any) -> bool:
        word = _in_small_letters(text)
        if word in (*_YES, *_NO, False):
            return word in _YES
        raise WrongError("yes, no or empty", MISSING_HINT if is_missing(text) else "")

    def event(self, file: str, place: str) -> Event:
        """The fact that the row states."""
        begin = dates.parse(self.date)
        last = dates.parse(self.end).last if self.end else None
        said = self.model_dump(include={*EventRow.model_fields} - {"id", "end", "target"})
        return Event(
            **said,
            id=self.id or place.replace(" ", "-"),
            # A start known to the year may have its middle after an end known better.
            start=min(begin.middle, last or begin.middle),
            end=last,
            targets=self.target,
            extra=dict(self.__pydantic_extra__ or {}),
            file=file,
            place=place,
        )


def repeated_ids(events: Iterable[Event]) -> list[Problem]:
    """A problem for every row whose id an earlier row has."""
    seen: dict[str, Event] = {}
    problems: list[Problem] = []
    for event in events:
        first = seen.setdefault(event.id, event)
        if first is not event and len(problems) < MOST_PROBLEMS:
            where = first.place if first.file == event.file else f"{first.file}, {first.place}"
            result = f"found {quoted(event.id)}, the id of {where}"
            unnamed = event.id == event.place.replace(" ", "-")
            hint = "a row without an id is named after its place" if unnamed else ""
            problems.append(event.problem("id", result, "each id once", hint))
    return problems


def _code(text: str, codes: tuple[float, ...], purpose: str) -> float:
    text = plain(text)
    if re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", text, re.ASCII) and float(text) in codes:
        return float(text)
    hint = MISSING_HINT if is_missing(text) else ""
    allowed = f"{', '.join(f'{code:g}' for code in codes)} {purpose}"
    raise WrongError(allowed, hint, f"code {hint}" if text else "")


def _text(value: float | str | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:g}"
