"""The page of records shows every record, with figures that can be checked another way."""

import importlib.util
import re
import sys

import pytest

from alliance_cohesion.scenario import load
from alliance_cohesion.scenario.overview import overview

from .pages import DOCS, ROOT

sys.path.insert(0, str(DOCS / "_ext"))
_spec = importlib.util.spec_from_file_location("records", DOCS / "_ext" / "records.py")
assert _spec is not None
assert _spec.loader is not None
records = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(records)
sys.path.remove(str(DOCS / "_ext"))

LINES = records.records().splitlines()[2:]


def line(name: str) -> list[str]:
    (found,) = [one for one in LINES if f"({records.PAGES}{name}.md)" in one]
    return [cell.strip() for cell in found.strip("|").split("|")]


@pytest.mark.parametrize("name", records.names())
def test_every_record_has_a_line_and_a_page_and_is_named_on_the_page_of_records(name):
    assert line(name)
    page = (DOCS / records.PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert f"../../scenarios/{name}/README.md" in page
    assert f"[{name}]({records.PAGES}{name}.md)" in (DOCS / "records.md").read_text("utf-8")


@pytest.mark.parametrize("name", ["csto", "cento", "nato-command", "warsaw-pact"])
def test_changes_of_status_and_density_are_those_that_check_prints(name):
    told = "\n".join(overview(load(ROOT / "scenarios" / name)))
    changes = re.search(r"changes of status: (.+)", told)[1].split("; ")
    shown = [
        (state, day)
        for part in line(name)[3].split("; ")
        for state, days in [re.match(r"(\D+?) ((?:out|frozen|back) .+)", part).groups()]
        for day in re.findall(r"\d{4}-\d\d", days)
    ]
    joined = re.findall(r"(\S+) \((\d{4})\)", line(name)[2])
    for state, day in shown:
        assert any(one.startswith(state) and day in one for one in changes), (state, day)
    assert len(changes) - len(joined) <= len(shown) <= len(changes)
    assert f"(ratio {line(name)[5]}" in told


def test_agreement_is_that_of_the_readme():
    readme = (ROOT / "scenarios" / "csto" / "README.md").read_text(encoding="utf-8")
    threat = re.search(r"^\| threat \| .+", readme, re.M)[0].split("|")
    same, kappa = line("csto")[6].split("; ")
    assert kappa == threat[6].strip()
    rows = re.findall(r"^\| [a-z_, ]+ \| (\d+) \| (\d+) \| [\d.]+ \|", readme, re.M)
    codes, differ = (sum(int(row[k]) for row in rows) for k in (0, 1))
    assert same == f"{1 - differ / codes:.0%}"


def test_weighted_kappa_by_hand():
    # Four pairs of codes 1 and 2, one apart: 1/4 differ; by chance (2*1 + 2*3) / 16 = 1/2.
    assert records.kappa([(1, 1), (1, 1), (2, 2), (2, 1)]) == pytest.approx(0.5)
    assert records.kappa([(1, 1), (3, 3)]) == 1.0
