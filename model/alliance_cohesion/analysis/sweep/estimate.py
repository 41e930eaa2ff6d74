"""How long a sweep will take, and how much it will write: from a small trial."""

import time
from dataclasses import dataclass

from .chunks import Chunk, ranges
from .plan import Plan
from .store import as_parquet, kept_files, points_table
from .work import Job, do, job

_TRIALS = 3  # points tried
_HISTORIES = 64
_PICTURES = 400_000  # bytes


@dataclass(frozen=True)
class Estimate:
    """What a sweep will take on this machine, in this process."""

    points: int
    histories: int
    """All points together."""
    chunks: int
    seconds: float
    bytes: int


def estimate(plan: Plan) -> Estimate:
    """Try a few histories at a few points; nothing is written."""
    import pyarrow as pa

    work: Job = job(plan)
    count = len(plan.points)
    places = sorted({k * (count - 1) // max(1, _TRIALS - 1) for k in range(_TRIALS)})
    size = min(_HISTORIES, plan.histories)
    do(work, Chunk(0, 0, 1), plan.points[0])  # compiles, or loads what was compiled
    setting, making, written = 0.0, 0.0, 0
    for place in places:
        point = plan.points[place]
        begin = time.perf_counter()
        do(work, Chunk(place, 0, 1), point)
        middle = time.perf_counter()
        found = do(work, Chunk(place, 0, size), point)
        setting += middle - begin
        making += (time.perf_counter() - middle) / size
        columns = [getattr(found, name, []) for name in ("outcome", "value", "count")]
        written += len(as_parquet(pa.table(columns, names=["outcome", "value", "count"])))
    each = ranges([plan.histories], plan.chunk)
    chunks = count * len(each)
    seconds = count * (setting + making * plan.histories) / len(places) + 0.004 * chunks
    files = chunks * written // len(places)
    table = len(as_parquet(points_table(plan.variables, plan.points)))
    beside = sum(path.stat().st_size for path in kept_files(plan)) + _PICTURES
    # The tables that come out hold the counts once more, and a row an outcome and point.
    return Estimate(
        count, count * plan.histories, chunks, seconds,
        beside + files * 3 // 2 + 2 * table + 60 * count * len(plan.outcomes),
    )  # fmt: skip
