"""An explanation as plain data, before beside with the edits."""

from typing import Any

import pandas as pd

from ..analysis.explain import Explanation
from ..core.inputs import Status
from ..report import explain as words
from ..report.text import clean
from ..scenario import ScenarioError
from .edits import Edits
from .rows import Row
from .session import Session

FEW = 4
"""Facts told of one driver."""


def moments(session: Session, edits: Edits, state: str) -> list[str]:
    """Dates worth asking about: when the state's status changed, then year by year backwards."""
    scenario = session.sim(edits).documented.scenario
    changed = [
        event.date
        for event in scenario.events
        if event.kind == "status"
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
    return {
        "heading": f"{words.name(e, e.state)}, {e.first} to {e.last}",
        "asked": words.step(e),
        "move": e.move if e.before != Status.MEMBER else "leaving or freezing",
        "per": words.per(e),
        "rank": words.rank(e),
    }


def _numbers(before: Explanation, after: Explanation) -> Row:
    earlier, later = (e.terms.drop("alignment") for e in (before, after))
    largest = max(earlier["mean"].abs().max(), later["mean"].abs().max()) or 1.0
    return {
        "chance_before": words.probability(before.probability["mean"]),
        "chance": words.spread(after.probability),
        "alignment_before": words.log_odds(before.terms.loc["alignment", "mean"]),
        "alignment": words.log_odds(after.terms.loc["alignment", "mean"]),
        "terms": [
            {
                "name": term,
                "before": words.log_odds(earlier.loc[term, "mean"]),
                "after": words.log_odds(row["mean"]),
                "made_of": words.made_of(after, row["drivers"]),
                "share": round(float(abs(row["mean"]) / largest), 3),
                "holds": bool(row["mean"] > 0),
            }
            for term, row in later.iterrows()
        ],
        "shifts": [_shift(after, symbol, row) for symbol, row in after.shifts.iterrows()],
        "facts": [
            _driver(after, symbol)
            for symbol in after.drivers.index
            if (after.facts["driver"] == symbol).any()
        ],
    }


def _shift(e: Explanation, symbol: str, row: Any) -> Row:
    def at(value: float) -> str:
        return "no value" if pd.isna(value) else words.level(symbol, value)

    return {
        "name": e.drivers.loc[symbol, "name"],
        "range": f"0 to {e.drivers.loc[symbol, 'high']:g}",
        "now": words.level(symbol, row["now"]),
        "half": at(row["half"]),
        "double": at(row["double"]),
    }


def _driver(e: Explanation, symbol: str) -> Row:
    facts = e.facts[e.facts["driver"] == symbol]
    own = facts[facts["own"].astype(bool)]
    strongest = (own if len(own) else facts).sort_values("now", ascending=False, kind="stable")[
        :FEW
    ]
    rest = len(facts) - len(strongest)
    return {
        "name": e.drivers.loc[symbol, "name"],
        "now": words.level(symbol, e.drivers.loc[symbol, "mean"]),
        "facts": [
            {
                "id": clean(row["id"]),
                "date": clean(row["date"]),
                "now": words.level(symbol, row["now"]),
                "description": clean(row["description"]),
                "coded": words.coded(e, row),
                "source": clean(row["source"]),
                "confidence": row["confidence"],
            }
            for _, row in strongest.iterrows()
        ],
        "more": f"and {rest} more" if rest else "",
    }
