"""What is asked of many images at once to compare them: same digests, looks, names that come twice.

What it means for two images to be the same is imnet_data/verification's.
"""

from __future__ import annotations

from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, select

from .batches import fetched, streamed
from .ids import marks, parts
from .sql import cursor, on_postgres, streaming_cursor
from .subsets import shared_digests
from .tables import archive, image, inspection

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

_COLUMNS = (
    "image.id, image.release, image.synset, image.split, image.number, image.archive, "
    'image."offset", image.size, image.member, image.name'
)

# Only what repeats leaves SQLite: sorting by digest spills to its temporary file, and none of the
# images whose bytes are their own becomes a row in Python.
_REPEATED = (
    "SELECT group_concat(image) FROM inspection WHERE digest IS NOT NULL AND digest <> ? "
    "GROUP BY digest HAVING count(*) > 1 ORDER BY digest"
)

# A second place in the same archive, wherever the image's first place is.
_TWICE = (
    "SELECT count(*), min(image) FROM ("
    "SELECT alternate.archive AS archive, alternate.image AS image FROM alternate "
    "JOIN image ON image.id = alternate.image AND image.archive = alternate.archive "
    "WHERE alternate.archive = ?1 "
    "UNION ALL "
    "SELECT archive, image FROM (SELECT archive, image FROM alternate WHERE archive = ?1 "
    "GROUP BY image, archive HAVING count(*) > 1) AS several "
    "WHERE NOT EXISTS (SELECT 1 FROM image WHERE image.id = several.image "
    "AND image.archive = several.archive)"
    ") AS doubled"
)


def repeated_digests(connection: Connection, *, but: bytes) -> Iterator[list[int]]:
    """The ids of the images of each digest that several have, by digest; `but` is left out."""
    if on_postgres(connection):
        shared = chain.from_iterable(shared_digests(connection))
        for digest, rows in groupby(shared, key=itemgetter(1)):
            if digest != but:
                yield [row[0] for row in rows]
        return
    asked = cursor(connection)
    asked.execute(_REPEATED, (but,))
    for found in fetched(asked):
        for (ids,) in found:
            yield list(map(int, ids.split(",")))


def looks(
    connection: Connection, release_ids: Sequence[int] | None = None
) -> Iterator[Sequence[tuple[int, int]]]:
    """(image, look) of every image whose look is known, some thousands at a time.

    With `release_ids`, of the images of these releases alone.
    """
    asked = streaming_cursor(connection)
    if release_ids is None:
        asked.execute("SELECT image, look FROM inspection WHERE look IS NOT NULL ORDER BY image")
    else:
        # In this order, which is the answer's; PostgreSQL finds its own way.
        join = "JOIN" if on_postgres(connection) else "CROSS JOIN"
        asked.execute(
            "SELECT inspection.image, inspection.look FROM inspection "  # noqa: S608 - marks alone
            f"{join} image ON image.id = inspection.image "
            f"WHERE inspection.look IS NOT NULL AND image.release IN ({marks(release_ids)}) "
            "ORDER BY inspection.image",
            list(release_ids),
        )
    yield from fetched(asked)


def inspected_images(
    connection: Connection, ids: Sequence[int]
) -> Iterator[tuple[tuple[Any, ...], int, bytes | None, int | None]]:
    """(image, stamp, digest, look) of those of these images that were looked at.

    `image` is a row of selects.IMAGE_COLUMNS; the look is a signed number.
    """
    asked = cursor(connection)
    for part in parts(ids):
        asked.execute(
            f"SELECT {_COLUMNS}, stamp, digest, look FROM image "  # noqa: S608 - marks alone
            f"JOIN inspection ON inspection.image = image.id WHERE image.id IN ({marks(part)})",
            list(part),
        )
        for row in asked.fetchall():
            yield row[:-3], row[-3], row[-2], row[-1]


def signatures(connection: Connection) -> dict[int, str]:
    """What tells whether an archive's file changed, by the archive's id."""
    found = connection.execute(select(archive.c.id, archive.c.signature))
    return {row.id: row.signature for row in found}


def how_many_inspected(
    connection: Connection, level: int, release_ids: Sequence[int] | None = None
) -> tuple[int, int, int]:
    """How many images were looked at so deep or deeper, have a digest, and have a look.

    With `release_ids`, of the images of these releases alone.
    """
    statement = select(
        func.count(case((func.abs(inspection.c.level) >= level, 1))),
        func.count(inspection.c.digest),
        func.count(inspection.c.look),
    )
    if release_ids is not None:
        statement = statement.join(image, image.c.id == inspection.c.image)
        statement = statement.where(image.c.release.in_(release_ids))
    deep, digests, looks = connection.execute(statement).one()
    return int(deep), int(digests), int(looks)


def names_twice(connection: Connection, archive_id: int) -> tuple[int, tuple[Any, ...]] | None:
    """How many images come twice or more in an archive, and the first one's row; None for none."""
    asked = cursor(connection)
    asked.execute(_TWICE, (archive_id,))
    ((count, image_id),) = asked.fetchall()
    if not count:
        return None
    asked.execute(f"SELECT {_COLUMNS} FROM image WHERE id = ?", (image_id,))  # noqa: S608
    return int(count), tuple(asked.fetchall()[0])


def unlabelled_heads(connection: Connection) -> Iterator[tuple[int, int, str, int]]:
    """(release, split, head, images) of unlabelled images whose stored names begin with an n.

    `head` are the first ten signs of their names: a wnid, and what follows it.
    """
    head = func.substr(image.c.name, 1, 10)
    keys = (image.c.release, image.c.split, head)
    statement = (
        select(*keys, func.count())
        .where(image.c.synset == 0, image.c.name >= "n", image.c.name <= "o")
        .group_by(*keys)
    )
    for part in streamed(connection, statement):
        for row in part:
            yield int(row[0]), int(row[1]), str(row[2]), int(row[3])
