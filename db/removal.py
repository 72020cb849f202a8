"""Taking an archive out: images with another place move there, the others go, with what is known.

Loading is bulk.py's.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, bindparam, delete, func, select, text, update

from .boxes import forget_boxes
from .bulk import add_counts
from .inspections import forget_images
from .sql import greatest, least
from .tables import alternate, archive, image

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection


_COUNTS = ("images", "bytes", "unlabelled", "alternates", "ignored", "boxes", "boxed_images")


def set_aside(connection: Connection, archive_id: int) -> None:
    """Turn the sign of an archive on its images, and take them and its boxes out of the counts.

    A load that follows takes them up again under their ids; `drop_aside` ends those it did not.
    """
    row = connection.execute(select(archive).where(archive.c.id == archive_id)).one()
    forget_images(connection, archive_id, row.first_image, row.last_image)
    mine = _of_archive(archive_id, row.first_image, row.last_image)
    held = connection.execute(
        select(image.c.release, image.c.split, image.c.synset, func.count(), func.sum(image.c.size))
        .where(*mine)
        .group_by(image.c.release, image.c.split, image.c.synset)
    ).all()
    _change_counts(connection, [(r, sp, sy, -n, -int(b)) for r, sp, sy, n, b in held])
    connection.execute(update(image).where(*mine).values(archive=-archive_id))
    connection.execute(delete(alternate).where(alternate.c.archive == archive_id))
    if row.boxes:
        forget_boxes(connection, archive_id)
    nothing = dict.fromkeys(_COUNTS, 0)
    connection.execute(update(archive).where(archive.c.id == archive_id).values(nothing))


def drop_aside(connection: Connection, archive_id: int) -> int:
    """End the images set aside: one that has another place moves there, the others go.

    Returns how many moved.
    """
    row = connection.execute(select(archive).where(archive.c.id == archive_id)).one()
    mine = _of_archive(-archive_id, row.first_image, row.last_image)
    moved = 0
    while promoted := _promote(connection, mine):
        moved += promoted
    connection.execute(delete(image).where(*mine))
    return moved


def _of_archive(
    archive_id: int, first: int | None, last: int | None
) -> tuple[ColumnElement[bool], ...]:
    return (image.c.archive == archive_id, image.c.id.between(first or 0, last or -1))


def _promote(connection: Connection, mine: tuple[ColumnElement[bool], ...]) -> int:
    """Move up to 10,000 images to their first alternate place."""
    found = connection.execute(
        select(
            image.c.id,
            image.c.release,
            image.c.split,
            image.c.synset,
            alternate.c.archive,
            alternate.c.offset,
            alternate.c.member,
            alternate.c.size,
        )
        .join(alternate, alternate.c.image == image.c.id)
        .where(*mine)
        .order_by(image.c.id, alternate.c.archive, alternate.c.offset, alternate.c.member)
        .limit(10_000)
    ).all()
    first = {row.id: row for row in reversed(found)}
    if not first:
        return 0
    gained: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in first.values():
        total = gained[row.archive]
        total[0] += 1
        total[1] += row.size
        total[2] += row.synset == 0
    rows = [
        {
            "at": row.id,
            "archive": row.archive,
            "offset": row.offset,
            "member": row.member or None,
            "size": row.size,
        }
        for row in first.values()
    ]
    connection.execute(
        update(image)
        .where(image.c.id == bindparam("at"))
        .values({name: bindparam(name) for name in ("archive", "offset", "member", "size")}),
        rows,
    )
    connection.execute(
        text(
            "DELETE FROM alternate WHERE image = :at AND archive = :archive "
            "AND \"offset\" = :offset AND member = coalesce(:member, '')"
        ),
        rows,
    )
    _change_counts(
        connection, [(row.release, row.split, row.synset, 1, row.size) for row in first.values()]
    )
    ids = sorted(first)
    for archive_id, (images, size_bytes, unlabelled) in gained.items():
        move_images(connection, archive_id, (images, size_bytes, unlabelled), (ids[0], ids[-1]))
    return len(first)


def move_images(
    connection: Connection,
    archive_id: int,
    gained: tuple[int, int, int],
    ids: tuple[int, int],
) -> None:
    """Count images that an archive gains (or loses, below 0), which were alternates there (or are).

    `gained` are images, their bytes, and how many are unlabelled; `ids` the first and the last id.
    """
    images, size_bytes, unlabelled = gained
    low, high = ids
    connection.execute(
        update(archive)
        .where(archive.c.id == archive_id)
        .values(
            images=archive.c.images + images,
            bytes=archive.c.bytes + size_bytes,
            unlabelled=archive.c.unlabelled + unlabelled,
            alternates=archive.c.alternates - images,
            first_image=least(func.coalesce(archive.c.first_image, low), low),
            last_image=greatest(func.coalesce(archive.c.last_image, high), high),
        )
    )


def _change_counts(
    connection: Connection, changes: Iterable[tuple[int, int, int, int, int]]
) -> None:
    by_release: dict[int, dict[tuple[int, int], list[int]]] = defaultdict(dict)
    for release_id, split, synset_id, images, size_bytes in changes:
        total = by_release[release_id].setdefault((split, synset_id), [0, 0])
        total[0] += images
        total[1] += size_bytes
    for release_id, counts in by_release.items():
        add_counts(connection, release_id, counts)
