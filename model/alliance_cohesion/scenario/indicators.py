"""The indicator table: components of dependence and graded signs of alignment, by year."""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo, field_validator

from . import recognise
from .fields import Cell, Party
from .problems import WrongError
from .spelling import slip_of

COLUMNS = ("state", "year", "indicator", "value", "unit", "source")

Component = Literal["trade_share", "remittances_gdp", "base", "energy"]
COMPONENTS: dict[str, float] = {
    "trade_share": 0.5,
    "remittances_gdp": 0.2,
    "base": 1.0,
    "energy": 1.0,
}
"""Components of dependence on the patron, and the value that counts as full dependence."""
SIGNS = ("arms_share", "un_distance", "participation")
"""Graded signs of alignment: the model is checked against them, nothing is driven by them."""

_SHARES = ("trade_share", "remittances_gdp", "arms_share")
_ANY_NUMBER = ("un_distance",)  # the other ones known lie between 0 and 1
_PER_CENT = re.compile(r"%|\bper ?cents?\b|\bpercentages?\b|\bpct\b", re.IGNORECASE)


class Indicator(BaseModel):
    """One value of one indicator of a state in a year."""

    model_config = ConfigDict(frozen=True)

    state: Party
    year: Annotated[int, BeforeValidator(recognise.year)]
    indicator: Cell
    unit: Cell
    value: float
    source: Cell
    file: str = ""
    place: str = ""

    @field_validator("state", "indicator", "source")
    @classmethod
    def _filled(cls, text: str) -> str:
        if not text:
            raise WrongError("some text")
        return text

    @field_validator("indicator")
    @classmethod
    def _known(cls, name: str) -> str:
        known = (*COMPONENTS, *SIGNS)
        slip = None if name in known else slip_of(name, known)
        if slip:
            raise WrongError(", ".join(known), f'did you mean "{slip}"?')
        return name

    @field_validator("value", mode="before")
    @classmethod
    def _in_range(cls, text: Any, info: ValidationInfo) -> float:
        name, unit = info.data.get("indicator", ""), info.data.get("unit", "")
        value = recognise.number(text)
        if name in (*COMPONENTS, *SIGNS) and recognise.is_missing(text):
            hint = "a code for a missing value: leave rows without a value out"
            raise WrongError("a number that was observed", hint, "missing value")
        if name in _SHARES and _PER_CENT.search(unit):
            hint = recognise.in_per_cent(value)
            raise WrongError("a share from 0 to 1, with a unit that says so", hint, "per cent")
        check_value(name, value)
        return value


def check_value(indicator: str, value: float) -> None:
    """Check a value of a component of dependence, or of a sign of alignment.

    Raises:
        WrongError: it lies outside the range that the indicator can have.
    """
    if indicator not in (*COMPONENTS, *SIGNS) or indicator in _ANY_NUMBER or 0 <= value <= 1:
        return
    if indicator in _SHARES:
        hint = recognise.in_per_cent(value) if 1 < value <= 100 else ""
        raise WrongError("a share from 0 to 1", hint, f"share {bool(hint)}")
    raise WrongError("from 0 (none) to 1 (full)", "codes of a data set have to be translated first")
