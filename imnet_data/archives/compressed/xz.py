"""xz's blocks, as the index at the end of the file lists them; each decodes alone.

`xz` without -T0 writes one block, however long.
"""

from __future__ import annotations

import lzma
from itertools import chain
from typing import TYPE_CHECKING, Final

from imnet_data.archives.compressed.sections import (
    LONGEST,
    BreaksOff,
    Broken,
    Section,
    TooLong,
    decoded,
    fed,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.archives.compressed.sections import PRead

_HEADER: Final = 12  # bytes of a stream's header, and of its footer
_FOOT: Final = b"YZ"
_LONGEST_INDEX: Final = 1 << 28


def sections(pread: PRead, size: int) -> Iterator[Section]:
    """The blocks of an xz file in their order.

    Raises:
        Broken: the index at the file's end is damaged; BreaksOff where there is none; TooLong.
    """
    streams: list[list[Section]] = []
    end = size
    while end > 0:
        while end > 0 and pread(4, end - 4) == bytes(4):  # padding between streams
            end -= 4
        found, end = _stream(pread, end)
        streams.append(found)
    offset = 0
    for stream in reversed(streams):
        for block in stream:
            assert block.size is not None
            if block.size > LONGEST:
                raise TooLong(block.size, block.start // 8)
            yield Section(offset, block.start, block.stop, block.size, block.lead)
            offset += block.size


def unpack(pread: PRead, section: Section) -> Iterator[bytes]:
    """What one block decodes to.

    Raises:
        Broken: the data is damaged; BreaksOff where it is not whole.
    """
    decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ)
    start, stop = section.start // 8, section.stop // 8
    feed = chain([section.lead], fed(pread, start, stop))
    left = section.size or 0
    for piece in decoded(decoder, feed, (lzma.LZMAError, EOFError), start):
        left -= len(piece)
        yield piece
    if left:
        raise BreaksOff(stop)


def _stream(pread: PRead, end: int) -> tuple[list[Section], int]:
    """The blocks of the stream that ends at a byte, and the byte where it begins."""
    footer = pread(_HEADER, end - _HEADER) if end >= 2 * _HEADER else b""
    if footer[-2:] != _FOOT:
        raise BreaksOff(end)
    index_size = 4 * (int.from_bytes(footer[4:8], "little") + 1)
    index_at = end - _HEADER - index_size
    if index_at < _HEADER or index_size > _LONGEST_INDEX:
        raise Broken("its index is damaged", end)
    records = _records(pread(index_size, index_at), index_at)
    at = index_at - sum(padded for padded, _ in records)
    start = at - _HEADER
    lead = pread(_HEADER, start) if start >= 0 else b""
    if lead[:6] != b"\xfd7zXZ\0":
        raise Broken("its index is damaged", index_at)
    found = []
    for padded, size in records:
        found.append(Section(0, 8 * at, 8 * (at + padded), size, lead))
        at += padded
    return found, start


def _records(index: bytes, index_at: int) -> list[tuple[int, int]]:
    """The (padded length in the file, decoded length) of each block that an index lists."""
    try:
        count, at = _number(index, 1)
        records = []
        for _ in range(count):
            unpadded, at = _number(index, at)
            size, at = _number(index, at)
            records.append((unpadded + -unpadded % 4, size))
    except IndexError:
        raise Broken("its index is damaged", index_at) from None
    return records


def _number(index: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and the place behind it."""
    value = shift = 0
    while True:
        byte = index[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return value, at
        if shift > 56:
            raise IndexError
