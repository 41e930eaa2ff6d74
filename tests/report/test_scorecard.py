"""The first lines of a scorecard, counted by hand."""

from types import SimpleNamespace

from alliance_cohesion.report.scorecard import answer, seen


def leaving(date: str, rank: int) -> SimpleNamespace:
    return SimpleNamespace(date=date, kind="exit", rank=rank, of=8)


def test_whoever_leaves_alone_must_rank_first_and_two_who_leave_together_among_the_first_two():
    eve = [leaving("1999-04-01", 1), leaving("1999-04-01", 2), leaving("2012-04-01", 1),
           leaving("2020-04-01", 2)]  # fmt: skip
    years = [SimpleNamespace(within_2_years=share) for share in (0.5, 0.49, 0.25, 0.1)]
    free = SimpleNamespace(changes=years, right_standing=0.7)
    card = SimpleNamespace(
        scenario="somewhere", eve=eve, free=free, free_null=free, gain=[1.0], held_out=True,
        replicate_p=0.5,
    )  # fmt: skip
    told = " ".join(answer(card))
    assert "3 of 4 leavings were by those ranked likeliest" in told
    assert "1 of 4 come within two years in at least half of the histories, 2 more" in told


def test_a_scorecard_says_of_every_figure_whether_it_is_held_out_and_whose_the_thresholds_are():
    own = seen(SimpleNamespace(held_out=True, parameters_from="fit.csv"))
    assert own[0].startswith("Held out: on the eve and the scores")
    assert own[1].startswith("Not held out: free, constrained")
    assert "fit.csv" in own[1]
    other = seen(SimpleNamespace(held_out=False, parameters_from="fit.csv"))
    assert other[0].startswith("Held out: everything")
    assert other[1].startswith("Thresholds: none of this alliance's own")
    (none,) = seen(SimpleNamespace(held_out=True, parameters_from="prior"))
    assert "the prior, which has seen no record" in none
