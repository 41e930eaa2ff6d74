"""What a user sees when the system refuses something."""

import pytest
import typer

from alliance_cohesion.cli.guard import guarded


def test_a_file_that_the_system_refuses_is_named(capsys):
    with pytest.raises(typer.Exit) as stopped, guarded():
        raise PermissionError(13, "Permission denied", "tables/events.csv")
    assert stopped.value.exit_code == 2
    assert capsys.readouterr().err == "Error: tables/events.csv: Permission denied\n"


def test_where_compiled_rules_can_be_kept_nowhere_the_way_out_is_named(capsys):
    from numba import njit

    class Nowhere:
        @classmethod
        def from_function(cls, *_):
            return None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("numba.core.caching.CacheImpl._locator_classes", [Nowhere])
        with pytest.raises(typer.Exit) as stopped, guarded():
            njit(cache=True)(abs_of)
    assert stopped.value.exit_code == 2
    assert "set NUMBA_CACHE_DIR" in capsys.readouterr().err


def abs_of(x):
    return abs(x)


def test_any_other_mistake_of_the_program_keeps_its_traceback():
    with pytest.raises(RuntimeError, match="a mistake"), guarded():
        raise RuntimeError("a mistake")
