"""The first lines of a scorecard, counted by hand."""

from types import SimpleNamespace

from alliance_cohesion.analysis.compare import Scorecard
from alliance_cohesion.report.scorecard import answer, leavings, rank, seen


def leaving(date: str, rank: float, tied: int = 0, of: int = 8) -> SimpleNamespace:
    return SimpleNamespace(date=date, kind="exit", rank=rank, of=of, tied=tied)


def counted(*rows: SimpleNamespace) -> dict[str, float]:
    return Scorecard.leavings(SimpleNamespace(ahead=rows))


def test_whoever_leaves_alone_must_rank_first_and_two_who_leave_together_among_the_first_two():
    ahead = [leaving("1999-04-01", 1), leaving("1999-04-01", 2), leaving("2012-04-01", 1),
           leaving("2020-04-01", 2)]  # fmt: skip
    years = [SimpleNamespace(within_2_years=share) for share in (0.5, 0.49, 0.25, 0.1)]
    free = SimpleNamespace(changes=years, right_status=0.7)
    card = SimpleNamespace(
        scenario="somewhere", ahead=ahead, free=free, free_baseline=free, gain=[1.0],
        held_out=True, replicate_p=0.5, leavings=lambda: counted(*ahead),
    )  # fmt: skip
    told = " ".join(answer(card))
    assert "3 of 4 leavings were by the states ranked likeliest" in told
    # Of eight, two count for each of the first two, one for each of the others: 6/8 in all.
    assert "(luck alone would give 0.8)" in told
    assert "1 of 4 come within two years in at least half of the histories, 2 more" in told


def test_states_that_nothing_tells_apart_are_no_success():
    tied = counted(leaving("2001-01-01", 2.0, tied=2, of=3), leaving("2005-01-01", 1.5, 1, of=2))
    assert (tied["likeliest"], tied["of"], tied["tied"]) == (0, 2, 2)
    assert tied["by_luck"] == 1 / 3 + 1 / 2
    assert "2 tied with others" in leavings(tied)
    assert rank(2.0, 3, 2) == "2 of 3, tied with 2"
    assert rank(1.5, 2, 1) == "1.5 of 2, tied with 1"
    assert rank(1.0, 8, 0) == "1 of 8"


def test_a_scorecard_says_of_every_figure_whether_it_is_held_out_and_whose_the_thresholds_are():
    own = seen(SimpleNamespace(held_out=True, parameters_from="fit.csv"))
    assert own[0].startswith("Held out: one step ahead and the scores")
    assert own[1].startswith("In sample: free-running, conditional")
    assert "fit.csv" in own[1]
    other = seen(SimpleNamespace(held_out=False, parameters_from="fit.csv"))
    assert other[0].startswith("Held out: everything")
    assert other[1].startswith("Thresholds: none of this alliance's own")
    (none,) = seen(SimpleNamespace(held_out=True, parameters_from="prior"))
    assert "the prior, which has seen no record" in none
