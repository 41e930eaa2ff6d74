"""An explanation on the disk: data, tables and a picture, in one folder."""

import csv
import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .. import __version__
from ..explain import Explanation, Spread
from .folder import MANIFEST, PROGRAM, replacing

DATA = "explanation.json"


def write(explanation: Explanation, folder: Path | str, command: Sequence[str] = ()) -> Path:
    """Write a folder; one that is there already is replaced in one step.

    Raises:
        FolderError: the folder holds something else, or cannot be written.
    """
    from . import explain_plot, pictures  # matplotlib is slow to import

    e = explanation
    with replacing(Path(folder)) as draft:
        _write_json(e.as_json(), draft / DATA)
        for name, (header, rows) in tables(e).items():
            _write_csv(draft / f"{name}.csv", header, rows)
        picture = explain_plot.draw(e)
        pictures.save([picture], draft)
        manifest = {
            "program": PROGRAM,
            "format": 1,
            "kind": "explanation",
            "version": __version__,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": [str(word) for word in command],
            "pictures": {f"{picture.name}.png": picture.alt},
            "files": {
                path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted(draft.iterdir())
            },
        }
        _write_json(manifest, draft / MANIFEST)
    return Path(folder)


Rows = list[list[Any]]


def tables(e: Explanation) -> dict[str, tuple[list[str], Rows]]:
    """Header and rows of each table: terms, facts, and what would have had to change."""
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
            ["term", "mean", "q05", "q95"],
            [*terms, ["alignment", *_numbers(e.alignment)]],
        ),
        "facts": (
            [
                "driver", "id", "date", "now", "sets_the_level", "own", "cancelled_by", "kind",
                "actor", "target", "strength", "threat_level", "confidence", "description",
                "source",
            ],
            facts,
        ),
        "shifts": (
            [
                "driver", "name", "low", "high", "now", "half", "double", "lowest_multiple",
                "highest_multiple",
            ],
            shifts,
        ),
    }  # fmt: skip


def _numbers(spread: Spread) -> list[float]:
    return [spread.mean, spread.low, spread.high]


def _write_csv(path: Path, header: list[str], rows: Iterable[list[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _write_json(content: dict[str, Any], path: Path) -> None:
    path.write_text(as_text(content) + "\n", encoding="utf-8", newline="\n")


def as_text(content: dict[str, Any]) -> str:
    """Data as JSON: the same data gives the same text."""
    return json.dumps(content, indent=2, sort_keys=True, allow_nan=False)
