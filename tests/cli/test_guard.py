"""What a user sees when the system refuses something."""

import os
import subprocess
import sys

import pytest
import typer

from alliance_cohesion.cli.guard import guarded

NOWHERE = """
from numba.core import caching

def refuse(locator):
    raise PermissionError(13, "Permission denied")

caching._CacheLocator.ensure_cache_path = refuse
"""


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


def test_a_command_that_can_keep_compiled_rules_nowhere_says_so_as_it_starts(tmp_path):
    words = [sys.executable, "-c", f"{NOWHERE}\nfrom alliance_cohesion.cli import main; main()"]
    words += ["sweep", "csto", "--vary", "b_D=1:6:3", "--dry-run"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 2
    assert "set NUMBA_CACHE_DIR" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_no_threads_at_all_are_refused_by_the_name_of_the_setting(tmp_path):
    words = [sys.executable, "-m", "alliance_cohesion", "run", "csto", "--no-pictures"]
    none = {**os.environ, "NUMBA_NUM_THREADS": "0"}
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, env=none)
    assert done.returncode == 2
    assert done.stderr == "Error: NUMBA_NUM_THREADS: allowed: a whole number above 0\n"


def abs_of(x):
    return abs(x)


def test_any_other_mistake_of_the_program_keeps_its_traceback():
    with pytest.raises(RuntimeError, match="a mistake"), guarded():
        raise RuntimeError("a mistake")
