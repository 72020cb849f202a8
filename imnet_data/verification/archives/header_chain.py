"""The quick look into archives: whether a sample of headers is still where the catalogue says.

A header is some hundred bytes; no image is read. What is seen of the file is archive_checks.py's.
"""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from imnet_data.archives.kinds import DEFLATED_ZIP, FOLDER, TAR, ZIP
from imnet_data.archives.opened import KeptOpen, opened
from imnet_data.archives.tars.headers import BLOCK, heads
from imnet_data.archives.zips.members import check_header_before, header_room, local_header
from imnet_data.db import selects
from imnet_data.db.engine import reading
from imnet_data.db.places_in_order import ids_at
from imnet_data.errors import ArchiveChanged, ArchiveMissing, StoreError
from imnet_data.files.address import is_url
from imnet_data.verification.levels import Level
from imnet_data.verification.spans import MOVED, Looked, bare_row
from imnet_data.verification.stamps import stamp
from imnet_data.verification.walk import members_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imnet_data.archives.reading import Place
    from imnet_data.archives.zips.end import ReadAt
    from imnet_data.db.engine import Connection, Storage
    from imnet_data.db.groups import Group
    from imnet_data.db.stretches import DiskOrder, Held
    from imnet_data.image_rows import ImageRows
    from imnet_data.verification.walk import Target

# Headers an archive, and over all archives, besides one a class: ten milliseconds each where the
# disk turns.
_OF_ONE: Final = 512
_OF_ALL: Final = 32_768
# A disk that turns, or one across a network, answers several at once sooner than one by one; and a
# store takes twenty milliseconds for each.
_AT_ONCE: Final = 8
_AT_ONCE_FAR: Final = 64
# The others have no header that can be read without decoding what stands before it.
_WITH_HEADERS: Final = frozenset({TAR, FOLDER, ZIP, DEFLATED_ZIP})

_files = KeptOpen(opened)


def check_sample(
    storage: Storage,
    images: DiskOrder,
    rows: ImageRows,
    targets: Mapping[int, Target],
    *,
    held: Mapping[int, Held],
    groups: Sequence[tuple[Group, int]],
) -> tuple[list[int], Looked]:
    """The ids of a sample's images whose header is where it was, and what is wrong with the others.

    `groups` are classes with the number of their images: one is taken of each, and some hundreds
    of each archive, the same at every time.
    """
    seen = {at: target for at, target in targets.items() if target.info.container in _WITH_HEADERS}
    with reading(storage) as connection:
        sample = _of_archives(connection, images, held, seen) | _of_classes(connection, groups)
    by_archive: dict[int, list[Sequence[Any]]] = {}
    for row in sorted(sample.values(), key=lambda row: (row[5], row[6], row[0])):
        if row[5] in seen:
            by_archive.setdefault(row[5], []).append(row)
    whole: list[int] = []
    moved = Looked()
    at_once = _AT_ONCE_FAR if any(is_url(seen[at].info.path) for at in by_archive) else _AT_ONCE
    with ThreadPoolExecutor(at_once, thread_name_prefix="imnet-data-headers") as threads:
        for archive_id, found in by_archive.items():
            target = seen[archive_id]
            members = members_of(found, target.info, rows)
            places = [
                target.file.place(member, row[6], row[7])
                for member, row in zip(members, found, strict=True)
            ]
            for row, trouble in zip(found, threads.map(_trouble, places), strict=True):
                if trouble is None:
                    whole.append(row[0])
                else:
                    _note(row, trouble, target, moved)
    return whole, moved


# -- the sample


def _of_archives(
    connection: Connection,
    images: DiskOrder,
    held: Mapping[int, Held],
    targets: Mapping[int, Target],
) -> dict[int, Sequence[Any]]:
    """Rows by id, spread over each archive."""
    most = max(1, min(_OF_ONE, _OF_ALL // max(1, len(targets))))
    rows: dict[int, Sequence[Any]] = {}
    for archive_id in targets:
        if (has := held.get(archive_id)) is None:
            continue
        count = min(most, has.images)
        draw = random.Random(archive_id)  # noqa: S311 - a sample, and no secret
        shares = [(at + draw.random()) / count for at in range(count)]
        rows |= {row[0]: row for row in images.spread(connection, archive_id, has, shares)}
    return rows


def _of_classes(
    connection: Connection, groups: Sequence[tuple[Group, int]]
) -> dict[int, Sequence[Any]]:
    """Rows by id, one of each class."""
    draw = random.Random(0)  # noqa: S311 - likewise
    wanted = ((group, images, [draw.randrange(images)]) for group, images in groups if images)
    ids = ids_at(connection, wanted)
    return {row[0]: row for part in selects.rows_by_id(connection, ids) for row in part}


# -- one header


def _trouble(place: Place) -> str | None:
    """Why a place's header is not the member's, or None."""
    try:
        _look(place)
    except ArchiveChanged as error:
        return error.reason
    except ArchiveMissing:
        return "its file is not there"
    except StoreError:
        raise  # it says nothing of the image
    except OSError as error:
        return error.strerror or str(error)
    return None


def _look(place: Place) -> None:
    if place.container == FOLDER:
        _files.get(place)
        return  # its file is there, and as large as it was
    with _files.reading(place) as file:
        _look_at_header(place, file.read_at)


def _look_at_header(place: Place, read_at: ReadAt) -> None:
    member = place.member or ""
    if place.container == ZIP:
        room = header_room(place.offset)
        check_header_before(read_at, place, read_at(room, place.offset - room))
        return
    if place.container == TAR:
        block = read_at(BLOCK, place.offset - BLOCK)
        well = len(block) == BLOCK and heads(block, member, place.size)
    else:
        header = local_header(read_at, place.offset)
        well = header is not None and header.is_of(member, place.size)
    if not well:
        raise ArchiveChanged(place.path, f"{member} is no longer at byte {place.offset:,}")


def _note(row: Sequence[Any], trouble: str, target: Target, moved: Looked) -> None:
    image_id, archive_id, offset, size = row[0], row[5], row[6], row[7]
    now = stamp(archive_id, offset, size, target.signature)
    moved.images.append(image_id)
    moved.rows.append(bare_row(image_id, now, Level.QUICK))
    moved.found.append((MOVED, image_id, archive_id, trouble))
