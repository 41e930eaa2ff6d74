"""The table of a run: what the record says of each state, and what the histories say."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..world import Floats, Standing
from . import dates
from .subject import Change, Subject

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


def _date_by(subject: Subject, left_by: Floats, share: float) -> str | None:
    """First month of the tick in which `share` of all histories have left; None if never."""
    tick = int(np.argmax(left_by >= share))
    return str(subject.edges[tick])[:7] if left_by[tick] >= share else None


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
