"""The changes that a scenario can make to its base."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from .fields import (
    Day,
    Finite,
    Name,
    OneOrMore,
    ParameterName,
    Partial,
    Party,
    Table,
    Words,
    within_range,
)
from .indicators import Component, check_value
from .problems import WrongError


class Selector(Table):
    """Which rows of the event table a change is about; all that is given must match."""

    id: OneOrMore = Field(
        default=(), description="one or several; * stands for any letters, ? for one"
    )
    kind: Words | None = Field(default=None, description="as in the column kind")
    actor: Party | None = Field(default=None, description="as in the column actor")
    target: Party | None = Field(default=None, description="one of the row's targets")
    since: Partial | None = Field(
        default=None, alias="from", description="rows that begin on this date or later"
    )
    until: Partial | None = Field(
        default=None, description="rows that begin on this date or earlier"
    )
    confidence: Words | None = Field(default=None, description="high, medium or low")

    @model_validator(mode="after")
    def _not_empty(self) -> "Selector":
        if not self.model_fields_set:
            raise WrongError('at least one condition (id = "*" selects every row)')
        return self


class _Change(Table):
    name: Words = Field(description="what is changed, in a few words")
    reason: Words = Field(description="why it is worth asking")
    source: Words | None = Field(default=None, description="what the change rests on")


class AddEvent(_Change):
    """Add a row to the event table."""

    action: Literal["add"]
    event: dict[str, Any] = Field(description="the columns of an event table row")


class DropEvents(_Change):
    """Leave rows out."""

    action: Literal["drop"]
    where: Selector = Field(description="which rows")


class RecodeEvents(_Change):
    """Give some columns of some rows other values."""

    action: Literal["recode"]
    where: Selector = Field(description="which rows")
    edits: dict[str, Any] = Field(
        alias="set", min_length=1, description="columns and their new values"
    )


class ShiftEvents(_Change):
    """Move rows in time."""

    action: Literal["shift"]
    where: Selector = Field(description="which rows")
    days: Annotated[int, Field(strict=True, description="later; negative: earlier")]


class SetParameter(_Change):
    """Hold a parameter at a value."""

    action: Literal["parameter"]
    parameter: ParameterName = Field(description="a name of the parameter table")
    value: Finite = Field(description="within the parameter's range")

    @model_validator(mode="after")
    def _in_range(self) -> "SetParameter":
        within_range(self.parameter, self.value)
        return self


class SetIndicator(_Change):
    """Hold a component of a state's dependence at a value for a time."""

    action: Literal["indicator"]
    state: Name = Field(description="a member")
    indicator: Component = Field(description="a component of dependence")
    value: Finite = Field(description="in the component's own unit")
    since: Partial | None = Field(
        default=None, alias="from", description="default: from the beginning"
    )
    until: Partial | None = Field(default=None, description="default: to the end")

    @model_validator(mode="after")
    def _in_range(self) -> "SetIndicator":
        check_value(self.indicator, self.value)
        return self


class ReformAlliance(_Change):
    """Change the alliance's rules, at once or from a date."""

    action: Literal["alliance"]
    edits: dict[str, Any] = Field(
        alias="set", min_length=1, description="keys of [alliance] and their new values"
    )
    since: Day | None = Field(default=None, alias="from", description="default: at once")


Change = Annotated[
    AddEvent
    | DropEvents
    | RecodeEvents
    | ShiftEvents
    | SetParameter
    | SetIndicator
    | ReformAlliance,
    Field(discriminator="action"),
]
