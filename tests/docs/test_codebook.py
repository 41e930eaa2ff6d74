"""The codebook can be read as it is, without building the documentation."""

import importlib.util

import pytest

from .pages import DOCS

_spec = importlib.util.spec_from_file_location("keys", DOCS / "_ext" / "keys.py")
assert _spec is not None
assert _spec.loader is not None
keys = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(keys)


@pytest.mark.parametrize("table", ["events", "codes", "indicators"])
def test_the_codebook_shows_the_columns_and_codes_that_the_program_checks(table):
    assert getattr(keys, table)() in (DOCS / "evidence.md").read_text(encoding="utf-8")
