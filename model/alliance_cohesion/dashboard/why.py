"""An explanation as plain data, the world before beside the world with the edits."""

from typing import Any

from ..analysis.explain import Driver, Explanation, Fact, Term
from ..core.inputs import Standing
from ..report import explain_words as words
from ..report.marks import coded
from ..report.text import clean
from ..scenario import ScenarioError
from .edits import Edits
from .rows import Row
from .session import Session

FEW = 4
"""Facts told of one driver."""


def moments(session: Session, edits: Edits, state: str) -> list[str]:
    """Dates worth asking about: when the state's standing changed, then year by year backwards."""
    scenario = session.case(edits).documented.scenario
    changed = [
        event.date
        for event in scenario.events
        if event.kind == "standing"
        and event.actor == state
        and scenario.clock.start < event.start <= scenario.clock.end
    ]
    years = range(scenario.clock.end.year, scenario.clock.start.year, -1)
    return [*dict.fromkeys([*reversed(changed), *(str(year) for year in years)])]


def told(session: Session, edits: Edits, state: str, date: str) -> Row:
    """Why a state stood where it stood, or what forbids to say it (`problem`)."""
    try:
        after = session.explanation(edits, state, date)
        before = session.explanation_before(state, date)
    except ScenarioError as error:
        return {"problem": "; ".join(str(problem) for problem in error.problems)}
    changed = bool(edits) or session.compared
    return {"problem": "", "changed": changed, **_asked(after), **_numbers(before, after)}


def _asked(e: Explanation) -> Row:
    ended = "stayed so" if e.ended == e.standing else f"ended it {words.WAS[e.ended]}"
    window = " In this tick the term ended: staying took a signature." if e.window else ""
    return {
        "heading": f"{clean(e.state)}, {e.first} to {e.last}",
        "asked": (
            f"On record it began the tick {words.WAS[e.standing]} and {ended}.{window} What was "
            f"perceived up to {e.perceived_until} decides it."
        ),
        "move": e.move if e.standing != Standing.MEMBER else "leaving or freezing",
        "per": words.per(e),
        "rank": (
            f"{words.ordinal(e.rank)} likeliest of {len(e.peers)} {words.ALIKE[e.standing]}"
            if len(e.peers) > 1
            else f"the only one of the {words.ALIKE[e.standing]}"
        ),
    }


def _numbers(before: Explanation, after: Explanation) -> Row:
    largest = max(abs(term.log_odds.mean) for e in (before, after) for term in e.terms) or 1.0
    earlier = {term.name: term for term in before.terms}
    return {
        "chance_before": words.chance(before.chance.mean),
        "chance": words.chance_range(after.chance),
        "alignment_before": words.log_odds(before.alignment.mean),
        "alignment": words.log_odds(after.alignment.mean),
        "terms": [_term(after, term, earlier[term.name], largest) for term in after.terms],
        "shifts": [_shift(driver) for driver in after.drivers if driver.shift is not None],
        "facts": [_driver(driver) for driver in after.drivers if driver.facts],
    }


def _term(e: Explanation, term: Term, before: Term, largest: float) -> Row:
    value = term.log_odds.mean
    return {
        "name": term.name,
        "before": words.log_odds(before.log_odds.mean),
        "after": words.log_odds(value),
        "made_of": words.made_of(e, term.drivers),
        "share": round(abs(value) / largest, 3),
        "holds": value > 0,
    }


def _shift(driver: Driver) -> Row:
    assert driver.shift is not None
    low, high = driver.range

    def at(value: float | None) -> str:
        return "no value" if value is None else words.level(driver, value)

    return {
        "name": driver.name,
        "range": f"{low:g} to {high:g}",
        "now": words.level(driver, driver.now.mean),
        "half": at(driver.shift.half),
        "double": at(driver.shift.double),
    }


def _driver(driver: Driver) -> Row:
    own = [fact for fact in driver.facts if fact.own] or list(driver.facts)
    strongest = sorted(own, key=lambda fact: -fact.now)[:FEW]
    rest = len(driver.facts) - len(strongest)
    return {
        "name": driver.name,
        "now": words.level(driver, driver.now.mean),
        "facts": [_fact(driver, fact) for fact in strongest],
        "more": f"and {rest} more" if rest else "",
    }


def _fact(driver: Driver, fact: Fact) -> dict[str, Any]:
    event = fact.event
    return {
        "id": clean(event.id),
        "date": clean(event.date),
        "now": words.level(driver, fact.now),
        "description": clean(event.description),
        "coded": coded(event),
        "source": clean(event.source),
        "confidence": event.confidence,
    }
