"""The inputs that a sweep varies: their names, their values, and the edit a value stands for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from ...core.parameters import PARAMETERS
from ...scenario import Problem, Scenario
from ...scenario.actions import Change, ReformAlliance
from ...scenario.change import Draft, apply
from ...scenario.consistency import name_problems
from ...scenario.indicators import COMPONENTS
from ...scenario.problems import quoted, shown
from ...scenario.schema import Alliance
from ...scenario.spelling import suggestion
from ...scenario.translate import problems_of
from .spec import Level, Span

Kind = Literal["parameter", "strength", "days", "present", "indicator", "alliance", "change"]
Value = float | str
Point = tuple[Value, ...]

OF_EVENTS = ("strength", "days", "present")
SWITCH = ("off", "on")
PREFIXES = ("event:", "indicator:", "alliance:", "change:")
_RULES = tuple(
    key for key in Alliance.model_fields if key not in ("name", "patron", "members", "entry")
)
_CODES = tuple(k / 2 for k in range(-20, 21) if k)  # all that any codebook has, and more
_MOST_SWITCHES = 10  # of changes that edit the members
_CHANGE: TypeAdapter[Change] = TypeAdapter(Change)


@dataclass(frozen=True)
class Variable:
    """One input: its name as written, and the values it can take."""

    name: str
    kind: Kind
    target: str
    """Parameter, event id (with * and ?), state, rule of the alliance, or change."""
    part: str
    """Of an indicator: which component."""
    span: Span
    levels: tuple[Value, ...]
    """Its values, if it has only some."""

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
        (low, high), n = self.ends, self.span.n
        places = [low + (high - low) * k / (n - 1) for k in range(n)]
        whole = self.kind == "days"
        return tuple(dict.fromkeys(float(round(x)) for x in places)) if whole else (*places,)

    def at(self, u: float) -> Value:
        """The value at a place `u` in 0 to 1 of its range."""
        if self.levels:
            return self.levels[min(int(u * len(self.levels)), len(self.levels) - 1)]
        low, high = self.ends
        if self.kind == "days":
            return float(min(low + int(u * (high - low + 1)), high))
        return low + u * (high - low)

    def edit(self, value: Value) -> Change | None:
        """The edit that a value stands for; None if it leaves things as they are.

        Raises:
            ValidationError: the value is not allowed.
        """
        where = {"id": self.target} if self.span.where is None else self.span.where
        since, until = self.span.since, self.span.until
        table: dict[str, Any]
        match self.kind:
            case "parameter":
                table = {"action": "parameter", "parameter": self.target, "value": value}
            case "strength":
                code = value if isinstance(value, str) else f"{value:g}"
                table = {"action": "recode", "where": where, "set": {"strength": code}}
            case "days" if value:
                table = {"action": "shift", "where": where, "days": int(value)}
            case "present" if value == "off":
                table = {"action": "drop", "where": where}
            case "indicator":
                table = {
                    "action": "indicator", "state": self.target, "indicator": self.part,
                    "value": value, "from": since and since.first.isoformat(),
                    "until": until and until.last.isoformat(),
                }  # fmt: skip
            case "alliance":
                table = {"action": "alliance", "set": {self.target: value}}
                table |= {"from": since.first} if since else {}
            case _:
                return None
        named = {"name": f"sweep: {self.name} = {value}", "reason": "a point of a sweep"}
        return _CHANGE.validate_python(named | table)


def scenario_at(
    scenario: Scenario, variables: Sequence[Variable], point: Sequence[Value]
) -> tuple[Scenario, list[Problem]]:
    """The scenario at a point, and what is wrong with it.

    The scenario's own changes are made first, except those that the point switches off; the
    point's edits follow in the order of the variables.
    """
    file = shown(scenario.path)
    values = list(zip(variables, point, strict=True))
    problems: list[Problem] = []
    off, edits = set(), []
    for variable, value in values:
        if variable.kind == "change" and value == "off":
            off.add(variable.target)
        try:
            edit = variable.edit(value)
        except ValidationError as error:
            place = f"[sweep] vary {quoted(variable.name)}"
            problems += [
                Problem(file, place, f"found {quoted(value)}", wrong.allowed, wrong.hint)
                for wrong in problems_of(error, file)
            ]
            continue
        edits += [edit] if edit else []
    if problems:
        return scenario, problems
    before = scenario.unchanged
    draft = Draft(before.events, before.alliance, dict(before.fixed))
    own = [change for change in scenario.changes if change.name not in off]
    for change in [*own, *edits]:
        problems += apply(change, draft, file)
    problems += name_problems(
        draft.alliance, scenario.clients, draft.events, scenario.indicators, file
    )
    there = replace(
        scenario,
        events=draft.events,
        alliance=draft.alliance,
        parameters=scenario.parameters.model_copy(update={"fixed": draft.fixed}),
        reforms=tuple(draft.reforms),
        settings=tuple(draft.settings),
    )
    return there, problems


def tried(
    scenario: Scenario, variables: Sequence[Variable], problems: list[Problem]
) -> tuple[Variable, ...]:
    """The variables, each tried alone at its ends or levels; problems are appended.

    A range of strengths becomes the codes that lie in it.
    """
    result = []
    for variable in variables:
        if variable.kind == "strength" and not variable.levels:
            low, high = variable.ends
            codes = [code for code in _CODES if low <= code <= high]
            codes = [code for code in codes if not scenario_at(scenario, [variable], [code])[1]]
            if not codes:
                problems += scenario_at(scenario, [variable], [low])[1]
                continue
            variable = replace(variable, levels=tuple(codes))
        for value in variable.levels or variable.ends:
            problems += scenario_at(scenario, [variable], [value])[1]
        result.append(variable)
    return tuple(result)


def members_at_points(
    scenario: Scenario, variables: Sequence[Variable], problems: list[Problem]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """States that are members at every point, and others that are at some.

    They differ if a change that edits the members is varied.
    """
    edited = {
        change.name
        for change in scenario.changes
        if isinstance(change, ReformAlliance) and "members" in change.edits
    }
    switches = [v for v in variables if v.kind == "change" and v.target in edited]
    if len(switches) > _MOST_SWITCHES:
        result, allowed = f"{len(switches)} changes of the members", f"at most {_MOST_SWITCHES}"
        problems.append(Problem(shown(scenario.path), "[sweep] vary", result, allowed))
        return scenario.states, ()
    levels = product(*(variable.levels for variable in switches))
    each = [scenario_at(scenario, switches, point)[0].states for point in levels]
    every = dict.fromkeys(state for states in each for state in states)
    always = tuple(state for state in every if all(state in states for states in each))
    return always, tuple(state for state in every if state not in always)


def read_variable(
    name: str, span: Span, scenario: Scenario, file: str, problems: list[Problem]
) -> Variable | None:
    """Understand a name and its values; None, and problems, if that fails."""
    place = f"[sweep] vary {quoted(name)}"

    def wrong(found: str, allowed: str, hint: str = "") -> None:
        problems.append(Problem(file, place, found, allowed, hint))

    kind, target, part, words = _parts(name, scenario)
    for what, word, known in words:
        if word not in known:
            listed = ", ".join(known) or f"nothing: the scenario has no {what}s"
            wrong(f"unknown {what} {quoted(word)}", listed, suggestion(word, known))
            return None
    levels = tuple(_plain(kind, value) for value in span.values or ())
    values = levels or (span.low or 0.0, span.high or 0.0)
    texts = [value for value in levels if isinstance(value, str)]
    twice = next((value for k, value in enumerate(levels) if value in levels[:k]), None)
    before = len(problems)
    if twice is not None:
        wrong(f"found {quoted(twice)} twice", "each value once, however it is written")
    elif kind in ("change", "present"):
        if not levels or not set(levels) <= set(SWITCH):
            found = f"found {quoted(', '.join(map(str, levels)))}" if levels else "a range"
            wrong(found, ", ".join(SWITCH))
    elif texts and kind not in ("alliance", "strength"):
        wrong(f"found {quoted(texts[0])}", "numbers, or low:high")
    elif kind == "days" and any(float(value) % 1 for value in values):
        wrong("found part of a day", "whole days")
    if len(problems) > before:
        return None
    return Variable(name, kind, target, part, span, levels)


def _parts(
    name: str, scenario: Scenario
) -> tuple[Kind, str, str, list[tuple[str, str, tuple[str, ...]]]]:
    """Kind, target and part that a name stands for, and the words in it that must be known."""
    head, colon, rest = name.partition(":")
    word, dot, part = rest.rpartition(".")
    match head if colon else "":
        case "":
            parameters = tuple(parameter.name for parameter in PARAMETERS)
            known = (*parameters, *(f"{prefix}.." for prefix in PREFIXES))
            return "parameter", name, "", [("parameter", name, known)]
        case "event":
            kind: Any = part if dot else ""
            return kind, word, "", [("part of an event", kind, OF_EVENTS)]
        case "indicator":
            looked = ("state", word or rest, scenario.states)
            return "indicator", word, part, [
                looked, ("component of dependence", part, tuple(COMPONENTS))
            ]  # fmt: skip
        case "alliance":
            return "alliance", rest, "", [("rule of the alliance", rest, _RULES)]
        case "change":
            names = tuple(change.name for change in scenario.changes)
            return "change", rest, "", [("change", rest, names)]
    return "parameter", name, "", [("kind of input", f"{head}:", PREFIXES)]


def _plain(kind: Kind, value: Level) -> Value:
    """A value in its one form: `true` and "on" are the same, and so are 1 and "1"."""
    if kind in ("change", "present"):
        return SWITCH[value] if isinstance(value, bool) else str(value).strip()
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value.strip()
    return str(value).lower() if isinstance(value, bool) else float(value)
