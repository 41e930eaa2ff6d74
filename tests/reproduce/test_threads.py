"""How many threads there are to work with changes no bit."""

from collections.abc import Callable
from typing import TypeVar

import numba
import numpy as np
import pytest

import alliance_cohesion as ac
from alliance_cohesion.analysis import counterfactual
from alliance_cohesion.inference.study import Study
from alliance_cohesion.report import figures_run, pictures
from alliance_cohesion.scenario import write_new

Made = TypeVar("Made")


def on_one_thread(make: Callable[[], Made]) -> Made:
    usual = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        return make()
    finally:
        numba.set_num_threads(usual)


def test_a_run_is_the_same_on_one_thread():
    def run():
        return ac.load("csto").run(histories=150).dataset

    many, one = run(), on_one_thread(run)
    for name in many.data_vars:
        assert many[name].values.tobytes() == one[name].values.tobytes(), name


def test_a_counterfactual_is_the_same_on_one_thread():
    def answer():
        pair = counterfactual.load("counterfactuals/armenia-answered-2022")
        return counterfactual.answer(pair, 60).data

    many, one = answer(), on_one_thread(answer)
    for name in many.data_vars:
        assert many[name].values.tobytes() == one[name].values.tobytes(), name


@pytest.mark.slow
def test_a_fit_is_the_same_on_one_thread(tmp_path):
    write_new(tmp_path / "starter")

    def fit():
        return Study(str(tmp_path / "starter"), draws=1024).rules

    many, one = fit(), on_one_thread(fit)
    assert np.array_equal(many.values, one.values)
    assert np.array_equal(many.log_weights, one.log_weights)
    assert many.log_evidence == one.log_evidence


def test_the_same_results_give_the_same_pictures_byte_for_byte(tmp_path):
    write_new(tmp_path / "starter")
    sim = ac.load(tmp_path / "starter")
    result = sim.run(histories=40)
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        pictures.save(figures_run.draw(result), tmp_path / place)
    names = [path.name for path in (tmp_path / "one").iterdir()]
    assert len(names) == 2
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
