"""What decodes to a tar, read as if it were one: on and on, with the last bytes at hand.

The decoding is gzip_source.py's and section_source.py's.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final, Protocol

from imnet_data.archives.compressed.source import ENDLESS

if TYPE_CHECKING:
    from imnet_data.archives.compressed.seek_index import SeekIndexWriter
    from imnet_data.archives.members import Fault

# A walk looks back over one stretch of members, whose side files are read after their headers.
STRETCH: Final = 1 << 23
_KEPT: Final = 2 * STRETCH


class Decoding(Protocol):
    """Compressed data being decoded from its start, whatever is wrong with it told in `faults`."""

    faults: list[Fault]

    def next_piece(self) -> bytes:
        """The next decoded bytes; none at the end, or where nothing more can be decoded."""
        ...

    def go_back(self, offset: int) -> int:
        """Decode again from a byte at or before this one; gives which."""
        ...

    def passed(self) -> int:
        """How many bytes of the compressed file are decoded."""
        ...

    def seek_index(self) -> SeekIndexWriter:
        """The sections, when everything is decoded."""
        ...

    def close(self) -> None:
        """Give back files and threads."""
        ...


class ForwardSource:
    """A tar's Source over what is being decoded; `size` shows when its end is met."""

    name = "the tar in it"

    def __init__(self, decoding: Decoding) -> None:
        self.size = ENDLESS
        self._decoding = decoding
        self._starts: list[int] = []
        self._pieces: list[bytes] = []
        self._first = self._stop = 0  # the bytes at hand
        self._latest, self._latest_start = b"", 0
        self._ended = False

    def read_at(self, size: int, offset: int, /) -> bytes:
        """Up to `size` bytes from `offset` on; fewer at the end alone."""
        at = offset - self._latest_start
        if at >= 0 and at + size <= len(self._latest):
            return self._latest[at : at + size]
        if offset < self._first:
            self._go_back(offset)
        self._fetch(offset + size, keep=offset)
        return self._gather(size, offset)

    read_ahead = read_at

    def reach(self, end: int) -> None:
        """Decode up to a byte, to see whether it is there."""
        self._fetch(end, keep=self._stop)

    def drain(self) -> int:
        """Decode to the end; gives the size."""
        while not self._ended:
            self._fetch(self._stop + 1, keep=self._stop)
        return self.size

    def _fetch(self, end: int, *, keep: int) -> None:
        """Decode up to a byte; what lies before `keep` may go, but for the last stretch."""
        while self._stop < end and not self._ended:
            piece = self._decoding.next_piece()
            if not piece:
                self._ended = True
                self.size = self._stop
                return
            self._starts.append(self._stop)
            self._pieces.append(piece)
            self._latest, self._latest_start = piece, self._stop
            self._stop += len(piece)
            floor = min(keep, self._stop - _KEPT)
            while self._first + len(self._pieces[0]) <= floor:
                self._first += len(self._pieces.pop(0))
                self._starts.pop(0)

    def _gather(self, size: int, offset: int) -> bytes:
        parts = []
        at = max(bisect_right(self._starts, offset) - 1, 0)
        for start, piece in zip(self._starts[at:], self._pieces[at:], strict=True):
            if size <= 0:
                break
            part = piece[max(offset - start, 0) : offset - start + size]
            parts.append(part)
            offset += len(part)
            size -= len(part)
        return b"".join(parts)

    def _go_back(self, offset: int) -> None:
        """Rarely: a member of more than a stretch stood between a side file and its reading."""
        self._first = self._stop = self._decoding.go_back(offset)
        self._starts, self._pieces = [], []
        self._latest, self._latest_start = b"", 0
        self._ended = False
