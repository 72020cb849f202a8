"""Decoding a gzip file from its start on all cores, and learning where it can be entered.

rapidgzip does it; reading single images needs it no more, for which see deflate.py.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING, Any, Final

from imnet_data.archives.compressed.deflate import data_start, inflate
from imnet_data.archives.compressed.sections import PIECE, Broken, Section, fault_of
from imnet_data.archives.compressed.seek_index import SeekIndexWriter
from imnet_data.archives.compressed.windows import FORWARD, windowed
from imnet_data.archives.members import Fault
from imnet_data.cores import usable_cores
from imnet_data.extras import needed
from imnet_data.files.as_stream import Beginning, Stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.archives.compressed.sections import PRead
    from imnet_data.files.opened import OpenFile

# Decoded bytes between two points: a read decodes half of it first. With rapidgzip's own 4 MiB
# indexing takes 0.7 of the time, once, and every read three times as long.
_SPACING: Final = 1 << 20
_MOST_THREADS: Final = 16  # of some 30 MB each
_FAILURES: Final = (RuntimeError, ValueError, IndexError, ArithmeticError, OSError)  # C++'s own
_DIFFERS: Final = "a checksum in its gzip data disagrees: at least one image before it is damaged"


class GzipSource:
    """A Decoding of an open gzip file, whose checksums are compared."""

    def __init__(self, file: OpenFile) -> None:
        self.faults: list[Fault] = []
        self._pread: PRead = windowed(file, FORWARD)
        self._file_size = file.size
        self._given = self._passed = 0
        self._buffer = bytearray(PIECE)
        self._file = _opened(Stream(file) if file.fd is None else file.fd)
        self._writer: SeekIndexWriter | None = None
        self._rest: Iterator[bytes] | None = None

    def next_piece(self) -> bytes:
        """The next decoded bytes."""
        piece = self._piece() if self._rest is None else b""
        if not piece:
            self._rest = self._rest or self._behind()
            piece = next(self._rest, b"")
        self._given += len(piece)
        return piece

    def go_back(self, offset: int) -> int:
        """Decode again from this byte on."""
        self._given = offset
        if self._rest is None:
            self._file.seek(offset)
        else:
            self._rest = self._behind()
        return offset

    def passed(self) -> int:
        """How many bytes of the file are decoded."""
        return self._passed

    def seek_index(self) -> SeekIndexWriter:
        """The points where decoding can begin."""
        if self._writer is None:
            try:
                exported = _exported(self._file)
            except _FAILURES:
                exported = self._exported_sound()
            self._writer = _parsed(exported)
            if not len(self._writer):
                self._writer.add(Section(0, 8 * data_start(self._pread), 0, None))
        return self._writer

    def close(self) -> None:
        """End the decoder's threads: the interpreter must not exit before them."""
        self._file.close()

    def _piece(self) -> bytes:
        """What rapidgzip gives; nothing at the end and where the data is damaged."""
        try:
            count = self._file.readinto(self._buffer)
        except _FAILURES as error:
            if "CRC32" not in str(error):
                return b""
            self._tell(Fault(_DIFFERS, severe=True))
            count = self._file.tell() - self._given  # it was read nevertheless
        self._passed = max(self._file.tell_compressed() // 8, self._passed)
        return bytes(memoryview(self._buffer)[:count])

    def _behind(self) -> Iterator[bytes]:
        """What zlib decodes behind what was given, and whether that ends as gzip should.

        rapidgzip ends silently where a file is cut off, and early where it is damaged.
        """
        writer = self.seek_index()
        first = writer.at(self._given)
        for at in range(first, len(writer)):
            section = writer.section(at)
            skipped = self._given - section.offset if at == first else 0
            try:
                for piece in inflate(self._pread, section):
                    if skipped < len(piece):
                        yield piece[skipped:]
                    skipped = max(skipped - len(piece), 0)
            except Broken as broken:
                self._tell(fault_of(broken, "gzip"))
                return
        self._passed = self._file_size

    def _exported_sound(self) -> bytes:
        """The index of what comes before the damage: that of a file which is cut off there."""
        sound = max(self._file.available_block_offsets(), default=0) // 8
        self._file.close()
        self._file = _opened(Beginning(self._pread, sound))
        try:
            while self._file.readinto(self._buffer):
                pass
            return _exported(self._file)
        except _FAILURES:
            return b""

    def _tell(self, fault: Fault) -> None:
        if fault not in self.faults:
            self.faults.append(fault)


def _opened(file: object) -> Any:
    rapidgzip = needed("rapidgzip", extra="containers")
    threads = min(usable_cores(), _MOST_THREADS)
    return rapidgzip.RapidgzipFile(file, parallelization=threads, chunk_size=_SPACING)


def _exported(file: Any) -> bytes:
    """Rapidgzip's index in gztool's format, where windows without use take some bytes."""
    rapidgzip = needed("rapidgzip", extra="containers")
    into = io.BytesIO()
    file.export_index(into, rapidgzip.IndexFormat.GZTOOL)
    return into.getvalue()


def _parsed(exported: bytes) -> SeekIndexWriter:
    """An index in gztool's format: big-endian, windows compressed by zlib.

    A point is the decoded offset, the byte at which its first whole byte stands, how many bits of
    the byte before belong to it, the window's length, and the window.
    """
    writer = SeekIndexWriter()
    if len(exported) < 32:
        return writer
    (count,) = struct.unpack_from(">Q", exported, 16)
    at = 32
    for _ in range(count):
        offset, byte, bits, length = struct.unpack_from(">QQII", exported, at)
        at += 24 + length
        window = exported[at - length : at]
        if length and not zlib.decompress(window).strip(b"\0"):
            window = b""  # nothing points back
        writer.add_packed(offset, 8 * byte - bits, 0, window)
    return writer
