"""The folder of a sweep.

manifest.json       the plan, its hash, how many histories, and the hashes of the results
scenario/           the scenario's files as read
points.parquet      the points: a row each, a column per input
chunks/             a Parquet file per chunk: how many histories gave each value
outcomes.csv, outcomes.parquet, summary.json, report.html, pictures/     the results

Every file is written under a temporary name and renamed, so a chunk that exists is done.
"""

import hashlib
import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ...scenario import copies
from ...scenario.files import UnreadableError, read_json
from ...util.put import put
from .plan import MOST_CHUNKS, Chunk, Plan, chunks, differences, digest
from .spec import Interest
from .work import COLUMNS, Result, SweepError

MANIFEST, POINTS, LIST, CHUNKS = "manifest.json", "points.parquet", "scenario/points.csv", "chunks"
_OURS = {"program": "alliance-cohesion", "kind": "sweep"}
LARGEST, MOST_IN_ROW = 2**25, 2000  # bytes of a table, unpacked
_PLAN, _FAILED = b"plan", b"failed"


@dataclass
class Folder:
    """A sweep that was begun, and its manifest."""

    path: Path
    manifest: dict[str, Any]

    @property
    def plan(self) -> dict[str, Any]:
        """The plan, as `Plan.as_json`."""
        result: dict[str, Any] = self.manifest["plan"]
        return result

    @property
    def histories(self) -> list[int]:
        """Histories at each point: as first asked for, then as extended to."""
        return list(self.manifest["histories"])

    @property
    def shard(self) -> tuple[int, int]:
        """Which shard of how many is done here."""
        i, n = self.manifest["shard"]
        return i, n

    def chunks(self) -> list[Chunk]:
        """The chunks of this sweep, or of this shard.

        Raises:
            SweepError: they are too many.
        """
        result = chunks(self.plan, self.histories, self.shard)
        if len(result) > MOST_CHUNKS:
            raise SweepError(
                f"{self.path}: {len(result):,} chunks; allowed: at most {MOST_CHUNKS:,}, so fewer "
                "points or fewer histories"
            )
        return result

    def points(self) -> pd.DataFrame:
        """The inputs of each point.

        Raises:
            SweepError: their file is missing or damaged.
        """
        place = self.path / POINTS
        try:
            result = read_table(place, self.plan["points"]["count"]).to_pandas()
            return result.set_index("point")
        except MemoryError:
            raise
        except Exception as error:  # whatever the library makes of a damaged file
            raise SweepError(f"{place}: cannot be read ({error!s:.200})") from error

    def place(self, chunk: Chunk) -> Path:
        """The file of a chunk."""
        name = "points-{:07d}-{:07d}-histories-{:010d}-{:010d}.parquet".format(*chunk)
        return self.path / CHUNKS / name

    def read(self, chunk: Chunk) -> Result:
        """A chunk that is done.

        Raises:
            SweepError: its file is missing, damaged, or of another sweep.
        """
        place = self.place(chunk)
        names = [outcome["name"] for outcome in self.plan["outcomes"]]
        size = chunk.stop - chunk.start
        try:
            table = read_table(place, chunk.histories * len(names))
            about = table.schema.metadata
            failures = {int(k): str(v) for k, v in json.loads(about[_FAILED]).items()}
            counts = table.to_pandas()[list(COLUMNS)].astype(COLUMNS)
            sums = counts.groupby(["point", "outcome"])["histories"].sum()
            points = [k for k in range(chunk.first, chunk.last) if k not in failures]
            whole = (
                about[_PLAN].decode() == self.manifest["plan_sha256"]
                and set(sums.index) == set(product(points, names))
                and set(sums) <= {size}
                and bool((counts["histories"] > 0).all() and np.isfinite(counts["value"]).all())
            )
        except MemoryError:
            raise
        except Exception as error:  # whatever the library makes of a damaged file
            raise SweepError(f"{place}: cannot be read ({error!s:.200})") from error
        if not whole:
            raise SweepError(f"{place}: not a whole chunk of this sweep")
        return Result(chunk, counts, failures)

    def has(self, chunk: Chunk) -> bool:
        """Whether a chunk is done, undamaged and without failed points."""
        try:
            return self.place(chunk).exists() and not self.read(chunk).failures
        except SweepError:
            return False

    def write(self, result: Result) -> None:
        """Save a chunk."""
        about = {_PLAN: self.manifest["plan_sha256"], _FAILED: json.dumps(result.failures)}
        put(self.place(result.chunk), as_parquet(result.counts, about))

    def save(self, contents: Mapping[str, bytes] | None = None, /, **edits: Any) -> None:
        """Write files, those that are not there already, and the manifest with some edits."""
        for name, content in (contents or {}).items():
            place = self.path / name
            if not place.is_file() or place.read_bytes() != content:
                put(place, content)
        self.manifest |= edits
        put(self.path / MANIFEST, as_text(self.manifest))

    def refuse_another(self, plan: Mapping[str, Any], histories: int) -> None:
        """Raise if this is another sweep.

        Raises:
            SweepError: the plans or the numbers of histories differ, and in what.
        """
        if digest(plan) != self.manifest["plan_sha256"]:
            raise SweepError(
                f"{self.path}: holds another sweep (different: {differences(self.plan, plan)}); "
                "choose another place"
            )
        if histories not in self.histories:
            raise SweepError(
                f"{self.path}: has {self.histories[-1]:,} histories per point, not {histories:,}; "
                "--extend N adds some"
            )


