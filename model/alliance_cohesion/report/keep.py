"""What every results folder holds, whatever job it is of: one place that writes it.

The scenario as it was read; the numbers; the pictures; the report as report.html and README.md,
which say what is what; manifest.json, which says what made it all and holds a hash of every file.
"""

import csv
import hashlib
import io
import json
import platform
import shlex
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xarray as xr

from .. import __version__
from ..scenario import Scenario, copies
from ..scenario.tables import safe_cell
from . import markdown
from .document import Document, Figure, Made
from .folder import MANIFEST, PROGRAM, Place, writing
from .html import render
from .text import clean

if TYPE_CHECKING:
    import pandas as pd

    from .pictures import Picture

FORMAT = 1
README, REPORT = "README.md", "report.html"
ALWAYS = (
    ("report.html", "all of it on one page, for any browser; needs no network"),
    ("README.md", "the same as text: what came out, what is in this folder, how to make it again"),
    ("manifest.json", "what made it: version, libraries, command, seed; a hash of every file"),
)


@dataclass(frozen=True)
class Origin:
    """What made a results folder."""

    job: str
    """The subcommand."""
    kind: str
    """What the manifest calls it."""
    scenario: Scenario
    command: Sequence[str]
    """The command line that was given; empty if none was."""
    seed: int
    parameters_from: str
    parameters_sha256: str
    histories: int | None = None
    asked: tuple[str, ...] = ()
    """What the job is told besides the scenario, as on its command line."""
    reading: str = ""
    """How to read the files."""
    more: dict[str, Any] = field(default_factory=dict)
    """What the manifest says of this job only."""

    @property
    def calibrated(self) -> bool:
        """Whether the parameters are posterior draws."""
        return self.parameters_from != "prior"


@dataclass
class Draft:
    """A results folder that is being filled."""

    place: Place
    origin: Origin
    entry: str
    """The scenario's file in the folder."""
    files: list[tuple[str, str]] = field(default_factory=list)
    """Name, and what is in it."""
    alt: dict[str, str] = field(default_factory=dict)
    """What each picture says, by name."""
    figures: list[Figure] = field(default_factory=list)
    """The pictures, ready for the report."""

    @property
    def folder(self) -> Path:
        """Where the files are written."""
        return self.place.draft

    @property
    def final(self) -> Path:
        """Where the results are, once `keeping` has ended."""
        return self.place.final

    def file(self, name: str, about: str) -> Path:
        """Where to write a file, after saying what will be in it."""
        self.files.append((name, about))
        return self.folder / name

    def json(self, content: dict[str, Any], name: str, about: str) -> None:
        """Keep plain data."""
        write_text(self.file(name, about), as_json(content))

    def tables(self, tables: "dict[str, pd.DataFrame]", about: dict[str, str]) -> None:
        """Keep tables as CSV; what is missing is an empty cell."""
        for name, table in tables.items():
            days = {day: table[day].astype(str) for day in table.select_dtypes("datetime")}
            plain = table.assign(**days).astype(object)
            rows = plain.where(plain.notna(), None).itertuples(index=False)
            with self.file(f"{name}.csv", about[name]).open("w", encoding="utf-8", newline="") as f:
                writer = csv.writer(f, lineterminator="\n")
                writer.writerow(table.columns)
                writer.writerows([safe_cell(cell) for cell in row] for row in rows)

    def numbers(self, data: xr.Dataset, name: str, about: str) -> None:
        """Keep a dataset as netCDF; the same dataset gives the same bytes.

        It is made in memory first: the HDF5 library does not survive a disk that is full.
        """
        small = {"zlib": True, "complevel": 1, "shuffle": True}
        encoding: dict[Any, dict[str, Any]] = {
            key: dict(small) for key, values in data.data_vars.items() if values.size > 1000
        }
        if "alignment" in encoding:
            encoding["alignment"]["dtype"] = "float32"
        content = io.BytesIO()
        data.to_netcdf(content, engine="h5netcdf", encoding=encoding)
        self.file(name, about).write_bytes(content.getbuffer())

    def draw(self, make: "Callable[[], list[Picture]]") -> None:
        """Draw pictures and keep them."""
        from .pictures import saved  # Matplotlib is slow to import, and not always needed

        (self.folder / "pictures").mkdir()
        self.figures += saved(make, self.folder / "pictures")
        self.alt |= {figure.name: figure.alt for figure in self.figures}
        names = ", ".join(f"{figure.name}.png" for figure in self.figures)
        self.files.append(("pictures/", names))

    def report(self, document: Document) -> None:
        """Write the report, as a page and as Markdown; all else must be there."""
        again = made(self.origin, self.entry, self.files)
        write_text(self.folder / REPORT, render(document, again))
        write_text(self.folder / README, markdown.render(document, again))


