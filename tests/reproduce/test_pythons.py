"""The same version, seed and parameters give the same bits on every Python that is here."""

import subprocess
import sys

import numpy as np
import pytest

from .pythons import ROOT, differences, interpreters


@pytest.mark.slow
def test_every_python_on_this_machine_gives_the_same_numbers():
    if len(interpreters()) < 2:
        pytest.skip("no second Python on this machine")
    words = [sys.executable, "-m", "tests.reproduce.pythons", "--short", "--histories", "100"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("the same bits") == len(interpreters()) - 1


def test_what_differs_is_named_with_how_far(tmp_path):
    share = np.array([0.25, 0.5, np.nan])
    np.savez(tmp_path / "one.npz", share=share, path=np.arange(3))
    np.savez(tmp_path / "two.npz", share=share + np.array([0.0, 1e-9, 0.0]), path=np.arange(3))
    assert differences(tmp_path / "one.npz", tmp_path / "one.npz") == []
    (line,) = differences(tmp_path / "one.npz", tmp_path / "two.npz")
    assert line == "share: 1 of 3 values, by at most 1e-09 (at 0.5)"
