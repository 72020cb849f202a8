"""Spans: some images that lie one behind another in an archive, looked at in one go by a worker.

Which images make one is walk.py's, what is looked at inspect.py's, writing it down recording.py's.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from imnet_data.archives.kinds import FOLDER, TAR
from imnet_data.archives.reading import Place, held_open, read
from imnet_data.archives.tars.headers import BLOCK, heads
from imnet_data.archives.text import file_in
from imnet_data.archives.together import read_together
from imnet_data.errors import (
    ArchiveChanged,
    ArchiveError,
    ArchiveMissing,
    ArchiveReplaced,
    DamagedMember,
)
from imnet_data.files.address import is_url
from imnet_data.files.status import is_folder, status
from imnet_data.verification.images.pictures import FORMATS, MODES
from imnet_data.verification.levels import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.db.inspections import InspectionRow
    from imnet_data.verification.images.inspect import Inspection

MOVED, UNREADABLE, CRASHED = "moved", "unreadable", "decoder-crashed"
_SIGNED = 1 << 63
# Read and inspected together; 8 or 32 are as quick within what can be measured, 1 takes 12 % more.
_TOGETHER: Final = 16
_TOGETHER_BYTES: Final = 2 << 20
_FORMATS = {name: number for number, name in enumerate(FORMATS, 1)}
_MODES = {name: number for number, name in enumerate(MODES, 1)}

# What was found of an image: (code, image, archive, detail).
ImageFinding = tuple[str, int, int, str]


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """An archive as far as its images are read: little to pickle."""

    id: int
    path: str
    container: str
    file_size: int
    seek_index: str | None

    def place(self, member: str, offset: int, size: int) -> Place:
        """Where an image is; `member` is its whole path in a folder, its base name elsewhere."""
        if self.container == FOLDER:
            path = file_in(self.path, member)
            return Place(path, offset, size, size, container=FOLDER)
        return Place(
            self.path, offset, size, self.file_size, member, self.container, self.seek_index
        )


@dataclass(slots=True)
class Looked:
    """What was learnt of some images; `images` are their ids."""

    images: list[int] = field(default_factory=list)
    rows: list[InspectionRow] = field(default_factory=list)
    found: list[ImageFinding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Span:
    """A unit of work; of each image its id, stamp, byte, size in bytes, and member."""

    archive: ArchiveFile
    level: Level
    ids: tuple[int, ...]
    stamps: tuple[int, ...]
    offsets: tuple[int, ...]
    sizes: tuple[int, ...]
    members: tuple[str, ...]

    def run(self) -> Looked:
        """Read and inspect the images.

        Raises:
            ArchiveMissing, ArchiveChanged, SeekIndexMissing: none of the archive can be read.
            MemoryError: an image takes more than this worker may have.
        """
        # Here and not above: the parent of the workers needs no decoder.
        from imnet_data.verification.images.inspect import inspect_together  # noqa: PLC0415

        looked = Looked(list(self.ids))
        for together in self._parts():
            read_now = self._read_together(together, looked)
            files = [(self.members[at], data) for at, data in read_now]
            inspections = inspect_together(files, level=self.level)
            for (at, _), inspection in zip(read_now, inspections, strict=True):
                image_id = self.ids[at]
                looked.rows.append(_row(image_id, self.stamps[at], self.level, inspection))
                looked.found += [
                    (one.code, image_id, self.archive.id, one.detail) for one in inspection.found
                ]
        return looked

    def _parts(self) -> Iterator[range]:
        """The places of its images, as many as are inspected together."""
        first = size_bytes = 0
        for at, size in enumerate(self.sizes, 1):
            size_bytes += size
            if at - first == _TOGETHER or size_bytes >= _TOGETHER_BYTES or at == len(self.sizes):
                yield range(first, at)
                first, size_bytes = at, 0

    def singly(self) -> Iterator[Span]:
        """The same images, each in a span of its own."""
        for at in range(len(self.ids)):
            one = slice(at, at + 1)
            yield replace(
                self,
                ids=self.ids[one],
                stamps=self.stamps[one],
                offsets=self.offsets[one],
                sizes=self.sizes[one],
                members=self.members[one],
            )

    def crashed(self, detail: str) -> Looked:
        """What is to be recorded of images that took their worker with them."""
        looked = Looked(list(self.ids))
        for at in range(len(self.ids)):
            self._note(at, CRASHED, detail, self.level, looked)
        return looked

    def _read_together(self, together: range, looked: Looked) -> list[tuple[int, bytes]]:
        """The bytes of images, each with its place, where they can be read.

        Of a tar they are taken straight from the open file. `read()` looks at the file anew for
        each, and says what is wrong where anything is: 50 microseconds an image, 3 % of a decode.
        """
        if is_url(self.archive.path):
            return self._read_far(together, looked)
        fd = None
        if self.archive.container == TAR:
            with suppress(ArchiveMissing, ArchiveChanged, OSError):
                first = together[0]
                held = held_open(
                    self.archive.place(self.members[first], self.offsets[first], self.sizes[first])
                )
                fd = held.thing.fd  # open for as long as `held` is
        files = []
        for at in together:
            data = (self._take(fd, at) if fd is not None else None) or self._read(at, looked)
            if data is not None:
                files.append((at, data))
        return files

    def _read_far(self, together: range, looked: Looked) -> list[tuple[int, bytes]]:
        """Likewise from a store, in as few requests as can be."""
        places = [
            self.archive.place(self.members[at], self.offsets[at], self.sizes[at])
            for at in together
        ]
        files = []
        for at, found in zip(together, read_together(places), strict=True):
            if isinstance(found, bytes):
                files.append((at, found))
            else:
                self._note_unread(at, found, looked)
        return files

    def _take(self, fd: int, at: int) -> bytes | None:
        """The bytes of an image of a tar behind its own header; or None where anything is amiss.

        Read apart from the header: copying them from behind it costs more than another read.
        """
        size = self.sizes[at]
        try:
            head = os.pread(fd, BLOCK, self.offsets[at] - BLOCK)
            if len(head) < BLOCK or not heads(head, self.members[at], size):
                return None
            data = os.pread(fd, size, self.offsets[at])
        except OSError:
            return None
        return data if len(data) == size else None

    def _read(self, at: int, looked: Looked) -> bytes | None:
        """The bytes of an image; or a finding that says why there are none.

        It is recorded at the lowest level, so that the next run tries again.
        """
        try:
            return read(self.archive.place(self.members[at], self.offsets[at], self.sizes[at]))
        except (ArchiveError, OSError) as error:
            self._note_unread(at, error, looked)
        return None

    def _note_unread(self, at: int, error: ArchiveError | OSError, looked: Looked) -> None:
        """Note why an image could not be read.

        Raises:
            ArchiveMissing, ArchiveChanged, SeekIndexMissing: it is the archive, and no image of it
                can be.
        """
        archive = self.archive
        alone = archive.container == FOLDER
        match error:
            case ArchiveMissing():
                if not alone or not is_folder(archive.path):
                    raise ArchiveMissing(archive.path) from None
                code, detail = UNREADABLE, "its file is not there"
            case ArchiveChanged():
                replaced = isinstance(error, ArchiveReplaced)
                if not alone and (replaced or not self._is_as_large()):
                    raise error
                code, detail = _code_of(error), error.reason
            case DamagedMember():
                code, detail = UNREADABLE, error.reason
            case OSError():
                code, detail = UNREADABLE, error.strerror or str(error)
            case _:
                raise error
        self._note(at, code, detail, Level.QUICK, looked)

    def _is_as_large(self) -> bool:
        try:
            return status(self.archive.path).size == self.archive.file_size
        except OSError:
            return False

    def _note(self, at: int, code: str, detail: str, level: Level, looked: Looked) -> None:
        image_id = self.ids[at]
        looked.rows.append(bare_row(image_id, self.stamps[at], level))
        looked.found.append((code, image_id, self.archive.id, detail))


def _code_of(error: ArchiveChanged) -> str:
    """Another thing in its place, or nothing that can be read there."""
    nothing = "cannot be decoded" in error.reason or error.reason.startswith("it ends")
    return UNREADABLE if nothing else MOVED


def bare_row(image_id: int, stamp: int, level: Level) -> InspectionRow:
    """The inspection of an image of which nothing was learnt."""
    return image_id, stamp, level.value, None, None, None, None, None, None


def _row(image_id: int, stamp: int, level: Level, seen: Inspection) -> InspectionRow:
    look = seen.look
    if look is not None and look >= _SIGNED:
        look -= 2 * _SIGNED
    return (
        image_id,
        stamp,
        level.value,
        _FORMATS.get(seen.format or ""),
        _MODES.get(seen.mode or ""),
        seen.width_px,
        seen.height_px,
        seen.digest,
        look,
    )
