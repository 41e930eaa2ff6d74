"""The first minutes on somebody's machine: odd folder names, plain locales, no git, outer pins."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from ..planted.scratch import ROOT, tracked

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    """A copy of the tree in a folder with letters beyond ASCII, installed as `make` does it.

    The libraries are those of this environment, so that nothing is fetched.
    """
    tree = tmp_path_factory.mktemp("a") / "Übungen ქართული" / "tree"
    for name in tracked():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tree / name)
    call(sys.executable, "-m", "venv", ".venv", cwd=tree)
    (own,) = (tree / ".venv" / "lib").glob("python*/site-packages")
    (own / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    pip = (".venv/bin/python", "-m", "pip", "install", "--no-deps", "--no-build-isolation", "-e")
    call(*pip, ".", cwd=tree)
    call("make", "PIP=:", ".venv/.ready", cwd=tree)
    return tree


def call(*words: object, cwd: Path, **settings: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [*map(str, words)], cwd=cwd, env=environment | settings, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@needs_make
@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the Makefile is for POSIX")
def test_it_runs_in_any_folder_under_the_plainest_locale(tree):
    run = ("run", "csto", "--histories", "2", "--no-pictures", "--out", "out")
    assert "2 simulated histories" in call(".venv/bin/cohesion", *run, cwd=tree, LC_ALL="C")


@needs_make
def test_an_outer_constraint_is_named_when_the_installation_fails(tmp_path):
    for name in ("Makefile", "pyproject.toml", "requirements/run.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)

    def failed(**settings: str) -> str:
        environment = {k: v for k, v in os.environ.items() if k != "PIP_CONSTRAINT"} | settings
        done = subprocess.run(
            ["make", "PIP=false", ".venv/.ready"], cwd=tmp_path, env=environment,
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode != 0
        return done.stderr

    assert "PIP_CONSTRAINT=/site/pins.txt is set on this machine" in failed(
        PIP_CONSTRAINT="/site/pins.txt"
    )
    assert "PIP_CONSTRAINT" not in failed()
    assert not (tmp_path / ".venv" / ".ready").exists()


def test_what_needs_git_is_skipped_where_there_is_none(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match="needs git"):
        tracked()
