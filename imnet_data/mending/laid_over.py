"""An archive as it would be with the ranges that were fetched again laid over it: to read alone.

Nothing is written here.
"""

from __future__ import annotations

import hashlib
import os
from bisect import bisect_right
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_PIECE_BYTES = 1 << 20


class LaidOver:
    """The bytes of an archive under the ranges of another file, which has them at their offsets.

    `ranges` are pairs of byte offsets, in order and apart; `size` is what the whole is to have, in
    bytes. A context, which holds both files open.
    """

    def __init__(
        self, archive: str, data: str, ranges: Sequence[tuple[int, int]], size: int
    ) -> None:
        self.size = size
        self._ranges = ranges
        self._starts = [start for start, _ in ranges]
        self._below = os.open(archive, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._above = os.open(data, os.O_RDONLY | os.O_CLOEXEC)
        except BaseException:
            os.close(self._below)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._below)
        os.close(self._above)

    def read_at(self, size: int, offset: int) -> bytes:
        """So many bytes at an offset; fewer at the end, as of `os.pread`."""
        stop = min(self.size, offset + size)
        return b"".join(
            _read(fd, start, end) for fd, start, end in self._segments(offset, max(offset, stop))
        )

    def below_at(self, size: int, offset: int) -> bytes:
        """The archive's own bytes, as they are."""
        return _read(self._below, offset, offset + size)

    def checksum(self, algorithm: str, advance: Callable[[int], None]) -> str:
        """The checksum of the whole in hex; `advance` hears of the bytes that were read."""
        found = hashlib.new(algorithm, usedforsecurity=False)
        for at in range(0, self.size, _PIECE_BYTES):
            piece = self.read_at(_PIECE_BYTES, at)
            found.update(piece)
            advance(len(piece))
        return found.hexdigest()

    def _segments(self, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
        """Runs of bytes in order, each with the file that has them."""
        at = max(0, bisect_right(self._starts, start) - 1)
        for first, end in self._ranges[at:]:
            if first >= stop:
                break
            if start < first:
                yield self._below, start, first
                start = first
            if start < min(end, stop):
                yield self._above, start, min(end, stop)
                start = min(end, stop)
        if start < stop:
            yield self._below, start, stop


def _read(fd: int, start: int, stop: int) -> bytes:
    """The bytes of a file; fewer where it ends before."""
    parts = []
    while start < stop and (part := os.pread(fd, stop - start, start)):
        parts.append(part)
        start += len(part)
    return b"".join(parts)
