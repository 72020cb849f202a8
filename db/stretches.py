"""Images in the order in which they lie on disk, some thousands at a time, with what is known.

Each stretch is a statement of its own, so that whoever writes meanwhile is not held up and the log
does not grow: a walk over 14 million images may take a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func
from sqlalchemy.dialects import sqlite

from .ids import among
from .tables import archive, image, inspection

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import ColumnElement, Connection, Select


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
        self._statement = statement

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
        held: dict[int, Held] = {}
        for archive_id, (count, low, high) in self._of_each(connection, self._held):
            if count:
                held[archive_id] = Held(count, low, high)
        return held

    def archives(self, connection: Connection) -> frozenset[int]:
        """The archives that have any of these images; each is walked as far as the first."""
        found = self._of_each(connection, self._some)
        return frozenset(archive_id for archive_id, row in found if row is not None)

    def _of_each(self, connection: Connection, written: Written) -> Iterator[tuple[int, Any]]:
        """The first row of a statement for each archive that has images."""
        columns = (archive.c.id, archive.c.first_image, archive.c.last_image)
        for archive_id, first, last in connection.execute(
            archive.select().with_only_columns(*columns).where(archive.c.images > 0)
        ):
            cursor = written.run(connection, archive=archive_id, first=first, last=last)
            yield archive_id, cursor.fetchone()

    # Each is written out where it is asked for: with the ids of 20,000 classes that takes a while.

    @cached_property
    def _rows(self) -> Written:
        behind = image.c.id > bindparam("after", 0)
        return Written(
            self._statement.where(behind)
            .add_columns(inspection.c.stamp, inspection.c.level)
            .outerjoin(inspection, inspection.c.image == image.c.id)
            .order_by(image.c.id)
            .limit(bindparam("most", 0))
        )

    @cached_property
    def _next(self) -> Written:
        behind = image.c.id > bindparam("after", 0)
        return Written(self._statement.where(behind, _here()).order_by(image.c.id).limit(1))

    @cached_property
    def _held(self) -> Written:
        found = (func.count(), func.min(image.c.id), func.max(image.c.id))
        return Written(self._statement.with_only_columns(*found).where(_here(), _between()))

    @cached_property
    def _some(self) -> Written:
        some = self._statement.with_only_columns(image.c.id).where(_here(), _between())
        return Written(some.limit(1))


def _here() -> ColumnElement[bool]:
    return image.c.archive == bindparam("archive", 0)


def _between() -> ColumnElement[bool]:
    return image.c.id.between(bindparam("first", 0), bindparam("last", 0))


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
