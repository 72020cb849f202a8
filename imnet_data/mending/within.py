"""Which images lie in ranges of an archive's file, and how deep they were verified.

Where the whole file is one compressed stream, any of them may.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from imnet_data.archives.kinds import COMPRESSED_TARS, PARQUET
from imnet_data.db import inspections
from imnet_data.db import mending as kept
from imnet_data.db.engine import reading
from imnet_data.mending.damage import extent
from imnet_data.verification.inspected import Inspected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.archives.reading import Place
    from imnet_data.db.engine import Storage
    from imnet_data.image_rows import ImageRows
    from imnet_data.upkeep import ArchiveInfo

Ranges = tuple[tuple[int, int], ...]


def rows_within(
    storage: Storage, archive: ArchiveInfo, ranges: Ranges
) -> Iterator[Sequence[Sequence[Any]]]:
    """The rows (IMAGE_COLUMNS) of an archive's images that lie in ranges, a batch at a time."""
    starts = [start for start, _ in ranges]
    anywhere = archive.container in {*COMPRESSED_TARS, PARQUET}

    def is_within(row: Sequence[Any]) -> bool:
        start, stop = extent(archive.container, row[6], row[7])
        at = bisect_right(starts, max(start, stop - 1)) - 1
        return anywhere or (at >= 0 and ranges[at][1] > start)

    with reading(storage) as connection:
        for batch in kept.images_of_archive(connection, archive.id):
            if found := [tuple(row) for row in batch if is_within(row)]:
                yield found


def level_within(storage: Storage, archive: ArchiveInfo, ranges: Ranges) -> int:
    """The deepest level that one of these images was verified at; 0 where none was."""
    deepest = 0
    for batch in rows_within(storage, archive, ranges):
        ids = {row[0] for row in batch}
        with reading(storage) as connection:
            known = inspections.known(connection, min(ids), max(ids))
        deepest = max([deepest, *(known[one][1] for one in ids & known.keys())])
    return deepest


def places_within(
    storage: Storage, rows: ImageRows, archive: ArchiveInfo, ranges: Ranges
) -> Iterator[tuple[Sequence[Any], Place, bytes | None]]:
    """These images with where each is, and its digest where it is known; none of a stream's."""
    if archive.container in {*COMPRESSED_TARS, PARQUET}:
        return
    inspected = Inspected(storage)
    for batch in rows_within(storage, archive, ranges):
        digests = inspected.digests(batch)
        for row, image, digest in zip(batch, rows.images(batch), digests, strict=True):
            yield row, image.place, digest
