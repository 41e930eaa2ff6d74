"""Heaps of words that end, and one that does not."""

import struct

import h5py
import pytest

from alliance_cohesion.report.heaps import all_end


def heap(*objects: tuple[int, int], size: int = 4096) -> bytes:
    """A heap in which objects of a number and a length follow one another."""
    content = struct.pack("<4sB3xQ", b"GCOL", 1, size)
    for number, length in objects:
        content += struct.pack("<H6xQ", number, length)
        content += bytes(-(-length // 8) * 8 if number else max(0, length - 16))
    return content.ljust(size, b"\0")


@pytest.mark.parametrize(
    ("content", "ends"),
    [
        (heap((1, 3), (2, 8), (0, 4096 - 16 - 24 - 24)), True),
        (heap((1, 3), (0, 16), (2, 8), (0, 4096 - 16 - 24 - 16 - 24)), True),
        (struct.pack("<4sB3xQH6xQ", b"GCOL", 1, 4096, 1, 2**40), True),
        (heap((1, 3)), False),  # then zeros
        (heap((1, 3), (0, 15)), False),
        (heap((1, 3), (0, 4096 - 16 - 24)) + heap((1, 3)), False),
        (heap((1, 3)).replace(b"GCOL\1", b"GCOL\2"), True),  # no heap that HDF5 reads
        (b"GCOL", True),
        (b"", True),
    ],
)
def test_a_heap_ends_if_each_step_through_it_leads_on(content, ends):
    assert all_end(content) == ends


def test_heaps_that_the_library_writes_end(tmp_path):
    with h5py.File(tmp_path / "words.h5", "w") as file:
        for k in range(50):
            file.create_dataset(f"words{k}", data=["x" * k, "a word"], dtype=h5py.string_dtype())
            if k % 3 == 0:
                del file[f"words{k // 2}"]
    content = (tmp_path / "words.h5").read_bytes()
    assert b"GCOL" in content
    assert all_end(content)
