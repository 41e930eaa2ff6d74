"""The kinds of value that scenario files hold."""

from datetime import date, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from ..core.parameters import PARAMETERS
from . import dates
from .problems import has_invisible_character, mixes_alphabets
from .spelling import suggestion

ALL_MEMBERS = "members"
"""As a target: whoever is a member at the time."""
INTERNAL = "internal"
"""As an actor: a threat from within the state."""

_RANGES = {attribute.name: (attribute.low, attribute.high) for attribute in PARAMETERS}


def read_day(value: object) -> date:
    """A date to the day, from a TOML date or its text.

    Raises:
        ValueError: it is something else.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("a date to the day, such as 1999-04-20")


def _partial(value: object) -> object:
    text = value.isoformat() if isinstance(value, date) else value
    if not isinstance(text, str):
        raise ValueError("an ISO date: 1999, 1999-04 or 1999-04-20")
    try:
        return dates.parse(text)
    except ValueError as error:
        raise ValueError("an ISO date: 1999, 1999-04 or 1999-04-20") from error


def _one_or_more(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list | tuple) or not value:
        raise ValueError("a text, or a list of texts")
    return value


def _sound_name(name: str) -> str:
    if name in (ALL_MEMBERS, INTERNAL):
        raise ValueError(f'a name other than "{ALL_MEMBERS}" and "{INTERNAL}"')
    if has_invisible_character(name):
        raise ValueError("a name without invisible characters")
    if mixes_alphabets(name):
        raise ValueError("a name in one alphabet")
    return name


def _parameter(name: str) -> str:
    if name not in _RANGES:
        raise ValueError(f"a parameter of the model {suggestion(name, _RANGES)}".rstrip())
    return name


def within_range(name: str, value: float) -> None:
    """Check a parameter's value.

    Raises:
        ValueError: it lies outside the range that the model allows.
    """
    low, high = _RANGES[name]
    if not low <= value <= high:
        raise ValueError(f"{name} from {low:g} to {high:g}")


Day = Annotated[date, BeforeValidator(read_day)]
Partial = Annotated[
    dates.PartialDate,
    BeforeValidator(_partial, json_schema_input_type=str),
]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
OneOrMore = Annotated[
    tuple[Words, ...],
    BeforeValidator(_one_or_more, json_schema_input_type=str | list[str]),
]
Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^|\r\n\t]+$"
    ),
    AfterValidator(_sound_name),
]
ParameterName = Annotated[str, AfterValidator(_parameter)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class Table(BaseModel):
    """A TOML table: unknown keys are refused, values cannot be changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)
