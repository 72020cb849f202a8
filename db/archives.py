"""The rows of the archive table: finding, adding and changing them.

The images in an archive are bulk.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from .sql import greatest, least
from .tables import archive, count, image, release

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Connection, Row, Select

LOADING = "loading"
WHOLE = "whole"
PARTIAL = "partial"
FAULTY = "faulty"


def find_archive(connection: Connection, uri: str) -> Row[Any] | None:
    """The archive stored under this URI, with its release's name as `release_name`."""
    return connection.execute(_archives().where(archive.c.uri == uri)).first()


def list_archives(connection: Connection) -> list[Row[Any]]:
    """Every archive, in the order in which they were indexed."""
    return list(connection.execute(_archives().order_by(archive.c.id)))


def add_archive(connection: Connection, **values: object) -> int:
    """Add an archive and give its id."""
    made = insert(archive).values(**values).returning(archive.c.id)
    return int(connection.execute(made).scalar_one())


def change_archive(connection: Connection, archive_id: int, **values: object) -> None:
    """Change columns of an archive."""
    connection.execute(update(archive).where(archive.c.id == archive_id).values(**values))


def remove_archive(connection: Connection, archive_id: int) -> None:
    """Take the archive's row out; its images must have gone before."""
    connection.execute(delete(archive).where(archive.c.id == archive_id))


def widen_ids(connection: Connection, archive_id: int, first: int, last: int) -> None:
    """Note that an archive was given images with ids in this range; none where first > last."""
    if first <= last:
        low, high = archive.c.first_image, archive.c.last_image
        connection.execute(
            update(archive)
            .where(archive.c.id == archive_id)
            .values(
                first_image=least(func.coalesce(low, first), first),
                last_image=greatest(func.coalesce(high, last), last),
            )
        )


def contents(connection: Connection, archive_id: int) -> set[tuple[int, int]]:
    """Which (split, synset id) an archive's images have."""
    row = connection.execute(select(archive).where(archive.c.id == archive_id)).one()
    found = connection.execute(
        select(image.c.split, image.c.synset)
        .where(
            image.c.id.between(row.first_image or 0, row.last_image or -1),
            image.c.archive == archive_id,
        )
        .distinct()
    )
    return {(split, synset) for split, synset in found}


def drop_unused_releases(connection: Connection) -> None:
    """Forget releases that no archive belongs to any more."""
    connection.execute(delete(release).where(release.c.id.not_in(select(archive.c.release))))


def releases_with_images(connection: Connection) -> set[str]:
    """The names of the releases of which there is an image."""
    held = select(count.c.release).distinct()
    found = connection.execute(select(release.c.name).where(release.c.id.in_(held)))
    return set(found.scalars())


def _archives() -> Select[Any]:
    return select(archive, release.c.name.label("release_name")).join(
        release, release.c.id == archive.c.release
    )
