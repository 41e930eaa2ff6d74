"""The Python that the pages show runs and prints what they show."""

import doctest

import pytest

from .pages import name, pages, python

WITH_PYTHON = [page for page in pages() if ">>>" in python(page)]


@pytest.mark.parametrize("page", WITH_PYTHON, ids=name)
def test_python_on_a_page_prints_what_the_page_shows(page):
    shown = doctest.DocTestParser().get_doctest(python(page), {}, name(page), str(page), 0)
    done = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(shown)
    assert done.attempted > 2
    assert done.failed == 0


def test_readme_and_model_show_python():
    assert {name(page) for page in WITH_PYTHON} >= {"README.md", "docs/model.md"}
