"""Values and bytes that a file from anywhere may hold, and what can be done to a sound one."""

import datetime
import math
import random
from collections.abc import Iterator, Sequence
from typing import Any

WORDS: tuple[str, ...] = (
    "", " ", "0", "-1", "1e999", "nan", "inf", "-inf", "NaN", "1_000", "0x10", "٣", "½", "1,5",
    "99999999999999999999", "1999-02-30", "0000-01-01", "9999-12-31", "10000-01-01", "1999-13",
    "+1999", "1999-04-20T12:00:00", "today", "=1+1", "=cmd|' /C calc'!A0", "+SUM(A1)", "-2+3",
    "@SUM(1)", "\t=1", "'; DROP TABLE events; --", "$(touch owned)", "`touch owned`",
    "{{ 7 * 7 }}", "{% for x in y %}", "${HOME}", "%s%n",
    "{0.__class__}", "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "\x1b[2J\x1b]0;owned\x07", "\x00", "a\x00b", "\x7f", "\x9b31m",
    "\u202eABC", "ANA\u200b", "\ufeffANA", "\u2028", "АNA", "ＡＮＡ",
    "Å", "A\u030a", "İ", "ﬁ", "👩\u200d👩",
    "a|b|c", "|", "||", "members", "internal", "members|ANA", "ANA|ANA", "PAT", "PACT", "ana",
    "../events.csv", "../../../../etc/passwd", "/etc/passwd", "/dev/zero",
    "/dev/stdin", "file:///etc/passwd",
    "http://localhost/x.csv", "C:\\events.csv", "\\\\host\\share", "~", "~root/x",
    ".", "..", "/", "csto/../csto",
    "csto", "csto-2035", "events.csv", "nul", "CON", "scenario.toml", "pipe", "folder", "loop",
    "$\\frac{$", "$x$", "\\\\", "\"", "'", '"""', "a\nb", "a\rb", "x" * 101, "x" * 10_001,
    "ANA\n", "[red]x[/red]", ":smile:", "%(x)s", "__import__('os').system('touch owned')",
)  # fmt: skip
"""Texts; `touch owned` leaves a file that the runner looks for."""

NUMBERS: tuple[Any, ...] = (
    0, 1, -1, 2, 0.5, -0.0, 1e-300, 1e300, 1e308, math.inf, -math.inf, math.nan, 2**31, 2**63 - 1,
    2**63, 10**18, 10**400, True, False, 50, 51, 1000, 100_000, 10**9, 10**9 + 1,
)  # fmt: skip

TIMES: tuple[Any, ...] = (
    datetime.date(1, 1, 1),
    datetime.date(9999, 12, 31),
    datetime.date(1999, 4, 20),
    datetime.datetime(1999, 4, 20, 12, tzinfo=datetime.UTC),
    datetime.time(12, 30),
)

ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1", "cp1251", "utf-7")


def value(rng: random.Random, deep: int = 2) -> Any:
    """Any value that TOML or JSON can hold."""
    kind = rng.randrange(8 if deep else 6)
    if kind < 3:
        return rng.choice(WORDS)
    if kind < 5:
        return rng.choice(NUMBERS)
    if kind == 5:
        return rng.choice(TIMES)
    if kind == 6:
        return [value(rng, deep - 1) for _ in range(rng.randrange(4))]
    keys = rng.sample((*WORDS, "id", "name", "start", "kind", "low", "high"), rng.randrange(4))
    return {key: value(rng, deep - 1) for key in keys}


def edit(rng: random.Random, tree: Any, times: int) -> Any:
    """Put nasty values in some places of a tree of tables and lists, or take things away."""
    for _ in range(times):
        every = list(places(tree))
        if not every:
            return tree
        holder, key = rng.choice(every)
        deed = rng.randrange(6)
        if deed == 0:
            del holder[key]
        elif deed == 1 and isinstance(holder, dict):
            holder[rng.choice(WORDS) or "x"] = value(rng)
        elif deed == 2 and isinstance(holder, list):
            holder.extend([holder[key]] * rng.choice((1, 3, 100)))
        elif deed == 3 and isinstance(holder, dict):
            holder[key] = holder[rng.choice(list(holder))]
        else:
            holder[key] = value(rng)
    return tree


def places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a tree: what holds it, and its key there."""
    keys = tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in list(keys):
        yield tree, key
        yield from places(tree[key])


def spoil(rng: random.Random, content: bytes) -> bytes:
    """Bytes of a sound file, spoiled: flipped, cut, doubled, stuffed, or said in another way."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        at = rng.randrange(len(content) + 1)
        to = min(len(content), at + rng.choice((1, 1, 8, 64, 1024)))
        stuffing = rng.choice(WORDS).encode("utf-8", "surrogatepass")
        match rng.randrange(10):
            case 0 | 1 | 2 if at < len(content):
                flipped = content[at] ^ (1 << rng.randrange(8))
                content = content[:at] + bytes([flipped]) + content[at + 1 :]
            case 3:
                content = content[:at]
            case 4:
                content = content[:at] + content[to:]
            case 5:
                content = content[:to] + content[at:to] * rng.choice((1, 2, 50)) + content[to:]
            case 6:
                content = content[:at] + stuffing + content[to:]
            case 7:
                content = content[:at] + rng.randbytes(rng.choice((1, 4, 100))) + content[at:]
            case 8:
                text = content.decode("utf-8", "replace")
                content = text.encode(rng.choice(ENCODINGS), "replace")
            case _:
                ends = (b"\r", b"\r\n", b"\n\r", b"\n\n", b"\x0b", b"\xe2\x80\xa8")
                content = content.replace(b"\n", rng.choice(ends))
    return content


def cells(rng: random.Random, rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """A table with nasty cells, rows and columns."""
    table = [list(row) for row in rows]
    for _ in range(rng.choice((1, 1, 2, 5))):
        row = table[rng.randrange(len(table))]
        match rng.randrange(10):
            case 0:
                row.append(rng.choice(WORDS))
            case 1 if row:
                row.pop()
            case 2:
                table.append(list(rng.choice(table)))
            case 3:
                column, head = rng.randrange(len(table[0]) or 1), rng.choice(WORDS)
                for other in table:
                    other[column : column + 1] = [head]
            case _ if row:
                row[rng.randrange(len(row))] = rng.choice(WORDS)
    return table
