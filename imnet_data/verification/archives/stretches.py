"""The stretches of an archive's file of which fetch kept digests: which of them are wrong now.

Files without such digests are archive_digests.py's.
"""

from __future__ import annotations

import os
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from imnet_data.db.engine import reading
from imnet_data.db.origins import chunk_digests_of
from imnet_data.fetching.journal import DIGEST_BYTES, digest_of
from imnet_data.files.address import is_url
from imnet_data.files.opened import open_file
from imnet_data.progress import job
from imnet_data.verification.some_together import some_together
from imnet_data.work.run import outcomes
from imnet_data.work.unit import Done
from imnet_data.work.workers import is_cluster

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from io import FileIO

    from imnet_data.db.engine import Storage
    from imnet_data.progress import Progress
    from imnet_data.upkeep import ArchiveInfo
    from imnet_data.work.workers import Workers

# A quarter of a second at what one core hashes: long beside starting it, short beside a disk's 148
# GB, so that progress moves.
_UNIT_BYTES: Final = 256 << 20
_NOT_HERE: Final = bytes(DIGEST_BYTES)
_SHOWN: Final = 4
_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True)
class Due:
    """An archive whose bytes are to be compared, with (grain, digests) of its stretches if any."""

    info: ArchiveInfo
    chunks: tuple[int, bytes] | None

    @classmethod
    def of(cls, storage: Storage, info: ArchiveInfo) -> Due:
        """An archive, with what the catalogue has of its stretches."""
        with reading(storage) as connection:
            return cls(info, chunk_digests_of(connection, info.id))

    @property
    def grain(self) -> int | None:
        """The bytes of a stretch, where the digests are of a file of this size; else None."""
        if self.chunks is None:
            return None
        grain, digests = self.chunks
        stretches = -(-self.info.file_size // grain)
        return grain if stretches * DIGEST_BYTES == len(digests) else None


@dataclass(frozen=True, slots=True)
class Stretches:
    """A unit of work: some stretches of a file, one after another, from the one at `first` on."""

    archive: int
    path: str
    size_bytes: int
    grain: int
    first: int
    digests: bytes

    def run(self) -> list[int]:
        """The numbers of the stretches whose bytes are others than their digest's, or unreadable.

        A stretch that was never fetched has a digest of zeros, and is passed over.
        """
        if is_url(self.path):
            return self._run_far()
        buffer = memoryview(bytearray(self.grain))
        try:
            with open(self.path, "rb", buffering=0) as file:
                return [n for n, wanted in self._wanted() if not self._is(file, n, wanted, buffer)]
        except OSError:
            return [number for number, _ in self._wanted()]

    def _run_far(self) -> list[int]:
        """Likewise of an object in a store, of which several stretches are read at once.

        Raises:
            StoreError: the store does not give them.
        """
        wrong = []
        with closing(open_file(self.path)) as file:
            for some in some_together(self._wanted(), lambda _: 1, least=_AT_ONCE):
                found = file.read_ranges((n * self.grain, self.grain) for n, _ in some)
                wrong += [
                    number
                    for (number, wanted), data in zip(some, found, strict=True)
                    if digest_of(memoryview(data)) != wanted
                ]
        return wrong

    def _wanted(self) -> Iterator[tuple[int, bytes]]:
        for at in range(len(self.digests) // DIGEST_BYTES):
            wanted = self.digests[at * DIGEST_BYTES : (at + 1) * DIGEST_BYTES]
            if wanted != _NOT_HERE:
                yield self.first + at, wanted

    def _is(self, file: FileIO, number: int, wanted: bytes, buffer: memoryview) -> bool:
        offset = number * self.grain
        part = buffer[: min(self.grain, self.size_bytes - offset)]
        return _filled(file.fileno(), part, offset) and digest_of(part) == wanted

    @property
    def extent_bytes(self) -> int:
        """How many bytes of the file it is about."""
        end = (self.first + len(self.digests) // DIGEST_BYTES) * self.grain
        return min(end, self.size_bytes) - self.first * self.grain


def wrong_stretches(
    due: Sequence[Due], *, workers: Workers, progress: Progress
) -> dict[int, list[int]]:
    """The numbers of wrong stretches, ascending, by archive."""
    wrong: dict[int, list[int]] = {one.info.id: [] for one in due}
    if not due:
        return wrong
    total = sum(one.info.file_size for one in due)
    with job(progress, "comparing bytes with what was fetched", total, "bytes"):
        for outcome in outcomes(_units(due), workers=workers):
            unit = outcome.unit
            assert isinstance(unit, Stretches)
            # A process that was ended says nothing of the bytes: they are compared here; and so are
            # those that a cluster's worker found wrong, whose view of the file may be.
            if not isinstance(outcome, Done) or (outcome.result and is_cluster(workers)):
                wrong[unit.archive] += unit.run()
            else:
                wrong[unit.archive] += outcome.result
            progress.advance(unit.extent_bytes)
    return {archive_id: sorted(numbers) for archive_id, numbers in wrong.items()}


def _units(due: Iterable[Due]) -> Iterator[Stretches]:
    for one in due:
        assert one.chunks is not None
        grain, digests = one.chunks
        step = max(1, _UNIT_BYTES // grain)
        for first in range(0, len(digests) // DIGEST_BYTES, step):
            part = digests[first * DIGEST_BYTES : (first + step) * DIGEST_BYTES]
            if part.strip(b"\0"):
                info = one.info
                yield Stretches(info.id, info.path, info.file_size, grain, first, part)


def _filled(fd: int, part: memoryview, offset: int) -> bool:
    """Read a part of a file; False where the file has no such bytes or the disk does not give them.

    A disk that fails there is no other fault than wrong bytes: both are fetched again.
    """
    done = 0
    with suppress(OSError):
        while done < len(part):
            count = os.preadv(fd, [part[done:]], offset + done)
            if not count:
                break
            done += count
    return done == len(part)


def ranges_of(due: Due, numbers: Iterable[int]) -> list[tuple[int, int]]:
    """(offset, size) of ascending stretches, neighbours joined."""
    assert due.chunks is not None
    grain = due.chunks[0]
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        start, stop = number * grain, min((number + 1) * grain, due.info.file_size)
        if ranges and sum(ranges[-1]) == start:
            ranges[-1] = ranges[-1][0], stop - ranges[-1][0]
        else:
            ranges.append((start, stop - start))
    return ranges


def in_words(due: Due, numbers: Iterable[int]) -> str:
    """What ascending wrong stretches are, with the first of them by their bytes."""
    ranges = ranges_of(due, numbers)
    shown = ", ".join(f"{start:,} to {start + size - 1:,}" for start, size in ranges[:_SHOWN])
    more = f" and {len(ranges) - _SHOWN:,} more ranges" if len(ranges) > _SHOWN else ""
    wrong = sum(size for _, size in ranges)
    return (
        f"{wrong:,} of {due.info.file_size:,} bytes are not those that were fetched: {shown}{more}"
    )
