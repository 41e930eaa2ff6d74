"""HDF5 keeps words in heaps, and its library walks through a damaged one for ever.

A heap ("global heap collection", HDF5 File Format Specification 3.0, III.E) has a mark, a version
and its size, and then objects, each with a number, its length, and contents filled up to eight
bytes. An object with number 0 is room that is left: its length counts all of it, the head too.
"""

import mmap
import struct

_HEAD = struct.Struct("<4sB3xQ")
_OBJECT = struct.Struct("<H6xQ")
_MARK, _VERSION = b"GCOL", 1


def all_end(content: bytes | mmap.mmap) -> bool:
    """Whether the walk through each heap in a file comes to its end."""
    place = content.find(_MARK)
    while 0 <= place <= len(content) - _HEAD.size:
        if not _ends(content, place):
            return False
        place = content.find(_MARK, place + 1)
    return True


def _ends(content: bytes | mmap.mmap, place: int) -> bool:
    _, version, size = _HEAD.unpack_from(content, place)
    if version != _VERSION:  # HDF5 refuses it, or the mark stands there by chance
        return True
    end = min(place + size, len(content)) - _OBJECT.size
    place += _HEAD.size
    while place <= end:
        number, length = _OBJECT.unpack_from(content, place)
        if number == 0 and length < _OBJECT.size:
            return False
        place += length if number == 0 else _OBJECT.size + -(-length // 8) * 8
    return True
