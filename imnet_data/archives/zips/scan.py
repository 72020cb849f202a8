"""Scanning a zip by its list of contents: no member's data is read, and few of their headers.

The list is directory.py's, a member's bytes are members.py's.
"""

from __future__ import annotations

from itertools import compress, groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from imnet_data.archives.kinds import DEFLATED_ZIP
from imnet_data.archives.members import Fault, Findings, Level, Position, Run, is_image
from imnet_data.archives.names import Names
from imnet_data.archives.reading import Place
from imnet_data.archives.zips.directory import DEFLATED, STORED, Directory
from imnet_data.archives.zips.end import find_end
from imnet_data.archives.zips.members import LOCAL_SIZE, read_member
from imnet_data.archives.zips.starts import DataStarts
from imnet_data.archives.zips.troubles import ENCRYPTED, MISPLACED, Troubles, reason_of
from imnet_data.errors import NotAnArchive

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from imnet_data.archives.members import Wanted
    from imnet_data.archives.zips.directory import Entries
    from imnet_data.archives.zips.end import End, ReadAt

    Bools = npt.NDArray[np.bool_]
    Int64s = npt.NDArray[np.int64]

_UNIX_HOSTS = (3, 19)
_REGULAR = 8
_ANY_DISK = 0xFFFF  # zip64 has the number elsewhere

CUT_OFF = "it ends before its list of contents: the download is not complete"


class ZipScan:
    """One walk over a zip's list of contents; iterate `runs()` and then read `findings`.

    Of a `direct` one (every image stored) an image's offset is its data's first byte; every other
    member's is its local header's. `start` is a run's `next_position` from an earlier walk.

    Raises:
        NotAnArchive: it has no list of contents.
    """

    def __init__(
        self,
        read_at: ReadAt,
        size: int,
        path: str,
        *,
        direct: bool,
        start: Position | None = None,
        wanted: Wanted = is_image,
    ) -> None:
        end = find_end(read_at, size)
        if end is None:
            raise NotAnArchive(path, CUT_OFF)
        self.findings = Findings()
        self.inner_names: list[str] = []
        self._read_at, self._size, self._path = read_at, size, path
        self._direct, self._wanted = direct, wanted
        self._end = end
        self._troubles = Troubles(self.findings)
        self._starts = DataStarts(read_at, end)
        # A position's byte is that of the data passed; where the list goes on is its one level's.
        level = start.levels[0] if start else Level("", end.start, 0)
        self._directory = Directory(read_at, end, start=level.end, entries_before=level.after)
        self._position = level.end
        if end.drift < 0 and not start:
            sentence = f"{-end.drift:,} bytes of it are missing before its list of contents"
            self.findings.faults.append(Fault(sentence, severe=True))

    def runs(self) -> Iterator[Run]:
        """Runs of wanted members in the order of the archive's list."""
        for entries in self._directory:
            yield from self._window(entries)
        if self._directory.fault is not None:
            self.findings.faults.append(Fault(self._directory.fault, severe=True))

    def read(self, run: Run, at: int) -> bytes:
        """The bytes of a member of a run just yielded.

        Raises:
            ArchiveChanged, DamagedMember: as for an image.
        """
        base = run.names[at]
        if self._direct and is_image(base):
            return self._read_at(run.sizes[at], run.offsets[at])
        place = Place(
            self._path, run.offsets[at], run.sizes[at], self._size, base, container=DEFLATED_ZIP
        )
        return read_member(self._read_at, place)

    def passed(self) -> int:
        """How many bytes of the file the walk has passed, as far as its list tells."""
        start, stop = self._end.start, self._end.stop
        if start == stop:
            return self._size
        return self._size * (self._position - start) // (stop - start)

    # -- one window of the list

    def _window(self, entries: Entries) -> Iterator[Run]:
        paths = entries.paths()
        parted = [path.rpartition("/") for path in paths]
        bases = [base for _, _, base in parted]
        keep = np.fromiter(map(self._wanted, bases), bool, len(bases)) & are_files(entries)
        sizes, ends = entries.sizes.tolist(), entries.ends.tolist()
        members = zip(keep.tolist(), paths, sizes, strict=True)
        ignored = [not kept and (size > 0 or path[-1:] != "/") for kept, path, size in members]
        offsets = self._take(entries, paths, bases, keep).tolist()
        kept = keep.tolist()
        before, start = self._directory.entries - len(entries), 0
        for folder, group in groupby(parted, itemgetter(0)):
            part = slice(start, start := start + len(list(group)))
            self.findings.ignored += sum(ignored[part])
            self._position = ends[start - 1]
            names = list(compress(bases[part], kept[part]))
            if names:
                yield Run(
                    folder,
                    Names(names),
                    list(compress(offsets[part], kept[part])),
                    list(compress(sizes[part], kept[part])),
                    self._resume(before + start),
                )

    def _take(self, entries: Entries, paths: list[str], bases: list[str], keep: Bools) -> Int64s:
        """Where members are read; those of `keep` that cannot be are told, and dropped from it."""
        for at in np.flatnonzero(keep & ~are_readable(entries, self._end)).tolist():
            self._troubles.add(reason_of(entries, at, self._path), paths[at])
            keep[at] = False
        addresses = self._addresses(entries, bases, keep)
        for at in np.flatnonzero(keep & (addresses < 0)).tolist():
            self._troubles.add(MISPLACED, paths[at])
            keep[at] = False
        return addresses

    def _addresses(self, entries: Entries, bases: list[str], keep: Bools) -> Int64s:
        """Where the members that are kept are read; -1 where no header of theirs is."""
        if not self._direct:
            return self._starts.headers(entries, bases, keep)
        images = keep
        if self._wanted is not is_image:
            images = keep & np.fromiter(map(is_image, bases), bool, len(bases))
        others = self._starts.headers(entries, bases, keep & ~images)
        return np.where(images, self._starts.data(entries, bases, images), others)

    def _resume(self, entries_before: int) -> Position | None:
        if self._end.wrapped:  # its offsets only mean something from the first on
            return None
        level = Level("", self._position, entries_before)
        return Position(self.passed(), (level,))


def are_files(entries: Entries) -> Bools:
    """Which entries are regular files', as far as a Unix wrote them: no links, no devices."""
    records = entries.records
    kinds = records["external"] >> 28  # the first digit of a Unix mode
    by_unix: Bools = np.isin(records["host"], _UNIX_HOSTS)
    files: Bools = ~by_unix | (kinds == 0) | (kinds == _REGULAR)
    return files


def are_readable(entries: Entries, end: End) -> Bools:
    """Which entries are of members that can be read, as far as the list tells."""
    records = entries.records
    methods = records["method"]
    sizes_agree = (methods != STORED) | (entries.packed == entries.sizes)
    here = (records["disk"] == 0) | (records["disk"] == _ANY_DISK)
    stops = entries.offsets + LOCAL_SIZE + records["name"] + entries.packed
    inside = (entries.offsets >= 0) & (stops <= end.start + max(0, -end.drift))
    known: Bools = np.isin(methods, (STORED, DEFLATED)) & (records["flags"] & ENCRYPTED == 0)
    readable: Bools = known & sizes_agree & here & inside
    return readable
