"""The words of the catalogue's classes: what is stored of them, and the search among them.

The whole of WordNet is searched elsewhere; here it is the classes that have images, and theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, literal_column, select, text

from .sql import on_postgres
from .tables import synset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection

_OWN = "own:"


def words_of_own(name: str) -> str:
    """What is stored as the words of a user's own class, by its stored name.

    >>> words_of_own("own:black_dog")
    'black dog'
    """
    return name.removeprefix(_OWN).replace("_", " ")


def synsets_by_words(connection: Connection, query: str) -> list[int]:
    """The ids, ascending, of the synsets that have all these words among theirs.

    PostgreSQL knows the words' forms ("dogs" finds dog) and reads `"hot dog"`, `or` and `-`; in
    SQLite a synset has a word that stands anywhere in its words, in whatever case.
    """
    found = _in_full_text(query) if on_postgres(connection) else _anywhere(query.split())
    return list(connection.scalars(select(synset.c.id).where(found).order_by(synset.c.id)))


def _in_full_text(query: str) -> ColumnElement[Any]:
    # As the index has it, letter by letter: PostgreSQL compares the expressions.
    stored: ColumnElement[Any] = literal_column("to_tsvector('english', words)")
    return stored.op("@@")(func.websearch_to_tsquery(text("'english'"), query))


def _anywhere(words: Sequence[str]) -> ColumnElement[Any]:
    return and_(*(synset.c.words.icontains(word, autoescape=True) for word in words))
