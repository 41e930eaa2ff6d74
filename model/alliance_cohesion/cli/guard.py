"""What a user sees when something is wrong: one clear message and an exit status."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer

from ..util.compiled import StrangeSettingsError
from ..util.stopping import as_ctrl_c

BAD_INPUT, INTERRUPTED = 2, 130
_OF_NUMBA = {  # what it says as it loads, and what that means to a user
    "no locator available": "compiled rules need a folder to be kept in, and neither the program's "
    "own nor one in your home can be written: set NUMBA_CACHE_DIR to a folder that you can write",
    "Number of threads specified must be": "NUMBA_NUM_THREADS: allowed: a whole number above 0",
}


class BadInputError(Exception):
    """The user can mend this; the message says how."""


@dataclass
class Work:
    """What a command has left on the disk so far."""

    written: str = ""
    """Where complete results are."""
    kept: str = ""
    """Where parts are from which the same command goes on."""


@contextmanager
def guarded() -> Iterator[Work]:
    """Turn bad input and being stopped into a message on stderr and an exit status.

    Anything else is a mistake of the program and keeps its traceback.
    """
    work = Work()
    try:
        with as_ctrl_c():
            yield work
    except KeyboardInterrupt:
        left = "Nothing was written."
        if work.kept:
            left = f"What was done is kept in {work.kept}: the same command goes on from there."
        if work.written:
            left = f"The results are complete: {work.written}"
        _stop(f"Interrupted. {left}", INTERRUPTED)
    except (BadInputError, OSError, MemoryError, ValueError, RuntimeError) as error:
        message = _message(error)
        if message is None:
            raise
        _stop(message, BAD_INPUT)


def _message(error: Exception) -> str | None:
    """What to tell the user, or None if it is no fault of theirs."""
    if isinstance(error, StrangeSettingsError):
        return f"Error: {error}"  # first, for the imports below would raise it again
    for result, meaning in _OF_NUMBA.items():
        if result in str(error):  # likewise
            return f"Error: {meaning}"
    from ..inference.draws import DrawsError
    from ..report.folder import FolderError
    from ..scenario import ScenarioError
    from ..scenario.problems import lines
    from ..util.lock import LockedError
    from ..util.put import FULL

    if isinstance(error, ScenarioError):
        return "\n".join(f"Error: {line}" for line in lines(error.problems))
    if isinstance(error, BadInputError | FolderError | LockedError | DrawsError):
        return f"Error: {error}"
    if isinstance(error, MemoryError):
        return (
            "Error: not enough memory; allow this process more (of a batch system, or ulimit -v), "
            "or try fewer states or a longer time step"
        )
    if isinstance(error, OSError) and error.strerror:
        full = "the disk is full. Make room, then give the same command again"
        reason = full if error.errno in FULL else error.strerror
        return f"Error: {error.filename}: {reason}" if error.filename else f"Error: {reason}"
    return None


def _stop(message: str, status: int) -> None:
    from ..report.text import clean

    for line in message.splitlines():
        typer.echo(clean(line), err=True)
    raise typer.Exit(status) from None
