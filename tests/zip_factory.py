"""Zips made by hand, for the forms that zipfile won't write."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

STORED, DEFLATED = 0, 8
UNIX = 3
NO_NUMBER = 0xFFFFFFFF


@dataclass(frozen=True)
class Entry:
    """A member to write. `sizes_follow` puts a data descriptor behind it, `wide` zip64's field.

    `method` is what the headers say; `claimed` a size that they give in place of the true one.
    """

    name: bytes
    data: bytes = field(default=b"", repr=False)
    method: int = STORED
    flags: int = 0
    host: int = UNIX
    mode: int = 0o100644
    disk: int = 0
    extra: bytes = b""
    local_extra: bytes = b""
    local_name: bytes | None = None
    sizes_follow: bool = False
    wide: bool = False
    claimed: int | None = None
    behind: bytes = b""

    @property
    def packed(self) -> bytes:
        """The data as it stands in the archive."""
        if self.method != DEFLATED:
            return self.data
        deflater = zlib.compressobj(wbits=-15)
        return deflater.compress(self.data) + deflater.flush()


def zip_bytes(
    *entries: Entry,
    comment: bytes = b"",
    prefix: bytes = b"",
    order: list[int] | None = None,
    wide_end: bool = False,
) -> bytes:
    """An archive of these members, its list of contents in another order if asked.

    `wide_end` gives it zip64's end.
    """
    body, listed, offset = [], [], 0
    for entry in entries:
        listed.append(_central(entry, offset))
        body.append(local(entry))
        offset += len(body[-1])
    directory = b"".join(listed[at] for at in (order or range(len(listed))))
    count, length = len(listed), len(directory)
    last = end(count, length, offset, comment)
    if wide_end:
        wide = struct.pack(
            "<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, length, offset
        )
        locator = struct.pack("<4sIQI", b"PK\6\7", 0, offset + length, 1)
        last = wide + locator + end(0xFFFF, NO_NUMBER, NO_NUMBER, comment)
    return prefix + b"".join(body) + directory + last


def local(entry: Entry) -> bytes:
    """A member as it stands in the archive, with its header."""
    crc, size = zlib.crc32(entry.data), _size(entry)
    packed = entry.packed
    numbers = (crc, len(packed), size)
    name = entry.name if entry.local_name is None else entry.local_name
    head = struct.pack(
        "<4sHHHIIIIHH", b"PK\3\4", 20, _flags(entry), entry.method, 0,
        *((0, 0, 0) if entry.sizes_follow else numbers), len(name), len(entry.local_extra),
    )  # fmt: skip
    descriptor = b"PK\7\x08" + struct.pack("<III", *numbers) if entry.sizes_follow else b""
    return head + name + entry.local_extra + packed + descriptor + entry.behind


def end(entries: int, length: int, offset: int, comment: bytes = b"") -> bytes:
    """The end of an archive."""
    numbers = (0, 0, entries % 65536, entries % 65536, length, offset, len(comment))
    return struct.pack("<4sHHHHIIH", b"PK\5\6", *numbers) + comment


def _central(entry: Entry, offset: int) -> bytes:
    size, packed, extra = _size(entry), len(entry.packed), entry.extra
    if entry.wide:
        extra += struct.pack("<HHQQQ", 1, 24, size, packed, offset)
        size = packed = offset = NO_NUMBER
    return struct.pack(
        "<4sBBHHHIIIIHHHHHII", b"PK\1\2", 45, entry.host, 45, _flags(entry), entry.method, 0,
        zlib.crc32(entry.data), packed, size, len(entry.name), len(extra), 0, entry.disk, 0,
        entry.mode << 16, offset,
    ) + entry.name + extra  # fmt: skip


def _flags(entry: Entry) -> int:
    return entry.flags | (8 if entry.sizes_follow else 0)


def _size(entry: Entry) -> int:
    return len(entry.data) if entry.claimed is None else entry.claimed
