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
    Table,
    Words,
    within_range,
)
from .indicators import Component


class Selector(Table):
    """Which rows of the event table a change is about; all that is given must match."""

    id: OneOrMore = Field(default=(), description="one or several; may use * and ?")
    kind: Words | None = None
    actor: Words | None = None
    target: Words | None = None
    since: Partial | None = Field(default=None, alias="from")
    until: Partial | None = None
    confidence: Words | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> "Selector":
        if not self.model_fields_set:
            raise ValueError('at least one condition (id = "*" selects every row)')
        return self


class _Change(Table):
    name: Words
    reason: Words
    source: Words | None = None


class AddEvent(_Change):
    """Add a row to the event table."""

    action: Literal["add"]
    event: dict[str, Any] = Field(description="the columns of an event table row")


class DropEvents(_Change):
    """Leave rows out."""

    action: Literal["drop"]
    where: Selector


class RecodeEvents(_Change):
    """Give some columns of some rows other values."""

    action: Literal["recode"]
    where: Selector
    edits: dict[str, Any] = Field(alias="set", min_length=1)


class ShiftEvents(_Change):
    """Move rows in time."""

    action: Literal["shift"]
    where: Selector
    days: Annotated[int, Field(strict=True)]


class SetParameter(_Change):
    """Hold a parameter at a value."""

    action: Literal["parameter"]
    parameter: ParameterName
    value: Finite

    @model_validator(mode="after")
    def _in_range(self) -> "SetParameter":
        within_range(self.parameter, self.value)
        return self


class SetIndicator(_Change):
    """Hold a component of a state's dependence at a value for a time."""

    action: Literal["indicator"]
    state: Name
    indicator: Component
    value: Finite
    since: Partial | None = Field(default=None, alias="from")
    until: Partial | None = None


class ReformAlliance(_Change):
    """Change the alliance's rules, at once or from a date."""

    action: Literal["alliance"]
    edits: dict[str, Any] = Field(alias="set", min_length=1)
    since: Day | None = Field(default=None, alias="from")


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
