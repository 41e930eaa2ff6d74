"""The report of a run."""

import numpy as np

from .document import Document, Figure, Section
from .subject import Subject
from .table import Row, Summary, as_grid, drawn_from
from .text import clean, listed, percent

_MOST = 3  # states that a sentence names
CAVEATS = (
    "A chance here is a share of simulated histories: what the stated rules imply when only what "
    "happened around the states is scripted. It is no forecast and no proof of causes.",
    "The rules know nothing of secret bargaining, of leaders, or of domestic politics short of a "
    "threat to the regime.",
)


def document(subject: Subject, summary: Summary, figures: list[Figure]) -> Document:
    """The report, from the table of the run and its pictures."""
    scenario = subject.scenario
    return Document(
        title=f"{clean(scenario.title or scenario.name)}: simulated histories",
        question=scenario.question or "Who is away at the end, and since when?",
        answer=sentences(subject, summary),
        figures=tuple(figures),
        sections=(Section("", (as_grid(summary),)),),
        caveats=_caveats(subject, summary),
    )


def sentences(subject: Subject, summary: Summary) -> tuple[str, ...]:
    """Who is away at the end; how that lies to the record; how many, and how they scatter."""
    return (_likeliest(summary), _beside_the_record(subject, summary), _how_many(subject, summary))


def _likeliest(summary: Summary) -> str:
    rows = sorted(summary.rows, key=lambda row: -row.away[-1])
    first = rows[:_MOST]
    rest = rows[_MOST:]
    named = listed([f"{row.state} in {percent(row.away[-1])}" for row in first])
    least = f"; the least so is {rest[-1].state}, in {percent(rest[-1].away[-1])}" if rest else ""
    return (
        f"Of {int(summary.attributes['histories']):,} simulated histories, the states most often "
        f"out or frozen at the end ({summary.dates[-1]}) are {named}{least}."
    )


def _beside_the_record(subject: Subject, summary: Summary) -> str:
    known = subject.scenario.clock.known_until
    if known is not None:
        ever = max(summary.rows, key=lambda row: row.ever)
        return (
            f"The record is followed up to {known}; over the whole clock {ever.state} leaves or "
            f"freezes at least once in {percent(ever.ever)} of histories, more often than any "
            "other."
        )
    gone = [row for row in summary.rows if _away(row)]
    stayed = [row for row in summary.rows if not _away(row)]
    parts = [
        f"{_names(rows)}, which {word} away then, {is_} away in {_range(rows)} of histories"
        for rows, word in ((gone, "the record has"), (stayed, "it does not have"))
        if rows
        for is_ in ("is" if len(rows) == 1 else "are",)
    ]
    return f"Against the record: {'; '.join(parts)}."


def _away(row: Row) -> bool:
    last = row.changes[-1].after if row.changes else row.at_start
    return bool(last)


def _names(rows: list[Row]) -> str:
    return listed([row.state for row in rows])


def _range(rows: list[Row]) -> str:
    low, high = min(row.away[-1] for row in rows), max(row.away[-1] for row in rows)
    return percent(low) if percent(low) == percent(high) else f"{percent(low)} to {percent(high)}"


def _how_many(subject: Subject, summary: Summary) -> str:
    heaped = np.cumsum(summary.away_at_end)
    low, middle, high = (int(np.searchsorted(heaped, q - 1e-12)) for q in (0.05, 0.5, 0.95))
    record = sum(_away(row) for row in summary.rows)
    told = "" if subject.scenario.clock.known_until else f"; the record has {record}"
    return (
        f"In the middle history {middle} of {len(summary.rows)} states are away at the end "
        f"(90 % of histories: {low} to {high}){told}."
    )


def _caveats(subject: Subject, summary: Summary) -> tuple[str, ...]:
    told = [f"Parameters: {drawn_from(summary)}."]
    if summary.calibrated:
        told.append(
            "If the parameters were fitted to this record, agreement with it is in sample and no "
            "test; `cohesion compare` scores fits that have not seen what they are judged by."
        )
    last = subject.scenario.clock.known_until
    if last is not None:
        told.append(
            f"Everything after {last} is extrapolation: nothing that happens there can have "
            "taught the rules anything."
        )
    return (*told, *CAVEATS)
