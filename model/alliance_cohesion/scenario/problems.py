"""What is wrong with a file, said in one line a reader can act on."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

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
        where = ", ".join(part for part in (self.file, self.place) if part)
        allowed = f"allowed: {self.allowed}" if self.allowed else ""
        what = "; ".join(part for part in (self.found, allowed, self.hint) if part)
        return printable(f"{where}: {what}" if where else what)


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
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except (ValueError, OSError):
        return str(path)


def quoted(value: object) -> str:
    """A found value in quotes, shortened if it is long."""
    text = str(value)
    return f'"{text[:_LONGEST]}..."' if len(text) > _LONGEST else f'"{text}"'


def has_control_character(text: str) -> bool:
    """Whether a text holds terminal escapes or the like (tabs and line ends are harmless)."""
    return any(_is_control(c) and c not in "\t\n\r" for c in text)


def printable(text: str) -> str:
    """The same text on one line, with control characters spelt out."""
    return "".join(ascii(c)[1:-1] if _is_control(c) else c for c in text)


def _is_control(character: str) -> bool:
    code = ord(character)
    # C0, delete and C1 drive terminals; half surrogates cannot be printed at all.
    return code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000
