"""What is said of a command line that cannot be read, in letters that do nothing to a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from typer.core import TyperGroup


class Commands(TyperGroup):
    """Commands whose usage errors are cleaned: they repeat words that came from anywhere."""

    def make_context(self, *args: Any, **given: Any) -> Any:
        """Read the options before a command's name."""
        with _cleaned():
            return super().make_context(*args, **given)

    def invoke(self, ctx: Any) -> Any:
        """Read a command's own words, and run it."""
        with _cleaned():
            return super().invoke(ctx)


@contextmanager
def _cleaned() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if "message" in vars(error):  # a usage error: where its class is depends on Typer's version
            from ..report.text import clean

            vars(error)["message"] = clean(error.message)  # type: ignore[attr-defined]
        raise
