"""Read the numbers of a results folder, which may come from anyone.

A netCDF file is an HDF5 file: a few bytes can unpack to gigabytes, and a name in it can lead to
another file. So it is looked over before it is read: only what a run writes is in order.
"""

import hashlib
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import xarray as xr

from ..core.inputs import times
from ..result import STATUSES, UNKNOWN
from .folder import FolderError

LARGEST_FILE = 256 * 2**20  # bytes
MOST_UNPACKED = 512 * 2**20  # bytes, of all variables together
_MOST_NAMES = 100_000  # words in a coordinate
_LONGEST_NAME = 1000

_DIMENSIONS = {
    "share": ("time", "state", "status"),
    "left_by": ("time", "state"),
    "absent_at_end": ("absent",),
    "path": ("history", "time", "state"),
    "alignment": ("history", "time", "state"),
    "record": ("time", "state"),
    "parameters": ("draw", "parameter"),
}
_LOWEST = {"path": 0, "record": UNKNOWN}


def read_numbers(path: Path, sha256: object) -> xr.Dataset:
    """The dataset of a run.

    Args:
        path: The file.
        sha256: What the folder's manifest says of it.

    Raises:
        FolderError: it is not there, not as it was written, or holds what no run writes.
    """
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_FILE:
            raise FolderError(f"{path}: no file, or one above {LARGEST_FILE // 2**20} MB")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                raise FolderError(f"{path}: not as it was written; make the results again")
        with h5py.File(path, "r") as result:
            _look_over(result, path)
        seconds = xr.coders.CFDatetimeCoder(time_unit="s")  # nanoseconds begin in 1678
        with xr.open_dataset(
            path, engine="h5netcdf", phony_dims="access", decode_times=seconds
        ) as lazy:
            data = lazy.load()
        _check(data, path)
        data = data.assign_coords(time=times(data["time"].values))
    except FolderError:
        raise
    except Exception as error:  # whatever the libraries make of a file that is none
        raise FolderError(f"{path}: not the numbers of a run ({error!s:.200})") from error
    return data


def _look_over(found: Any, path: Path) -> None:
    total = 0
    for name in found:
        link, item = found.get(name, getlink=True), None
        if isinstance(link, h5py.HardLink):
            item = found[name]
        if not isinstance(item, h5py.Dataset) or item.external or item.is_virtual:
            raise FolderError(f"{path}: {name!r:.100} leads elsewhere; no run writes that")
        total += item.nbytes
        if h5py.check_string_dtype(item.dtype) is not None:
            _look_at_words(item, path)
        elif item.dtype.kind not in "iuf":
            raise FolderError(f"{path}: {name!r:.100} holds neither numbers nor words")
    if total > MOST_UNPACKED:
        most = MOST_UNPACKED // 2**20
        raise FolderError(f"{path}: unpacks to {total / 2**20:,.0f} MB; allowed: at most {most} MB")


def _look_at_words(item: Any, path: Path) -> None:
    """Each word by itself: many can stand for one and the same long text."""
    if item.ndim > 1 or item.size > _MOST_NAMES:
        raise FolderError(f"{path}: {item.name!r:.100} holds too many words")
    for k in range(item.size if item.ndim else 0):
        if len(item[k]) > _LONGEST_NAME:
            raise FolderError(f"{path}: {item.name!r:.100} holds a word too long")


def _check(data: xr.Dataset, path: Path) -> None:
    for name, dimensions in _DIMENSIONS.items():
        if name not in data or data[name].dims != dimensions or not data[name].size:
            raise FolderError(f"{path}: no {name} by {', '.join(dimensions)}")
    for name, lowest in _LOWEST.items():
        values = data[name].values
        if values.dtype.kind not in "iu" or not lowest <= values.min() <= values.max() < len(
            STATUSES
        ):
            raise FolderError(f"{path}: {name} holds what is no status")
    if not np.issubdtype(data["time"].dtype, np.datetime64):
        raise FolderError(f"{path}: time holds no dates")
