"""The page that explains a results folder to whoever opens it."""

import shlex
import textwrap
from typing import Any

from .text import clean

_TEXT = """\
{title}
{rule}

{question}

{counts}

What is here
------------
scenario/           the scenario as it was read: every file, unchanged. Start: {entry}
manifest.json       what made this folder: program and library versions, command, seed, hashes
summary.json        the table that the program printed, as data
histories.nc        the numbers (netCDF 4); in Python: xarray.open_dataset("histories.nc")
standings.parquet   the same shares as a tidy table: one row per time, state and standing
parameters.parquet  the parameter draws, one row each
{pictures}
How to read it
--------------
time is the first day of a tick; share, left_by and record are those at the tick's end.
share is the share of histories in which a state is member, frozen or outside.
left_by is the share in which it has left membership (out or frozen) at least once by then.
record is what happened: member, frozen or outside (0, 1, 2 in histories.nc).
path and alignment hold the first {kept:,} histories one by one; alignment, in log-odds, is
stored with 7 significant digits.
In summary.json, first_leaving gives the month by which 5, 25, 50, 75 and 95 % of ALL histories
had left (q05 to q95); null means never, that is, not by the end of the clock.

How to make it again
--------------------
With version {version} of the program:

    {command}

or, from inside this folder,

    {again}

The same version, seed and scenario give the same numbers, bit for bit, whatever the number of
processors. parameters.sha256 in manifest.json tells whether the parameter draws were the same.
"""

_PICTURES = "pictures/           {names}\n"

_PRIOR = (
    "The parameters were drawn from the PRIOR. Nothing was calibrated: the chances say what the "
    "rules allow, not what the record supports."
)


def guide(manifest: dict[str, Any], question: str, kept: int, pictures: list[str]) -> str:
    """The text of README.txt."""
    title = f"Results of {clean(manifest['scenario'])}"
    origin = clean(manifest["parameters"]["from"])
    drawn = _PRIOR if origin == "prior" else f"The parameters were drawn from {origin}."
    counts = f"{manifest['histories']:,} histories, seed {manifest['seed']}. {drawn}"
    again = [
        "cohesion", "run", manifest["entry"], "--histories", str(manifest["histories"]),
        "--seed", str(manifest["seed"]), "--out", "../again",
    ]  # fmt: skip
    return _TEXT.format(
        title=title,
        rule="=" * len(title),
        question=textwrap.fill(clean(question) or "(The scenario asks no question.)", 96),
        counts=textwrap.fill(counts, 96),
        entry=clean(manifest["entry"]),
        pictures=_PICTURES.format(names=", ".join(pictures)) if pictures else "",
        kept=kept,
        version=manifest["version"],
        command=clean(shlex.join(manifest["command"])),
        again=clean(shlex.join(again)),
    )
