"""The folder of a sweep: what is written is whole, and what is there is checked.

manifest.json       the plan, its hash, how many histories, and the hashes of what came out
scenario/           the scenario's files as read
points.parquet      the points: a row each, a column an input
chunks/             a Parquet file for every chunk done
failed/             a file for every point at which no scenario stands
counts.parquet, outcomes.parquet, outcomes.csv, summary.json, pictures/     what came out
journal.jsonl       commands and times; the only file that differs between two equal sweeps
"""

import errno
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ...scenario.files import UnreadableError, read_bytes, read_json
from ...simulation import load
from ...util import put as disk
from .chunks import Chunk, Failure, Tally
from .manifest import wrong_with
from .plan import Plan, Point, make_plan
from .variables import Variable

PROGRAM = "alliance-cohesion"
MANIFEST = "manifest.json"
JOURNAL = "journal.jsonl"
POINTS = "points.parquet"
LIST = "scenario/points.csv"
CHUNKS, FAILED = "chunks", "failed"
LARGEST_CHUNK = 32 * 2**20  # bytes
_PLAN = b"plan"
_SCHEMA = pa.schema(
    [("outcome", pa.int32()), ("value", pa.int64()), ("count", pa.int64())],
)


class SweepError(ValueError):
    """A sweep that cannot go on; the message says what to do."""


