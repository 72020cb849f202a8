"""Stamps: whether what was learnt of an image is of the bytes that the catalogue has now.

What is learnt is inspections.py's in db/.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_PLACE = struct.Struct("<qq")


def stamp(archive_id: int, offset: int, size: int, archive_signature: str) -> int:
    """32 bits over an image's place and its archive's file; another place or file, another stamp.

    >>> stamp(1, 512, 100, "17") == stamp(1, 512, 100, "18")
    False
    """
    return crc32(_PLACE.pack(offset, size), _seed(archive_id, archive_signature))


def stamps(archive_id: int, places: Iterable[tuple[int, int]], archive_signature: str) -> list[int]:
    """The stamps of (offset, size) in one archive, in half a microsecond each."""
    seed = _seed(archive_id, archive_signature)
    pack = _PLACE.pack
    return [crc32(pack(offset, size), seed) for offset, size in places]


def fits(row: Sequence[Any], found_stamp: int, signatures: Mapping[int, str]) -> bool:
    """Whether a stamp is that of an image's row (`selects.IMAGE_COLUMNS`) as it is now.

    `signatures` are the archives', by their ids.
    """
    archive_id, offset, size = row[5:8]
    signature = signatures.get(archive_id)
    return signature is not None and found_stamp == stamp(archive_id, offset, size, signature)


@lru_cache(1024)
def _seed(archive_id: int, archive_signature: str) -> int:
    return crc32(f"{archive_id}\0{archive_signature}".encode())
