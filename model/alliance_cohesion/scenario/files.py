"""Read a file that may hold anything: no more of it than is allowed, as text, without waiting."""

import json
import math
import os
import stat
import unicodedata
from pathlib import Path
from typing import Any

from .problems import Problem, shown
from .recognise import kind_of_file

MB = 2**20
LARGEST_TABLE = 32 * MB
LARGEST_TOML = 1 * MB
LARGEST_JSON = 16 * MB


class UnreadableError(ValueError):
    """A file that cannot be read as what it should be."""

    def __init__(self, found: str, place: str = "", allowed: str = "", hint: str = ""):
        self.found, self.place, self.allowed, self.hint = found, place, allowed, hint
        super().__init__(f"{found}; allowed: {allowed}" if allowed else found)


def is_file(path: Path) -> bool:
    """Whether a regular file is there (no folder, pipe or device), under any name."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long a name, or one with a null
        return False


def resolved(path: Path) -> Path:
    """A path without links; one of a link to itself as far as it can be followed."""
    return Path(os.path.realpath(path))


def read_bytes(path: Path, most: int) -> bytes:
    """The bytes of a file.

    Raises:
        UnreadableError: it is not there, no regular file, or larger than `most` bytes.
    """
    try:
        # A pipe is not waited for; what is no regular file is not read.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise UnreadableError("there is no such file")
            content = file.read(most + 1)
            size = max(os.fstat(handle).st_size, len(content))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise UnreadableError("there is no such file") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UnreadableError(f"cannot be read ({reason})") from error
    if size > most:
        result = f"{math.ceil(10 * size / MB) / 10:,g} MB"
        raise UnreadableError(result, allowed=f"at most {most // MB} MB")
    return content


def text_of(path: Path, most: int) -> str:
    """The text of a UTF-8 file, accents composed.

    Raises:
        UnreadableError: see `read_bytes`; or it is not UTF-8 text.
    """
    content = read_bytes(path, most)
    if kind := kind_of_file(content):
        result, place, hint = kind
        raise UnreadableError(result, place, "text in UTF-8", hint)
    wrong = content.find(b"\0")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wrong = error.start
    if wrong >= 0:
        line = content[:wrong].count(b"\n") + 1
        hint = "save the file as UTF-8"
        raise UnreadableError("not UTF-8 text", f"line {line}", "UTF-8", hint)
    del content
    return unicodedata.normalize("NFC", text)


def read_text(path: Path, problems: list[Problem], most: int = LARGEST_TABLE) -> str | None:
    """The text of a UTF-8 file, or None and a problem."""
    try:
        return text_of(path, most)
    except UnreadableError as error:
        place, allowed, hint = error.place, error.allowed, error.hint
        problems.append(Problem(shown(path), place, error.found, allowed, hint))
        return None


def read_json(path: Path, most: int = LARGEST_JSON) -> Any:
    """What a JSON file holds.

    Raises:
        UnreadableError: see `text_of`; or it is not JSON.
    """
    try:
        return json.loads(text_of(path, most), parse_constant=_refuse)
    except RecursionError as error:
        raise UnreadableError("not JSON (nested too deeply)") from error
    except UnreadableError:
        raise
    except ValueError as error:
        raise UnreadableError(f"not JSON ({error})") from error


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")
