"""Bounding boxes in the catalogue: putting an archive's in, taking them out, finding an image's.

They hang on an image's key, never on its id: nothing here looks at the image table.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete

from .batches import put_in
from .sql import cursor
from .tables import box

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection


class BoxKey(NamedTuple):
    """The key of an image that has boxes; make it with `of`."""

    release: int
    split: int
    synset: int
    number: int
    name: str

    @classmethod
    def of(cls, release: int, split: int, synset: int, number: int, name: str) -> BoxKey:
        """The key of an image's row: of a stored name, the name alone."""
        return cls(release, split, 0, 0, name) if name else cls(release, split, synset, number, "")


class BoxRow(NamedTuple):
    """A box as it is stored, without its image."""

    category: int
    label: str | None
    xmin: int
    ymin: int
    xmax: int
    ymax: int
    width: int | None
    height: int | None
    truncated: bool
    difficult: bool


_KEY = "release = ? AND split = ? AND synset = ? AND number = ? AND name = ?"
_VALUES = "category, label, x_min, y_min, x_max, y_max, width, height, truncated, difficult"
_COLUMNS = f"release, split, synset, number, name, archive, ordinal, {_VALUES}"
_INTO = f"INSERT INTO box ({_COLUMNS}) VALUES "  # noqa: S608 - columns alone
_REMOVE = f"DELETE FROM box WHERE {_KEY} AND archive = ?"  # noqa: S608 - columns alone
_IS_SIZED = f"SELECT 1 FROM box WHERE {_KEY} AND archive = ? AND width IS NOT NULL"  # noqa: S608
_OF_ONE = f"SELECT archive, {_VALUES} FROM box WHERE {_KEY} ORDER BY archive, ordinal"  # noqa: S608
_OF_MANY = (
    f"SELECT number, archive, {_VALUES} FROM box "  # noqa: S608
    "WHERE release = ? AND split = ? AND synset = ? AND number BETWEEN ? AND ? AND name = '' "
    "ORDER BY number, archive, ordinal"
)
# From so many images of a class on, the range between the first and the last is read at once: a
# statement for each costs some 5 us, a box that nobody asked for 1.
_FEW = 16


def write_boxes(
    connection: Connection, archive_id: int, found: Mapping[BoxKey, Sequence[BoxRow]]
) -> tuple[int, int]:
    """Put the boxes of some images in, in the place of what this archive had of them.

    A list that knows no image's size leaves boxes alone that came with it. Returns by how many
    boxes, and images with boxes, the archive now has more.
    """
    writing = cursor(connection)
    firsts, rest = _rows(archive_id, found)
    if not firsts:
        return 0, 0
    images = put_in(writing, _INTO, firsts, behind="ON CONFLICT DO NOTHING")
    gone = 0
    if images < len(firsts):
        # A load that goes on after a kill meets some again, and an archive may tell of one twice.
        firsts, rest = _rows(archive_id, _without_poorer(writing, archive_id, found))
        writing.executemany(_REMOVE, [first[:6] for first in firsts])
        gone = writing.rowcount - images
        put_in(writing, _INTO, firsts)
    put_in(writing, _INTO, rest)
    return len(firsts) + len(rest) - gone, images


def _rows(
    archive_id: int, found: Mapping[BoxKey, Sequence[BoxRow]]
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The rows of the first boxes of each image, and of the others, in the order of keys."""
    firsts: list[tuple[Any, ...]] = []
    rest: list[tuple[Any, ...]] = []
    for key in sorted(found):
        for ordinal, values in enumerate(found[key]):
            row = (*key, archive_id, ordinal, *values[:-2], *map(int, values[-2:]))
            (rest if ordinal else firsts).append(row)
    return firsts, rest


def _without_poorer(
    asked: Any, archive_id: int, found: Mapping[BoxKey, Sequence[BoxRow]]
) -> dict[BoxKey, Sequence[BoxRow]]:
    """What is found, without what knows no size of an image that is here with its size."""
    kept = {}
    for key, boxes in found.items():
        if boxes and boxes[0].width is None:
            asked.execute(_IS_SIZED, (*key, archive_id))
            if asked.fetchone() is not None:
                continue
        kept[key] = boxes
    return kept


def forget_boxes(connection: Connection, archive_id: int) -> None:
    """Take an archive's boxes out; it reads the whole table, so ask only where it has any."""
    connection.execute(delete(box).where(box.c.archive == archive_id))


def boxes_of(connection: Connection, keys: Sequence[BoxKey]) -> list[list[BoxRow]]:
    """The boxes of each image, in the order asked for; of several archives' the first one's."""
    asked = cursor(connection)
    found: list[list[BoxRow]] = []
    for (release, split, synset, named), group in groupby(keys, _group_of):
        same = list(group)
        if len(same) < _FEW or named:
            for key in same:
                asked.execute(_OF_ONE, key)
                found.append(_of_first_archive(asked.fetchall()))
            continue
        numbers = [key.number for key in same]
        asked.execute(_OF_MANY, (release, split, synset, min(numbers), max(numbers)))
        by_number: dict[int, list[BoxRow]] = {}
        last: tuple[int, int] | None = None
        for number, archive, *values in asked.fetchall():
            if number not in by_number:
                by_number[number] = [BoxRow._make(values)]
                last = number, archive
            elif last == (number, archive):
                by_number[number].append(BoxRow._make(values))
        found += [by_number.get(number, []) for number in numbers]
    return found


def _group_of(key: BoxKey) -> tuple[int, int, int, bool]:
    return key.release, key.split, key.synset, bool(key.name)


def _of_first_archive(rows: Sequence[tuple[Any, ...]]) -> list[BoxRow]:
    return [BoxRow._make(row[1:]) for row in rows if row[0] == rows[0][0]]
