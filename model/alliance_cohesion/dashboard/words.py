"""The answer in a sentence, the same wherever the page says it."""

from datetime import date

import numpy as np

from ..core.inputs import Status
from ..report.run import MEANS
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
    before, after, _ = answer.end()
    moved = np.abs(after - before)
    return answer.states[int(np.argmax(moved if moved.max() >= 0.005 else before))]


def headline(session: Session, answer: Answer, state: str, end: date, edited: bool) -> str:
    """In how many of 100 histories a state ends out, and in how many frozen; before and after."""
    i = answer.states.index(state)
    (out, then_out, _), (frozen, then_frozen, _) = (
        [hundred(shares[i]) for shares in answer.end(status)]
        for status in (Status.OUT, Status.FROZEN)
    )
    when = f"at the end of {end.year}" if (end.month, end.day) == (12, 31) else f"on {end}"
    first = f"In {out} of 100 histories {answer.names[i]} is out {when}, in {frozen} frozen"
    if not answer.changed:
        return f"{first}."
    whose = f"as {clean(session.picked.scenario.name)} has it"
    if edited:
        whose = "with your changes" if not session.compared else f"{whose}, with your changes,"
    return f"{first}; {whose} out in {then_out}, frozen in {then_frozen}."


def caution(answer: Answer, state: str) -> str:
    """How far chance alone may have moved the difference."""
    i = answer.states.index(state)
    total = f"{answer.histories:,}"
    before, after, margin = (shares[i] for shares in answer.end())
    if not answer.changed:
        error = 196 * np.sqrt(after * (1 - after) / answer.histories)
        return f"{total} histories: chance alone moves a number by up to {error:.0f} or so."
    difference, margin = 100 * (after - before), 100 * margin
    if abs(difference) < max(margin, 0.5):
        return (
            f"No difference, out and frozen together, that {total} pairs of histories can tell "
            f"from none ({difference:+.1f} in 100, give or take {margin:.1f})."
        )
    return (
        f"Out and frozen together: a difference of {difference:+.1f} in 100, give or take "
        f"{margin:.1f} by chance ({total} pairs of histories, each pair with the same luck). How "
        "far the record leaves the parameters open comes on top, often ten times as much: "
        "cohesion counterfactual says."
    )


def sample(answer: Answer) -> str:
    """Whether the parameters were fitted to this record, and what that means."""
    return MEANS[answer.after.attrs["sample"]]
