"""Pictures of a comparison can be read: no text is cut or lies over another."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import alliance_cohesion as ac
from alliance_cohesion.analysis.compare import compare
from alliance_cohesion.report import compare as report
from alliance_cohesion.scenario import write_new

from ..report.cases import lies_wrong


@pytest.fixture(scope="module", params=["starter", "csto"])
def comparison(request, tmp_path_factory):
    name = request.param
    if name == "starter":
        name = write_new(tmp_path_factory.mktemp("one") / "starter")
    return compare(ac.load(name), histories=60)


def test_no_text_of_a_picture_is_cut_or_lies_over_another(comparison):
    drawn = report.draw(comparison)
    assert [picture.name for picture in drawn] == ["risk", "reliability", "free-run"]
    for picture in drawn:
        assert lies_wrong(picture.figure) == [], picture.name


def test_coming_back_is_drawn_apart_from_leaving(comparison):
    """A dotted line where the state is frozen or out, and only there."""
    axes = report.risks(comparison, range(len(comparison.simulation.names))).figure.axes[0]
    steps = [line for line in axes.lines if line.get_drawstyle() == "steps-post"]
    back = [line.get_linestyle() == ":" for line in steps]
    before = comparison.dataset["before"].values
    drawn = [np.isfinite(line.get_ydata()[:-1]).sum() for line in steps]
    assert sum(n for n, dotted in zip(drawn, back, strict=True) if dotted) == (before > 0).sum()
    assert drawn[1::3] == (before == 0).sum(axis=0).tolist()


def test_the_picture_of_reliability_says_every_group_in_numbers(comparison):
    bins = comparison.reliability
    alt = report.reliability(bins, "held out").alt
    for row in bins.itertuples():
        assert f"{row.moves} of {row.decisions} left" in alt


def test_many_states_go_to_further_pictures(comparison, monkeypatch):
    monkeypatch.setattr(report, "PER_PICTURE", 2)
    drawn = report.draw(comparison)
    names = comparison.simulation.names
    risks = [picture for picture in drawn if picture.name.startswith("risk")]
    assert [picture.name for picture in risks[:2]] == ["risk", "risk-2"]
    assert len(risks) == -(-len(names) // 2)
    assert all(any(name in picture.alt for picture in risks) for name in names)


def test_groups_that_lie_close_do_not_write_over_each_other():
    rows = [(0.30, 0.0, 12, 0), (0.31, 0.5, 2, 1), (0.32, 1.0, 2, 2)]
    bins = pd.DataFrame(rows, columns=["predicted", "observed", "decisions", "moves"])
    assert lies_wrong(report.reliability(bins, "held out").figure) == []


def test_a_state_that_changed_often_keeps_its_name_readable(comparison):
    long = tuple(
        "The State of the Seven Rivers and Islands"[:40] for _ in comparison.simulation.names
    )
    sim = dataclasses.replace(comparison.simulation)
    sim.__dict__["names"] = long
    other = dataclasses.replace(comparison, simulation=sim)
    figure = report.risks(other, range(len(long))).figure
    assert lies_wrong(figure) == []
