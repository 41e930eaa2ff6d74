"""How the process of one command treats memory, figures and the folder it is started in."""

import atexit
import gc
import os
import sys
import warnings
from contextlib import chdir
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TextIO

import typer

_ALLOCATIONS = 100_000  # between two looks for garbage; Python's own number is below 1,000


def spare_the_collector() -> None:
    """Look for cyclic garbage seldom, and not at all on the way out.

    A command makes hundreds of thousands of objects while libraries load and keeps nearly all
    of them: looking through them again and again takes half a second, freeing them one by one
    at the end most of another. What the command writes is closed by then.
    """
    gc.set_threshold(_ALLOCATIONS, 50, 100)
    atexit.register(gc.freeze)


def trust_no_folder() -> None:
    """Take neither code nor settings from the folder that the command is started in.

    Python puts that folder before its own library where it starts a worker (`python -c`), and
    Matplotlib reads a `matplotlibrc` there before any other. No window is ever opened.
    """
    os.environ["PYTHONSAFEPATH"] = "1"  # for the workers
    result = find_spec("matplotlib")
    if result is None or result.origin is None or "matplotlib" in sys.modules:
        return
    defaults = Path(result.origin).parent / "mpl-data"
    os.environ["MATPLOTLIBRC"] = str(defaults / "matplotlibrc")
    os.environ["MPLBACKEND"] = "agg"
    if Path("matplotlibrc").exists():
        with chdir(defaults):
            import matplotlib  # noqa: F401 - reads its settings where it is imported


def say_warnings() -> None:
    """Print this program's own warnings as one line each, and all others as Python does."""
    usual = warnings.showwarning

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> Any:
        if category.__module__.startswith(__package__.partition(".")[0]):
            typer.echo(f"Note: {message}", err=True)
        else:
            usual(message, category, filename, lineno, file, line)

    warnings.showwarning = show
