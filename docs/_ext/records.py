"""The table of shipped records, from their folders."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from keys import table

from alliance_cohesion.core.inputs import Status
from alliance_cohesion.scenario import load
from alliance_cohesion.scenario.density import density, driving, ratio
from alliance_cohesion.scenario.membership import membership, statuses
from alliance_cohesion.scenario.overview import COVERAGE
from alliance_cohesion.scenario.scenario import Scenario
from alliance_cohesion.scenario.states import name_of

ROOT = Path(__file__).resolve().parents[2] / "scenarios"
PAGES = "records/"  # below docs/, one page a record
HEAD = (
    "record", "patron", "members that the model follows", "changes of status",
    "rows that drive; source opened", "rows begun per member-year, left over stayed",
    "second coder: same code; kappa (threat)",
)  # fmt: skip
_WORDS = ("back", "frozen", "out")  # by code


def names() -> list[str]:
    """The folders of records that were coded by the protocol."""
    return sorted(path.parent.name for path in ROOT.glob(f"*/{COVERAGE}"))


def records() -> str:
    """One line for each record."""
    return table(HEAD, (_row(name) for name in names()))


def _row(name: str) -> Iterator[str]:
    scenario = load(ROOT / name)
    alliance = scenario.alliance
    yield f"[{scenario.title}]({PAGES}{name}.md)"
    yield name_of(alliance.patron, alliance.names)
    yield _members(scenario)
    yield _changes(scenario)
    drive, seen = driving(scenario), _seen(name)
    opened = sum(seen.get(event.id, False) for event in drive)
    yield f"{len(drive)}; {opened / len(drive):.0%}"
    yield f"{ratio(density(scenario)):.2f}"
    yield _agreement(name)


def _joined(scenario: Scenario) -> dict[str, date]:
    """The states that joined after the start, and when."""
    _, _, entry = membership(scenario, scenario.clock.steps)
    return {
        state: next(
            one.day
            for one in statuses(scenario.events, state)
            if one.code == Status.MEMBER and one.day > scenario.clock.start
        )
        for state, joins in zip(scenario.states, entry, strict=True)
        if joins
    }


def _members(scenario: Scenario) -> str:
    """Their names, with the year where a state joined after the start."""
    joined = _joined(scenario)
    return ", ".join(
        name_of(state, scenario.alliance.names)
        + (f" ({joined[state].year})" if state in joined else "")
        for state in scenario.states
    )


def _changes(scenario: Scenario) -> str:
    """Each state's documented changes of status, without its accession."""
    joined, found = _joined(scenario), []
    for state in scenario.states:
        now: int = Status.MEMBER
        told = []
        for one in statuses(scenario.events, state):
            inside = joined.get(state, scenario.clock.start) < one.day <= scenario.clock.end
            if inside and one.code != now:
                told.append(f"{_WORDS[one.code]} {one.day:%Y-%m}")
            now = one.code
        if told:
            found.append(f"{name_of(state, scenario.alliance.names)} {', '.join(told)}")
    return "; ".join(found)


def _seen(name: str) -> dict[str, bool]:
    """Whether the source of a row was opened, by id; a record may borrow another's rows."""
    found = {}
    for path in [*ROOT.glob("*/events.csv"), ROOT / name / "events.csv"]:
        for row in _read(path):
            found[row["id"]] = row.get("source_seen") == "yes"
    return found


def _agreement(name: str) -> str:
    """How many codes two coders gave alike, and weighted kappa (linear) of threats."""
    coding = ROOT / name / "coding"
    if not coding.is_dir():
        return "coded by rule"
    first, second = ({r["id"]: r for r in _read(coding / f"{n}.csv")} for n in ("first", "second"))
    kinds = {row["id"]: row["kind"] for row in _read(ROOT / name / "events.csv")}
    codes = {
        (id, field): (float(first[id][field]), float(second[id][field]))
        for id in first
        for field in ("strength", "threat_level")
        if first[id][field] and second[id][field]
    }
    same = sum(a == b for a, b in codes.values()) / len(codes)
    threats = [pair for (id, _), pair in codes.items() if kinds[id] == "threat"]
    return f"{same:.0%}; {kappa(threats):.2f}"


def kappa(pairs: list[tuple[float, float]]) -> float:
    """Weighted kappa with linear weights, over the codes that occur."""
    steps = sorted({code for pair in pairs for code in pair})
    a, b = ([steps.index(code) for code in side] for side in zip(*pairs, strict=True))
    apart = sum(abs(x - y) for x, y in zip(a, b, strict=True)) / len(pairs)
    by_chance = sum(abs(x - y) for x in a for y in b) / len(pairs) ** 2
    return 1.0 - apart / by_chance


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
