"""Results folders: everything a run was made from and everything it gave, in one place."""

import hashlib
import io
import json
import platform
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from os.path import commonpath
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr

from . import __version__
from .case import Case
from .report.folder import MANIFEST, PROGRAM, FolderError, manifest_of, ready, replacing
from .report.guide import guide
from .report.numbers import read_numbers
from .report.subject import Subject
from .report.table import summary
from .scenario import Scenario
from .scenario.files import UnreadableError, read_json
from .world import Standing

__all__ = ["FolderError", "Results", "read", "ready", "write"]

FORMAT = 1
NUMBERS = "histories.nc"
_DEPTH = 3  # folders below the common one within which copied files keep their relative places


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
) -> Path:
    """Write a results folder; one that is there already is replaced in one step.

    Args:
        case: What was run.
        data: What `case.run` gave.
        folder: Where to; its parents are made.
        command: The command line, kept in the manifest.
        engine: Which engine made the histories, likewise.
        pictures: Whether to draw.

    Returns:
        The folder.

    Raises:
        FolderError: the folder holds something else, or cannot be written.
    """
    subject = Subject(data, case.scenario)
    with replacing(Path(folder)) as draft:
        places = scenario_places(case.scenario)
        for source, place in places.items():
            (draft / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, draft / place)
        write_numbers(data, draft / NUMBERS)
        pq.write_table(standings(data), draft / "standings.parquet", compression="zstd")
        pq.write_table(parameters(data), draft / "parameters.parquet", compression="zstd")
        _write_json(summary(subject).as_json(), draft / "summary.json")
        drawn = _draw(subject, draft) if pictures else []
        manifest = {
            "program": PROGRAM,
            "format": FORMAT,
            "version": __version__,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": [str(word) for word in command],
            "scenario": case.scenario.name,
            "entry": places[case.scenario.path.resolve()].as_posix(),
            "engine": engine,
            "histories": int(data.attrs["histories"]),
            "seed": int(data.attrs["seed"]),
            "parameters": {
                "from": str(data.attrs["parameters_from"]),
                "sha256": str(data.attrs["parameters_sha256"]),
            },
            "libraries": _libraries(),
        }
        kept = data.sizes["history"]
        text = guide(manifest, case.scenario.question, kept, drawn)
        (draft / "README.txt").write_text(text, encoding="utf-8", newline="\n")
        _write_json({**manifest, "files": _hashes(draft)}, draft / MANIFEST)
    return Path(folder)


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


def scenario_places(scenario: Scenario) -> dict[Path, PurePosixPath]:
    """Where each file that a scenario was read from goes in a results folder.

    Files near one another keep their relative places, so that the copy can be run; files from
    far apart go to folders named after their own.
    """
    files = list(dict.fromkeys(path.resolve() for path in (scenario.path, *scenario.files)))
    posterior = Path(scenario.parameters.posterior)
    if posterior.is_file():
        files += [posterior.resolve(), posterior.resolve().with_suffix(".json")]
    files = [path for path in files if path.is_file()]
    common = Path(commonpath([path.parent for path in files]))
    inside = {path: path.relative_to(common) for path in files}
    if max(len(place.parts) for place in inside.values()) > _DEPTH:
        inside = _by_folder(files)
    return {path: PurePosixPath("scenario", *place.parts) for path, place in inside.items()}


def _by_folder(files: list[Path]) -> dict[Path, Path]:
    names: dict[Path, str] = {}
    for parent in dict.fromkeys(path.parent for path in files):
        name, n = parent.name or "root", 2
        while name in names.values():
            name, n = f"{parent.name or 'root'}-{n}", n + 1
        names[parent] = name
    return {path: Path(names[path.parent], path.name) for path in files}


def write_numbers(data: xr.Dataset, path: Path) -> None:
    """Write the dataset as netCDF; the same dataset gives the same bytes.

    It is made in memory first: the HDF5 library does not survive a disk that is full.
    """
    small = {"zlib": True, "complevel": 1, "shuffle": True}
    encoding: dict[Any, dict[str, Any]] = {
        name: dict(small) for name, values in data.data_vars.items() if values.size > 1000
    }
    if "alignment" in encoding:
        encoding["alignment"]["dtype"] = "float32"
    content = io.BytesIO()
    data.to_netcdf(content, engine="h5netcdf", encoding=encoding)
    path.write_bytes(content.getbuffer())


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


def _draw(subject: Subject, draft: Path) -> list[str]:
    from .report import pictures  # matplotlib is slow to import, and not always wanted

    drawn = pictures.draw(subject)
    (draft / "pictures").mkdir()
    pictures.save(drawn, draft / "pictures")
    return [f"{picture.name}.png" for picture in drawn]


def _libraries() -> dict[str, str]:
    import numba

    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": str(numba.__version__),
    }


def _hashes(draft: Path) -> dict[str, str]:
    return {
        path.relative_to(draft).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(draft.rglob("*"))
        if path.is_file()
    }


def _write_json(content: dict[str, Any], path: Path) -> None:
    text = json.dumps(content, indent=2, sort_keys=True, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
