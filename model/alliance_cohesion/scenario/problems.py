"""What is wrong with a file, said in one line a reader can act on."""

import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

MOST_PROBLEMS = 1000  # of one file; nobody mends more at once

_MOST_NAMES = 50  # that a message lists
_LONGEST_PLACE = 300  # characters of a path or key
_LONGEST = 80  # characters of a found value worth repeating


@dataclass(frozen=True)
class Problem:
    """One thing to mend: where it is, what was found, what is allowed, and a hint."""

    file: str
    place: str
    found: str
    allowed: str = ""
    hint: str = ""

    def __str__(self) -> str:
        where = ", ".join(_ended(part) for part in (self.file, self.place) if part)
        allowed = f"allowed: {self.allowed}" if self.allowed else ""
        what = "; ".join(part for part in (self.found, allowed, self.hint) if part)
        return printable(f"{where}: {what}" if where else what)


def _ended(text: str) -> str:
    """The end of a path or key that is longer than anyone reads."""
    return text if len(text) <= _LONGEST_PLACE else f"..{text[-_LONGEST_PLACE:]}"


class ScenarioError(ValueError):
    """Everything that is wrong with a scenario, all at once."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


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


def any_of(names: Sequence[str]) -> str:
    """Names that are allowed, as many as a reader bears."""
    more = f", .. ({len(names):,} in all)" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


def as_text(value: object) -> str:
    """`str(value)`; of a number with more digits than Python writes out, its size."""
    try:
        return str(value)
    except ValueError:
        return f"a number of more than {sys.get_int_max_str_digits():,} digits"


def has_control_character(text: str) -> bool:
    """Whether a text holds terminal escapes or the like (tabs and line ends are harmless)."""
    return not text.isprintable() and any(_is_control(c) and c not in "\t\n\r" for c in text)


def has_invisible_character(text: str) -> bool:
    """Whether a text holds what no reader sees: joiners, marks and overrides of direction."""
    return not text.isascii() and any(_is_invisible(c) for c in text)


def mixes_alphabets(text: str) -> bool:
    """Whether a word of a text mixes Latin letters with Greek or Cyrillic ones that look alike."""
    if text.isascii():
        return False
    for word in text.split():
        alphabets = {unicodedata.name(c, "").partition(" ")[0] for c in word}
        if "LATIN" in alphabets and alphabets & {"GREEK", "CYRILLIC"}:
            return True
    return False


def printable(text: str) -> str:
    """The same text on one line, with control and invisible characters spelt out."""
    return "".join(ascii(c)[1:-1] if _is_control(c) or _is_invisible(c) else c for c in text)


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cf", "Zl", "Zp")


def _is_control(character: str) -> bool:
    code = ord(character)
    # C0, delete and C1 drive terminals; half surrogates cannot be printed at all.
    return code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000
