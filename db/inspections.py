"""What verification learnt of each image and archive: recorded in bulk, read by range and by id.

What was found wrong with them is findings.py's.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from .batches import put_in
from .findings import forget_archive_findings
from .ids import marks, parts
from .selects import changes
from .sql import cursor
from .tables import archive_inspection

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

# An image's inspection as it is recorded: (image, stamp, level, format, mode, width, height,
# digest, look), the perceptual hash as a signed number.
InspectionRow = tuple[
    int, int, int, int | None, int | None, int | None, int | None, bytes | None, int | None
]
_COLUMNS = "image, stamp, level, format, mode, width, height, digest, look"
_INTO = f"INSERT INTO inspection ({_COLUMNS}) VALUES "  # noqa: S608 - columns alone
_INSTEAD = "ON CONFLICT (image) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _COLUMNS.split(", ")[1:]
)
# Where the archives' inspections note that all digests were compared: no archive has this id.
_COMPARISON = 0


# -- of images


def record(connection: Connection, rows: Sequence[InspectionRow]) -> None:
    """Put inspections in, in the place of what was known of the same images.

    Of several of one image it is the last.
    """
    by_image = {row[0]: row for row in rows}
    put_in(cursor(connection), _INTO, by_image.values(), behind=_INSTEAD)


def known(connection: Connection, first_id: int, last_id: int) -> dict[int, tuple[int, int]]:
    """(stamp, level) of the images with ids in this range that were looked at.

    The level is below zero where the image is to be looked at once more, as again.py marks it.
    """
    asked = cursor(connection)
    asked.execute(
        "SELECT image, stamp, level FROM inspection WHERE image BETWEEN ? AND ?",
        (first_id, last_id),
    )
    return {image_id: (stamp, level) for image_id, stamp, level in asked.fetchall()}


def recorded(connection: Connection, ids: Sequence[int]) -> dict[int, InspectionRow]:
    """The inspections of those of these images that have one, as they were recorded."""
    _, others = _COLUMNS.split(", ", 1)
    return {row[0]: row for row in _of_ids(connection, others, ids, "TRUE")}


def digests(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[int, bytes]]:
    """(stamp, digest) of those of these images whose digest is known."""
    found = _of_ids(connection, "stamp, digest", ids, "digest IS NOT NULL")
    return {image_id: (stamp, digest) for image_id, stamp, digest in found}


def sizes(
    connection: Connection, ids: Sequence[int]
) -> dict[int, tuple[int, int, int, int | None]]:
    """(stamp, width, height, format) of those of these images whose size in pixels is known."""
    found = _of_ids(connection, "stamp, width, height, format", ids, "width IS NOT NULL")
    return {row[0]: tuple(row[1:]) for row in found}


def _of_ids(
    connection: Connection, columns: str, ids: Sequence[int], condition: str
) -> Iterator[Any]:
    asked = cursor(connection)
    for part in parts(ids):
        asked.execute(
            f"SELECT image, {columns} FROM inspection "  # noqa: S608 - columns alone
            f"WHERE image IN ({marks(part)}) AND {condition}",
            list(part),
        )
        yield from asked.fetchall()


# -- of archives


def note_archive(connection: Connection, archive_id: int, signature: str, level: int) -> None:
    """Note that an archive was verified as a whole, as its file is now."""
    connection.execute(delete(archive_inspection).where(archive_inspection.c.archive == archive_id))
    connection.execute(
        insert(archive_inspection).values(
            archive=archive_id, signature=signature, level=level, at=int(time.time())
        )
    )


def archive_levels(connection: Connection) -> dict[int, tuple[str, int]]:
    """(signature, level) of the archives that were verified, as they were then."""
    columns = archive_inspection.c
    found = connection.execute(
        select(columns.archive, columns.signature, columns.level).where(columns.archive > 0)
    )
    return {row.archive: (row.signature, row.level) for row in found}


def archive_times(connection: Connection) -> dict[int, tuple[int, int]]:
    """(level, seconds since 1970) of the archives that were verified, by id."""
    columns = archive_inspection.c
    found = connection.execute(
        select(columns.archive, columns.level, columns.at).where(columns.archive > 0)
    )
    return {row.archive: (row.level, row.at) for row in found}


# -- of the catalogue as a whole


def note_comparison(connection: Connection) -> None:
    """Note that all digests were compared, with the images that the catalogue has now."""
    note_archive(connection, _COMPARISON, str(changes(connection)), 0)


def is_compared(connection: Connection) -> bool:
    """Whether no digest is new, and no image has come or gone, since all were compared."""
    signature = connection.execute(
        select(archive_inspection.c.signature).where(archive_inspection.c.archive == _COMPARISON)
    ).scalar()
    return bool(signature == str(changes(connection)))


def forget_comparison(connection: Connection) -> None:
    """Note that digests are new."""
    connection.execute(
        delete(archive_inspection).where(archive_inspection.c.archive == _COMPARISON)
    )


# -- taking out


def forget_images(
    connection: Connection, archive_id: int, first_id: int | None, last_id: int | None
) -> None:
    """Forget an archive's inspection and its images', and what was found of them all.

    Their ids lie between the first and the last; it is to be called while they are the archive's.
    """
    forget_archive_findings(connection, archive_id)
    connection.execute(delete(archive_inspection).where(archive_inspection.c.archive == archive_id))
    ids = (first_id or 0, last_id or -1)
    working = cursor(connection)
    working.execute("SELECT 1 FROM inspection WHERE image BETWEEN ? AND ? LIMIT 1", ids)
    if working.fetchone() is not None:  # else the images need not be walked
        working.execute(
            "DELETE FROM inspection WHERE image BETWEEN ? AND ? AND image IN "
            "(SELECT id FROM image WHERE archive = ? AND id BETWEEN ? AND ?)",
            (*ids, archive_id, *ids),
        )
