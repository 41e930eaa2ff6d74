"""What a user sees when something is wrong: one clear message and an exit status."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer

BAD_INPUT, INTERRUPTED = 2, 130


class BadInputError(Exception):
    """The user can mend this; the message says how."""


@dataclass
class Work:
    """What a command has left on the disk so far."""

    written: str = ""


@contextmanager
def guarded() -> Iterator[Work]:
    """Turn bad input and Ctrl-C into a message on stderr and an exit status.

    Anything else is a mistake of the program and keeps its traceback.
    """
    work = Work()
    try:
        yield work
    except KeyboardInterrupt:
        left = (
            f"The results are complete: {work.written}" if work.written else "Nothing was written."
        )
        _stop(f"Interrupted. {left}", INTERRUPTED)
    except (BadInputError, OSError, MemoryError, ValueError) as error:
        message = _message(error)
        if message is None:
            raise
        _stop(message, BAD_INPUT)


def _message(error: Exception) -> str | None:
    """What to tell the user, or None if it is no fault of theirs."""
    from ..disk.lock import LockedError
    from ..draws import DrawsError
    from ..report.folder import FolderError
    from ..scenario import ScenarioError

    if isinstance(error, ScenarioError):
        return "\n".join(f"Error: {problem}" for problem in error.problems)
    if isinstance(error, BadInputError | FolderError | LockedError | DrawsError):
        return f"Error: {error}"
    if isinstance(error, MemoryError):
        return "Error: not enough memory; try fewer states or a longer tick"
    if isinstance(error, OSError) and error.strerror:
        return (
            f"Error: {error.filename}: {error.strerror}"
            if error.filename
            else (f"Error: {error.strerror}")
        )
    return None


def _stop(message: str, status: int) -> None:
    from ..report.text import clean

    for line in message.splitlines():
        typer.echo(clean(line), err=True)
    raise typer.Exit(status) from None
