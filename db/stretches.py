"""Images in the order in which they lie on disk, some thousands at a time, with what is known.

Each stretch is a statement of its own, so that whoever writes meanwhile is not held up and the log
does not grow: a walk over 14 million images may take a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func
from sqlalchemy.dialects import sqlite

from .ids import among
from .tables import archive, image, inspection

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection, Select


@dataclass(frozen=True, slots=True)
class Held:
    """How many of some images an archive has, and between which ids they lie."""

    images: int
    first_id: int
    last_id: int


class DiskOrder:
    """The images of a statement over selects.IMAGE_COLUMNS, by id, from any id on.

    With `archives`, those alone that have their place in one of these.
    """

    def __init__(self, statement: Select[Any], archives: Collection[int] | None = None) -> None:
        if archives is not None:
            statement = statement.where(among(image.c.archive, archives))
        here = image.c.archive == bindparam("archive", 0)
        after = statement.where(image.c.id > bindparam("after", 0))
        between = image.c.id.between(bindparam("first", 0), bindparam("last", 0))
        found = (func.count(), func.min(image.c.id), func.max(image.c.id))
        self._rows = Written(
            after.add_columns(inspection.c.stamp, inspection.c.level)
            .outerjoin(inspection, inspection.c.image == image.c.id)
            .order_by(image.c.id)
            .limit(bindparam("most", 0))
        )
        self._next = Written(after.where(here).order_by(image.c.id).limit(1))
        self._held = Written(statement.with_only_columns(*found).where(here, between))

    def rows(self, connection: Connection, *, after: int, most: int) -> list[tuple[Any, ...]]:
        """Up to so many images behind an id: IMAGE_COLUMNS, then stamp and level, or None twice."""
        found: list[tuple[Any, ...]] = self._rows.run(connection, after=after, most=most).fetchall()
        return found

    def next_in(
        self, connection: Connection, archive_id: int, *, after: int
    ) -> tuple[Any, ...] | None:
        """The first image behind an id that lies in an archive."""
        cursor = self._next.run(connection, after=after, archive=archive_id)
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found

    def by_archive(self, connection: Connection) -> dict[int, Held]:
        """What each archive has of these images, those with none left out; it walks them all."""
        columns = (archive.c.id, archive.c.first_image, archive.c.last_image)
        held: dict[int, Held] = {}
        for archive_id, first, last in connection.execute(
            archive.select().with_only_columns(*columns).where(archive.c.images > 0)
        ):
            cursor = self._held.run(connection, archive=archive_id, first=first, last=last)
            count, low, high = cursor.fetchone()
            if count:
                held[archive_id] = Held(count, low, high)
        return held


class Written:
    """A statement over the image table, written out once for the driver, with its own values.

    The ids of 20,000 classes may stand in it. The table itself is walked: an index on what is asked
    for would have every id fetched and sorted, for each stretch again.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        compiled = statement.compile(
            dialect=sqlite.dialect(paramstyle="named"),
            compile_kwargs={"render_postcompile": True},
        )
        # SQLAlchemy has no words for this hint of SQLite's.
        self._sql = str(compiled).replace("FROM image", "FROM image NOT INDEXED", 1)
        self._values = dict(compiled.params)

    def run(self, connection: Connection, **values: int) -> Any:
        """A cursor over its rows."""
        cursor = connection.connection.cursor()
        cursor.execute(self._sql, self._values | values)
        return cursor
