"""Decoding bzip2, xz and zstd from the start, several sections at a time.

Python's bz2, lzma and zstd let other threads run while they decode.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from imnet_data.archives.compressed.sections import LONGEST, Broken, Section, TooLong, fault_of
from imnet_data.archives.compressed.seek_index import SeekIndexWriter
from imnet_data.archives.kinds import TAR_BZIP2, TAR_XZ, TAR_ZSTD
from imnet_data.cores import usable_cores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.archives.compressed.sections import PRead
    from imnet_data.archives.members import Fault

# Bytes that are being decoded, or wait decoded, at once; where one section has more, it alone.
_IN_WORK: Final = 1 << 27

NAMES: Final = {TAR_BZIP2: "bzip2", TAR_XZ: "xz", TAR_ZSTD: "zstd"}

_Done = tuple[list[bytes], Broken | None]


class Codec(Protocol):
    """A module of a compression whose sections decode alone."""

    def sections(self, pread: PRead, size: int, /) -> Iterator[Section]:
        """The sections of a file of so many bytes."""
        ...

    def unpack(self, pread: PRead, section: Section, /) -> Iterator[bytes]:
        """What one decodes to."""
        ...


def codec(kind: str) -> Codec:
    """The module of a kind of container; others may need what this Python was built without."""
    if kind == TAR_BZIP2:
        from imnet_data.archives.compressed import bzip2  # noqa: PLC0415

        return bzip2
    if kind == TAR_XZ:
        from imnet_data.archives.compressed import xz  # noqa: PLC0415

        return xz
    from imnet_data.archives.compressed import zstd  # noqa: PLC0415

    zstd.library()  # is imported here, or told to be missing
    return zstd


class SectionSource:
    """A Decoding of an open file of one of three kinds."""

    def __init__(self, kind: str, pread: PRead, size: int) -> None:
        self.faults: list[Fault] = []
        self._kind = kind
        self._pread = pread
        self._unpack = codec(kind).unpack
        self._listed = codec(kind).sections(pread, size)
        self._writer = SeekIndexWriter()
        self._offset = self._passed = self._in_work = 0
        self._again: list[Section] = []
        self._at_work: deque[tuple[Section, Future[_Done]]] = deque()
        self._ready: deque[bytes] = deque()
        self._list_fault: Broken | None = None
        self._threads = usable_cores()
        self._pool = ThreadPoolExecutor(self._threads)

    def next_piece(self) -> bytes:
        """The next decoded bytes."""
        while not self._ready and not self.faults:
            self._fill()
            if not self._at_work:
                if self._list_fault is not None:
                    self._tell(self._list_fault)
                break
            self._take(*self._at_work.popleft())
        return self._ready.popleft() if self._ready else b""

    def go_back(self, offset: int) -> int:
        """Decode again from the section that holds this byte."""
        first = self._writer.at(offset)
        done = [self._writer.section(at) for at in range(first, len(self._writer))]
        self._again = [*done, *(section for section, _ in self._at_work), *self._again]
        self._at_work.clear()
        self._ready.clear()
        self._in_work = 0
        self._writer.cut(first)
        self._offset = done[0].offset if done else 0
        return self._offset

    def passed(self) -> int:
        """How many bytes of the file are decoded."""
        return self._passed

    def seek_index(self) -> SeekIndexWriter:
        """The sections decoded so far."""
        return self._writer

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(cancel_futures=True)

    def _fill(self) -> None:
        """Give the threads work."""
        while len(self._at_work) <= self._threads:
            if self._at_work and self._in_work >= _IN_WORK:
                return
            section = self._next_section()
            if section is None:
                return
            self._in_work += _length(section)
            self._at_work.append((section, self._pool.submit(self._decode, section)))

    def _next_section(self) -> Section | None:
        if self._again:
            return self._again.pop(0)
        try:
            return next(self._listed, None)
        except Broken as broken:
            self._list_fault = broken
            return None

    def _decode(self, section: Section) -> _Done:
        """A section's bytes, as many as there are before it breaks."""
        pieces: list[bytes] = []
        size = 0
        try:
            for piece in self._unpack(self._pread, section):
                pieces.append(piece)
                size += len(piece)
                if size > LONGEST:
                    raise TooLong(size, section.start // 8)
        except Broken as broken:
            return pieces, broken
        return pieces, None

    def _take(self, section: Section, done: Future[_Done]) -> None:
        pieces, broken = done.result()
        self._in_work -= _length(section)
        if broken is not None and self._kind == TAR_BZIP2 and self._at_work:
            # A block's mark may have stood by chance in the middle of the block.
            other, _ = self._at_work[0]
            whole = replace(section, stop=other.stop, size=None)
            joined_pieces, still = self._decode(whole)
            if still is None:
                self._at_work.popleft()
                self._in_work -= _length(other)
                section, pieces, broken = whole, joined_pieces, None
        size = sum(map(len, pieces))
        self._writer.add(Section(self._offset, section.start, section.stop, size, section.lead))
        self._offset += size
        self._passed = section.stop // 8
        self._ready.extend(pieces)
        if broken is not None:
            self._tell(broken)

    def _tell(self, broken: Broken) -> None:
        self.faults.append(fault_of(broken, NAMES[self._kind]))


def listed_index(kind: str, pread: PRead, size: int) -> tuple[SeekIndexWriter, int] | None:
    """The seek index and the decoded size of a file that lists its sections; else None."""
    if kind not in (TAR_XZ, TAR_ZSTD):
        return None
    writer = SeekIndexWriter()
    offset = 0
    try:
        for section in codec(kind).sections(pread, size):
            if section.size is None:
                return None
            writer.add(replace(section, offset=offset))
            offset += section.size
    except Broken:
        return None
    return writer, offset


def _length(section: Section) -> int:
    return max((section.stop - section.start) // 8, section.size or 0)
