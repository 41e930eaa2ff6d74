"""The wheel: the same tree gives the same bytes, whenever and wherever it is built."""

import os
import shutil
import subprocess
import sys

import pytest

from ..planted.scratch import ROOT, tracked


def built(tree, out) -> bytes:
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, tree],
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = out.glob("*.whl")
    return wheel.read_bytes()


@pytest.mark.slow
def test_a_wheel_built_twice_in_different_places_has_the_same_bytes(tmp_path):
    wheels = []
    for place in ("one", "another/place"):
        tree = tmp_path / place / "tree"
        for name in tracked():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tree / name)  # with times of its own
        wheels.append(built(tree, tmp_path / place / "dist"))
    assert wheels[0] == wheels[1]
