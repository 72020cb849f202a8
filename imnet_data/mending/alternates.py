"""Images that are broken in their place and whole in another: those two change places.

Nothing of a file is written. Which images are broken, verification found.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from imnet_data.archives.reading import read
from imnet_data.db import mending as kept
from imnet_data.db import selects, writer
from imnet_data.db.engine import reading, writing
from imnet_data.errors import ArchiveError
from imnet_data.mending.mend import TASK
from imnet_data.upkeep import list_archives
from imnet_data.verification.codes import BROKEN_IMAGE_CODES
from imnet_data.verification.images.inspect import inspect
from imnet_data.verification.levels import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imnet_data.archives.reading import Place
    from imnet_data.db.engine import Storage
    from imnet_data.image_rows import ImageRows
    from imnet_data.mending.again import Again
    from imnet_data.verification.findings.reading import Findings

# A decode takes a millisecond: what is to be said of a run is to be there in a second.
_LOOKED_FOR: Final = 1000


@dataclass(frozen=True, slots=True)
class Swap:
    """An image and the whole copy of it that is to be its place: in which archive, at which byte.

    `stored_member` is the copy's as the catalogue stores it; `source` and `target` are the paths of
    the archives where it is now, and will be.
    """

    name: str
    row: Sequence[Any]
    archive_id: int
    offset: int
    stored_member: str
    source: str
    target: str


def swaps(storage: Storage, rows: ImageRows, broken: Iterable[Sequence[Any]]) -> Iterator[Swap]:
    """The swaps that give broken images (rows of IMAGE_COLUMNS) a place where they are whole.

    Every bit of a copy is decoded before it is offered.
    """
    archives = {archive.id: archive for archive in list_archives(storage)}
    if not any(archive.alternates for archive in archives.values()):
        return
    for row in broken:
        with reading(storage) as connection:
            others = selects.alternates_of(connection, row[0])
        if not others:
            continue
        (image,) = rows.images([row])
        for archive_id, offset, member, size in others:
            path = archives[archive_id].path
            copy = next(
                one
                for one in rows.alternates(image)
                if (one.archive, one.place.offset, one.size) == (path, offset, size)
                and (not member or one.member == member)
            )
            if _is_whole(copy.place):
                home = archives[row[5]].path
                yield Swap(image.name, row, archive_id, offset, member, home, path)
                break


def whole_copies(storage: Storage, rows: ImageRows, findings: Findings) -> dict[str, int]:
    """How many of the images that were found broken have a whole copy, by its archive's path.

    Of the first thousand of them: a copy is decoded to its end, and one such archive is enough.
    """
    broken: dict[int, Sequence[Any]] = {}
    for one in findings.standing():
        if one.image is not None and one.code in BROKEN_IMAGE_CODES:
            broken.setdefault(one.image[0], one.image)
            if len(broken) == _LOOKED_FOR:
                break
    return dict(Counter(one.target for one in swaps(storage, rows, broken.values())))


def swap(storage: Storage, again: Again, swapped: Sequence[Swap], level: int) -> None:
    """Make swaps, and look at the images in their new places.

    Raises:
        CatalogueBusy: another process writes the catalogue.
    """
    with writer.claim(storage, TASK):
        with writing(storage) as connection:
            kept.forget(connection, [one.row[0] for one in swapped])
            for one in swapped:
                kept.swap_places(
                    connection,
                    one.row[0],
                    archive_id=one.archive_id,
                    offset=one.offset,
                    member=one.stored_member,
                )
        for archive in list_archives(storage):
            ids = [one.row[0] for one in swapped if one.archive_id == archive.id]
            if ids:
                with reading(storage) as connection:
                    moved = [row for part in selects.rows_by_id(connection, ids) for row in part]
                again.look(archive, moved, level)


def _is_whole(place: Place) -> bool:
    if not os.path.exists(place.path):
        return False
    try:
        data = read(place)
    except (ArchiveError, OSError):
        return False
    seen = inspect(data, member=place.member or "", level=Level.DECODE)
    return not any(one.code in BROKEN_IMAGE_CODES for one in seen.found)
