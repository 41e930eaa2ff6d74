"""What is wrong with a file, in one line that a reader can act on."""

import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

MOST_PROBLEMS = 1000  # that are looked for in one file
MOST_SHOWN = 20  # lines of a message

_MOST_NAMES = 50  # that a line lists
_MOST_ROWS = 5  # numbers of rows with the same slip
_LONGEST_PLACE = 300  # characters of a path or key
_LONGEST = 80  # characters of a found value
_ROW = re.compile(r"\brow (\d+)")


@dataclass(frozen=True)
class Problem:
    """One thing to mend: where it is, what was found, what is allowed, and a hint."""

    file: str
    place: str
    found: str
    allowed: str = ""
    hint: str = ""
    slip: str = ""
    """Its kind, where rows differ in what was found: they are shown as one."""

    def __str__(self) -> str:
        where = ", ".join(_ended(part) for part in (self.file, self.place) if part)
        allowed = f"allowed: {self.allowed}" if self.allowed else ""
        what = "; ".join(part for part in (self.found, allowed, self.hint) if part)
        return printable(f"{where}: {what}" if where else what)

    @property
    def kind(self) -> tuple[str, ...]:
        """What it has in common with the same slip in other rows."""
        place = _ROW.sub("row", self.place)
        what = (self.slip,) if self.slip else (self.found, self.hint)
        return (self.file, place, self.allowed, *what)


class WrongError(ValueError):
    """A value is not what is allowed; raised inside validators."""

    def __init__(self, allowed: str, hint: str = "", slip: str = ""):
        self.hint, self.slip = hint, slip
        super().__init__(allowed)


class ScenarioError(ValueError):
    """Everything that is wrong with a scenario, all at once."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        super().__init__("\n".join(lines(self.problems)))


def lines(problems: Iterable[Problem]) -> list[str]:
    """Problems for the reader: a slip that many rows repeat is one line, and twenty are shown."""
    alike: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        alike.setdefault(problem.kind, []).append(problem)
    shown = [_line(same) for same in list(alike.values())[:MOST_SHOWN]]
    left_out = sum(len(same) for same in list(alike.values())[MOST_SHOWN:])
    return shown + ([f"and {left_out:,} more problems"] if left_out else [])


def _line(same: list[Problem]) -> str:
    if len(same) == 1:
        return str(same[0])
    rows = [match[1] for problem in same[1:] if (match := _ROW.search(problem.place))]
    more = f" and {len(rows) - _MOST_ROWS:,} more" if len(rows) > _MOST_ROWS else ""
    plural = "s" if len(rows) > 1 else ""
    where = f"row{plural} {', '.join(rows[:_MOST_ROWS])}{more}" if rows else "other places"
    return f"{same[0]} (likewise in {where}: {len(same):,} times in all)"


def raise_any(problems: Iterable[Problem]) -> None:
    """Raise `ScenarioError` if there is any problem."""
    problems = tuple(problems)
    if problems:
        raise ScenarioError(problems)


def shown(path: Path) -> str:
    """A file's name for the reader: relative to the working directory if inside it."""
    try:
        return str(Path(os.path.realpath(path)).relative_to(Path.cwd().resolve()))
    except (ValueError, OSError):
        return str(path)


def quoted(value: object) -> str:
    """A found value in quotes, shortened if it is long."""
    text = as_text(value)
    return f'"{text[:_LONGEST]}..."' if len(text) > _LONGEST else f'"{text}"'


def any_of(names: Sequence[str], most: int = _MOST_NAMES) -> str:
    """Names, the first of them where there are many."""
    more = f", .. ({len(names):,} in all)" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def as_text(value: object) -> str:
    """`str(value)`; of a number with more digits than Python writes out, its size."""
    try:
        return str(value)
    except ValueError:
        return f"a number of more than {sys.get_int_max_str_digits():,} digits"


def has_control_character(text: str) -> bool:
    """Whether a text holds terminal escapes or the like (tabs and line ends are harmless)."""
    return not text.isprintable() and any(_is_control(c) and c not in "\t\n\r" for c in text)


def printable(text: str) -> str:
    """The same text on one line, with control and invisible characters spelt out."""
    return "".join(ascii(c)[1:-1] if _is_control(c) or _is_format(c) else c for c in text)


def _ended(text: str) -> str:
    """The end of a path or key that is longer than anyone reads."""
    return text if len(text) <= _LONGEST_PLACE else f"..{text[-_LONGEST_PLACE:]}"


def _is_format(character: str) -> bool:
    return unicodedata.category(character) in ("Cf", "Zl", "Zp")


def _is_control(character: str) -> bool:
    code = ord(character)
    # C0, delete and C1 drive terminals; half surrogates cannot be printed at all.
    return code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000
