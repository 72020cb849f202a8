"""Which images are still to be looked at, cut into spans in the order in which they lie on disk.

What is done with a span is spans.py's; memory holds some thousands of rows, however many there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from imnet_data.archives.kinds import FOLDER
from imnet_data.db.engine import reading
from imnet_data.layouts.placement import MemberTemplate, class_wnid_of
from imnet_data.verification.levels import Level
from imnet_data.verification.spans import ArchiveFile, Span
from imnet_data.verification.stamps import stamps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imnet_data.db.engine import Storage
    from imnet_data.db.stretches import DiskOrder
    from imnet_data.image_rows import ImageRows
    from imnet_data.upkeep import ArchiveInfo

_ROWS_AT_ONCE: Final = 10_000
# Of an image's row: its archive, and its byte and size.
_ARCHIVE, _PLACE = itemgetter(5), itemgetter(6, 7)
# A tenth of a second's work for a worker at either level: handing it over costs a millisecond, and
# what is lost to a kill, or done again after a crash, is no more than that.
_IMAGES: Final = {Level.DIGEST: 512, Level.DECODE: 64}
_BYTES: Final = {Level.DIGEST: 32 << 20, Level.DECODE: 8 << 20}


@dataclass(frozen=True, slots=True)
class Target:
    """An archive whose images are looked at, with its signature as it was indexed."""

    info: ArchiveInfo
    signature: str

    @property
    def file(self) -> ArchiveFile:
        """What is needed to read its images."""
        info = self.info
        return ArchiveFile(info.id, info.path, info.container, info.file_size, info.seek_index)


class Walk:
    """Walks the images of a query; `passed` hears of those that need not be looked at.

    Spans are so many `times` as large where handing one over costs more than to a process here.
    An archive that is taken out of `targets` meanwhile is passed by from then on.
    """

    def __init__(
        self,
        storage: Storage,
        images: DiskOrder,
        rows: ImageRows,
        targets: dict[int, Target],
        *,
        level: Level,
        passed: Callable[[int, int], None],
        times: int = 1,
    ) -> None:
        self._storage = storage
        self._images = images
        self._rows = rows
        self._targets = targets
        self._level = level
        self._passed = passed
        self._images_at_once = times * _IMAGES[level]
        self._bytes_at_once = times * _BYTES[level]

    def spans(self) -> Iterator[Span]:
        """The images that were not looked at so deep since their bytes changed."""
        pending: list[Sequence[Any]] = []
        size_bytes = 0
        for row in self._due():
            other = bool(pending) and row[5] != pending[0][5]
            enough = size_bytes >= self._bytes_at_once or len(pending) >= self._images_at_once
            if other or enough:
                yield from self._span(pending)
                pending, size_bytes = [], 0
            pending.append(row)
            size_bytes += row[7]
        yield from self._span(pending)

    def _due(self) -> Iterator[Sequence[Any]]:
        """The rows that are to be looked at, each with its stamp at its end."""
        after = None
        while True:
            with reading(self._storage) as connection:
                rows = self._images.rows(connection, after=after, most=_ROWS_AT_ONCE)
            if not rows:
                return
            after = rows[-1]
            unchanged = out_of_reach = 0
            for archive_id, together in groupby(rows, _ARCHIVE):
                of_one = list(together)
                target = self._targets.get(archive_id)
                if target is None:
                    out_of_reach += len(of_one)
                    continue
                now = stamps(archive_id, map(_PLACE, of_one), target.signature)
                for row, stamp in zip(of_one, now, strict=True):
                    if row[10] == stamp and row[11] >= self._level:
                        unchanged += 1
                    else:
                        yield (*row[:10], stamp)
            self._passed(unchanged, out_of_reach)

    def _span(self, rows: Sequence[Sequence[Any]]) -> Iterator[Span]:
        target = self._targets.get(rows[0][5]) if rows else None
        if target is None:
            self._passed(0, len(rows))
            return
        members = members_of(rows, target.info, self._rows)
        columns = tuple(zip(*rows, strict=True))
        yield Span(
            target.file, self._level, columns[0], columns[10], columns[6], columns[7], members
        )


def members_of(
    rows: Sequence[Sequence[Any]], archive: ArchiveInfo, names: ImageRows
) -> tuple[str, ...]:
    """The members of an archive's image rows: whole paths in a folder, base names elsewhere."""
    template = MemberTemplate(archive.template)
    whole = archive.container == FOLDER
    members = []
    for row, name in zip(rows, names.names(row[:10] for row in rows), strict=True):
        member = row[8] or template.rebuild(class_wnid_of(row[2]), name)
        members.append(member if whole else member.rpartition("/")[2])
    return tuple(members)
