"""States by code and by name.

`data/states.csv` has one line a state: its ISO 3166 code (of a state that is no more, the code it
had), its English name, its numbers and letters in the Correlates of War list and in Gleditsch and
Ward's, and the years of its existence in the twentieth century and after, where it has not existed
throughout.
"""

import csv
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path

_FILE = Path(__file__).parents[1] / "data" / "states.csv"
_NO_NAMES: Mapping[str, str] = {}


def name_of(code: str, own: Mapping[str, str] = _NO_NAMES) -> str:
    """The English name of a state, or the code itself if nothing is known of it.

    Args:
        code: As in a scenario: ISO3, or a Correlates of War number.
        own: Names for codes of the scenario's own.
    """
    if code in own:
        return own[code]
    names, _ = _states()
    return names.get(code) or names.get(next(iter(codes_of(code)), ""), code)


def code_of(text: str) -> str | None:
    """The code of a state by its name, code or number, in any case; None if there is none."""
    return next(iter(codes_of(text)), None)


def codes_of(text: str) -> tuple[str, ...]:
    """All codes a text may stand for; a number can be a state's and its predecessor's."""
    return _states()[1].get(fold(text), ())


@lru_cache(maxsize=8)
def speller(cast: tuple[str, ...], own: tuple[tuple[str, str], ...] = ()) -> Callable[[str], str]:
    """How names are spelt in a scenario whose states are spelt as in `cast`.

    A name, a code and a number of one state come out as the cast spells it; of a state outside
    the cast, as its ISO3 code; anything else as it is.

    Args:
        cast: The names as the scenario file has them.
        own: Codes of the scenario's own and their names.
    """
    exact = {*cast, *(code for code, _ in own)}
    named = {fold(name): code for code, name in own}
    spelt: dict[str, str] = {}
    for name in cast:
        for code in codes_of(name):
            spelt.setdefault(code, name)

    @cache
    def spell(text: str) -> str:
        if text in exact:
            return text
        if fold(text) in named:
            return named[fold(text)]
        codes = codes_of(text)
        return next((spelt[code] for code in codes if code in spelt), codes[0] if codes else text)

    return spell


def chosen(text: str, states: Iterable[str], own: Mapping[str, str] = _NO_NAMES) -> str | None:
    """The one of a scenario's states that a user means by a name or code, or None."""
    known = tuple(states)
    spelt = speller(known, tuple(own.items()))(text)
    by_case = {fold(state): state for state in known}
    return spelt if spelt in known else by_case.get(fold(text))


def fold(text: str) -> str:
    """A name without case, accents and punctuation, for comparison."""
    parts = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in parts if c.isalnum())


@cache
def _states() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Names by code, and codes by folded spelling."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["to"] != "")  # those of today first
    spellings: dict[str, tuple[str, ...]] = {}
    for column in ("code", "name", "also", "cow", "gw", "letters"):  # of two readings, the first
        result: dict[str, tuple[str, ...]] = {}
        for row in rows:
            for text in filter(None, row[column].split(";")):
                result[fold(text)] = (*result.get(fold(text), ()), row["code"])
        spellings = result | spellings
    return {row["code"]: row["name"] for row in rows}, spellings
