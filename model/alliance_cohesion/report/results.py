"""Results folders: everything a run was made from and everything it gave, in one place."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr

from ..core.inputs import Standing
from ..scenario.files import UnreadableError, read_json
from ..simulation import Case
from . import run_report
from .folder import MANIFEST, FolderError, manifest_of
from .keep import Origin, keeping
from .numbers import read_numbers
from .subject import Subject
from .table import summary

__all__ = ["FolderError", "Results", "read", "write"]

NUMBERS = "histories.nc"
_READING = """\
time is the first day of a tick; share, left_by and record are those at the tick's end.
share is the share of histories in which a state is member, frozen or outside.
left_by is the share in which it has left membership (out or frozen) at least once by then.
record is what happened: member, frozen or outside (0, 1, 2 in histories.nc).
path and alignment hold the first {kept:,} histories one by one; alignment, in log-odds, is
stored with 7 significant digits.
In summary.json, first_leaving gives the month by which 5, 25, 50, 75 and 95 % of ALL histories
had left (q05 to q95); null means never, that is, not by the end of the clock.
"""


@dataclass(frozen=True)
class Results:
    """A results folder that has been read."""

    folder: Path
    data: xr.Dataset
    manifest: dict[str, Any]
    summary: dict[str, Any]

    @property
    def entry(self) -> Path:
        """The scenario file, as it was read."""
        return self.folder / self.manifest["entry"]


def write(
    case: Case,
    data: xr.Dataset,
    folder: Path | str,
    command: Sequence[str] = (),
    *,
    engine: str = "ensemble",
    pictures: bool = True,
    overwrite: bool = False,
) -> Path:
    """Write a results folder.

    Args:
        case: What was run.
        data: What `case.run` gave.
        folder: Where to; its parents are made.
        command: The command line, kept in the manifest.
        engine: Which engine made the histories, likewise.
        pictures: Whether to draw.
        overwrite: Whether results that are there already are replaced.

    Returns:
        The folder.

    Raises:
        FolderError: the folder holds results already, or something else, or cannot be written.
    """
    subject = Subject(data, case.scenario)
    origin = Origin(
        job="run",
        kind="run",
        scenario=case.scenario,
        command=command,
        seed=int(data.attrs["seed"]),
        parameters_from=str(data.attrs["parameters_from"]),
        parameters_sha256=str(data.attrs["parameters_sha256"]),
        histories=int(data.attrs["histories"]),
        asked=() if engine == "ensemble" else ("--engine", engine),
        more={"engine": engine},
    )
    told = summary(subject)
    reading = _READING.format(kept=data.sizes["history"])
    with keeping(folder, origin, reading, overwrite=overwrite) as draft:
        draft.json(told.as_json(), "summary.json", "the table that the program printed, as data")
        draft.numbers(
            data, NUMBERS, f'the numbers (netCDF 4); in Python: xarray.open_dataset("{NUMBERS}")'
        )
        for table, name, about in (
            (standings(data), "standings", "the shares: one row per time, state and standing"),
            (parameters(data), "parameters", "the parameter draws, one row each"),
        ):
            place = draft.file(f"{name}.parquet", about)
            with place.open("wb") as file:  # Arrow opens only paths that are UTF-8
                pq.write_table(table, file, compression="zstd")
        if pictures:
            from .pictures import draw  # Matplotlib is slow to import, and not always needed

            draft.draw(lambda: draw(subject))
        draft.report(run_report.document(subject, told, draft.figures))
    return draft.final


def read(folder: Path | str) -> Results:
    """Read a results folder.

    Raises:
        FolderError: it is none, or it is not complete.
    """
    folder = Path(folder)
    manifest = manifest_of(folder)
    missing = [key for key in ("entry", "seed", "histories", "files") if key not in manifest]
    seed = manifest.get("seed")
    if missing or not isinstance(seed, int) or not 0 <= seed < 2**63:
        what = f"no {missing[0]}" if missing else "no seed that is a number"
        raise FolderError(f"{folder}: not the results of a run ({MANIFEST} has {what})")
    data = read_numbers(folder / NUMBERS, manifest["files"].get(NUMBERS))
    try:
        told = read_json(folder / "summary.json")
    except UnreadableError as error:
        raise FolderError(f"{folder}: not a complete results folder ({error})") from error
    return Results(folder, data, manifest, told)


def standings(data: xr.Dataset) -> pa.Table:
    """Shares as a tidy table: time, state, standing, share, left_by, record."""
    T, N, S = (data.sizes[name] for name in ("time", "state", "standing"))
    labels = [str(standing) for standing in data["standing"].values]
    record = np.array([Standing(code).label for code in Standing])[data["record"].values]
    return pa.table(
        {
            "time": pa.array(np.repeat(data["time"].values.astype("datetime64[D]"), N * S)),
            "state": pa.array([str(state) for state in data["state"].values] * T).take(
                pa.array(np.tile(np.repeat(np.arange(N), S), T))
            ),
            "standing": pa.array(labels * (T * N)),
            "share": pa.array(data["share"].transpose("time", "state", "standing").values.ravel()),
            "left_by": pa.array(np.repeat(data["left_by"].values.ravel(), S)),
            "record": pa.array([str(word) for word in np.repeat(record.ravel(), S)]),
        }
    )


def parameters(data: xr.Dataset) -> pa.Table:
    """The parameter draws, one row each."""
    values = data["parameters"].values
    columns = {str(name): values[:, k] for k, name in enumerate(data["parameter"].values)}
    return pa.table({"draw": data["draw"].values, **columns})
