"""What is shown of a sweep: its pictures and its report, as files.

The sweep's own store puts them in their places. The report says nothing of the command that was
given and of how often it was stopped, so that equal sweeps have equal reports.
"""

import shlex
import tempfile
from pathlib import Path
from typing import Any

from . import sweep_report
from .document import Figure, Made
from .html import render
from .keep import REPORT
from .sweep_table import Findings

_FILES = (
    (REPORT, "all of it on one page"),
    ("outcomes.csv", "a row a point: inputs, and the mean of every outcome"),
    ("outcomes.parquet", "a row a point and outcome, with standard error and quantiles"),
    ("counts.parquet", "how many histories gave each number: all else follows from it"),
    ("points.parquet", "the points"),
    ("summary.json", "the findings, as data"),
    ("pictures/", "the pictures"),
    ("scenario/", "the scenario as it was read"),
    ("chunks/", "the counts, chunk by chunk"),
    ("manifest.json", "the plan, its hash, and a hash of every file"),
    ("journal.jsonl", "commands and times"),
)


def contents(
    found: Findings, manifest: dict[str, Any], *, pictures: bool = True
) -> dict[str, bytes]:
    """Pictures and report by file name.

    Args:
        found: The findings.
        manifest: Of the sweep's folder.
        pictures: Whether to draw.
    """
    figures = _drawn(found) if pictures else []
    page = render(sweep_report.document(found, figures), _made(found, manifest))
    drawn = {f"pictures/{figure.name}.png": figure.png for figure in figures}
    return {**drawn, REPORT: page.encode("utf-8")}


def _drawn(found: Findings) -> list[Figure]:
    from . import pictures, sweep_plot  # matplotlib is slow to import, and not always wanted

    with tempfile.TemporaryDirectory() as folder:
        return pictures.saved(lambda: sweep_plot.draw(found), Path(folder))


def _made(found: Findings, manifest: dict[str, Any]) -> Made:
    plan = manifest["plan"]
    return Made(
        facts=(
            ("Version of the program", str(plan["version"])),
            ("Points", f"{len(found.table):,}"),
            ("Histories at each", f"{found.histories:,}"),
            ("Seed", str(found.seed)),
            ("Parameters", found.draws_from),
            ("SHA-256 of the parameter draws", str(plan["parameters"]["sha256"])),
            ("SHA-256 of the plan", str(manifest["plan_sha256"])),
        ),
        commands=(("From inside this folder:", _again(found, manifest["request"])),),
        files=_FILES,
        calibrated=found.draws_from != "prior",
    )


def _again(found: Findings, request: dict[str, Any]) -> str:
    """A command that makes the same sweep from the copy of the scenario."""
    over = request["over"]
    words = ["cohesion", "sweep", request["entry"]]
    for name, span in over.get("vary", []):
        words += ["--vary", f"{name}={span}"]
    if over.get("design") == "list":
        words += ["--list", "scenario/points.csv"]
    elif "design" in over:
        words += ["--design", over["design"]]
    if "points" in over:
        words += ["--points", str(over["points"])]
    return shlex.join([*words, "--histories", str(found.histories), "--out", "../again"])