@dataclass
class Store:
    """A sweep's folder."""

    folder: Path
    manifest: dict[str, Any]
    damaged: list[Path] = field(default_factory=list)
    """Chunk files that were there but not whole."""

    @property
    def plan(self) -> str:
        """Hash of the plan."""
        return str(self.manifest["plan_sha256"])

    @property
    def parts(self) -> list[int]:
        """Histories at each point: as first asked for, then as extended to."""
        return [int(n) for n in self.manifest["histories"]]

    @property
    def shard(self) -> tuple[int, int]:
        """Which shard of how many is done here."""
        i, n = self.manifest["shard"]
        return int(i), int(n)

    @property
    def complete(self) -> bool:
        """Whether everything has come out."""
        return bool(self.manifest["complete"])

    def path(self, chunk: Chunk) -> Path:
        """Where a chunk's file is."""
        name = f"{chunk.start:012d}-{chunk.stop:012d}.parquet"
        return self.folder / CHUNKS / f"{chunk.point:07d}" / name

    def has(self, chunk: Chunk, outcomes: int) -> bool:
        """Whether a chunk is done; a file that is not whole does not count."""
        path = self.path(chunk)
        if not path.exists():
            return False
        try:
            self.read(chunk, outcomes)
        except SweepError:
            self.damaged.append(path)
            return False
        return True

    def read(self, chunk: Chunk, outcomes: int) -> Tally:
        """A chunk's counts.

        Raises:
            SweepError: the file is not whole, or of another sweep.
        """
        path = self.path(chunk)
        table = self._table(path, outcomes * chunk.histories)
        outcome, value, count = (table[n].to_numpy().astype(np.int64) for n in _SCHEMA.names)
        whole = bool(len(outcome)) and min(outcome.min(), count.min()) >= 0
        whole = whole and outcome.max() < outcomes and count.max() <= chunk.histories
        sums = np.bincount(outcome, weights=count, minlength=outcomes) if whole else np.zeros(1)
        if not (whole and (sums == chunk.histories).all()):
            raise SweepError(f"{path}: not a whole chunk of this sweep")
        return Tally(chunk, outcome, value, count)

    def _table(self, path: Path, most: int) -> pa.Table:
        """The columns of a chunk's file: looked over first, for a few bytes can unpack to many."""
        try:
            file = pq.ParquetFile(pa.BufferReader(read_bytes(path, LARGEST_CHUNK)))
            about, schema = file.metadata, file.schema_arrow
            groups = [about.row_group(k) for k in range(about.num_row_groups)]
            unpacked = sum(group.total_byte_size for group in groups)
            own = (schema.metadata or {}).get(_PLAN) == self.plan.encode()
            if not own or not schema.remove_metadata().equals(_SCHEMA) or about.num_rows > most:
                raise SweepError(f"{path}: not a whole chunk of this sweep")
            if unpacked > LARGEST_CHUNK:
                raise SweepError(f"{path}: unpacks to {unpacked:,} bytes; no chunk is so large")
            return file.read()
        except (SweepError, MemoryError):
            raise
        except Exception as error:  # whatever the library makes of a file that is none
            raise SweepError(f"{path}: cannot be read ({error!s:.200})") from error

    def write(self, tally: Tally) -> None:
        """Keep a chunk: aside first, then under its name."""
        table = pa.table([tally.outcome, tally.value, tally.count], names=_SCHEMA.names)
        table = table.cast(_SCHEMA).replace_schema_metadata({_PLAN: self.plan.encode()})
        self.put(self.path(tally.chunk), as_parquet(table))

    def fail(self, failure: Failure, names: Sequence[str], point: Point) -> None:
        """Keep why nothing could be made at a point."""
        content = {
            "point": failure.point,
            "inputs": dict(zip(names, point, strict=True)),
            "message": failure.message,
        }
        self.put(self.folder / FAILED / f"{failure.point:07d}.json", as_text(content))

    def failures(self) -> dict[int, dict[str, Any]]:
        """What is kept of points that failed, by point."""
        found = {}
        for path in sorted((self.folder / FAILED).glob("*.json")):
            try:
                content = read_json(path)
            except UnreadableError as error:
                raise SweepError(f"{path}: cannot be read ({error})") from error
            sound = isinstance(content, dict) and isinstance(content.get("message"), str)
            if not sound or path.name != f"{content.get('point')!s:0>7}.json":
                raise SweepError(f"{path}: says nothing of a point that failed; remove it")
            found[int(content["point"])] = content
        return found

    def save(self, **edits: Any) -> None:
        """Change the manifest."""
        self.manifest |= edits
        self.put(self.folder / MANIFEST, as_text(self.manifest))

    def put(self, path: Path, content: bytes) -> None:
        """Write a file aside and rename it."""
        put(path, content)

    def note(self, **words: Any) -> None:
        """Add a line to the journal."""
        line = {"time": datetime.now(UTC).isoformat(timespec="seconds"), **words}
        with (self.folder / JOURNAL).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def tidy(self) -> None:
        """Remove what an interrupted process left unfinished."""
        for path in self.folder.rglob(f"*{disk.ASIDE}"):
            path.unlink(missing_ok=True)


