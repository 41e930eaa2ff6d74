"""Small sweeps of the starter scenario, and what their folders hold."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import alliance_cohesion as ac
from alliance_cohesion.analysis.sweep import Plan, make_plan
from alliance_cohesion.scenario import write_new

TWO = {"b_D": "1:6:3", "event:coast-2003.days": "-90:90:3"}


def starter(folder: Path, toml: str = "") -> ac.Simulation:
    """The starter scenario with something added to its file."""
    if not (folder / "starter").exists():
        write_new(folder / "starter")
    file = folder / "starter" / "scenario.toml"
    if toml:
        file.write_text(file.read_text(encoding="utf-8") + toml, encoding="utf-8")
    return ac.load(folder / "starter")


def plan(folder: Path, toml: str = "", **over: Any) -> Plan:
    """A plan of it, a point per chunk; 9 points of 50 histories unless told otherwise."""
    given = {"histories": 50} | ({} if toml or "vary" in over else {"vary": TWO}) | over
    made = make_plan(starter(folder, toml), **given)
    return replace(made, chunk=(1, made.chunk[1]))


def contents(folder: Path, *, chunks: bool = True) -> dict[str, bytes]:
    """All files of a sweep except its lock, by name."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }
    return {name: b for name, b in found.items() if chunks or not name.startswith("chunks")}
