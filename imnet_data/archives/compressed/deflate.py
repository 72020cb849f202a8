"""Decoding gzip from any point where a block of deflate begins, with Python's zlib alone.

Where such points are, rapidgzip finds: gzip_source.py.
"""

from __future__ import annotations

import zlib
from functools import cache
from typing import TYPE_CHECKING, Final

from imnet_data.archives.compressed.sections import FED, PIECE, BreaksOff, Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.archives.compressed.sections import PRead, Section

_RAW: Final = -15  # zlib's way to say: deflate without a header
_WRAPPED: Final = 31  # with gzip's header and footer, checksum and all
_FOOTER: Final = 8  # bytes behind a member's data: checksum and length
_MAGIC: Final = b"\x1f\x8b"


def inflate(pread: PRead, section: Section) -> Iterator[bytes]:
    """What a section of a gzip file decodes to; to the end of the file where its size is unknown.

    Raises:
        Broken: the data is damaged; BreaksOff where the file ends too early.
    """
    feed = _Feed(pread, section.start // 8)
    left = section.size
    try:
        for piece in _members(feed, section):
            yield piece if left is None else piece[:left]
            if left is not None:
                left -= len(piece)
                if left <= 0:
                    return
    except zlib.error as error:
        raise Broken(str(error).rpartition(": ")[2], feed.at) from None


def _members(feed: _Feed, section: Section) -> Iterator[bytes]:
    """The rest of the member that a section begins in, and the members behind it."""
    feed.prime(section.start % 8)
    decoder = zlib.decompressobj(_RAW, zdict=section.lead)
    yield from _member(decoder, feed)
    feed.skip(_FOOTER)
    # Other bytes behind a member are none: tapes fill up with zeros.
    while feed.begins_with(_MAGIC):
        yield from _member(zlib.decompressobj(_WRAPPED), feed)


def _member(decoder: zlib._Decompress, feed: _Feed) -> Iterator[bytes]:
    data = feed.take()
    while True:
        piece = decoder.decompress(data, PIECE)
        if piece:
            yield piece
        if decoder.eof:
            feed.put_back(decoder.unused_data)
            return
        data = decoder.unconsumed_tail or feed.take()
        if not data and len(piece) < PIECE:
            raise BreaksOff(feed.at)


def data_start(pread: PRead) -> int:
    """The byte at which a gzip file's first deflate data begins, behind the header."""
    start = pread(FED, 0)
    flags, at = start[3] if len(start) > 3 else 0, 10
    if flags & 4:  # extra fields
        at += 2 + int.from_bytes(start[at : at + 2], "little")
    for texts in (8, 16):  # the file's name, a comment
        if flags & texts:
            at = start.find(b"\0", at) + 1
    return at + (2 if flags & 2 else 0)


class _Feed:
    """A file's bytes from an offset on; `at` is the byte after those taken."""

    def __init__(self, pread: PRead, at: int) -> None:
        self.at = at
        self._pread = pread
        self._front = b""

    def take(self) -> bytes:
        """The next bytes; none at the file's end."""
        data = self._front or self._pread(FED, self.at)
        if not self._front:
            self.at += len(data)
        self._front = b""
        return data

    def put_back(self, data: bytes) -> None:
        """These come next again."""
        self._front = data

    def prime(self, bit: int) -> None:
        """Begin at a bit of the next byte, for a decoder that can begin at whole bytes alone.

        So many bits of blocks that hold nothing go before it that the rest stands as in the file.
        """
        if bit:
            data = self.take()
            empty = _empty_blocks(bit)
            first = bytes([empty[-1] | data[0] >> bit << bit]) if data else b""
            self.put_back(empty[:-1] + first + data[1:])

    def skip(self, count: int) -> None:
        """Pass over some bytes."""
        self._fill(count)
        self._front = self._front[count:]

    def begins_with(self, start: bytes) -> bool:
        """Whether these bytes come next."""
        self._fill(len(start))
        return self._front.startswith(start)

    def _fill(self, count: int) -> None:
        while len(self._front) < count and (more := self._pread(FED, self.at)):
            self._front += more
            self.at += len(more)


@cache
def _empty_blocks(bits: int) -> bytes:
    """Blocks of deflate that hold nothing, `bits` more than whole bytes long.

    A block with fixed codes takes 10 bits; an odd number needs one with codes of its own.
    """
    text = _DYNAMIC if bits % 2 else ""
    while len(text) % 8 != bits:
        text += _FIXED
    return int(text[::-1], 2).to_bytes(-(-len(text) // 8), "little")


_FIXED: Final = "0100000000"  # not the last block; fixed codes; end of block
# Not the last block; codes of its own: 257 literals, 1 distance, and the lengths of 19 codes, of
# which "1" (coded 0) and "so many zeros" (coded 1) are used. 138 and 118 symbols have none, the end
# of the block and the distance have codes of one bit, and the end of the block comes at once.
_DYNAMIC: Final = (
    "00100000000001111"
    "000000100" + "000" * 14 + "100000"
    "1111111111101011000"
)  # fmt: skip
