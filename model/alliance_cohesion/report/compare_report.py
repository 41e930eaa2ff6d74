"""The report of a comparison with history."""

from ..analysis.compare import Scorecard
from . import scorecard
from .document import Document, Figure, Section
from .text import clean
from .timeline import Timeline


def document(timeline: Timeline, card: Scorecard, figures: list[Figure]) -> Document:
    """The report, from the scorecard and its pictures."""
    return Document(
        title=f"{clean(timeline.scenario.title or card.scenario)}: against history",
        question=scorecard.question(card),
        answer=tuple(scorecard.answer(card)),
        figures=tuple(figures),
        sections=(
            Section("Three questions, never mixed", tuple(scorecard.tables(card))),
            Section("Scores", tuple(scorecard.measures(card))),
        ),
        caveats=_caveats(card),
    )


def _caveats(card: Scorecard) -> tuple[str, ...]:
    if card.held_out:
        judged = (
            "One step ahead is held out: time is cut half-way between clusters of events, and each "
            "fold is predicted by a fit that has not seen it. Free-running and conditional use "
            "parameters that may have been fitted to this record; there, agreement is in sample."
        )
    else:
        judged = (
            "The parameters have not seen this alliance: everything here is out of sample, and "
            "the thresholds are drawn around a mean of other alliances."
        )
    return (
        judged,
        f"The record has {len(card.ahead)} changes in {len(card.clusters)} clusters. That is few: "
        "a score over so little can be luck, and whoever coded the record knew how history went.",
        "Expect the rules to tell better who is at risk than when something happens.",
    )
