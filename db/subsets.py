"""The rows of subsets, and the keys of a class's images without the rest of their rows.

What a recipe or a lock says is imnet_data's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, insert, select, update

from .batches import fetched
from .groups import Group
from .selects import in_key_order
from .sql import on_postgres, streaming_cursor
from .tables import inspection, subset

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Row

# Bytes that more than one image has, with those images; the sort is the database's and lies on its
# disk. PostgreSQL would count in memory first, in twice the time.
_SHARED = """
SELECT image, digest FROM inspection WHERE digest IN (
    SELECT digest FROM inspection WHERE digest IS NOT NULL GROUP BY digest HAVING count(*) > 1
) ORDER BY digest
"""
_SHARED_ON_SERVER = """
SELECT image, digest FROM (
    SELECT image, digest, count(*) OVER (PARTITION BY digest) AS images
    FROM inspection WHERE digest IS NOT NULL
) AS counted WHERE images > 1 ORDER BY digest
"""


def add_subset(connection: Connection, name: str, *, recipe: str, lock: str, made: int) -> None:
    """Keep a subset; `made` is in seconds since 1970."""
    connection.execute(insert(subset).values(name=name, recipe=recipe, lock=lock, made=made))


def find_subset(connection: Connection, name: str) -> Row[Any] | None:
    """The row of a subset (name, recipe, lock, made), or None."""
    return connection.execute(select(subset).where(subset.c.name == name)).first()


def subset_rows(connection: Connection) -> list[tuple[str, str, int]]:
    """(name, recipe, made) of every subset, by name; without the locks, which are large."""
    found = connection.execute(
        select(subset.c.name, subset.c.recipe, subset.c.made).order_by(subset.c.name)
    )
    return [(row.name, row.recipe, row.made) for row in found]


def set_lock(connection: Connection, name: str, lock: str) -> None:
    """Keep another lock of a subset."""
    connection.execute(update(subset).where(subset.c.name == name).values(lock=lock))


def remove_subset(connection: Connection, name: str) -> bool:
    """Forget a subset; whether there was one."""
    return connection.execute(delete(subset).where(subset.c.name == name)).rowcount > 0


def group_of(row: Sequence[Any]) -> Group:
    """The group that a row of images belongs to."""
    return Group(row[2], row[1], row[3])


def group_keys(connection: Connection, group: Group) -> Iterator[Sequence[tuple[int, int, str]]]:
    """(id, number, name) of a group's images in the order of their key, some thousands at a time.

    They stand in the index itself, so that this costs half of what whole rows do.
    """
    return in_key_order(connection, "id, number, name", group)


def has_digests(connection: Connection) -> bool:
    """Whether the digest of any image is known."""
    wanted = select(inspection.c.image).where(inspection.c.digest.is_not(None))
    return bool(connection.execute(select(exists(wanted))).scalar())


def shared_digests(connection: Connection) -> Iterator[Sequence[tuple[int, bytes]]]:
    """(image, digest) where several images have one digest, by digest; some may be out of date."""
    asked = streaming_cursor(connection)
    asked.execute(_SHARED_ON_SERVER if on_postgres(connection) else _SHARED)
    yield from fetched(asked)
