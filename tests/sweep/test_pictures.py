"""Pictures of a sweep can be read: no text is cut or lies over another."""

import pytest

from alliance_cohesion.analysis.sweep import sweep
from alliance_cohesion.report import sweep as report

from ..report.cases import lies_wrong
from .sweeps import plan


@pytest.mark.parametrize(
    ("design", "names"),
    [
        ({"design": "grid", "vary": {"b_D": "0:4:6", "b_S": "0:4:5"}},
         ["responses-1", "responses-2", "responses-3", "map"]),
        ({"design": "saltelli", "points": 4, "vary": {
            "b_D": "0:4", "b_S": "0:4", "event:coast-2003.strength": "1,2,3"}},
         ["responses-1", "responses-2", "responses-3", "tornado"]),
        ({"design": "latin", "points": 12, "vary": {
            "b_D": "0:4", "alliance:first_renewal": ["act", "automatic"]}},
         ["responses-1", "responses-2", "responses-3"]),
    ],
)  # fmt: skip
def test_no_text_of_a_picture_is_cut_or_lies_over_another(tmp_path, design, names):
    drawn = report.draw(sweep(plan(tmp_path, histories=20, **design), tmp_path / "out").findings)
    assert [picture.name for picture in drawn] == names
    for picture in drawn:
        assert lies_wrong(picture.figure) == [], picture.name


def test_boxes_of_a_region_keep_their_words_apart(tmp_path):
    pytest.importorskip("ema_workbench")
    toml = """
[sweep.interest]
outcome = "velia"
above = 0.4
[[sweep.outcome]]
name = "velia"
measure = "frozen_or_out"
state = "Velia"
"""
    vary = {"b_D": "0:4", "alliance:first_renewal": ["act", "automatic"]}
    asked = plan(tmp_path, toml, design="latin", points=40, vary=vary)
    drawn = report.draw(sweep(asked, tmp_path / "out").findings)
    assert drawn[-1].name == "regions"
    assert lies_wrong(drawn[-1].figure) == []
