"""The first lines of a scorecard, counted by hand."""

from types import SimpleNamespace

from alliance_cohesion.report.scorecard import answer


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
