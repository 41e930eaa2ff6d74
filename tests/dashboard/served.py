"""`cohesion explore` as a process of its own, for tests and for the documentation's picture."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

COHESION = [sys.executable, "-c", "from alliance_cohesion.cli import main; main()"]


@dataclass
class Served:
    """A running page and where its files go."""

    url: str
    """The printed address, with its token."""
    folder: Path

    @property
    def port(self) -> int:
        return urlsplit(self.url).port

    @property
    def token(self) -> str:
        return parse_qs(urlsplit(self.url).query)["token"][0]


@contextmanager
def serving(folder: Path, *options: str, **settings: str) -> Iterator[Served]:
    """The page, as it is started by hand in a folder, until the block ends.

    Args:
        folder: Where it is started.
        options: Of the command line.
        settings: Environment variables.
    """
    words = [*COHESION, "explore", "--no-browser", "--port", "0", *options]
    process = subprocess.Popen(
        words, cwd=folder, stdout=subprocess.PIPE, text=True, env={**os.environ, **settings}
    )
    try:
        found = None
        for line in process.stdout:
            if found := re.search(r"http://[\w.]+:\d+/\?token=[\w-]+", line):
                break
        assert found, "the page did not start"
        yield Served(found[0], folder)
    finally:
        process.terminate()
        process.wait(timeout=30)
