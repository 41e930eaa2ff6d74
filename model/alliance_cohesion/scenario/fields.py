"""The kinds of value that scenario files and tables hold."""

import re
import unicodedata
from datetime import date, datetime
from functools import lru_cache
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
from .problems import WrongError, has_control_character
from .recognise import A_DATE, MISSING_HINT, is_missing, wrong_date
from .spelling import suggestion

ALL_MEMBERS = "members"
"""As a target: all states that are members at the time."""
INTERNAL = "internal"
"""As an actor: a threat from within the state."""
LONGEST_CELL = 10_000  # characters
LONGEST_NAME = 100  # characters
_A_DAY = "a date to the day, such as 1999-04-20"

_RANGES = {attribute.name: (attribute.low, attribute.high) for attribute in PARAMETERS}
# Characters without a width of their own (Unicode's default ignorable ones) and blank letters.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def tidy(name: str) -> str:
    """A name as it is compared: letters in Unicode's compatibility form, one space between words,
    nothing invisible; a whole number without the decimals that a spreadsheet adds.
    """
    if name.isascii():
        words = name.split()
    else:
        words = unicodedata.normalize("NFKC", _UNSEEN.sub("", name)).split()
    return re.sub(r"^(\d+)\.0+$", r"\1", " ".join(words), flags=re.ASCII)


def read_day(value: object) -> date:
    """A date to the day, from a TOML date or its text.

    Raises:
        WrongError: it is something else.
    """
    try:
        partial = read_partial(value)
    except WrongError as error:
        raise WrongError(_A_DAY, error.hint) from None
    if partial.first != partial.last or isinstance(value, datetime):
        raise WrongError(_A_DAY)
    return partial.first


def read_partial(value: object) -> dates.PartialDate:
    """A date to the day, the month or the year, from a TOML date or its text.

    Raises:
        WrongError: it is something else.
    """
    text = value.isoformat() if isinstance(value, date) else value
    if not isinstance(text, str):
        raise WrongError(A_DATE)
    try:
        return dates.parse(text)
    except ValueError:
        raise wrong_date(text) from None


@lru_cache(maxsize=10_000)
def read_party(text: str) -> str:
    """A name in a table's cell, tidied; may be empty.

    Raises:
        WrongError: it is too long, or a code for a missing value.
    """
    name = tidy(text)
    if len(name) > LONGEST_NAME:
        raise WrongError(f"names of at most {LONGEST_NAME} characters")
    if name and is_missing(name):
        raise WrongError("a name", MISSING_HINT, "missing name")
    return name


def within_range(name: str, value: float) -> None:
    """Check a parameter's value.

    Raises:
        WrongError: it lies outside the range that the model allows.
    """
    low, high = _RANGES[name]
    if not low <= value <= high:
        raise WrongError(f"{name} from {low:g} to {high:g}")


def _one_or_more(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list | tuple) or not value:
        raise WrongError("a text, or a list of texts")
    return value


def _name(value: object) -> object:
    if isinstance(value, list | tuple):
        raise WrongError("one name", "the model knows one here, not several")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # a state's number in a list of states
    if not isinstance(value, str):
        return value
    name = read_party(value)
    if not name:
        raise WrongError("a name")
    if "|" in name:
        raise WrongError("a name without |")
    if name in (ALL_MEMBERS, INTERNAL):
        raise WrongError(f'a name other than "{ALL_MEMBERS}" and "{INTERNAL}"')
    return name


def _parameter(name: str) -> str:
    if name not in _RANGES:
        raise WrongError("a parameter of the model", suggestion(name, _RANGES))
    return name


def _plain(text: str) -> str:
    if len(text) > LONGEST_CELL:
        raise WrongError(f"at most {LONGEST_CELL:,} characters")
    if has_control_character(text):
        raise WrongError("text without control characters")
    return text


Day = Annotated[date, BeforeValidator(read_day)]
Partial = Annotated[dates.PartialDate, BeforeValidator(read_partial, json_schema_input_type=str)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
OneOrMore = Annotated[
    tuple[Words, ...],
    BeforeValidator(_one_or_more, json_schema_input_type=str | list[str]),
]
Name = Annotated[str, BeforeValidator(_name, json_schema_input_type=str)]
Cell = Annotated[str, AfterValidator(_plain)]
Party = Annotated[Cell, AfterValidator(read_party)]
ParameterName = Annotated[str, AfterValidator(_parameter)]
Finite = Annotated[float, Field(allow_inf_nan=False, strict=True)]


class Table(BaseModel):
    """A TOML table: unknown keys are refused, values cannot be changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)
