"""Compiled code on the disk: used again as long as nothing in it has changed, and no longer."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from numba.core import caching
from numba.core.caching import InTreeCacheLocator

from alliance_cohesion import compiled, tick

from ..faults.disks import mounted

PACKAGE = Path(tick.__file__).parent
ASK = """
import numpy as np
from alliance_cohesion import tick

p = tick.parameters(np.full(20, 0.5))
print(tick.pace(p, 1.0).fear, sum(tick.pace.stats.cache_hits.values()))
"""


@pytest.fixture
def package(tmp_path):
    return shutil.copytree(
        PACKAGE, tmp_path / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__")
    )


def pace(package: Path, **more: str) -> tuple[float, int]:
    """What the copy leaves of fear after two half-lives, and how often kept code was used."""
    environment = {**os.environ, "PYTHONPATH": str(package.parent), **more}
    words = [sys.executable, "-c", ASK]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    share, kept = done.stdout.split()
    return float(share), int(kept)


def rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_changed_rule_is_at_work_at_once_in_the_loops_of_other_files(package):
    assert pace(package) == (0.25, 0)
    assert pace(package) == (0.25, 1)
    rewrite(package / "rules.py", "2.0 ** (", "4.0 ** (")
    assert pace(package) == (0.0625, 0)
    assert pace(package) == (0.0625, 1)


def test_so_it_is_where_the_user_names_the_folder_for_compiled_code(package, tmp_path):
    folder = {"NUMBA_CACHE_DIR": str(tmp_path / "kept")}
    assert pace(package, **folder) == (0.25, 0)
    rewrite(package / "rules.py", "2.0 ** (", "4.0 ** (")
    assert pace(package, **folder) == (0.0625, 0)


def test_a_change_in_a_file_that_is_not_in_the_compiled_code_leaves_it_in_use(package):
    assert pace(package) == (0.25, 0)
    rewrite(package / "scoring.py", '"""', '"""Changed. ')
    assert pace(package) == (0.25, 1)


def test_the_sources_of_a_module_are_what_it_imports_directly_or_not():
    found = {path.relative_to(PACKAGE).as_posix() for path in compiled.sources(PACKAGE / "tick.py")}
    assert found == {"compiled.py", "rules.py", "tick.py", "world.py"}
    assert compiled.sources(PACKAGE / "rules.py") == (PACKAGE / "rules.py",)


def test_a_module_of_a_room_reaches_those_above_and_beside_it():
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in compiled.sources(PACKAGE / "counterfactual" / "histories.py")
    }
    assert {"counterfactual/coupling.py", "tick.py", "rules.py"} <= found
    assert "scoring.py" not in found


def test_a_module_on_its_own_has_the_stamp_that_numba_gives_it():
    rules = PACKAGE / "rules.py"
    own = InTreeCacheLocator.from_function(tick.rules.half.py_func, str(rules))
    assert compiled.stamp(rules) == own.get_source_stamp()


@pytest.mark.parametrize("ending", [".nbi", ".nbc"])
@pytest.mark.parametrize("size", [0, 100])
def test_damaged_files_of_compiled_code_are_made_again(package, ending, size):
    pace(package)
    for file in package.rglob(f"*{ending}"):
        os.truncate(file, size)
    assert pace(package) == (0.25, 0)
    assert pace(package) == (0.25, 1)


def test_where_there_is_no_room_for_compiled_code_the_work_goes_on_and_one_line_says_so(tmp_path):
    with mounted(tmp_path / "small", "8k"):
        environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "small")}
        for _ in range(2):
            words = [sys.executable, "-c", ASK]
            done = subprocess.run(words, env=environment, capture_output=True, text=True)
            assert done.stdout.split() == ["0.25", "0"], done.stderr
            assert len(done.stderr.splitlines()) == 1
            for word in ("compiled rules cannot be kept", "No space left", "NUMBA_CACHE_DIR"):
                assert word in done.stderr


@pytest.mark.parametrize("writes", [0, 1])
def test_a_process_that_dies_between_two_writes_leaves_no_way_to_older_code(tmp_path, writes):
    place = (str(tmp_path), "rule")
    caching.IndexDataCacheFile(*place, b"older source").save("key", "older code")
    newer = caching.IndexDataCacheFile(*place, b"newer source")
    write, done = newer._open_for_write, iter(range(9))

    def dying(path):
        if next(done) == writes:
            raise OSError(28, "No space left on device")
        return write(path)

    newer._open_for_write = dying
    with pytest.raises(OSError, match="No space"):
        newer.save("key", "newer code")
    assert caching.IndexDataCacheFile(*place, b"newer source").load("key") is None


def test_two_kinds_of_processor_that_write_at_once_never_get_each_others_code(tmp_path):
    one, other = (caching.IndexDataCacheFile(str(tmp_path), "rule", b"source") for _ in range(2))
    other._load_index = dict  # it looked before the first had written
    one.save("a processor", "its code")
    other.save("another", "other code")
    fresh = caching.IndexDataCacheFile(str(tmp_path), "rule", b"source")
    assert fresh.load("another") == "other code"
    assert fresh.load("a processor") in (None, "its code")
    fresh.save("a processor", "its code")
    assert (fresh.load("a processor"), fresh.load("another")) == ("its code", "other code")


def test_code_of_an_older_source_is_cleared_away(tmp_path):
    for source in (b"older", b"newer"):
        caching.IndexDataCacheFile(str(tmp_path), "rule", source).save("key", source)
    assert len(list(tmp_path.glob("*.nbc"))) == 1
