"""What is asked of the catalogue: every SELECT over images, counts and synsets.

Rows and plain ints come back; what they mean is imnet_data's business.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, select

from .batches import fetched
from .ids import among, marks, parts
from .sql import cursor, on_postgres, streaming_cursor
from .stretches import disk_order
from .tables import alternate, catalogue, closure, count, image, release, synset
from .written import Written, WrittenForServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from .groups import Group

# The columns of an image's row, in this order wherever rows of images are handed back.
IMAGE_COLUMNS = (
    image.c.id,
    image.c.release,
    image.c.synset,
    image.c.split,
    image.c.number,
    image.c.archive,
    image.c.offset,
    image.c.size,
    image.c.member,
    image.c.name,
)
_OF_GROUP = "synset = ? AND release = ? AND split = ?"
_IN_KEY_ORDER = f"FROM image WHERE {_OF_GROUP} ORDER BY number, name"
_PAGE = 10_000
_PAGE_BY_KEY = f"ORDER BY number, name LIMIT {_PAGE}"
_COLUMNS = 'id, release, synset, split, number, archive, "offset", size, member, name'


def changes(connection: Connection) -> int:
    """A number that goes up with every change of the catalogue."""
    return int(connection.execute(select(catalogue.c.changes)).scalar_one())


def counts(connection: Connection) -> list[tuple[int, int, int, int, int]]:
    """(synset, release, split, images, bytes) of every class, release and split with images."""
    asked = cursor(connection)
    asked.execute('SELECT synset, release, split, images, bytes FROM "count"')
    return list(asked.fetchall())


def releases(connection: Connection) -> dict[int, str]:
    """The releases' names by id."""
    return {row.id: row.name for row in connection.execute(select(release))}


def own_classes(connection: Connection) -> list[tuple[int, str, int | None]]:
    """(id, stored name, parent) of the user's own classes."""
    found = connection.execute(
        select(synset.c.id, synset.c.name, synset.c.parent).where(synset.c.wnid.is_(None))
    )
    return [(row.id, row.name, row.parent) for row in found]


# -- images


def group_rows(connection: Connection, group: Group) -> Iterator[Sequence[tuple[Any, ...]]]:
    """The images of a group in the order of their key, some thousands at a time."""
    return in_key_order(connection, _COLUMNS, group)


def in_key_order(
    connection: Connection, columns: str, group: Group
) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Columns of a group's images in the order of their key, some thousands at a time.

    `number` and `name` are to be among them.
    """
    if on_postgres(connection):
        yield from _paged(connection, columns, group)
    else:
        asked = cursor(connection)
        asked.execute(f"SELECT {columns} {_IN_KEY_ORDER}", group_key(group))
        yield from fetched(asked)


def _paged(
    connection: Connection, columns: str, group: Group
) -> Iterator[Sequence[tuple[Any, ...]]]:
    """The same page by page: most groups are one page, and a server is asked once for it."""
    names = columns.split(", ")
    place = itemgetter(names.index("number"), names.index("name"))
    asked = cursor(connection)
    sql = f"SELECT {columns} FROM image WHERE {_OF_GROUP}"  # noqa: S608 - columns alone
    asked.execute(f"{sql} {_PAGE_BY_KEY}", group_key(group))
    while rows := asked.fetchall():
        yield rows
        if len(rows) < _PAGE:
            return
        behind = (*group_key(group), *place(rows[-1]))
        asked.execute(f"{sql} AND (number, name) > (?, ?) {_PAGE_BY_KEY}", behind)


def group_ids(connection: Connection, group: Group) -> list[int]:
    """The ids of a group in the order of their key, from the index alone."""
    asked = cursor(connection)
    asked.execute(f"SELECT id {_IN_KEY_ORDER}", group_key(group))
    return [row[0] for row in asked.fetchall()]


def group_key(group: Group) -> tuple[int, int, int]:
    """What a group's images have in common, as the index begins with it."""
    return group.synset, group.release, group.split


def rows_by_id(connection: Connection, ids: Sequence[int]) -> Iterator[list[tuple[Any, ...]]]:
    """The images of these ids, in the order asked for, some hundreds at a time."""
    asked = cursor(connection)
    for part in parts(ids):
        asked.execute(
            f"SELECT {_COLUMNS} FROM image WHERE id IN ({marks(part)})",  # noqa: S608
            list(part),
        )
        rows = {row[0]: row for row in asked.fetchall()}
        yield [rows[image_id] for image_id in part]


def image_statement(
    *, synsets: Sequence[int] | None, release_ids: Sequence[int] | None, split: int | None
) -> Select[Any]:
    """The SELECT of images by class, release and split; None does not restrict.

    Ids stand in the statement as numbers: a branch of WordNet has more classes than a statement
    may have parameters.
    """
    statement = select(*IMAGE_COLUMNS)
    if synsets is not None:
        statement = statement.where(among(image.c.synset, synsets))
    if release_ids is not None:
        statement = statement.where(among(image.c.release, release_ids))
    if split is not None:
        statement = statement.where(image.c.split == split)
    return statement


def statement_by_id(ids: Sequence[int]) -> Select[Any]:
    """The SELECT of images by id."""
    return select(*IMAGE_COLUMNS).where(among(image.c.id, ids))


def rows_in_disk_order(
    connection: Connection, statement: Select[Any]
) -> Iterator[Sequence[tuple[Any, ...]]]:
    """A statement's images in the order in which they lie in their archives.

    SQLite walks the table, since fetching by index and sorting would hold every id at once.
    """
    kind = WrittenForServer if on_postgres(connection) else Written
    written = kind(statement.order_by(*disk_order(connection)))
    yield from fetched(written.run(streaming_cursor(connection)))


def images_by_key(connection: Connection, *, synset_id: int, number: int) -> list[tuple[Any, ...]]:
    """Images of a class and number with no stored name, in every release and split."""
    found = connection.execute(
        select(*IMAGE_COLUMNS).where(
            image.c.synset == synset_id, image.c.number == number, image.c.name == ""
        )
    )
    return [tuple(row) for row in found]


def images_by_name(connection: Connection, name: str) -> list[tuple[Any, ...]]:
    """Images with this stored name, in every release and split."""
    # The partial index serves only a statement that states its condition.
    found = connection.execute(
        select(*IMAGE_COLUMNS).where(image.c.name == name, image.c.name != "")
    )
    return [tuple(row) for row in found]


def alternates_of(connection: Connection, image_id: int) -> list[tuple[int, int, str, int]]:
    """(archive, offset, member, size) of an image's other places."""
    found = connection.execute(
        select(alternate.c.archive, alternate.c.offset, alternate.c.member, alternate.c.size)
        .where(alternate.c.image == image_id)
        .order_by(alternate.c.archive, alternate.c.offset, alternate.c.member)
    )
    return [(row.archive, row.offset, row.member, row.size) for row in found]


def count_alternates(connection: Connection, images: Select[Any] | None = None) -> int:
    """How many other places images have: those of a statement over IMAGE_COLUMNS, or all."""
    statement = select(func.count()).select_from(alternate)
    if images is not None:
        wanted = images.with_only_columns(image.c.id)
        statement = statement.where(alternate.c.image.in_(wanted))
    return connection.scalars(statement).one()


def images_under(connection: Connection, ancestor: int) -> int:
    """Images at or under a synset, by the SQL over the closure that people may write themselves."""
    found = connection.execute(
        select(func.coalesce(func.sum(count.c.images), 0))
        .join(closure, closure.c.descendant == count.c.synset)
        .where(closure.c.ancestor == ancestor)
    )
    return int(found.scalar_one())
