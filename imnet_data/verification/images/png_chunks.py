"""A PNG by its chunks: its size, where it ends, and whether their checksums fit.

Its pixels are pillow_decode.py's; Pillow passes over the checksums of a picture's data.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

_FIRST = 8  # bytes of the signature
_LAST_CHUNK = b"\0\0\0\0IEND\xaeB`\x82"


@dataclass(slots=True)
class PngChunks:
    """`end` is where the last chunk ends, None where that chunk is missing."""

    width: int | None = None
    height: int | None = None
    end: int | None = None
    fault: str | None = None


def read_chunks(data: bytes, *, checksums: bool) -> PngChunks:
    """Walk the chunks of a PNG; whatever the bytes, nothing is raised."""
    png = PngChunks()
    view, at = memoryview(data), _FIRST
    while at + 12 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        after = at + 12 + length
        if not kind.isalpha():
            png.fault = f"no chunk at byte {at:,}"
            return png
        if after > len(data):
            # A whole picture's last chunk further on: the length is damaged, nothing is missing.
            if data.endswith(_LAST_CHUNK):
                png.fault = f"a chunk of {length:,} bytes at byte {at:,}"
            return png
        if checksums and png.fault is None:
            told = int.from_bytes(data[after - 4 : after])
            if zlib.crc32(view[at + 4 : after - 4]) != told:
                png.fault = f"the checksum of {kind.decode('ascii')} at byte {at:,} does not fit"
        if kind == b"IHDR" and length >= 8:
            png.width = int.from_bytes(data[at + 8 : at + 12])
            png.height = int.from_bytes(data[at + 12 : at + 16])
        if kind == b"IEND":
            png.end = after
            return png
        at = after
    return png
