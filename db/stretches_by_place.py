"""The disk's order in PostgreSQL: archive and offset, for ids of several writers interleave.

What a stretch is, and what is asked of it, is stretches.py's.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, func, select, tuple_

from .ids import among
from .sql import cursor
from .tables import archive, image, inspection
from .written import WrittenForServer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from .held import Held

_PLACE = (image.c.archive, image.c.offset, image.c.id)
# Before the first image of an archive; behind the last archive, and behind all images.
_BEFORE_ALL = (-1, 0)
_NO_ARCHIVE = (1 << 31) - 1
_BEHIND_ALL = (1 << 63) - 1


class ByPlace:
    """The images of a statement by archive, offset and id, which an index has in this order.

    Two images have one offset where each is a file of its own.
    """

    def __init__(self, statement: Select[Any], archives: Collection[int] | None) -> None:
        self._statement = statement
        self._wanted = archives
        self._known: list[tuple[int, int]] = []

    def rows(
        self, connection: Connection, *, after: Sequence[Any] | None, most: int
    ) -> list[tuple[Any, ...]]:
        """The images behind a row's place."""
        place = (0, *_BEFORE_ALL) if after is None else (after[5], after[6], after[0])
        found: list[tuple[Any, ...]] = []
        for first, last in self._runs(connection):
            if last >= place[0] and len(found) < most:
                at = place if place[0] >= first else (first, *_BEFORE_ALL)
                found += self._between(connection, at, last, most - len(found))
        return found

    def spread(
        self, connection: Connection, archive_id: int, held: Held, shares: Sequence[float]
    ) -> Iterator[tuple[Any, ...]]:
        """The images next behind shares of the bytes between the first and the last of them.

        Where all have one offset, of the ids; where there are few, all of them.
        """
        asked = cursor(connection)
        if held.images <= len(shares):
            before, last = (archive_id, *_BEFORE_ALL), held.images
            yield from (row[:-2] for row in self._between(connection, before, archive_id, last))
            return
        low, high = self._extent.run(asked, archive=archive_id).fetchone()
        if low is None:
            return
        first, last = (held.first_id, held.last_id) if low == high else (low, high)
        for share in shares:
            at = min(first - 1 + int((last + 1 - first) * share), last - 1)
            offset, image_id = (low, at) if low == high else (at, _BEHIND_ALL)
            row = self._next.run(asked, archive=archive_id, after=offset, id=image_id).fetchone()
            if row is not None:
                yield row

    def by_archive(self, connection: Connection) -> Iterator[tuple[int, int, int, int]]:
        """(archive, images, first id, last id) of those that have any."""
        columns = (image.c.archive, func.count(), func.min(image.c.id), func.max(image.c.id))
        held = self._restricted().with_only_columns(*columns).group_by(image.c.archive)
        yield from (tuple(row) for row in connection.execute(held))

    def archives(self, connection: Connection) -> Iterator[int]:
        """Those that have any."""
        images = self._restricted().with_only_columns(image.c.id)
        some = exists(images.where(image.c.archive == archive.c.id).correlate(archive))
        yield from connection.scalars(select(archive.c.id).where(archive.c.images > 0, some))

    def _restricted(self) -> Select[Any]:
        if self._wanted is None:
            return self._statement
        return self._statement.where(among(image.c.archive, self._wanted))

    # -- stretches

    def _between(
        self, connection: Connection, at: tuple[int, int, int], last: int, most: int
    ) -> list[tuple[Any, ...]]:
        archive_id, offset, image_id = at
        asked = cursor(connection)
        found: list[tuple[Any, ...]] = self._rows.run(
            asked, archive=archive_id, after=offset, id=image_id, last=last, most=most
        ).fetchall()
        return found

    def _runs(self, connection: Connection) -> list[tuple[int, int]]:
        """The archives that are asked for as (first, last), where no other one is between."""
        if self._wanted is None:
            return [(0, _NO_ARCHIVE)]
        if not self._known:
            there = select(archive.c.id).where(archive.c.images > 0).order_by(archive.c.id)
            self._known = list(_runs_of(self._wanted, list(connection.scalars(there))))
        return self._known

    # Each is written out where it is asked for.

    @cached_property
    def _rows(self) -> WrittenForServer:
        return WrittenForServer(
            self._statement.where(
                tuple_(*_PLACE) > tuple_(_mark("archive"), _mark("after"), _mark("id")),
                image.c.archive <= _mark("last"),
            )
            .add_columns(inspection.c.stamp, inspection.c.level)
            .outerjoin(inspection, inspection.c.image == image.c.id)
            .order_by(*_PLACE)
            .limit(_mark("most"))
        )

    @cached_property
    def _next(self) -> WrittenForServer:
        behind = tuple_(image.c.offset, image.c.id) > tuple_(_mark("after"), _mark("id"))
        here = image.c.archive == _mark("archive")
        return WrittenForServer(
            self._statement.where(here, behind).order_by(image.c.offset, image.c.id).limit(1)
        )

    @cached_property
    def _extent(self) -> WrittenForServer:
        ends = (func.min(image.c.offset), func.max(image.c.offset))
        here = image.c.archive == _mark("archive")
        return WrittenForServer(self._statement.with_only_columns(*ends).where(here))


def _mark(name: str) -> ColumnElement[int]:
    return bindparam(name, 0)


def _runs_of(wanted: Collection[int], there: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The longest runs of archives that are wanted, of all there are in ascending order.

    >>> list(_runs_of({1, 2, 5, 9}, [1, 2, 3, 5, 9]))
    [(1, 2), (5, 9)]
    """
    chosen = frozenset(wanted)
    run: list[int] = []
    for one in there:
        if one in chosen:
            run.append(one)
        elif run:
            yield run[0], run[-1]
            run = []
    if run:
        yield run[0], run[-1]
