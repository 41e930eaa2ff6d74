"""`cohesion explore` as a process of its own, for tests and for the documentation's picture."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

COHESION = [sys.executable, "-c", "from alliance_cohesion.cli import main; main()"]


@dataclass
class Served:
    """A running page and where its files go."""

    url: str
    folder: Path


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """The page, as it is started by hand in a folder, until the block ends."""
    words = [*COHESION, "explore", "--no-browser", "--port", "0"]
    process = subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        found = None
        for line in process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                break
        assert found, "the page did not start"
        yield Served(found[0], folder)
    finally:
        process.terminate()
        process.wait(timeout=30)
