"""Images that are to be looked at once more: marked, counted, and the run that marked them.

A mark is the sign of an inspection's level: what was learnt stays, and how deep it was looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, update

from .ids import among
from .inspections import note_archive
from .sql import cursor
from .tables import archive_inspection, image, inspection

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement, Connection, Select

# Where the archives' inspections keep the run that marked images last: no archive has this id.
_RUN = -1


def mark(connection: Connection, images: Select[Any] | None) -> None:
    """Mark every image of a statement over IMAGE_COLUMNS whose bytes were read; None for all."""
    read = (inspection.c.level > 1, *_among(images))
    connection.execute(update(inspection).where(*read).values(level=-inspection.c.level))


def count_marked(connection: Connection, images: Select[Any] | None) -> int:
    """How many images of a statement are marked; None for all."""
    statement = select(func.count()).select_from(inspection)
    found = connection.execute(statement.where(inspection.c.level < 0, *_among(images)))
    return int(found.scalar_one())


def has_marked(connection: Connection, first_id: int, last_id: int) -> bool:
    """Whether an image with an id in this range is marked."""
    asked = cursor(connection)
    asked.execute(
        "SELECT 1 FROM inspection WHERE image BETWEEN ? AND ? AND level < 0 LIMIT 1",
        (first_id, last_id),
    )
    return asked.fetchone() is not None


def forget_archives(connection: Connection, archive_ids: Collection[int]) -> None:
    """Forget that archives were verified as wholes; what was found of them stays."""
    connection.execute(
        delete(archive_inspection).where(among(archive_inspection.c.archive, archive_ids))
    )


# -- the run that marked them


def note_run(connection: Connection, asked: str) -> None:
    """Note what was asked of the run that marks images now."""
    note_archive(connection, _RUN, asked, 0)


def run(connection: Connection) -> tuple[str, int] | None:
    """What was asked of the run that marked images and has not ended, and when it began."""
    columns = archive_inspection.c
    row = connection.execute(
        select(columns.signature, columns.at).where(columns.archive == _RUN)
    ).one_or_none()
    return None if row is None else (row.signature, row.at)


def end_run(connection: Connection) -> None:
    """Note that it has ended."""
    forget_archives(connection, [_RUN])


def _among(images: Select[Any] | None) -> tuple[ColumnElement[bool], ...]:
    if images is None:
        return ()
    return (inspection.c.image.in_(images.with_only_columns(image.c.id)),)
