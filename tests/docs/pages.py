"""The documentation's pages, and what they show: commands with their output, files, links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(
    r"^(?P<in> *)(?P<fence>`{3,})(?P<info>[^`\n]*)\n(?P<body>.*?)^(?P=in)(?P=fence)\s*$",
    re.M | re.S,
)
_NOT_RUN = re.compile(r"<!-- not run: (.+?) -->\s*\Z")
_STATUS = re.compile(r"<!-- exit status (\d) -->\s*\Z")
_CAPTION = re.compile(r"^:caption: (.+)\n\n?", re.M)


@dataclass(frozen=True)
class Command:
    """A line that a reader may type, and what the page shows below it."""

    line: str
    shown: str
    status: int


@dataclass(frozen=True)
class Block:
    """A fenced block: commands, or a file that the reader is to write."""

    page: Path
    commands: list[Command] = field(default_factory=list)
    file: str = ""
    text: str = ""
    not_run: str = ""
    """Why the commands are not run by the tests; empty: they are."""


def pages() -> list[Path]:
    """Every page of the documentation, and the README."""
    written = [path for path in DOCS.rglob("*.md") if "_build" not in path.parts]
    return [ROOT / "README.md", *sorted(written)]


def name(page: Path) -> str:
    """A page's place in the repository."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[Block]:
    """What a page asks the reader to type or to write, in its order."""
    text = page.read_text(encoding="utf-8")
    for match in _FENCE.finditer(text):
        before, info, body = text[: match.start()], match["info"].strip(), dedent(match["body"])
        if info == "console":
            not_run, status = _NOT_RUN.search(before), _STATUS.search(before)
            yield Block(
                page,
                list(_commands(body, int(status[1]) if status else 0)),
                not_run=not_run[1] if not_run else "",
            )
        elif caption := _CAPTION.search(body):
            yield Block(page, file=caption[1], text=body[caption.end() :])


def _commands(body: str, status: int) -> Iterator[Command]:
    line, shown = "", ""
    for row in body.splitlines():
        if row.startswith("$ "):
            if line:
                yield Command(line, shown, status)
            line, shown = row[2:], ""
        else:
            shown += row.rstrip() + "\n"
    if line:
        yield Command(line, shown, status)


def prose(page: Path) -> str:
    """A page without its fenced blocks and comments."""
    return re.sub(r"<!--.*?-->", "", _FENCE.sub("", page.read_text(encoding="utf-8")), flags=re.S)


def python(page: Path) -> str:
    """The Python of a page, block after block."""
    text = page.read_text(encoding="utf-8")
    return "\n".join(m["body"] for m in _FENCE.finditer(text) if m["info"].strip() == "python")


def other_blocks(page: Path) -> list[str]:
    """The fenced blocks of a page that are not for a terminal."""
    text = page.read_text(encoding="utf-8")
    return [dedent(m["body"]) for m in _FENCE.finditer(text) if m["info"].strip() != "console"]
