"""The rows of a user's own classes, and their pairs in the closure.

What hangs where, and what may hang where, is the caller's to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, func, insert, select, update

from .batches import put_in
from .bulk import note_change
from .sql import cursor
from .tables import closure, count, synset
from .words import words_of_own

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

_FIRST_OWN_ID = 100_000_000


def find_own_class(connection: Connection, name: str) -> int | None:
    """The id of a user's own class of this stored name (`own:…`), None where there is none."""
    found = connection.execute(select(synset.c.id).where(synset.c.name == name)).scalar()
    return None if found is None else int(found)


def own_class_id(connection: Connection, name: str) -> int:
    """The same id; the class is made where it is new."""
    found = find_own_class(connection, name)
    return add_own_class(connection, name) if found is None else found


def add_own_class(connection: Connection, name: str) -> int:
    """Make an own class that hangs nowhere and give its id; its one pair is with itself."""
    last = connection.execute(select(func.max(synset.c.id))).scalar() or 0
    new = max(int(last) + 1, _FIRST_OWN_ID)
    row = {"id": new, "wnid": None, "name": name, "parent": None, "words": words_of_own(name)}
    connection.execute(insert(synset).values(row))
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
    put_in(cursor(connection), "INSERT INTO closure (ancestor, descendant) VALUES ", pairs)
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
    # Not by NOT IN: PostgreSQL goes through a long list for each row where it has little memory.
    needed = exists().where(closure.c.ancestor == synset.c.id, closure.c.descendant.in_(held))
    gone = connection.execute(delete(synset).where(synset.c.wnid.is_not(None), ~needed))
    if gone.rowcount:
        for end in (closure.c.descendant, closure.c.ancestor):
            connection.execute(delete(closure).where(~exists().where(synset.c.id == end)))
