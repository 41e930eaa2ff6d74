"""Chunks: a point and a range of histories, the unit of work and of loss."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...core.inputs import Ints

MOST_CHUNKS = 2_000_000  # of one sweep: what a process can keep count of


class Chunk(NamedTuple):
    """An address: point `point`, histories `start` to `stop - 1`."""

    point: int
    start: int
    stop: int

    @property
    def histories(self) -> int:
        """How many."""
        return self.stop - self.start


@dataclass(frozen=True)
class Tally:
    """How many histories of a chunk gave each whole number, outcome by outcome.

    Three columns of one length; rows are sorted by outcome, then value.
    """

    chunk: Chunk
    outcome: Ints
    value: Ints
    count: Ints


@dataclass(frozen=True)
class Failure:
    """A point at which no scenario stands."""

    point: int
    message: str


def ranges(parts: Sequence[int], size: int) -> list[tuple[int, int]]:
    """Ranges of histories, `size` each or fewer.

    Args:
        parts: Totals that the sweep was first made for and extended to, ascending. A range never
            crosses one, so that what was done stays done.
        size: Most histories in a range.
    """
    found = []
    begin = 0
    for end in parts:
        found += [(a, min(a + size, end)) for a in range(begin, end, size)]
        begin = end
    return found


def count(points: int, parts: Sequence[int], size: int) -> int:
    """How many chunks a whole sweep has."""
    begins = (0, *parts)
    return points * sum(-(-(b - a) // size) for a, b in zip(begins, parts, strict=False))


def chunks(
    points: int, parts: Sequence[int], size: int, shard: tuple[int, int] = (1, 1)
) -> Iterator[Chunk]:
    """All chunks of a sweep in order, or every n-th from the i-th on for shard (i, n)."""
    spans = ranges(parts, size)
    i, n = shard
    number = 0
    for point in range(points):
        for start, stop in spans:
            if number % n == i - 1:
                yield Chunk(point, start, stop)
            number += 1
