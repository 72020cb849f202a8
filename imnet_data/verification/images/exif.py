"""EXIF as far as verification asks: the orientation, and whether its tables are whole.

No other value is read; what a camera wrote into its own notes is not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import error as CannotUnpack  # noqa: N812 - a name that says what it is
from struct import unpack_from
from typing import Final

_ORIENTATION: Final = 0x0112
_TABLES_BELOW: Final = frozenset({0x8769, 0x8825, 0xA005})  # EXIF, GPS, interoperability
# Bytes of one value of each type, from 1 up (TIFF 6.0, section 2).
_SIZES: Final = (1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4)
_MOST_TABLES: Final = 16  # a picture has five; tables that point at each other have no end


@dataclass(frozen=True, slots=True)
class Exif:
    """`orientation` is 1 where none is told or none that exists; `fault` says what is broken."""

    orientation: int = 1
    fault: str = ""


def read_exif(block: bytes) -> Exif:
    r"""The orientation in a TIFF block, and the first fault of its tables; never raises.

    >>> read_exif(b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0")
    Exif(orientation=6, fault='')
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None or len(block) < 8:
        return Exif(fault="it has no TIFF header")
    orientation, fault = 1, ""
    (first,) = unpack_from(order + "I", block, 4)
    waiting, seen = [first], set[int]()
    while waiting and len(seen) < _MOST_TABLES:
        at = waiting.pop(0)
        if at in seen:
            continue
        table = _Table(block, order, at)
        fault = fault or table.read()
        waiting += table.below
        if not seen and 1 <= table.orientation <= 8:
            orientation = table.orientation
        seen.add(at)
    return Exif(orientation, fault)


class _Table:
    """One table of tags (IFD) at its place in the block."""

    __slots__ = ("at", "below", "block", "order", "orientation")

    def __init__(self, block: bytes, order: str, at: int) -> None:
        self.block, self.order, self.at = block, order, at
        self.below: list[int] = []
        self.orientation = 1

    def read(self) -> str:
        """Read its tags; the first fault, or nothing."""
        fault = ""
        try:
            (count,) = unpack_from(self.order + "H", self.block, self.at)
            for entry in range(self.at + 2, self.at + 2 + 12 * count, 12):
                fault = fault or self._tag(entry)
            (following,) = unpack_from(self.order + "I", self.block, self.at + 2 + 12 * count)
        except CannotUnpack:
            return fault or f"the table at byte {self.at:,} is cut off"
        if following:
            self.below.append(following)
        return fault

    def _tag(self, entry: int) -> str:
        tag, kind, count, value = unpack_from(self.order + "HHII", self.block, entry)
        size = count * _SIZES[kind - 1] if 1 <= kind <= len(_SIZES) else 0
        if size > 4 and value + size > len(self.block):
            return f"the value of tag {tag:#06x} lies outside"
        if tag == _ORIENTATION and kind == 3 and count == 1:
            (self.orientation,) = unpack_from(self.order + "H", self.block, entry + 8)
        elif tag in _TABLES_BELOW and kind == 4 and count == 1:
            self.below.append(value)
        return ""
