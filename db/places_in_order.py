"""The ids that stand at some places of classes' orders: what a draw needs of millions of images.

Which places are drawn is imnet_data's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .selects import group_ids, group_key
from .sql import cursor, on_postgres

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from .groups import Group

    # A group, how many images it has, and places in the order of their keys.
    Wanted = tuple[Group, int, Sequence[int]]

# Microseconds as measured at 14.2 million images: a statement, a step in the index, a row fetched.
_PLACE_US, _STEP_US, _ROW_US = 10.0, 0.025, 0.7

_AT_FROM_START: Final = (
    "SELECT id FROM image WHERE synset = ? AND release = ? AND split = ? "
    "ORDER BY number, name LIMIT 1 OFFSET ?"
)
_AT_FROM_END: Final = (
    "SELECT id FROM image WHERE synset = ? AND release = ? AND split = ? "
    "ORDER BY number DESC, name DESC LIMIT 1 OFFSET ?"
)


def ids_at(connection: Connection, wanted: Iterable[Wanted]) -> list[int]:
    """The ids at some places (from 0) of groups' orders: (group, its images, places) each.

    A place costs the index entries between it and the nearer end, so with many of them the group
    is read whole.
    """
    if on_postgres(connection):
        return _together(connection, wanted)
    asked = cursor(connection)
    found: list[int] = []
    for group, size, places in wanted:
        if len(places) * (_PLACE_US + size / 4 * _STEP_US) > size * _ROW_US:
            ids = group_ids(connection, group)
            found += [ids[place] for place in places]
            continue
        key = group_key(group)
        for place in places:
            if place > size // 2:
                asked.execute(_AT_FROM_END, (*key, size - 1 - place))
            else:
                asked.execute(_AT_FROM_START, (*key, place))
            found.append(asked.fetchone()[0])
    return found


# -- on a server, where a statement for each place would be a thousand answers to wait for

_SERVER_PLACE_US, _SERVER_STEP_US, _SERVER_ROW_US = 30.0, 0.2, 1.0
_A_STATEMENT: Final = 1_000

# The steps to a place are taken in the index alone; its row is looked up behind them.
_TOGETHER: Final = (
    "SELECT at.nth, image.id FROM unnest(?::integer[], ?::integer[], ?::integer[], ?::bigint[], "
    "?::integer[]) AS at (synset, release, split, place, nth) CROSS JOIN LATERAL ("
    "SELECT number, name FROM image WHERE image.synset = at.synset "
    "AND image.release = at.release AND image.split = at.split "
    "ORDER BY number {way}, name {way} LIMIT 1 OFFSET at.place) AS found "
    "JOIN image ON image.synset = at.synset AND image.release = at.release "
    "AND image.split = at.split AND image.number = found.number AND image.name = found.name"
)
_FROM_START, _FROM_END = (_TOGETHER.format(way=way) for way in ("", "DESC"))
_OF_MOST: Final = (
    "SELECT at.nth, numbered.id FROM (SELECT id, row_number() OVER (ORDER BY number, name) - 1 "
    "AS place FROM image WHERE synset = ? AND release = ? AND split = ?) AS numbered "
    "JOIN unnest(?::bigint[], ?::integer[]) AS at (place, nth) ON at.place = numbered.place"
)


def _together(connection: Connection, wanted: Iterable[Wanted]) -> list[int]:
    """The ids of many groups' places at once."""
    asked = cursor(connection)
    found: dict[int, int] = {}
    from_ends: dict[str, list[tuple[int, ...]]] = {_FROM_START: [], _FROM_END: []}
    last = 0
    for group, size, places in wanted:
        first, last = last, last + len(places)
        if len(places) * (_SERVER_PLACE_US + size / 4 * _SERVER_STEP_US) > size * _SERVER_ROW_US:
            asked.execute(_OF_MOST, (*group_key(group), [*places], [*range(first, last)]))
            found.update(asked.fetchall())
            continue
        for nth, place in enumerate(places, first):
            at_end = place > size // 2
            steps = size - 1 - place if at_end else place
            row = (*group_key(group), steps, nth)
            from_ends[_FROM_END if at_end else _FROM_START].append(row)
    for statement, rows in from_ends.items():
        for start in range(0, len(rows), _A_STATEMENT):
            some = rows[start : start + _A_STATEMENT]
            asked.execute(statement, [list(column) for column in zip(*some, strict=True)])
            found.update(asked.fetchall())
    return [found[nth] for nth in range(last)]
