"""Rates are per year: the length of a time step hardly matters. docs/model-notes.md says how much.

The bounds are read from the table there. They leave a small margin over what
`python benchmarks/time_steps.py` measures; measure again when record or posterior is renewed.
"""

import math
import re
from pathlib import Path

import pytest

from benchmarks.time_steps import apart

PAGE = Path(__file__).parents[2] / "docs" / "model-notes.md"
PARAMETERS = ("prior", "default")


def stated(pair: str, posterior: str) -> tuple[float, float]:
    """The largest and the mean difference that the page allows a pair of time steps."""
    row = "with years" if "year" in pair else pair
    line = re.search(rf"^\| {row} \|(.*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert line is not None
    numbers = [float(cell) for cell in line[1].split("|")]
    first = 2 * PARAMETERS.index(posterior)
    return numbers[first], numbers[first + 1]


@pytest.mark.slow
@pytest.mark.parametrize("posterior", PARAMETERS)
def test_months_quarters_and_years_differ_by_no_more_than_the_page_says(posterior):
    for pair, found in apart(20_000, seed=1, posterior=posterior).items():
        largest, mean = stated(pair, posterior)
        assert found[0] < largest, pair
        assert found[1] < mean, pair


def test_a_few_thousand_histories_show_no_more_than_that_and_their_noise():
    noise = 3.0 * math.sqrt(2 * 0.25 / 3000)  # three standard errors of a difference, at a half
    for pair, (largest, mean) in apart(3000, seed=1, posterior="prior").items():
        most = stated(pair, "prior")
        assert largest < most[0] + noise
        assert mean < most[1] + noise / 3
