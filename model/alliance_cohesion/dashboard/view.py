"""One answer, complete and ready to be shown."""

import time
from dataclasses import dataclass

from . import rows
from .edits import Edits
from .session import Answer, Session


@dataclass(frozen=True)
class View:
    """What the page shows of one answer."""

    session: Session
    edits: Edits
    answer: Answer
    states: list[rows.Row]
    seconds: float
    """From the edit to here."""


def view(session: Session, edits: Edits, histories: int, seed: int) -> View:
    """Ask, and draw what is answered.

    Raises:
        ScenarioError: an edit is not possible.
    """
    begun = time.perf_counter()
    answer = session.answer(edits, histories, seed)
    states = rows.states(session, answer, edits)
    return View(session, edits, answer, states, time.perf_counter() - begun)
