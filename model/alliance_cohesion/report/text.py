"""Text that comes from files, made safe for a terminal, a table and a picture."""

import re
from collections.abc import Sequence

MOST_NAMES = 30
"""That a sentence lists."""
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069"
    "\ud800-\udfff\ufeff]"
)


def clean(text: object) -> str:
    """`text` on one line, without terminal escapes and direction overrides."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", " ".join(str(text).split()))


def shorten(text: str, length: int) -> str:
    """`text` cut at a word's end so that it has `length` characters at most."""
    if len(text) <= length:
        return text
    kept = text[: length - 1]
    return (kept.rsplit(" ", 1)[0] or kept).rstrip(" ,.;:") + "\N{HORIZONTAL ELLIPSIS}"


def listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`; of many the first `MOST_NAMES`."""
    if len(words) < 2:
        return "".join(words)
    if (more := len(words) - MOST_NAMES) > 0:
        words = [*words[:MOST_NAMES], f"{more:,} more"]
    return f"{', '.join(words[:-1])} and {words[-1]}"


def first_of(words: Sequence[str], file: str) -> str:
    """`a, b, c`; of many the first `MOST_NAMES`, how many more there are, and in which file."""
    more = len(words) - MOST_NAMES
    rest = [f"and {more:,} more (see {file})"] if more > 0 else []
    return ", ".join([*words[:MOST_NAMES], *rest])


def percent(share: float) -> str:
    """A share as a percentage that never rounds to certainty: `<1 %`, `62 %`, `>99 %`."""
    if 0 < share < 0.01:
        return "<1 %"
    if 0.99 < share < 1:
        return ">99 %"
    return f"{100 * share:.0f} %"
