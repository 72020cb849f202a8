"""Where a zip's list of contents lies: the records at its end, zip64's and those with odd bytes.

The list itself is directory.py's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from struct import Struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    # Bytes of an open archive: up to so many, from an offset on; fewer at its end alone.
    ReadAt = Callable[[int, int], bytes]

ENTRY: Final = b"PK\x01\x02"
LOCAL: Final = b"PK\x03\x04"
END: Final = b"PK\x05\x06"
# What a zip may begin with: a member, an end at once, the marks of one that is or was in parts.
STARTS: Final = (LOCAL, END, b"PK\x07\x08", b"PK00PK")

_END = Struct("<4sHHHHIIH")
_LOCATOR = Struct("<4sIQI")
_WIDE_END = Struct("<4sQHHIIQQQQ")
_LONGEST_COMMENT = 0xFFFF
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFFFFFF
_WRAP = 1 << 32
_OFFSET_IN_ENTRY = 42


@dataclass(frozen=True, slots=True)
class End:
    """What the end of a zip says: its list of contents is the bytes from `start` to `stop`.

    `entries` is how many members it lists, `exact` that this is no count modulo 65,536. Offsets in
    the list count from byte `shift` of the file: something may stand before the archive. `drift`
    is how many bytes came in, or went away where it is negative, nobody knows where. `wrapped`
    offsets are modulo 4 GiB, as macOS' own Archive Utility writes them. `parts` is how many files
    the archive was cut into.
    """

    start: int
    stop: int
    entries: int
    exact: bool
    shift: int = 0
    drift: int = 0
    wrapped: bool = False
    parts: int = 1

    @property
    def doubtful(self) -> bool:
        """Whether an offset may be another than the list has it."""
        return self.wrapped or self.drift != 0


def find_end(read_at: ReadAt, size: int) -> End | None:
    """The end of a zip of `size` bytes; None where none is, as in one that is cut off.

    The signature may stand in the comment too, or in a zip that is the last member: that which
    closes the file and points at a list of contents is taken before others.
    """
    first = max(0, size - _END.size - _LONGEST_COMMENT)
    tail = read_at(size - first, first)
    ranked: list[tuple[tuple[bool, ...], End]] = []
    for at in _signatures(tail):
        fields = _END.unpack_from(tail, at)
        closes = first + at + _END.size + fields[-1] == size
        end, sound = _read_end(read_at, fields, first + at)
        if end.start == end.stop and read_at(4, 0) == LOCAL:
            continue  # there are members, and this lists none
        if closes or (sound and end.entries):
            ranked.append(((sound and end.entries > 0, sound, closes), end))
    return max(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _signatures(tail: bytes) -> Iterator[int]:
    """Where an end record can begin, the last one first."""
    at = tail.rfind(END, 0, max(0, len(tail) - _END.size + len(END)))
    while at >= 0:
        yield at
        at = tail.rfind(END, 0, at + len(END) - 1)


def _read_end(read_at: ReadAt, fields: tuple[int, ...], at: int) -> tuple[End, bool]:
    """What an end record at a byte says, and whether a list of contents is where it says."""
    _, disk, _, _, entries, length, declared, _ = fields
    stop, exact, parts = at, False, 1 + disk % _FULL_16
    wide = _wide_end(read_at, at)
    if wide is not None:
        stop, exact = wide[0], True
        _, _, _, _, disk, _, _, entries, length, declared = wide[1]
        parts = 1 + disk % _FULL_32
    start = stop - length
    end = End(max(start, 0), stop, entries, exact, parts=parts)
    if not length:
        return end, not entries
    if start >= 0 and read_at(4, start) == ENTRY:
        return _shifted(read_at, end, declared, wide=wide is not None), True
    if declared + length <= stop and read_at(4, declared) == ENTRY:  # with something in it
        return replace(end, start=declared), True
    return end, False


def _shifted(read_at: ReadAt, end: End, declared: int, *, wide: bool) -> End:
    """An end whose list of contents lies elsewhere than it declares, or does not."""
    shift = end.start - declared
    if shift > 0:
        if not wide and not shift % _WRAP and read_at(4, 0) == LOCAL:
            return replace(end, wrapped=True)
        first = int.from_bytes(read_at(4, end.start + _OFFSET_IN_ENTRY), "little")
        if read_at(4, first + shift) == LOCAL:
            return replace(end, shift=shift)
    return replace(end, drift=shift)


def _wide_end(read_at: ReadAt, at: int) -> tuple[int, tuple[int, ...]] | None:
    """Zip64's own end record before the one at a byte: where it begins, and its fields."""
    before = max(0, at - _LOCATOR.size)
    locator = read_at(at - before, before)
    if len(locator) < _LOCATOR.size or not locator.startswith(b"PK\x06\x07"):
        return None
    declared: int = _LOCATOR.unpack(locator)[2]
    for place in (before - _WIDE_END.size, declared):
        # A place that no file reaches is one that pread() would not take.
        block = read_at(_WIDE_END.size, place) if 0 <= place < before else b""
        if len(block) == _WIDE_END.size and block.startswith(b"PK\x06\x06"):
            return place, _WIDE_END.unpack(block)
    return None
