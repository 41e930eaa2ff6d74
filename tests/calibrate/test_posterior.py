"""The posterior file: round trip, staleness, and alliances it has not seen."""

import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest

import alliance_cohesion as ac
from alliance_cohesion.core.parameters import PARAMETERS
from alliance_cohesion.inference import basis, draws
from alliance_cohesion.inference import priors as prior
from alliance_cohesion.inference.recalibrate import recalibrate
from alliance_cohesion.util import shipped


@pytest.fixture
def posterior(tmp_path):
    source = draws.shipped_file("posterior")
    assert source is not None, "a posterior is shipped"
    for path in (source, source.with_suffix(".json")):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path / source.name


def edit(path, **values):
    manifest = path.with_suffix(".json")
    told = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**told, **values}))


def test_the_shipped_posterior_is_not_stale_and_lies_within_the_tables_ranges():
    found = draws.draws("default", "CSTO", {}, seed=1)
    assert found.seen
    for k, row in enumerate(PARAMETERS):
        assert (found.values[:, k] >= row.low).all(), row.name
        assert (found.values[:, k] <= row.high).all(), row.name


def test_a_posterior_made_with_other_rules_is_refused(posterior):
    edit(posterior, rules_sha256="0" * 64)
    with pytest.raises(ValueError, match="stale"):
        draws.draws(str(posterior), "CSTO", {}, seed=1)


def test_an_edited_posterior_is_refused(posterior):
    posterior.write_text(posterior.read_text().replace("0.1", "0.2", 1))
    with pytest.raises(ValueError, match="stale"):
        draws.draws(str(posterior), "CSTO", {}, seed=1)


def test_a_posterior_without_its_manifest_is_refused(posterior):
    posterior.with_suffix(".json").unlink()
    with pytest.raises(ValueError, match="manifest"):
        draws.draws(str(posterior), "CSTO", {}, seed=1)


def test_an_unseen_alliance_gets_its_own_thresholds_and_the_same_slopes(posterior):
    own = draws.draws(str(posterior), "CSTO", {}, seed=1)
    other = draws.draws(str(posterior), "Somewhere", {}, seed=1)
    k, slope = prior.NAMES.index("f_leave"), prior.NAMES.index("b_P")
    assert not other.seen
    assert np.array_equal(own.values[:, slope], other.values[:, slope])
    assert other.values[:, k].std() > own.values[:, k].std()


def test_a_fixed_parameter_is_fixed_in_every_draw():
    found = draws.draws("prior", "x", {"b_S": 1.5}, seed=1)
    assert (found.values[:, prior.NAMES.index("b_S")] == 1.5).all()


def test_rewording_a_comment_does_not_make_a_posterior_stale(tmp_path):
    code = '"""Doc."""\n\nx = 1  # one\n\n\ndef f():\n    """Doc."""\n    return x\n'
    reworded = '"""Other."""\n# new\nx = 1\n\ndef f():\n    """Other."""\n    # why\n    return x\n'
    changed = code.replace("x = 1", "x = 2")
    paths = [tmp_path / name for name in ("a.py", "b.py", "c.py")]
    for path, text in zip(paths, (code, reworded, changed), strict=True):
        path.write_text(text)
    a, b, c = (basis.code_hash([path]) for path in paths)
    assert a == b
    assert a != c


def test_moving_imports_does_not_make_a_posterior_stale(tmp_path):
    code = "from math import exp\n\n\ndef f(x):\n    return exp(x)\n"
    moved = '"""New."""\n\nimport numpy as np\nfrom .elementary import (\n    exp,\n    log,\n)\n'
    moved += "\n\ndef f(x):\n    return exp(x)\n"
    for name, text in (("a.py", code), ("b.py", moved), ("c.py", code.replace("exp(x)", "-x"))):
        (tmp_path / name).write_text(text)
    a, b, c = (basis.code_hash([tmp_path / name]) for name in ("a.py", "b.py", "c.py"))
    assert a == b
    assert a != c


def test_breaking_a_line_does_not_make_a_posterior_stale_and_indenting_one_does(tmp_path):
    code = "def f(x):\n    if x:\n        x = g(x, 1)\n    return x\n"
    broken = code.replace("g(x, 1)", "g(\n            x, 1\n        )")
    indented = code.replace("    return", "        return")
    for name, text in (("a.py", code), ("b.py", broken), ("c.py", indented)):
        (tmp_path / name).write_text(text)
    a, b, c = (basis.code_hash([tmp_path / name]) for name in ("a.py", "b.py", "c.py"))
    assert a == b
    assert a != c


def test_recalibration_raises_the_leaving_threshold_of_the_loyal_and_leaves_slopes_alone():
    sim = ac.load("csto")
    found = draws.draws("default", "Somewhere", {}, seed=1)
    assert found.hyper is not None
    some = found.values[:200]
    quiet = sim.inputs.record * 0
    from dataclasses import replace

    loyal = recalibrate(replace(sim.inputs, record=quiet), some, found.hyper, seed=1)
    documented = recalibrate(sim.inputs, some, found.hyper, seed=1)
    k = prior.NAMES.index("f_leave")
    assert loyal[:, k].mean() > documented[:, k].mean()
    slopes = [prior.NAMES.index(name) for name in ("b_S", "b_P", "h_align")]
    assert np.array_equal(loyal[:, slopes], some[:, slopes])


def test_the_shipped_pages_are_made_of_what_is_shipped():
    """Renew them with `make pages`."""
    from alliance_cohesion.report import calibration_folder

    folder = shipped.folder("calibration")
    made = calibration_folder.pages(folder, folder)
    assert made["README.md"] == (folder / "README.md").read_text(encoding="utf-8")
    told = (folder / "report.html").read_text(encoding="utf-8")
    # Pictures may differ by a few bytes between versions of the drawing library; words may not.
    assert [words(text) for text in (made["report.html"], told)] == [words(told)] * 2
    assert (folder / "report.html").stat().st_size < 1_500_000


def words(page: str) -> str:
    return re.sub(r"base64,[^\"]*", "", page)


@pytest.mark.parametrize("kind", ["posterior", "null"])
def test_the_first_draws_of_a_shipped_file_stand_for_all_of_them(kind):
    """A run of fewer histories than draws must be noisier, and not shifted."""
    path = draws.shipped_file(kind)
    assert path is not None
    table = pd.read_csv(path)
    free = table.loc[:, table.std() > 0]
    correlation = free.corrwith(pd.Series(np.arange(len(free))), method="spearman")
    assert correlation.abs().max() < 4.5 / np.sqrt(len(free))
