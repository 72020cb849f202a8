"""Images in the order in which they lie on disk, some thousands at a time, with what is known.

Each stretch is a statement of its own, so that whoever writes meanwhile is not held up and the log
does not grow: a walk over 14 million images may take a day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from .held import Held as Held  # noqa: PLC0414 - for those outside to name
from .sql import on_postgres
from .stretches_by_id import ById
from .stretches_by_place import ByPlace
from .tables import image

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Select


class _Way(Protocol):
    """The disk's order as one of the databases has it."""

    def rows(
        self, connection: Connection, *, after: Sequence[Any] | None, most: int
    ) -> list[tuple[Any, ...]]: ...

    def spread(
        self, connection: Connection, archive_id: int, held: Held, shares: Sequence[float]
    ) -> Iterator[tuple[Any, ...]]: ...

    def by_archive(self, connection: Connection) -> Iterator[tuple[int, int, int, int]]: ...

    def archives(self, connection: Connection) -> Iterator[int]: ...


class DiskOrder:
    """The images of a statement over selects.IMAGE_COLUMNS in the disk's order, from anywhere on.

    With `archives`, those alone that have their place in one of these.
    """

    def __init__(self, statement: Select[Any], archives: Collection[int] | None = None) -> None:
        self._statement = statement
        self._archives = archives
        self._found: _Way | None = None

    def rows(
        self, connection: Connection, *, after: Sequence[Any] | None, most: int
    ) -> list[tuple[Any, ...]]:
        """Up to so many images: IMAGE_COLUMNS, then stamp and level, or None twice.

        `after` is the row behind which they come, the last one of the stretch before; None for the
        first stretch.
        """
        return self._way(connection).rows(connection, after=after, most=most)

    def spread(
        self, connection: Connection, archive_id: int, held: Held, shares: Sequence[float]
    ) -> Iterator[tuple[Any, ...]]:
        """The image next behind each share, from 0 to 1, of what an archive has of these.

        Where there are as many shares as images, or more, it may be all images.
        """
        return self._way(connection).spread(connection, archive_id, held, shares)

    def by_archive(self, connection: Connection) -> dict[int, Held]:
        """What each archive has of these images, those with none left out; it walks them all."""
        found = self._way(connection).by_archive(connection)
        return {archive_id: Held(*held) for archive_id, *held in found}

    def archives(self, connection: Connection) -> frozenset[int]:
        """The archives that have any of these images; each is walked as far as the first."""
        return frozenset(self._way(connection).archives(connection))

    def _way(self, connection: Connection) -> _Way:
        # Statements are written out once: with the ids of 20,000 classes that takes a while.
        if self._found is None:
            kind = ByPlace if on_postgres(connection) else ById
            self._found = kind(self._statement, self._archives)
        return self._found


def disk_order(connection: Connection) -> tuple[ColumnElement[int], ...]:
    """What images are ordered by to lie as on disk: by id, which only one writer gives in order."""
    if on_postgres(connection):
        return image.c.archive, image.c.offset, image.c.id
    return (image.c.id,)
