"""A projection's years to come are not read as a record in which nobody moved."""

import numpy as np
import pytest
from typer.testing import CliRunner

import alliance_cohesion as ac
from alliance_cohesion.analysis.counterfactual import answer, load
from alliance_cohesion.analysis.counterfactual.answer import MAIN, given
from alliance_cohesion.analysis.explain import explain
from alliance_cohesion.cli import app
from alliance_cohesion.dashboard.edits import Edits
from alliance_cohesion.dashboard.session import Session
from alliance_cohesion.dashboard.why import moments
from alliance_cohesion.inference import record
from alliance_cohesion.report import counterfactual as report
from alliance_cohesion.scenario import ScenarioError, reacting


@pytest.fixture(scope="module")
def projection():
    return ac.load("csto-2035")


def test_a_projection_s_record_is_that_of_its_base_and_no_longer(projection):
    base, known = ac.load("csto").inputs, projection.documented.inputs
    assert np.array_equal(known.record, base.record[: len(known.record)])
    assert known.end <= projection.inputs.end - np.timedelta64(9 * 365, "D")
    assert record.clusters(known) == record.clusters(base)
    assert not reacting.switched(projection.documented.scenario)


def test_a_case_without_years_to_come_is_documented_as_it_is():
    sim = ac.load("csto")
    assert sim.documented is sim


def test_a_date_past_the_record_cannot_be_explained(projection):
    with pytest.raises(ScenarioError, match=r"2030-01 is outside the clock; .*to 2025-12-31"):
        explain(projection, "ARM", "2030-01")


def test_the_browser_page_asks_why_of_documented_years_only(projection):
    assert moments(Session("csto-2035"), Edits(), "ARM")[:2] == ["2024-02-22", "2025"]


@pytest.fixture(scope="module")
def offers(tmp_path_factory):
    """A change of 2030 on top of a projection whose record ends in 2025."""
    file = tmp_path_factory.mktemp("own") / "offers.toml"
    file.write_text(
        'name = "offers"\nbase = "projections/csto-2035-scripted"\nquestion = "What then?"\n'
        'rewrite = "Somebody would have to offer."\n[[change]]\nname = "an offer"\naction = "add"\n'
        'reason = "to see"\nevent = { id = "new", date = "2030-01-01", kind = "offer", '
        'actor = "USA", target = "KAZ", strength = 4, description = "x", '
        'source = "x", confidence = "low" }\n'
    )
    return load(file)


def test_a_counterfactual_on_a_projection_branches_where_the_record_ends(offers):
    assert str(offers.branch_day) == "2026-01-01"
    assert offers.known == offers.branch


def test_of_the_years_to_come_nothing_is_given(offers):
    found = answer(offers, 400)
    assert found.tables["moves"].empty
    assert not found.all_known
    questions = [q for q in found.data["question"].values if "R10" not in q]
    effects = [found.frozen_or_out(question, "difference") for question in questions]
    assert all(np.array_equal(effects[0], effect) for effect in effects)
    assert (effects[0][:16] == 0).all()
    assert effects[0][-1].max() > 0
    away = found.frozen_or_out(given(MAIN), "base")[-1]
    assert ((away > 0) & (away < 1)).all()


def test_the_table_of_such_a_counterfactual_does_not_call_the_years_to_come_a_record(offers):
    found = answer(offers, 400)
    labels = [row[1] for row in report.tables(found)[0].rows]
    assert "is frozen or out in" in report.sentences(found)[0]
    assert report.headline(found).rows
    assert "given, as it was" in labels
    assert "record" not in labels


def test_the_results_of_a_projection_are_nothing_to_compare_with(tmp_path):
    ask = CliRunner().invoke
    run = ["run", "csto-2035", "--histories", "4", "--no-pictures", "--out", str(tmp_path / "out")]
    assert ask(app, run).exit_code == 0
    told = ask(app, ["compare", str(tmp_path / "out")])
    assert told.exit_code == 2
    assert "nothing to compare" in told.output
