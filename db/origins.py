"""Where an archive's file came from, and the digests of its stretches, as they were fetched.

What they mean, and what of an address may be kept, is imnet_data/origins.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from .tables import archive, chunk_digests

if TYPE_CHECKING:
    from sqlalchemy import Connection


def set_origin(
    connection: Connection,
    archive_id: int,
    *,
    source: str,
    checksum: str | None,
    digests: tuple[int, bytes] | None,
) -> None:
    """Keep an archive's origin in place of what was kept; `digests` are (grain, digests)."""
    connection.execute(
        update(archive).where(archive.c.id == archive_id).values(source=source, checksum=checksum)
    )
    _drop_digests(connection, archive_id)
    if digests is not None:
        grain, found = digests
        connection.execute(
            insert(chunk_digests).values(archive=archive_id, grain=grain, digests=found)
        )


def forget_origin(connection: Connection, archive_id: int) -> None:
    """Forget it: the file is another now, or the archive goes."""
    connection.execute(
        update(archive).where(archive.c.id == archive_id).values(source=None, checksum=None)
    )
    _drop_digests(connection, archive_id)


def chunk_digests_of(connection: Connection, archive_id: int) -> tuple[int, bytes] | None:
    """The grain in bytes and the digests of an archive's file; None where none were kept."""
    found = connection.execute(
        select(chunk_digests.c.grain, chunk_digests.c.digests).where(
            chunk_digests.c.archive == archive_id
        )
    ).first()
    return None if found is None else (int(found.grain), bytes(found.digests))


def archives_with_digests(connection: Connection) -> frozenset[int]:
    """The ids of the archives of which digests of stretches were kept."""
    return frozenset(connection.scalars(select(chunk_digests.c.archive)))


def _drop_digests(connection: Connection, archive_id: int) -> None:
    connection.execute(delete(chunk_digests).where(chunk_digests.c.archive == archive_id))
