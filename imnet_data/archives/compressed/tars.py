"""Compressed tars: what kind one is, a scan of it in one pass, and reading its images at random.

`offset` of an image is its byte in the decoded tar. The compressions are modules of their own.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from imnet_data.archives.compressed.forward import STRETCH, Decoding, ForwardSource
from imnet_data.archives.compressed.gzip_source import GzipSource
from imnet_data.archives.compressed.random_access import SeekableFile
from imnet_data.archives.compressed.section_source import SectionSource, listed_index
from imnet_data.archives.compressed.sections import Broken
from imnet_data.archives.compressed.windows import FORWARD, windowed
from imnet_data.archives.kinds import TAR_GZIP
from imnet_data.archives.members import is_image
from imnet_data.archives.opened import KeptOpen
from imnet_data.archives.tars.headers import BLOCK, heads
from imnet_data.archives.tars.scan import TarScan
from imnet_data.errors import ArchiveChanged, DamagedMember
from imnet_data.files.opened import open_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imnet_data.archives.members import Position, Run, Wanted
    from imnet_data.archives.reading import Place
    from imnet_data.files.opened import OpenFile

_OPEN_AT_MOST = 16  # decoders take more memory than files do


class CompressedScan:
    """One walk over an open compressed tar, that decodes it once; close it.

    At the end the seek index is written to `seek_index`, if a path is given. A walk from a `start`
    decodes what stands before that too.
    """

    def __init__(
        self,
        file: OpenFile,
        kind: str,
        *,
        wanted: Wanted = is_image,
        start: Position | None = None,
        max_inner: int | None = None,
        seek_index: str | None = None,
    ) -> None:
        self._decoding = _decoding(file, kind)
        self._source = ForwardSource(self._decoding)
        self._seek_index = seek_index
        self._tar = TarScan(
            self._source, start=start, max_inner=max_inner, wanted=wanted, stretch=STRETCH
        )
        self.findings = self._tar.findings
        self.inner_names = self._tar.inner_names

    def runs(self) -> Iterator[Run]:
        """Runs of wanted members in the archive's order."""
        yield from self._tar.runs()
        size = self._source.drain()
        self.findings.faults[:0] = self._decoding.faults  # the cause before what it led to
        if self._seek_index is not None:
            self._decoding.seek_index().write(self._seek_index, size=size)

    def read(self, run: Run, at: int) -> bytes:
        """The bytes of a member of a run just yielded."""
        return self._tar.read(run, at)

    def passed(self) -> int:
        """How many bytes of the compressed file the walk has passed."""
        return self._decoding.passed()

    def close(self) -> None:
        """End the decoders' threads."""
        self._decoding.close()


def write_seek_index(
    path: str, kind: str, seek_index: str, *, advance: Callable[[int], None]
) -> None:
    """Write the seek index of a compressed tar anew, without looking at what is in it.

    `advance` is told how many more bytes of the file are decoded.

    Raises:
        NeedsExtra: what decodes it is not installed.
    """
    with closing(open_file(path)) as file:
        listed = listed_index(kind, windowed(file, FORWARD), file.size)
        if listed is not None:
            index, size = listed
            index.write(seek_index, size=size)
            return
        with closing(_decoding(file, kind)) as decoding:
            size = passed = 0
            while piece := decoding.next_piece():
                size += len(piece)
                advance(decoding.passed() - passed)
                passed = decoding.passed()
            decoding.seek_index().write(seek_index, size=size)


def _decoding(file: OpenFile, kind: str) -> Decoding:
    if kind == TAR_GZIP:
        return GzipSource(file)
    return SectionSource(kind, windowed(file, FORWARD), file.size)


_archives = KeptOpen(SeekableFile, at_most=_OPEN_AT_MOST)


def read(place: Place) -> bytes:
    """The bytes of a place in a compressed tar, its header compared as in a plain one.

    Raises:
        ArchiveMissing, ArchiveChanged: as in reading.py.
        SeekIndexMissing: the seek index is gone, or damaged.
        DamagedMember: the data there does not decode.
    """
    before = 0 if place.member is None else BLOCK
    try:
        with _archives.reading(place) as decoded:
            data = decoded.read(before + place.size, place.offset - before)
    except Broken as broken:
        raise DamagedMember(place.path, place.member or "an image", broken.reason) from None
    missing = before + place.size - len(data)
    if missing:
        raise ArchiveChanged(place.path, f"it ends {missing:,} bytes before the image does")
    if place.member is None:
        return data
    if not heads(data[:BLOCK], place.member, place.size):
        raise ArchiveChanged(place.path, f"{place.member} is no longer at byte {place.offset:,}")
    return data[BLOCK:]
