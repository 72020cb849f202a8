"""bzip2's blocks, each decoded alone: they begin at any bit, with a mark of 48 bits.

Python's bz2 wants whole files, so each block is made one.
"""

from __future__ import annotations

import bz2
from typing import TYPE_CHECKING, Final

from imnet_data.archives.compressed.sections import BreaksOff, Section, decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.archives.compressed.sections import PRead

_BLOCK: Final = 0x314159265359
_END: Final = 0x177245385090
_HEADER: Final = b"BZh9"  # whatever a file's block size is, one of 900 kB holds it
_WINDOW: Final = 1 << 22
_MARK_BYTES: Final = 7  # that 48 bits touch, from any bit on


def sections(pread: PRead, size: int) -> Iterator[Section]:
    """The blocks of a bzip2 file in their order; what they decode to shows when they are decoded.

    Raises:
        BreaksOff: no end stands behind the last one, of which nothing can be decoded then.

    A mark may stand in compressed data by chance, once in some hundred terabytes: who decodes
    joins a block that is none with the one behind it.
    """
    start = None
    for bit, is_block in _marks(pread, size):
        if start is not None:
            yield Section(0, start, bit, None)
        start = bit if is_block else None
    if start is not None:
        raise BreaksOff(size)


def unpack(pread: PRead, section: Section) -> Iterator[bytes]:
    """What one block decodes to.

    Raises:
        Broken: the data is damaged; BreaksOff where it is not whole.
    """
    at = section.start // 8
    data = pread(-(-section.stop // 8) - at, at)
    whole = _as_file(data, section.start % 8, section.stop - section.start)
    length = 0
    decoder = bz2.BZ2Decompressor()
    for piece in decoded(decoder, iter([whole]), (OSError, ValueError), at):
        length += len(piece)
        yield piece
    if not length or not decoder.eof:
        raise BreaksOff(at + len(data))


def _as_file(data: bytes, first_bit: int, bits: int) -> bytes:
    """A block, from a bit of some bytes on, as a bzip2 file of its own."""
    surplus = 8 * len(data) - first_bit - bits
    block = int.from_bytes(data, "big") >> max(surplus, 0) & (1 << bits) - 1
    checksum = block >> max(bits - 80, 0) & 0xFFFFFFFF  # it follows the mark
    ended = (block << 48 | _END) << 32 | checksum
    padding = -(bits + 80) % 8
    return _HEADER + (ended << padding).to_bytes((bits + 80 + padding) // 8, "big")


def _marks(pread: PRead, size: int) -> Iterator[tuple[int, bool]]:
    """The bits at which the marks of blocks (True) and of a stream's end (False) stand."""
    for start in range(0, size, _WINDOW):
        window = pread(_WINDOW + _MARK_BYTES - 1, start)
        found: set[tuple[int, bool]] = set()
        for mark in (_BLOCK, _END):
            for bit in range(8):
                found.update((place, mark == _BLOCK) for place in _places(window, mark, bit))
        yield from ((8 * start + place, is_block) for place, is_block in sorted(found))


def _places(window: bytes, mark: int, bit: int) -> Iterator[int]:
    """Where a mark stands at so many bits behind the beginning of one of the window's bytes."""
    shifted = (mark << (8 - bit)).to_bytes(_MARK_BYTES, "big")
    middle = shifted[1:6]
    at = window.find(middle)
    while at >= 0:
        first = at - 1
        around = window[first : first + _MARK_BYTES] if first >= 0 else b""
        if first < _WINDOW and _agrees(around.ljust(_MARK_BYTES, b"\0"), mark, bit):
            yield 8 * first + bit
        at = window.find(middle, at + 1)


def _agrees(around: bytes, mark: int, bit: int) -> bool:
    """Whether the 48 bits from a bit of these seven bytes on are the mark."""
    return int.from_bytes(around, "big") >> (8 - bit) & (1 << 48) - 1 == mark
