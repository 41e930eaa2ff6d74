"""The `[sweep]` table of a scenario file: its keys, their types and limits."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from ...scenario import Problem
from ...scenario.actions import Selector
from ...scenario.fields import Day, Finite, Partial, Table, Words
from ...scenario.problems import quoted, shown
from ...scenario.scenario import Scenario
from ...scenario.translate import problems_of

MOST_POINTS = 1_000_000
MOST_LEVELS = 10_000  # of one input
MOST_INPUTS = 200

Design = Literal["grid", "latin", "sobol", "list", "saltelli", "morris"]
Measure = Literal[
    "frozen", "out", "frozen_or_out", "left", "leavers", "nobody_left", "first_exit", "record"
]
Level = bool | float | str

OF_A_STATE = ("frozen", "out", "frozen_or_out", "left")
"""Measures that need a state."""


class Span(Table):
    """The range of one input: from `low` to `high`, or `values`."""

    low: Finite | None = None
    high: Finite | None = None
    n: Annotated[int, Field(ge=2, le=10_000, strict=True)] = Field(
        default=5, description="steps of a grid"
    )
    values: tuple[Level, ...] | None = Field(default=None, min_length=1, max_length=MOST_LEVELS)
    where: Selector | None = Field(default=None, description="which rows, for an event")
    since: Partial | None = Field(default=None, alias="from")
    until: Partial | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, given: Any) -> Any:
        if isinstance(given, str):
            return read_words(given)
        return {"values": given} if isinstance(given, list) else given

    @model_validator(mode="after")
    def _one_form(self) -> "Span":
        ends = self.low is not None, self.high is not None
        if self.values is None and not all(ends):
            raise ValueError('low and high, or values (in short "0.5:2", "0.5:2:9" or [1, 2])')
        if self.values is not None and any(ends):
            raise ValueError("low and high, or values, not both")
        if self.low is not None and self.high is not None and self.high <= self.low:
            raise ValueError(f"a high above the low ({self.low:g})")
        if self.values is not None and len(set(self.values)) < len(self.values):
            raise ValueError("each value once")
        return self


class OutcomeTable(Table):
    """An outcome of interest."""

    name: Words | None = Field(default=None, description="default: what is measured")
    measure: Measure
    state: Words | None = None
    by: Day | None = Field(default=None, description="default: the end of the clock")

    @model_validator(mode="after")
    def _names_a_state(self) -> "OutcomeTable":
        if self.measure in OF_A_STATE and self.state is None:
            raise ValueError(f"a state, for {self.measure}")
        if self.state is not None and self.measure not in (*OF_A_STATE, "first_exit"):
            raise ValueError(f"no state, for {self.measure}")
        return self


class Interest(Table):
    """Which points count as cases of interest: those whose outcome lies above or below."""

    outcome: Words
    above: Finite | None = None
    below: Finite | None = None

    @model_validator(mode="after")
    def _one_side(self) -> "Interest":
        if (self.above is None) == (self.below is None):
            raise ValueError("either above or below")
        return self


class SweepTable(Table):
    """The whole table."""

    design: Design = "grid"
    points: Annotated[int, Field(ge=1, le=MOST_POINTS, strict=True)] = Field(
        default=64,
        description="of latin and sobol; base points of saltelli; trajectories of morris",
    )
    histories: Annotated[int, Field(ge=1, le=10**9, strict=True)] | None = Field(
        default=None, description="at each point; default: what [run] says"
    )
    seed: Annotated[int, Field(ge=0, lt=2**31, strict=True)] = Field(
        default=1, description="of the design; that of the histories is in [run]"
    )
    file: Words | None = Field(default=None, description="CSV of a list, beside this file")
    vary: dict[str, Any] = Field(default_factory=dict, max_length=MOST_INPUTS)
    outcome: tuple[OutcomeTable, ...] = Field(default=(), max_length=MOST_INPUTS)
    interest: Interest | None = None


def read_words(text: str) -> dict[str, Any]:
    """Read `low:high`, `low:high:n` or `a,b,c`."""
    parts = [part.strip() for part in text.split(":")]
    if len(parts) in (2, 3):
        try:
            span: dict[str, Any] = {"low": float(parts[0]), "high": float(parts[1])}
            return span | ({"n": int(parts[2])} if len(parts) == 3 else {})
        except ValueError:
            pass
    return {"values": [level(part.strip()) for part in text.split(",")]}


def level(text: str) -> Level:
    """A value as TOML would have it: a number if it is one, else a text."""
    try:
        return float(text)
    except ValueError:
        return text


def read_table(scenario: Scenario, over: dict[str, Any], problems: list[Problem]) -> SweepTable:
    """The scenario's table, with the command line's values in place of its own.

    Args:
        scenario: Whose table.
        over: Keys to replace; those of `vary` are added to the table's own.
        problems: What is wrong is appended here.
    """
    content = dict(scenario.sweep) | {key: value for key, value in over.items() if key != "vary"}
    own = content.get("vary", {})
    added = over.get("vary", {})
    content["vary"] = {**own, **added} if isinstance(own, dict) else own
    try:
        return SweepTable.model_validate(content)
    except ValidationError as error:
        problems += problems_of(error, shown(scenario.path), "[sweep]", SweepTable)
        return SweepTable()


def read_spans(table: SweepTable, file: str, problems: list[Problem]) -> dict[str, Span]:
    """The range of each input."""
    spans = {}
    for name, given in table.vary.items():
        try:
            spans[name] = Span.model_validate(given)
        except ValidationError as error:
            problems += problems_of(error, file, f"[sweep] vary {quoted(name)}", Span)
    return spans
