"""Everything there is to spoil, laid out once and copied for each test."""

import os
import shutil
from pathlib import Path

import pytest

from . import ground


@pytest.fixture(scope="session")
def sound(tmp_path_factory):
    folder, here = tmp_path_factory.mktemp("sound"), Path.cwd()
    os.chdir(folder)
    try:
        ground.lay(folder)
    finally:
        os.chdir(here)
    return folder


@pytest.fixture
def place(sound, tmp_path, monkeypatch):
    """A fresh copy of everything there is to spoil."""
    shutil.copytree(sound, tmp_path / "at")
    monkeypatch.chdir(tmp_path / "at")
    return tmp_path / "at"
