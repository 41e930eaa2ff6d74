"""README.txt: what a results folder is, for whoever opens it."""

import shlex
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .. import __version__
from .text import clean

if TYPE_CHECKING:
    from .keep import Origin

_WIDTH, _NAMES = 96, 20
ALWAYS = (
    ("report.html", "all of it on one page, for any browser; needs no network"),
    ("README.txt", "what is in this folder, and how to make it again"),
    ("manifest.json", "what made it: version, libraries, command, seed; a hash of every file"),
)

_TEXT = """\
{title}
{rule}

{question}

{counts}

What is here
------------
{files}
{reading}
How to make it again
--------------------
With version {version} of the program{command}

    {again}

The same version, seed and scenario give the same numbers, bit for bit, whatever the number of
processors. parameters.sha256 in manifest.json tells whether the parameter draws were the same.
"""

PRIOR = (
    "The parameters were drawn from the PRIOR. Nothing was calibrated: the chances say what the "
    "rules allow, not what the record supports."
)


def guide(origin: "Origin", entry: str, files: Iterable[tuple[str, str]], reading: str) -> str:
    """The text of README.txt."""
    title = f"Results of {clean(origin.scenario.name)}: {origin.kind}"
    source = clean(origin.parameters_from)
    drawn = f"The parameters were drawn from {source}." if origin.calibrated else PRIOR
    count = "" if origin.histories is None else f"{origin.histories:,} histories, "
    scenario = ("scenario/", f"the scenario as it was read: every file, unchanged. Start: {entry}")
    question = clean(origin.scenario.question)
    return _TEXT.format(
        title=title,
        rule="=" * len(title),
        question=textwrap.fill(question or "(The scenario asks no question.)", _WIDTH),
        counts=textwrap.fill(f"{count}seed {origin.seed}. {drawn}", _WIDTH),
        files="".join(_line(*one) for one in (ALWAYS[0], scenario, *files, *ALWAYS[1:])),
        reading=f"\nHow to read it\n--------------\n{reading}" if reading else "",
        version=__version__,
        command=f":\n\n    {command(origin)}\n\nor, from inside this folder,"
        if origin.command
        else ", from inside this folder:",
        again=again(origin, entry),
    )


def _line(name: str, about: str) -> str:
    gap = " " * max(1, _NAMES - len(name))
    later = " " * _NAMES
    return (
        textwrap.fill(f"{clean(name)}{gap}{clean(about)}", _WIDTH, subsequent_indent=later) + "\n"
    )


def command(origin: "Origin") -> str:
    """The command line that was given."""
    return clean(shlex.join(str(word) for word in origin.command))


def again(origin: "Origin", entry: str) -> str:
    """A command that does the same from the copy of the scenario."""
    words = ["cohesion", origin.job, entry, *origin.asked]
    if origin.histories is not None:
        words += ["--histories", str(origin.histories)]
    return clean(shlex.join([*words, "--seed", str(origin.seed), "--out", "../again"]))