def as_text(content: Any) -> bytes:
    """JSON, always the same for the same content."""
    text = json.dumps(content, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False)
    return (text + "\n").encode()


def as_parquet(table: pd.DataFrame, about: Mapping[bytes, Any] | None = None) -> bytes:
    """Parquet, always the same for the same table."""
    sink = pa.BufferOutputStream()
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(about)
    pq.write_table(arrow, sink, compression="zstd")
    return bytes(sink.getvalue())


def read_table(path: Path, rows: int) -> pa.Table:
    """A Parquet file of at most so many rows: a few bytes can unpack to gigabytes.

    Raises:
        OSError, ValueError: it cannot be read, or is larger.
    """
    with path.open("rb") as file:  # Arrow opens only paths that are UTF-8
        result = pq.ParquetFile(file)
        about = result.metadata
        groups = [about.row_group(k).total_byte_size for k in range(about.num_row_groups)]
        if about.num_rows > rows or sum(groups) > LARGEST + MOST_IN_ROW * rows:
            raise ValueError(f"{path}: larger than it can be")
        return result.read()


def exists(path: Path) -> bool:
    """Whether a sweep was begun in a folder."""
    return (path / MANIFEST).is_file()


def begun(path: Path, plan: Plan, shard: tuple[int, int]) -> Folder:
    """Begin a sweep in a folder that the caller has locked."""
    entry = copies.places(plan.scenario)[plan.scenario.path.resolve()].as_posix()
    manifest = _OURS | {"plan": plan.as_json, "plan_sha256": digest(plan.as_json)}
    folder = Folder(path, manifest)
    columns = dict(
        zip([v.name for v in plan.variables], zip(*plan.points, strict=True), strict=True)
    )
    for name, column in columns.items():
        if any(isinstance(value, str) for value in column):
            columns[name] = tuple(str(value).removesuffix(".0") for value in column)
    points = pd.DataFrame({"point": range(len(plan.points)), **columns})
    folder.save(
        scenario_files(plan) | {POINTS: as_parquet(points)},
        again=shlex.join(["cohesion", "sweep", entry, *_words(plan)]),
        interest=plan.interest,
        histories=[plan.histories],
        shard=list(shard),
        complete=False,
        files={},
    )
    return folder


def _words(plan: Plan) -> list[str]:
    """What was said in place of the scenario's own table, as words of a command."""
    over = plan.over
    words = [f"--vary={name}={span}" for name, span in over.get("vary", {}).items()]
    if plan.listed:
        words.append(f"--list={LIST}")
    elif "design" in over:
        words.append(f"--design={over['design']}")
    return words + ([f"--points={over['points']}"] if "points" in over else [])


def scenario_files(plan: Plan) -> dict[str, bytes]:
    """The scenario's files by their place in a sweep's folder."""
    places = {place.as_posix(): path for path, place in copies.places(plan.scenario).items()}
    places |= {LIST: plan.listed} if plan.listed else {}
    return {name: path.read_bytes() for name, path in places.items()}


def opened(path: Path) -> Folder:
    """Open a sweep that was begun.

    Raises:
        SweepError: the folder holds none, or its manifest is damaged.
    """
    try:
        result = read_json(path / MANIFEST)
    except UnreadableError as error:
        raise SweepError(f"{path}: no sweep (no readable {MANIFEST}: {error})") from error
    if not isinstance(result, dict) or not result.items() >= _OURS.items():
        raise SweepError(f"{path}: holds something other than a sweep; choose another --out")
    try:
        i, n = result["shard"]
        parts, interest = result["histories"], result["interest"]
        names = [outcome["name"] for outcome in result["plan"]["outcomes"]]
        numbers = [*parts, i, n, *result["plan"]["chunk"], result["plan"]["points"]["count"]]
        whole = (
            result["plan_sha256"] == digest(result["plan"])
            and all(type(number) is int and 0 < number <= 10**9 for number in numbers)
            and i <= n
            and bool(parts)
            and (interest is None or Interest(**interest).outcome in names)
            and parts == sorted(set(parts))
            and isinstance(result["again"], str)
            and result.keys() >= {"complete", "files"}
        )
    except (KeyError, TypeError, ValueError):
        whole = False
    if not whole:
        raise SweepError(f"{path}: its {MANIFEST} is damaged, or of another version")
    return Folder(path, result)


def file_hash(path: Path) -> str:
    """SHA-256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
