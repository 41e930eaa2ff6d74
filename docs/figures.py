"""Figures in README, CHANGELOG and docs that come from stored results: a program that renews them.

    python docs/figures.py      (or: make figures)

A number is followed by a comment that says where it comes from and how it is written, as in
`5.7<!--= gain/gain | .1f -->`. The path leads through `calibration/figures.json`; with a name and a
colon before it, through `results/reference/NAME.json` (`speed:` through `benchmarks/speed.json`).
Formats are Python's, and `%` for whole per cent. In a table the bar is written `\\|`, or it would
end the cell. A figure that needs a word, not a number, does not belong here.
"""

import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
NUMBER = r"[+-]?\d[\d,]*(?:\.\d+)?"
FIGURE = re.compile(rf"({NUMBER})(<!--=\s*([^|>]+?)\s*\\?\|\s*([^\s>]+)\s*-->)")


@cache
def stored(name: str) -> Any:
    """What a file of results holds."""
    if not name:
        path = ROOT / "calibration" / "figures.json"
    elif name == "speed":
        path = ROOT / "benchmarks" / "speed.json"
    else:
        path = ROOT / "results" / "reference" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def figure(path: str, form: str) -> str:
    """A stored number as it is written.

    Raises:
        KeyError: no number has that path.
    """
    name, colon, inner = path.rpartition(":")
    found = stored(name if colon else "")
    for step in inner.split("/"):
        try:
            found = found[int(step)] if isinstance(found, list) else found[step]
        except (KeyError, IndexError, ValueError) as error:
            raise KeyError(f"no figure {path}: nothing at {step!r}") from error
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise KeyError(f"no figure {path}: not a number")
    return f"{100 * found:.0f}" if form == "%" else format(found, form)


def renewed(text: str) -> str:
    """The text with every figure as it is now."""
    return FIGURE.sub(lambda match: figure(match[3], match[4]) + match[2], text)


def main() -> None:
    """Renew the figures of every page."""
    for path in PAGES:
        before = path.read_text(encoding="utf-8")
        after = renewed(before)
        if after != before:
            path.write_text(after, encoding="utf-8", newline="\n")
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
