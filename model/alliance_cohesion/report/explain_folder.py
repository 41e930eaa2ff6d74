"""An explanation as a results folder: data, tables, a picture, the report."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..analysis.explain import Explanation, Spread
from ..scenario import Scenario
from . import explain_report
from .keep import Origin, as_json, keeping

DATA = "explanation.json"


def write(
    scenario: Scenario,
    explanation: Explanation,
    folder: Path | str,
    command: Sequence[str] = (),
    *,
    overwrite: bool = False,
) -> Path:
    """Write a results folder.

    Raises:
        FolderError: the folder holds results already, or something else, or cannot be written.
    """
    from . import explain_plot  # matplotlib is slow to import

    e = explanation
    origin = Origin(
        job="explain",
        kind="explanation",
        scenario=scenario,
        command=command,
        seed=int(e.attributes["seed"]),
        parameters_from=str(e.attributes["parameters_from"]),
        parameters_sha256=str(e.attributes["parameters_sha256"]),
        asked=(e.state, e.date),
    )
    with keeping(folder, origin, overwrite=overwrite) as draft:
        draft.json(e.as_json(), DATA, "all of it, as data")
        for name, (about, header, rows) in tables(e).items():
            draft.csv(header, rows, f"{name}.csv", about)
        draft.draw(lambda: [explain_plot.draw(e)])
        draft.report(explain_report.document(scenario, e, draft.figures))
    return draft.final


Rows = list[list[Any]]


def as_text(content: dict[str, Any]) -> str:
    """Data as JSON: the same data gives the same text."""
    return as_json(content).rstrip("\n")


def tables(e: Explanation) -> dict[str, tuple[str, list[str], Rows]]:
    """What it is, header and rows of each: terms, facts, what would have had to change."""
    terms = [[term.name, *_numbers(term.log_odds)] for term in e.terms]
    facts = [
        [
            driver.symbol, fact.event.id, fact.event.date, fact.now, fact.sets,
            "yes" if fact.own else "no", "|".join(fact.cancelled_by), fact.event.kind,
            fact.event.actor, "|".join(fact.event.targets), fact.event.strength,
            fact.event.threat_level, fact.event.confidence, fact.event.description,
            fact.event.source,
        ]
        for driver in e.drivers
        for fact in driver.facts
    ]  # fmt: skip
    shifts = [
        [
            driver.symbol,
            driver.name,
            *driver.range,
            driver.now.mean,
            *driver.shift.as_json().values(),
        ]
        for driver in e.drivers
        if driver.shift
    ]
    return {
        "terms": (
            "the terms of worth, in log-odds",
            ["term", "mean", "q05", "q95"],
            [*terms, ["alignment", *_numbers(e.alignment)]],
        ),
        "facts": (
            "the facts behind each driver, with sources",
            [
                "driver", "id", "date", "now", "sets_the_level", "own", "cancelled_by", "kind",
                "actor", "target", "strength", "threat_level", "confidence", "description",
                "source",
            ],
            facts,
        ),
        "shifts": (
            "what each driver alone would have had to be",
            [
                "driver", "name", "low", "high", "now", "half", "double", "lowest_multiple",
                "highest_multiple",
            ],
            shifts,
        ),
    }  # fmt: skip


def _numbers(spread: Spread) -> list[float]:
    return [spread.mean, spread.low, spread.high]
