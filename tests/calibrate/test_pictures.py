"""Pictures of a calibration can be read: no text is cut or lies over another."""

import json

import pandas as pd

from alliance_cohesion.inference import priors
from alliance_cohesion.report import calibrate
from alliance_cohesion.util import shipped

from ..report.cases import lies_wrong


def test_no_text_of_a_picture_is_cut_or_lies_over_another():
    folder = shipped.folder("calibration")
    figures = json.loads((folder / "figures.json").read_text())
    believed = priors.default()
    before = believed.transform(believed.cube(500, 1))
    posterior = pd.read_csv(sorted(folder.glob("posterior-*.csv"))[-1])
    drawn = calibrate.draw(figures, before, posterior[list(priors.NAMES)].to_numpy())
    assert [picture.name for picture in drawn] == ["learned", "reliability"]
    for picture in drawn:
        assert lies_wrong(picture.figure) == [], picture.name
