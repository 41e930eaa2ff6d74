"""Which known word a misspelt one was meant to be."""

import pytest

from alliance_cohesion.scenario.spelling import most_like, near_name, slip_of


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("offr", ("offer",), "offer"),
        ("ofr", ("offer",), "offer"),
        ("fr", ("offer",), None),
        ("AMR", ("ARM",), "ARM"),
        ("AXX", ("ARM",), None),
        ("tets", ("test",), "test"),
        ("txxt", ("test",), None),
    ],
)
def test_a_slip_is_two_letters_off_or_one_in_a_short_word(word, known, meant):
    assert slip_of(word, known) == meant


def test_a_name_is_near_that_differs_by_a_letter_or_by_case():
    assert near_name("uzb", ("UZB",)) == "UZB"
    assert near_name("UZZB", ("UZB",)) == "UZB"
    assert near_name("UZZZB", ("UZB",)) is None
    assert near_name("UZB", ("UZB",)) is None


def test_of_like_words_the_most_like_comes_first():
    assert set(most_like("treath", ("offer", "threat", "treaty"))[:2]) == {"threat", "treaty"}
    assert most_like("x" * 201, ("x" * 100,)) == []
