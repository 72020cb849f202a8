"""The redo log of an archive that is being written: the next run finishes what a kill cut off.

The log is on the disk before the archive's first byte changes, and goes when all is recorded.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from imnet_data.fetching.partial import not_written
from imnet_data.lasting import sync, sync_folder_of, written_whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.mending.side import Side

_PIECE_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Redo:
    """What is to be done to an archive, and recorded of it then.

    `inode` is the archive's, so that a file which took its place is left alone. `ranges` are pairs
    of byte offsets, `size` what the archive is to have. `mtime_ns` is the date
    that it is to get back, None where it is another file then than the one indexed, so that it is
    indexed anew. `level` is that which the images in the ranges were verified at, 0 for none;
    `source` and `checksum` (`sha256:…`) tell what it was mended from, and held against.
    """

    inode: int
    ranges: tuple[tuple[int, int], ...]
    size: int
    mtime_ns: int | None
    level: int
    source: str
    checksum: str | None
    is_proven: bool
    fetched_bytes: int

    @property
    def bytes(self) -> int:
        """How many bytes of the archive are replaced."""
        return sum(stop - start for start, stop in self.ranges)


def begin(side: Side, redo: Redo, data: str) -> None:
    """Put the log on the disk, behind what it tells of.

    Raises:
        DiskFull, NotWritten: it cannot be written; nothing has changed.
    """
    with not_written(side.log):
        sync(data)
        with written_whole(side.log, beside=f"{side.log}.new") as file:
            file.write(json.dumps(asdict(redo)).encode())
        sync_folder_of(side.log)


def read(side: Side) -> Redo | None:
    """What an archive's log says; None where it has none, so that nothing of it was written.

    Nor of a file that took the archive's place since, such as one that was fetched anew.
    """
    with suppress(FileNotFoundError), open(side.log, encoding="utf-8") as file:
        held: dict[str, Any] = json.load(file)
        ranges = tuple((start, stop) for start, stop in held.pop("ranges"))
        redo = Redo(ranges=ranges, **held)
        return redo if os.stat(side.archive).st_ino == redo.inode else None
    return None


def carry_out(side: Side, redo: Redo, advance: Callable[[int], None]) -> None:
    """Write the ranges into the archive, as often as it takes: it ends the same every time.

    Without the data beside it nothing is left to write: they go only after they were written.

    Raises:
        DiskFull, NotWritten: it cannot be written; the next run goes on with it.
    """
    data = side.data()
    if data is None:
        return
    with not_written(side.archive, redo.bytes), open(data, "rb", buffering=0) as source:
        fd = os.open(side.archive, os.O_WRONLY | os.O_CLOEXEC)
        try:
            for start, stop in redo.ranges:
                _copy(source.fileno(), fd, start, stop, advance)
            if os.fstat(fd).st_size != redo.size:
                os.ftruncate(fd, redo.size)
            os.fsync(fd)
            if redo.mtime_ns is not None:
                # The date of the file that was indexed, which it is again: what the catalogue
                # knows of a million other images in it stays true without being asked anew. Only
                # its owner may: anybody else's is indexed anew.
                with suppress(PermissionError):
                    os.utime(fd, ns=(os.fstat(fd).st_atime_ns, redo.mtime_ns))
                    os.fsync(fd)
        finally:
            os.close(fd)


def _copy(source: int, target: int, start: int, stop: int, advance: Callable[[int], None]) -> None:
    while start < stop:
        piece = memoryview(os.pread(source, min(_PIECE_BYTES, stop - start), start))
        if not piece:
            raise OSError(5, "what was fetched again is no longer there")
        start += len(piece)
        advance(len(piece))
        at = start - len(piece)
        while piece:
            n = os.pwrite(target, piece, at)
            at, piece = at + n, piece[n:]
