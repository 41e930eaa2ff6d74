"""The first lines of a comparison, counted by hand."""

from types import SimpleNamespace

import pandas as pd

from alliance_cohesion.analysis.compare import leavings as counted
from alliance_cohesion.report.compare import answer, fitted_to, leavings, seen
from alliance_cohesion.report.run import rank


def leaving(step: str, rank: float, tied: int = 0, of: int = 8, near: float = 0.0):
    return {
        "step": step,
        "kind": "exit",
        "rank": rank,
        "of": of,
        "tied": tied,
        "within_two_years": near,
    }


def test_whoever_leaves_alone_must_rank_first_and_two_who_leave_together_among_the_first_two():
    episodes = pd.DataFrame([
        leaving("1999-04-01", 1, near=0.5), leaving("1999-04-01", 2, near=0.49),
        leaving("2012-04-01", 1, near=0.25), leaving("2020-04-01", 2, near=0.1),
    ])  # fmt: skip
    measures = pd.DataFrame({"measure": ["right_status"], "rules": [0.7], "baseline": [0.6]})
    c = SimpleNamespace(
        episodes=episodes, free_runs=measures, clusters=pd.DataFrame({"gain": [1.0]}),
        held_out=True, sample="in sample", replicate_p=0.5, leavings=lambda: counted(episodes),
    )  # fmt: skip
    told = " ".join(answer(c))
    assert "3 of 4 leavings were by the states ranked likeliest" in told
    # Of eight, two count for each of the first two, one for each of the others: 6/8 in all.
    assert "(luck alone would give 0.8)" in told
    assert "1 of 4 come within two years in at least half of the histories, 2 more" in told
    assert "70 % of states and time steps have the right status (baseline: 60 %)" in told


def test_states_that_nothing_tells_apart_are_no_success():
    rows = [leaving("2001-01-01", 2.0, tied=2, of=3), leaving("2005-01-01", 1.5, 1, of=2)]
    tied = counted(pd.DataFrame(rows))
    assert (tied["likeliest"], tied["of"], tied["tied"]) == (0, 2, 2)
    assert tied["by_luck"] == 1 / 3 + 1 / 2
    assert "2 tied with others" in leavings(tied)
    assert rank(2.0, 3, 2) == "2 of 3, tied with 2"
    assert rank(1.5, 2, 1) == "1.5 of 2, tied with 1"
    assert rank(1.0, 8, 0) == "1 of 8"


def comparison(sample: str, *, held_out: bool, fitted_anew: bool = False):
    scenario = SimpleNamespace(name="here")
    return SimpleNamespace(
        held_out=held_out, sample=sample, fitted_anew=fitted_anew,
        simulation=SimpleNamespace(scenario=scenario),
        draws=SimpleNamespace(origin="fit.csv", fitted_to="there"),
    )  # fmt: skip


def test_a_comparison_says_of_every_figure_whether_it_is_held_out_and_whose_the_thresholds_are():
    own = seen(comparison("in sample", held_out=True))
    assert own[0].startswith("Held out: one step ahead and the scores")
    assert own[1].startswith("In sample: free-running, conditional")
    assert "fit.csv" in own[1]
    other = seen(comparison("held out", held_out=False))
    assert other[0].startswith("Held out: everything")
    assert other[1].startswith("Thresholds: none of this alliance's own")
    (none,) = seen(comparison("not calibrated", held_out=True))
    assert "the prior, which has seen no record" in none


def test_one_sentence_says_what_the_parameters_of_a_scenario_were_fitted_to():
    assert fitted_to(comparison("in sample", held_out=True)) == (
        "here: one step ahead held out, by fits to this record, each without the cluster in "
        "question; free-running in sample, by fit.csv, fitted to the scenario there (another "
        "coding of this alliance's record)."
    )
    own = comparison("in sample", held_out=True)
    own.draws.fitted_to = "here"
    assert fitted_to(own).endswith("by fit.csv, fitted to the scenario here.")
    anew = fitted_to(comparison("in sample", held_out=True, fitted_anew=True))
    assert "by fits to this record made now, each without the cluster in question" in anew
    assert fitted_to(comparison("held out", held_out=False)) == (
        "here: all held out, by fit.csv, fitted to the scenario there, which never saw this "
        "alliance."
    )
    assert "free-running by the prior, not calibrated" in fitted_to(
        comparison("not calibrated", held_out=True, fitted_anew=True)
    )