def put(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all.

    Raises:
        SweepError: there is no room for it, or no permission.
    """
    try:
        disk.put(path, content)
    except OSError as error:
        raise SweepError(f"{path}: {why(error)}") from error


def why(error: OSError) -> str:
    """What went wrong with a file, and what to do."""
    if error.errno in disk.FULL:
        return "the disk is full. Make room and give the same command with --resume"
    if error.errno in disk.CLOSED:
        return f"cannot be written ({error.strerror}). Choose another place with --out"
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return "is a file. Choose another place with --out"
    return error.strerror or str(error)


def as_text(content: Any) -> bytes:
    """JSON, always the same for the same content."""
    text = json.dumps(content, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False)
    return (text + "\n").encode()


def as_parquet(table: pa.Table) -> bytes:
    """Parquet, always the same for the same table."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue())


def points_table(variables: Sequence[Variable], points: Sequence[Point]) -> pa.Table:
    """The points: a row each, a column an input."""
    columns: dict[str, pa.Array] = {"point": pa.array(range(len(points)), pa.int64())}
    for k, variable in enumerate(variables):
        values = [point[k] for point in points]
        if any(isinstance(value, str) for value in values):
            columns[variable.name] = pa.array([_word(value) for value in values], pa.string())
        else:
            columns[variable.name] = pa.array(values, pa.float64())
    return pa.table(columns)


def _word(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def exists(folder: Path) -> bool:
    """Whether a sweep was begun in a folder."""
    return (folder / MANIFEST).is_file()


def create(folder: Path, plan: Plan, histories: list[int], shard: tuple[int, int]) -> Store:
    """Begin a sweep in a folder that the caller has locked.

    Args:
        folder: Empty, or left by a process that was stopped before it wrote a manifest.
        plan: What is to be done.
        histories: At each point: as first asked for, then as extended to.
        shard: Which shard of how many.
    """
    keep(folder, plan)
    over = dict(plan.over)
    if "vary" in over:
        over["vary"] = list(over["vary"].items())  # their order counts
    if plan.listed:
        put(folder / LIST, plan.listed.read_bytes())
        over |= {"design": "list", "file": None}
    put(folder / POINTS, as_parquet(points_table(plan.variables, plan.points)))
    entry = plan.scenario.path.resolve()
    store = Store(folder, {})
    store.save(
        program=PROGRAM,
        kind="sweep",
        plan=plan.as_json(),
        plan_sha256=plan.digest,
        request={"entry": f"scenario/{entry.parent.name}/{entry.name}", "over": over},
        histories=histories,
        shard=list(shard),
        complete=False,
        files={},
    )
    return store


def keep(folder: Path, plan: Plan) -> None:
    """Copy the scenario's files beside, where they are not there already."""
    for path in kept_files(plan):
        place = folder / "scenario" / path.parent.name / path.name
        content = path.read_bytes()
        if not place.is_file() or place.read_bytes() != content:
            put(place, content)


def kept_files(plan: Plan) -> list[Path]:
    """Files that a copy of the scenario needs: its own, its tables, its posterior."""
    paths = [path.resolve() for path in plan.scenario.files]
    posterior = Path(plan.scenario.parameters.posterior)
    if posterior.is_file():
        paths += [posterior.resolve(), posterior.resolve().with_suffix(".json")]
    return list(dict.fromkeys(paths))


def kept_plan(folder: Path) -> Plan:
    """The plan of a sweep, made anew from the files kept in its folder.

    Raises:
        SweepError: the folder holds no sweep, or one of another version of the program.
        ScenarioError: the files kept there have been changed.
    """
    store = opened(folder)
    request = store.manifest["request"]
    over = dict(request["over"])
    try:
        if "vary" in over:
            over["vary"] = dict(over["vary"])
    except (TypeError, ValueError) as error:
        raise SweepError(f"{folder}: its {MANIFEST} was written by no sweep (vary)") from error
    if over.pop("file", None) or (folder / LIST).exists():
        over["file"] = str((folder / LIST).absolute())
    plan = make_plan(load(folder / request["entry"]), over)
    if plan.digest != store.plan:
        was, now = store.manifest["plan"], plan.as_json()
        other = ", ".join(key for key in now if was.get(key) != now[key])
        raise SweepError(f"{folder}: cannot be read back as it was begun (different: {other})")
    return plan


def opened(folder: Path) -> Store:
    """Open a sweep that was begun.

    Raises:
        SweepError: the folder holds none.
    """
    try:
        found = read_json(folder / MANIFEST)
    except UnreadableError as error:
        raise SweepError(f"{folder}: no sweep (no readable {MANIFEST}: {error})") from error
    if not isinstance(found, dict) or (found.get("program"), found.get("kind")) != (
        PROGRAM,
        "sweep",
    ):
        raise SweepError(f"{folder}: holds something else than a sweep; choose another --out")
    wrong = wrong_with(found)
    if wrong:
        raise SweepError(f"{folder}: its {MANIFEST} was written by no sweep ({wrong})")
    return Store(folder, found)


def file_hash(path: Path) -> str:
    """SHA-256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
