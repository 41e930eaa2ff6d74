"""Installed without pins, on the newest Python there is, it runs: what most users do."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ..browser import missing

ROOT = Path(__file__).parents[2]
PYTHONS = ("python3.13", "python3.12", "python3.11")  # the newest first

pytestmark = pytest.mark.slow


def works(python: str) -> bool:
    done = subprocess.run([python, "--version"], capture_output=True)
    return done.returncode == 0


def call(*words: object, cwd: Path | None = None) -> str:
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    clean.pop("PIP_CONSTRAINT", None)
    done = subprocess.run(
        [*map(str, words)], cwd=cwd, env=clean, capture_output=True, text=True, timeout=1500
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_newest_versions_that_are_allowed_run_both_engines_without_a_warning(tmp_path):
    python = next((p for p in PYTHONS if shutil.which(p) and works(p)), None)
    if python is None:
        missing("no Python of its own to install to")
    call(python, "-m", "venv", tmp_path / "env")
    inside = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    try:
        call(inside / "python", "-m", "pip", "install", ROOT)
    except AssertionError as error:
        if re.search("No matching distribution|Connection|resolve", str(error)):
            missing("no package index can be reached")
        raise
    run = (inside / "cohesion", "run", "csto", "--histories", "3")
    for more in (("--out", "ensemble"), ("--engine", "agents", "--no-pictures", "--out", "agents")):
        told = call(*run, *more, cwd=tmp_path)
        assert "3 simulated histories" in told
        assert "Warning" not in told
    assert (tmp_path / "ensemble" / "report.html").exists()
