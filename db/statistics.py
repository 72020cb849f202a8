"""The rows of what subsets measure: keeping them, and finding those of one part.

What the figures mean, and whether they still hold, is imnet_data's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from .tables import statistics

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Row

_KEY = ("recipe", "release", "part", "geometry", "sample")


def keep_statistics(connection: Connection, row: Mapping[str, Any]) -> None:
    """Keep what was measured, a value for every column, in the place of what was there."""
    same = [statistics.c[name] == row[name] for name in _KEY]
    connection.execute(delete(statistics).where(*same))
    connection.execute(insert(statistics).values(**row))


def find_statistics(
    connection: Connection, *, recipe: str, release: str, part: str
) -> Sequence[Row[Any]]:
    """The rows of one part of what a recipe takes, of all geometries and draws."""
    found = select(statistics).where(
        statistics.c.recipe == recipe,
        statistics.c.release == release,
        statistics.c.part == part,
    )
    return connection.execute(found.order_by(statistics.c.geometry, statistics.c.sample)).all()
