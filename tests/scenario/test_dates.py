"""Dates as exact as the record knows them."""

from datetime import date

import pytest

from alliance_cohesion.scenario import dates


@pytest.mark.parametrize(
    ("text", "first", "middle", "last"),
    [
        ("1999", (1999, 1, 1), (1999, 7, 1), (1999, 12, 31)),
        ("2000-02", (2000, 2, 1), (2000, 2, 15), (2000, 2, 29)),
        ("1999-04-20", (1999, 4, 20), (1999, 4, 20), (1999, 4, 20)),
    ],
)
def test_a_partial_date_has_a_first_a_middle_and_a_last_day(text, first, middle, last):
    assert dates.parse(text) == (date(*first), date(*middle), date(*last))


@pytest.mark.parametrize("text", ["99", "1999-4", "1999-13", "1900-02-29", "١٩٩٩", "1999-04-20T00"])
def test_anything_else_is_no_date(text):
    with pytest.raises(ValueError, match=r"date|day|month"):
        dates.parse(text)


def test_months_are_added_to_the_end_of_a_shorter_month():
    assert dates.add_months(date(2000, 1, 31), 1) == date(2000, 2, 29)
    assert dates.add_months(date(2000, 2, 29), -12) == date(1999, 2, 28)
