"""The disk's order in SQLite: ids, for its one writer gives them in the order of an archive.

What a stretch is, and what is asked of it, is stretches.py's.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func

from .ids import among
from .tables import archive, image, inspection
from .written import Written

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from .held import Held


class ById:
    """The images of a statement by id; the table is walked from one id on."""

    def __init__(self, statement: Select[Any], archives: Collection[int] | None) -> None:
        if archives is not None:
            statement = statement.where(among(image.c.archive, archives))
        self._statement = statement

    def rows(
        self, connection: Connection, *, after: Sequence[Any] | None, most: int
    ) -> list[tuple[Any, ...]]:
        """The images behind a row's id."""
        cursor = connection.connection.cursor()
        last = after[0] if after else 0
        found: list[tuple[Any, ...]] = self._rows.run(cursor, after=last, most=most).fetchall()
        return found

    def spread(
        self, connection: Connection, archive_id: int, held: Held, shares: Sequence[float]
    ) -> Iterator[tuple[Any, ...]]:
        """The images next behind shares of the ids."""
        cursor = connection.connection.cursor()
        first, last = held.first_id, held.last_id
        for share in shares:
            after = min(first - 1 + int((last + 1 - first) * share), last - 1)
            row = self._next.run(cursor, after=after, archive=archive_id).fetchone()
            if row is not None:
                yield row

    def by_archive(self, connection: Connection) -> Iterator[tuple[int, int, int, int]]:
        """(archive, images, first id, last id) of those that have any."""
        for archive_id, row in self._of_each(connection, self._held):
            if row[0]:
                yield archive_id, *row

    def archives(self, connection: Connection) -> Iterator[int]:
        """Those that have any."""
        for archive_id, row in self._of_each(connection, self._some):
            if row is not None:
                yield archive_id

    def _of_each(self, connection: Connection, written: Written) -> Iterator[tuple[int, Any]]:
        """The first row of a statement for each archive that has images."""
        cursor = connection.connection.cursor()
        columns = (archive.c.id, archive.c.first_image, archive.c.last_image)
        for archive_id, first, last in connection.execute(
            archive.select().with_only_columns(*columns).where(archive.c.images > 0)
        ):
            found = written.run(cursor, archive=archive_id, first=first, last=last)
            yield archive_id, found.fetchone()

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
