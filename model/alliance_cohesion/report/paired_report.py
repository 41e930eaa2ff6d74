"""The report of a counterfactual: paired worlds, with guards."""

from ..analysis.counterfactual.answer import Answer
from . import paired_table
from .document import Document, Figure, Section
from .grid import Column, grid, words
from .text import clean


def document(answer: Answer, figures: list[Figure]) -> Document:
    """The report, from the answer and its pictures."""
    scenario = answer.pair.changed.scenario
    forecast, given, trust = paired_table.by_question(answer)
    return Document(
        title=clean(scenario.title or scenario.name),
        question=scenario.question or scenario.title,
        answer=tuple(said[0] for said in (forecast, given, trust) if said),
        further=tuple(more for said in (forecast, given) for more in said[1:]),
        figures=tuple(figures),
        sections=(
            _changes(answer),
            Section("Two questions, never mixed", tuple(paired_table.tables(answer))),
        ),
        caveats=(
            *paired_table.measures(answer),
            f"What had to be true: {scenario.rewrite}",
            "Events after the change stay as they were scripted, unless rules R10 and R11 make "
            "them. The answer rests on the rules being right; outside the evidence it comes from "
            "their form, not from the record.",
            *paired_table.meanings(),
            paired_table.origin(answer),
        ),
    )


def _changes(answer: Answer) -> Section:
    known = len(answer.pair.base.scenario.changes)
    rows = [
        [clean(c.name), clean(c.reason), clean(c.source or "-")]
        for c in answer.pair.changed.scenario.changes[known:]
    ]
    columns = [*words("change"), Column("reason", wraps=True), Column("source", wraps=True)]
    return Section("What is changed", (grid("", columns, rows),))