@contextmanager
def keeping(folder: Path | str, origin: Origin, *, overwrite: bool = False) -> Iterator[Draft]:
    """Give a results folder to fill; it appears whole at the end, or not at all.

    Args:
        folder: Where it goes.
        origin: What made it.
        overwrite: Whether results that are there already are replaced.

    Raises:
        FolderError: the folder holds results already, or something else, or cannot be written.
    """
    with writing(Path(folder), overwrite=overwrite) as place:
        placed = copies.places(origin.scenario)
        for source, copy in placed.items():
            (place.draft / copy).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place.draft / copy)
        draft = Draft(place, origin, placed[origin.scenario.path.resolve()].as_posix())
        yield draft
        write_text(place.draft / MANIFEST, as_json(_manifest(draft)))


def _manifest(draft: Draft) -> dict[str, Any]:
    origin = draft.origin
    counted = {} if origin.histories is None else {"histories": origin.histories}
    return {
        "program": PROGRAM,
        "format": FORMAT,
        "kind": origin.kind,
        "version": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": [str(word) for word in origin.command],
        "scenario": origin.scenario.name,
        "entry": draft.entry,
        "seed": origin.seed,
        **counted,
        "parameters": {"from": origin.parameters_from, "sha256": origin.parameters_sha256},
        "libraries": _libraries(),
        **origin.more,
        "alt": draft.alt,
        "files": {
            path.relative_to(draft.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(draft.folder.rglob("*"))
            if path.is_file()
        },
    }


def made(origin: Origin, entry: str, files: Iterable[tuple[str, str]]) -> Made:
    """The part of a report that says how to make it again."""
    counted = [] if origin.histories is None else [("Histories", f"{origin.histories:,}")]
    commands = [("From inside this folder:", again(origin, entry))]
    if origin.command:
        commands.insert(0, ("This was made by:", command(origin)))
    return Made(
        facts=(
            ("Version of the program", __version__),
            *counted,
            ("Seed", str(origin.seed)),
            ("Parameters", "the prior" if not origin.calibrated else origin.parameters_from),
            ("SHA-256 of the parameter draws", origin.parameters_sha256),
        ),
        commands=tuple(commands),
        files=(
            ("scenario/", f"the scenario as it was read; start: {entry}"),
            *files,
            *ALWAYS,
        ),
        reading=origin.reading,
        calibrated=origin.calibrated,
    )


def command(origin: Origin) -> str:
    """The command line that was given."""
    return clean(shlex.join(str(word) for word in origin.command))


def again(origin: Origin, entry: str) -> str:
    """A command that does the same from the copy of the scenario."""
    words = ["cohesion", origin.job, entry, *origin.asked]
    if origin.histories is not None:
        words += ["--histories", str(origin.histories)]
    return clean(shlex.join([*words, "--seed", str(origin.seed), "--out", "../again"]))


def _libraries() -> dict[str, str]:
    import numba
    import numpy as np

    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": str(numba.__version__),
    }


def as_json(content: dict[str, Any]) -> str:
    """Data as JSON: the same data gives the same text."""
    return json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n"


def write_text(path: Path, text: str) -> None:
    """Write text with the same bytes on every system."""
    path.write_text(text, encoding="utf-8", newline="\n")
