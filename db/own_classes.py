"""The rows of a user's own classes, and their pairs in the closure.

What hangs where, and what may hang where, is the caller's to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from .bulk import note_change
from .tables import closure, count, synset

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

_FIRST_OWN_ID = 100_000_000


def own_class_id(connection: Connection, name: str) -> int:
    """The id of a user's own class of this stored name (`own:…`), made where it is new."""
    found = connection.execute(select(synset.c.id).where(synset.c.name == name)).scalar()
    return add_own_class(connection, name) if found is None else int(found)


def add_own_class(connection: Connection, name: str) -> int:
    """Make an own class that hangs nowhere and give its id; its one pair is with itself."""
    last = connection.execute(select(func.max(synset.c.id))).scalar() or 0
    new = max(int(last) + 1, _FIRST_OWN_ID)
    connection.execute(insert(synset).values(id=new, wnid=None, name=name, parent=None))
    connection.execute(insert(closure).values(ancestor=new, descendant=new))
    return new


def set_parent(connection: Connection, class_id: int, parent: int | None) -> None:
    """Note what an own class hangs under; `write_pairs()` has to follow."""
    connection.execute(update(synset).where(synset.c.id == class_id).values(parent=parent))


def remove_own_class(connection: Connection, class_id: int) -> None:
    """Take an own class out that has no images; `write_pairs()` has to follow."""
    connection.execute(delete(synset).where(synset.c.id == class_id))


def write_pairs(connection: Connection, pairs: Iterable[tuple[int, int]]) -> None:
    """Make these pairs (ancestor, descendant) all that own classes are the lower part of."""
    connection.execute(delete(closure).where(closure.c.descendant >= _FIRST_OWN_ID))
    rows = list(pairs)
    if rows:
        connection.exec_driver_sql("INSERT INTO closure (ancestor, descendant) VALUES (?, ?)", rows)
    note_change(connection)


def images_of(connection: Connection, class_id: int) -> int:
    """Images of exactly this class, over all releases and splits."""
    found = connection.execute(
        select(func.coalesce(func.sum(count.c.images), 0)).where(count.c.synset == class_id)
    )
    return int(found.scalar_one())


def drop_unused_synsets(connection: Connection) -> None:
    """Forget the synsets of WordNet at or under which nothing is held any longer.

    Held are the classes with images and the user's own. What stays is closed upwards, so that
    every pair left is between two synsets that are there.
    """
    held = select(count.c.synset).union(select(synset.c.id).where(synset.c.wnid.is_(None)))
    needed = select(closure.c.ancestor).where(closure.c.descendant.in_(held))
    gone = connection.execute(
        delete(synset).where(synset.c.wnid.is_not(None), synset.c.id.not_in(needed))
    )
    if gone.rowcount:
        there = select(synset.c.id)
        connection.execute(delete(closure).where(closure.c.descendant.not_in(there)))
        connection.execute(delete(closure).where(closure.c.ancestor.not_in(there)))
