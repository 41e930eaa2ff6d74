"""The table of a run: what the record says of each state, and what the histories say."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.inputs import Floats, Standing
from . import dates
from .grid import Column, Grid, grid, numbers, words
from .subject import Change, Subject
from .text import clean, percent

MOST_ROWS = 200
"""States that a printed table shows."""
QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}


@dataclass(frozen=True)
class Row:
    """One state."""

    state: str
    at_start: Standing
    changes: list[Change]
    away: list[float]
    """Chance of being frozen or outside at each of the table's dates."""
    leaving: dict[str, str | None]
    """Date by which this share of histories has first left membership; None: never."""
    ever: float
    """Share of histories in which it leaves at all."""

    @property
    def record(self) -> list[str]:
        """What the record says, one line a change."""
        if not self.changes:
            return [f"{self.at_start.label} throughout"]
        return [str(change) for change in self.changes]


@dataclass(frozen=True)
class Summary:
    """What a reader of a run wants to know first."""

    attributes: dict[str, Any]
    """Of the dataset: scenario, question, histories, seed, where the parameters come from."""
    dates: list[str]
    rows: list[Row]
    away_at_end: list[float]
    """Chance that 0, 1, 2, .. states are frozen or outside at the end."""

    @property
    def histories(self) -> int:
        """How many were made."""
        return int(self.attributes["histories"])

    @property
    def calibrated(self) -> bool:
        """Whether the parameters are posterior draws."""
        return str(self.attributes["parameters_from"]) != "prior"

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            **{name: _plain(value) for name, value in sorted(self.attributes.items())},
            "calibrated": self.calibrated,
            "dates": self.dates,
            "away_at_end": self.away_at_end,
            "states": [
                {
                    "state": row.state,
                    "at_start": row.at_start.label,
                    "record": [
                        {"date": change.date, "standing": change.after.label}
                        for change in row.changes
                    ],
                    "away": dict(zip(self.dates, row.away, strict=True)),
                    "first_leaving": row.leaving,
                    "ever_leaves": row.ever,
                }
                for row in self.rows
            ],
        }


def summary(subject: Subject) -> Summary:
    """Sum up a run."""
    ticks = dates.chosen(subject)
    left_by = subject.data["left_by"].values
    rows = [
        Row(
            state,
            subject.at_start(i),
            subject.changes(i),
            [float(subject.away[t, i]) for t in ticks],
            {name: _date_by(subject, left_by[:, i], q) for name, q in QUANTILES.items()},
            float(left_by[-1, i]),
        )
        for i, state in enumerate(subject.states)
    ]
    return Summary(
        dict(subject.data.attrs),
        [dates.label(subject, t) for t in ticks],
        rows,
        [float(share) for share in subject.data["away_at_end"].values],
    )


def as_grid(summary: Summary) -> Grid:
    """The same as a table to be shown."""
    shown = summary.rows[:MOST_ROWS]
    cut = len(summary.rows) - len(shown)
    left_out = f"\n{cut:,} more states are in summary.json and standings.parquet." if cut else ""
    longest = max(len(row.state) for row in shown)
    return grid(
        "",
        [
            Column("\nstate", wraps=True, least=min(longest, 8)),
            *words("\nrecord"),
            *numbers(*(f"away\n{date}" for date in summary.dates), "leaves:\nmedian"),
            *words("50 %\nrange", "90 %\nrange"),
        ],
        [_cells(row) for row in shown],
        "away: share of histories in which the state is out or frozen at the end of that year (or "
        "month).\n"
        "leaves: when it first goes out or freezes, over all histories, those in which it never "
        "does included;\n"
        "  never: not by the end of the clock; -: the whole range is never.\n"
        f"Counting {summary.histories:,} histories leaves a share uncertain by up to "
        f"{_counting(summary.histories):.1f} points either way (90 %).{left_out}",
    )


def _cells(row: Row) -> list[str]:
    return [
        row.state,
        "\n".join(row.record),
        *(percent(share) for share in row.away),
        row.leaving["q50"] or "never",
        span(row.leaving["q25"], row.leaving["q75"]),
        span(row.leaving["q05"], row.leaving["q95"]),
    ]


def _counting(histories: int) -> float:
    """Half of the 90 % interval of a share of one half, in points: the widest there is."""
    return 100 * 1.645 * 0.5 / histories**0.5


def span(low: str | None, high: str | None) -> str:
    """`1999-never`; `-` where too few ever leave for the range to begin."""
    return f"{low[:4]}-{high[:4] if high else 'never'}" if low else "-"


def drawn_from(summary: Summary) -> str:
    """Where the parameters come from, and what that means."""
    if summary.calibrated:
        return f"drawn from the posterior {clean(summary.attributes['parameters_from'])}"
    return (
        "drawn from the PRIOR: nothing has been calibrated, so these chances say what the rules "
        "allow, not what the record supports"
    )


def _date_by(subject: Subject, left_by: Floats, share: float) -> str | None:
    """First month of the tick in which `share` of all histories have left; None if never."""
    tick = int(np.argmax(left_by >= share))
    return str(subject.edges[tick])[:7] if left_by[tick] >= share else None


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
