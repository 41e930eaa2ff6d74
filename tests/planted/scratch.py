"""A copy of the tree in which faults are planted: never the checkout that somebody works in."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def tracked() -> list[str]:
    """Files of the tree: those that git knows of and those new ones it does not ignore.

    Without git, or outside a clone, the test that asks is skipped.
    """
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs git, and a clone")
    return [name for name in sorted(listed.stdout.splitlines()) if (ROOT / name).is_file()]


def copy(place: Path) -> Path:
    """Make `place` a copy of the tree; times of files are kept, so that compiled code stays valid.

    A new place gets the compiled code as well. Whatever else is in an old one is left there.
    """
    new = not (place / "model").exists()
    names = tracked()
    for name in names:
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_bytes() != (ROOT / name).read_bytes():
            shutil.copy2(ROOT / name, target)
    for folder in ("model", "tests", "scenarios", "calibration"):
        for path in (place / folder).rglob("*"):
            old = path.suffix in (".py", ".toml", ".csv", ".json")
            if old and path.relative_to(place).as_posix() not in names:
                path.unlink()
    for path in (ROOT / "model").rglob("__pycache__/*.nb?") if new else ():
        target = place / path.relative_to(ROOT)
        target.parent.mkdir(exist_ok=True)
        shutil.copy2(path, target)
    return place


def environment(place: Path, **more: str) -> dict[str, str]:
    """In which Python imports the package and the tests from the copy."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PYTHONPATH": str(place / "model"), "PATH": path, **more}
