"""What mending reads and changes: an archive's images by place, an image's place, what is stale.

Which bytes of an archive are mended is imnet_data/mending's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update

from .batches import streamed
from .bulk import add_alternates, note_change
from .ids import marks, parts
from .inspections import forget_comparison
from .removal import move_images
from .selects import IMAGE_COLUMNS
from .sql import cursor
from .stretches import disk_order
from .tables import alternate, archive, count, image

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection


def images_of_archive(connection: Connection, archive_id: int) -> Iterator[Sequence[Any]]:
    """The images that have their place in an archive: IMAGE_COLUMNS, some thousands at a time."""
    held = connection.execute(
        select(archive.c.first_image, archive.c.last_image).where(archive.c.id == archive_id)
    ).one()
    statement = (
        select(*IMAGE_COLUMNS)
        .where(
            image.c.id.between(held.first_image or 0, held.last_image or -1),
            image.c.archive == archive_id,
        )
        .order_by(*disk_order(connection))
    )
    yield from streamed(connection, statement)


def forget(connection: Connection, ids: Sequence[int]) -> None:
    """Forget what verification learnt of images and found of their bytes."""
    deleting = cursor(connection)
    for part in parts(ids):
        deleting.execute(
            f"DELETE FROM inspection WHERE image IN ({marks(part)})",  # noqa: S608 - marks alone
            list(part),
        )
        deleting.execute(
            f"DELETE FROM finding WHERE image IN ({marks(part)})",  # noqa: S608 - marks alone
            list(part),
        )
    forget_comparison(connection)


def swap_places(
    connection: Connection, image_id: int, *, archive_id: int, offset: int, member: str
) -> None:
    """Give an image one of its alternate places for its own, and that one its present place.

    `member` is the alternate's as it is stored. Counts and the two archives' numbers follow.
    """
    mine = connection.execute(select(*IMAGE_COLUMNS).where(image.c.id == image_id)).one()
    at = (
        alternate.c.image == image_id,
        alternate.c.archive == archive_id,
        alternate.c.offset == offset,
        alternate.c.member == member,
    )
    size = int(connection.execute(select(alternate.c.size).where(*at)).scalar_one())
    connection.execute(delete(alternate).where(*at))
    here = (image_id, mine.archive, mine.offset, mine.member or "", mine.size)
    add_alternates(connection, [here])
    connection.execute(
        update(image)
        .where(image.c.id == image_id)
        .values(archive=archive_id, offset=offset, member=member or None, size=size)
    )
    # By themselves: add_counts() would have the classes counted anew, and no class has changed.
    connection.execute(
        update(count)
        .where(
            count.c.release == mine.release,
            count.c.split == mine.split,
            count.c.synset == mine.synset,
        )
        .values(bytes=count.c.bytes + size - mine.size)
    )
    ids = (image_id, image_id)
    unlabelled = int(mine.synset == 0)
    move_images(connection, mine.archive, (-1, -mine.size, -unlabelled), ids)
    move_images(connection, archive_id, (1, size, unlabelled), ids)
    note_change(connection)
