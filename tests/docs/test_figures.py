"""Every quoted figure of the calibration is the stored one."""

import importlib.util
import re

import pytest

from .pages import ROOT

_found = importlib.util.spec_from_file_location("figures", ROOT / "docs" / "figures.py")
figures = importlib.util.module_from_spec(_found)
_found.loader.exec_module(figures)


@pytest.mark.parametrize("path", figures.PAGES, ids=lambda path: path.name)
def test_a_page_quotes_stored_figures_as_they_are(path):
    """Renew them with `make figures`."""
    text = path.read_text(encoding="utf-8")
    assert figures.renewed(text) == text
    marks = re.findall(r"<!--=", text)
    assert len(marks) == len(figures.FIGURE.findall(text)), "a mark without a number before it"


def test_the_pages_that_tell_of_the_calibration_take_its_figures_from_it():
    counted = {path.name: len(figures.FIGURE.findall(path.read_text())) for path in figures.PAGES}
    assert counted["README.md"] >= 10
    assert counted["probabilities.md"] >= 5


def test_a_figure_is_written_anew_where_its_mark_stands_and_nowhere_else():
    old = "From 99<!--= gain/times_likelier | d --> and 99 and 1.5<!--= gain/gain | .2f -->."
    likelier, gain = (figures.stored("")["gain"][name] for name in ("times_likelier", "gain"))
    assert figures.renewed(old) == old.replace("99<", f"{likelier}<").replace("1.5", f"{gain:.2f}")


def test_a_mark_in_a_table_hides_its_bar_from_the_table():
    row = r"| 99<!--= gain/times_likelier \| d --> |"
    assert figures.renewed(row) == row.replace(
        "99", str(figures.stored("")["gain"]["times_likelier"])
    )
    for path in figures.PAGES:
        rows = [row for row in path.read_text(encoding="utf-8").splitlines() if row[:1] == "|"]
        for row in rows:
            assert not re.search(r"<!--=[^>]*[^\\]\|", row), f"{path.name}: {row}"


def test_a_mark_that_leads_nowhere_is_an_error():
    with pytest.raises(KeyError, match="nothing at 'no'"):
        figures.renewed("1<!--= gain/no | .1f -->")
    with pytest.raises(KeyError, match="not a number"):
        figures.renewed("1<!--= gain/gain_by_cluster | .1f -->")
