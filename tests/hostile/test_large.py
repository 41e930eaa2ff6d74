"""A legal scenario at the edge of the limits stays below 1 GiB, and its report can be opened."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.large import write

pytest.importorskip("resource")  # Windows has none
pytestmark = pytest.mark.slow
GIB, STATES = 2**30, 1500

MEASURED = """
import resource, sys
from alliance_cohesion.cli import app
app(sys.argv[1:], standalone_mode=False)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> tuple[Path, str, int]:
    """The results folder, what was printed, and the bytes that it took."""
    place = tmp_path_factory.mktemp("large")
    folder = write(place / "large", STATES, 20_000, 30, "quarter")
    events = folder / "events.csv"
    head, *rows = events.read_text(encoding="utf-8").splitlines()
    events.write_text("\n".join([head, *map(_at_everybody, rows)]) + "\n", encoding="utf-8")
    words = ["run", str(folder), "--histories", "200", "--out", str(place / "out")]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *words], capture_output=True, text=True, timeout=1200
    )
    assert done.returncode == 0, done.stderr
    unit = 1 if sys.platform == "darwin" else 1024
    return place / "out", done.stdout, int(done.stderr.split()[-1]) * unit


def _at_everybody(row: str) -> str:
    """The same event, aimed at all members by somebody who is none."""
    cells = row.split(",")
    if cells[2] != "status":
        cells[3] = "PAT" if cells[2] == "response" else "FOE"
        cells[4] = "members"
    return ",".join(cells)


def test_it_takes_less_than_a_gibibyte(ran):
    assert ran[2] < GIB


def test_the_report_is_a_few_megabytes_and_says_what_it_leaves_out(ran):
    page = ran[0] / "report.html"
    assert page.stat().st_size < 8 * 2**20
    text = page.read_text(encoding="utf-8")
    assert "Shown are 48 of 1,500 states" in text
    assert "1,300 more rows: see states.csv." in text
    assert re.search(r"\d,?\d* more rows: see episodes.csv.", text)


def test_the_printed_table_is_cut_and_the_files_hold_everybody(ran):
    out, printed, _ = ran
    assert re.search(r"\d,?\d* more rows: see episodes.csv.", printed)
    assert re.search(r"stayed: .* and \d+ more \(see states.csv\) of histories", printed)
    assert len(printed.splitlines()) < 250
    assert len(printed) < 30_000
    assert len(json.loads((out / "summary.json").read_text(encoding="utf-8"))["states"]) == STATES
