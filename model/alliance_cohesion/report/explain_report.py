"""The report of an explanation."""

from ..analysis.explain import Explanation
from ..scenario import Scenario
from . import explain_table, explain_words
from .document import Document, Figure, Section
from .text import clean, listed

_MOST = 3  # terms that a sentence names


def document(scenario: Scenario, e: Explanation, figures: list[Figure]) -> Document:
    """The report, from the explanation and its picture."""
    return Document(
        title=f"{explain_table.heading(e)}, {e.first:%Y-%m}",
        question=f"What held {e.state} and what pushed it at {e.date}, in "
        f"{scenario.title or scenario.name}?",
        answer=(_chance(e), _terms(e), _shifts(e)),
        further=(explain_table.asked(e), *explain_table.chances(e)),
        figures=tuple(figures),
        sections=(
            Section(
                "What pulled, and what would have changed much",
                (explain_table.terms(e), explain_table.shifts(e)),
            ),
            Section(
                "The facts behind each driver",
                tuple(explain_table.evidence(driver) for driver in e.drivers),
            ),
        ),
        caveats=(
            *explain_table.notes(e),
            "The explanation is the rules' own account, with the record given: it says which "
            "coded facts move them, not what moved those who decided.",
            "What alone would have halved or doubled the chance changes one driver and holds the "
            "rest; in history they move together.",
        ),
    )


def _chance(e: Explanation) -> str:
    return (
        f"The chance of {e.move} {explain_words.per(e)} was "
        f"{explain_words.chance_range(e.chance)}, which ranked it "
        f"{explain_words.ordinal(e.rank)} of {len(e.peers)} {explain_words.ALIKE[e.standing]}; "
        f"with nothing pulling either way it would have been "
        f"{explain_words.chance(e.chance_at_zero)}."
    )


def _terms(e: Explanation) -> str:
    ordered = sorted(e.terms, key=lambda term: -abs(term.log_odds.mean))
    spread = (e.alignment.mean, e.alignment.low, e.alignment.high)
    mean, low, high = (explain_words.log_odds(value) for value in spread)
    named = [f"{t.name} {explain_words.log_odds(t.log_odds.mean)}" for t in ordered]
    return (
        f"In log-odds, where plus holds and minus pushes, the strongest terms were "
        f"{listed(named[:_MOST])}; the sum of all is {mean} ({low} to {high})."
    )


def _shifts(e: Explanation) -> str:
    told = [
        f"{clean(driver.name)} at {explain_words.level(driver, driver.shift.half)} instead of "
        f"{explain_words.level(driver, driver.now.mean)}"
        for driver in e.drivers
        if driver.shift is not None and driver.shift.half is not None
    ]
    if not told:
        count = sum(driver.shift is not None for driver in e.drivers)
        return f"None of {count} drivers could alone have halved that chance within its range."
    return f"Any one of these alone would have halved it: {'; '.join(told)}."
