"""The inputs that a sweep varies: what they are called, and which edit a value stands for."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from ...core.parameters import PARAMETERS
from ...scenario import Problem, Scenario
from ...scenario.actions import Change
from ...scenario.indicators import COMPONENTS
from ...scenario.problems import quoted
from ...scenario.schema import Alliance
from ...scenario.spelling import suggestion
from ...scenario.translate import problems_of
from .spec import Level, Span

Kind = Literal["parameter", "strength", "days", "present", "indicator", "alliance", "change"]
Value = float | str

OF_EVENTS: tuple[Kind, ...] = ("strength", "days", "present")
SWITCH = ("off", "on")
PREFIXES = ("event:", "indicator:", "alliance:", "change:")
_RULES = tuple(
    key for key in Alliance.model_fields if key not in ("name", "patron", "members", "entry")
)
_CHANGE: TypeAdapter[Change] = TypeAdapter(Change)


@dataclass(frozen=True)
class Variable:
    """One input: its name as written, and the values it can take."""

    name: str
    kind: Kind
    target: str
    """Parameter, event id (with * and ?), state, rule of the alliance, or change."""
    part: str
    """Of an indicator: which."""
    span: Span
    levels: tuple[Value, ...]
    """All its values, where it has only some."""

    @property
    def whole(self) -> bool:
        """Whether it takes whole numbers only."""
        return self.kind == "days"

    def at(self, u: float) -> Value:
        """The value at a place `u` in 0 to 1 of its range."""
        if self.levels:
            return self.levels[min(int(u * len(self.levels)), len(self.levels) - 1)]
        low, high = self.ends
        if self.whole:
            return float(min(low + int(u * (high - low + 1)), high))
        return low + u * (high - low)

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest value of a range."""
        assert self.span.low is not None
        assert self.span.high is not None
        return self.span.low, self.span.high

    @property
    def steps(self) -> tuple[Value, ...]:
        """Its values in a grid."""
        if self.levels:
            return self.levels
        low, high = self.ends
        places = [low + (high - low) * k / (self.span.n - 1) for k in range(self.span.n)]
        return tuple(dict.fromkeys(float(round(x)) for x in places)) if self.whole else (*places,)

    @property
    def trials(self) -> tuple[Value, ...]:
        """Values that show whether it can be swept at all."""
        return self.levels or self.ends

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        return all(not isinstance(value, str) for value in self.levels)

    def edit(self, value: Value) -> Change | None:
        """The edit that a value stands for; None where it leaves things as they are.

        A switched change is no edit: see `points.changed`.
        """
        table = self._table(value)
        if table is None:
            return None
        said = {"name": f"sweep: {self.name} = {value}", "reason": "a point of a sweep"}
        return _CHANGE.validate_python(said | table)

    def _table(self, value: Value) -> dict[str, Any] | None:
        where = {"id": self.target} if self.span.where is None else self.span.where
        match self.kind:
            case "parameter":
                return {"action": "parameter", "parameter": self.target, "value": value}
            case "strength":
                text = value if isinstance(value, str) else f"{value:g}"
                return {"action": "recode", "where": where, "set": {"strength": text}}
            case "days":
                moved = {"action": "shift", "where": where, "days": int(value)}
                return moved if value else None
            case "present":
                return {"action": "drop", "where": where} if value == "off" else None
            case "indicator":
                return {
                    "action": "indicator", "state": self.target, "indicator": self.part,
                    "value": value, "from": self._day("since"), "until": self._day("until"),
                }  # fmt: skip
            case "alliance":
                begin = self.span.since.first if self.span.since else None
                return (
                    {"action": "alliance", "set": {self.target: value}, "from": begin}
                    if (begin)
                    else {"action": "alliance", "set": {self.target: value}}
                )
        return None

    def _day(self, end: str) -> str | None:
        day = getattr(self.span, end)
        if day is None:
            return None
        return (day.first if end == "since" else day.last).isoformat()


def edit_problems(variable: Variable, value: Value, file: str) -> list[Problem]:
    """What is wrong with a value, as far as can be seen without a record."""
    try:
        variable.edit(value)
    except ValidationError as error:
        place = f"[sweep] vary {quoted(variable.name)}"
        return [
            Problem(file, place, f"found {quoted(value)}", problem.allowed, problem.hint)
            for problem in problems_of(error, file)
        ]
    return []


def variable(
    name: str, span: Span, scenario: Scenario, file: str, problems: list[Problem]
) -> Variable | None:
    """Understand a name; None, and problems, where it names nothing."""
    place = f"[sweep] vary {quoted(name)}"

    def unknown(word: str, what: str, known: tuple[str, ...], prefix: str = "") -> None:
        listed = ", ".join(known) if known else f"nothing: the scenario has no {what}s"
        hint = suggestion(word, known)
        problems.append(Problem(file, place, f"unknown {what} {quoted(word)}", listed, hint))

    head, colon, rest = name.partition(":")
    if not colon:
        known = tuple(attribute.name for attribute in PARAMETERS)
        if name in known:
            return _made(name, "parameter", name, "", span, file, problems)
        unknown(name, "parameter", (*known, *(f"{prefix}.." for prefix in PREFIXES)))
        return None
    if head == "event":
        target, dot, part = rest.rpartition(".")
        if not dot or part not in OF_EVENTS:
            unknown(part if dot else "", "part of an event", OF_EVENTS)
            return None
        return _made(name, part, target, "", span, file, problems)
    if head == "indicator":
        state, dot, part = rest.rpartition(".")
        if state not in scenario.states:
            unknown(state or rest, "state", scenario.states)
        elif part not in COMPONENTS:
            unknown(part, "component of dependence", tuple(COMPONENTS))
        else:
            return _made(name, "indicator", state, part, span, file, problems)
        return None
    if head == "alliance":
        if rest in _RULES:
            return _made(name, "alliance", rest, "", span, file, problems)
        unknown(rest, "rule of the alliance", _RULES)
        return None
    if head == "change":
        names = tuple(change.name for change in scenario.changes)
        if rest in names:
            return _made(name, "change", rest, "", span, file, problems)
        unknown(rest, "change", names)
        return None
    unknown(f"{head}:", "kind of input", PREFIXES)
    return None


def _made(
    name: str, kind: Kind, target: str, part: str, span: Span, file: str, problems: list[Problem]
) -> Variable | None:
    place = f"[sweep] vary {quoted(name)}"
    levels: tuple[Value, ...] = ()
    if span.values is not None:
        levels = tuple(_plain(kind, value) for value in span.values)
    if kind in ("change", "present"):
        if not levels or not set(levels) <= set(SWITCH):
            found = f"found {quoted(', '.join(map(str, levels)))}" if levels else "a range"
            problems.append(Problem(file, place, found, ", ".join(SWITCH)))
            return None
    elif kind not in ("alliance", "strength") and any(isinstance(v, str) for v in levels):
        word = next(v for v in levels if isinstance(v, str))
        problems.append(Problem(file, place, f"found {quoted(word)}", "numbers, or low:high"))
        return None
    whole = (*levels,) if span.values is not None else (span.low, span.high)
    if kind == "days" and any(float(value or 0) % 1 for value in whole):
        problems.append(Problem(file, place, "found part of a day", "whole days"))
        return None
    return Variable(name, kind, target, part, span, levels)


def _plain(kind: Kind, value: Level) -> Value:
    if isinstance(value, bool):
        return SWITCH[value]
    if isinstance(value, str):
        return value.strip()
    return float(value)
