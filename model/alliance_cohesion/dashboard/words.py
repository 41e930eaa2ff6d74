"""The answer in a sentence, the same wherever the page says it."""

from datetime import date

import numpy as np

from ..report.text import clean
from .session import Answer, Session


def hundred(share: float) -> str:
    """In how many of 100 histories; never rounded to none or all."""
    if 0 < share < 0.005:
        return "fewer than 1"
    if 0.995 < share < 1:
        return "more than 99"
    return f"{100 * share:.0f}"


def foremost(answer: Answer) -> str:
    """The state to speak of first: the one that moved most, else the likeliest to be away."""
    moved = np.abs(answer.away_after - answer.away_before)
    likeliest = answer.away_before
    return answer.states[int(np.argmax(moved if moved.max() >= 0.005 else likeliest))]


def headline(session: Session, answer: Answer, state: str, end: date, edited: bool) -> str:
    """In how many of 100 histories a state is away in the end, in both worlds."""
    i = answer.states.index(state)
    before, after = (hundred(shares[i]) for shares in (answer.away_before, answer.away_after))
    first = f"In {before} of 100 histories {clean(state)} is away at the end of {end.year}"
    if (end.month, end.day) != (12, 31):
        first = f"In {before} of 100 histories {clean(state)} is away on {end.isoformat()}"
    if not answer.changed:
        return f"{first}."
    whose = f"as {clean(session.picked.scenario.name)} has it"
    if edited:
        whose = "with your changes" if not session.compared else f"{whose}, with your changes,"
    return f"{first}; {whose} in {after}."


def caution(answer: Answer, state: str) -> str:
    """How far chance alone may have moved the difference."""
    i = answer.states.index(state)
    total = f"{answer.histories:,}"
    if not answer.changed:
        error = 196 * np.sqrt(answer.away_after[i] * (1 - answer.away_after[i]) / answer.histories)
        return f"{total} histories: chance alone moves the number by up to {error:.0f} or so."
    difference = 100 * (answer.away_after[i] - answer.away_before[i])
    margin = 100 * answer.margin[i]
    if abs(difference) < max(margin, 0.5):
        return (
            f"No difference that {total} pairs of histories can tell from none "
            f"({difference:+.1f} in 100, give or take {margin:.1f})."
        )
    return (
        f"{total} pairs of histories, each pair with the same luck: a difference of "
        f"{difference:+.1f} in 100, give or take {margin:.1f} by chance. How far the record leaves "
        "the parameters open comes on top, often ten times as much: cohesion counterfactual says."
    )
