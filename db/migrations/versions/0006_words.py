"""The words of a class beside its name; in PostgreSQL, what finds them, and the disk's order.

A box's edges get names that PostgreSQL can have too.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, bindparam, column, select, table, text, update

from imnet_data.db.column_types import SortedText

revision = "0006"
down_revision = "0005"

synset = table("synset", column("id"), column("wnid"), column("name"), column("words"))


def upgrade() -> None:
    op.add_column("synset", Column("words", SortedText, nullable=False, server_default=""))
    _fill()
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "synset_by_words",
            "synset",
            [text("to_tsvector('english', words)")],
            postgresql_using="gin",
        )
        op.create_index("image_by_place", "image", ["archive", "offset", "id"])
    else:
        for edge in ("min", "max"):
            for axis in ("x", "y"):
                op.execute(f"ALTER TABLE box RENAME COLUMN {axis}{edge} TO {axis}_{edge}")


def _fill() -> None:
    """Give each class its words, if whoever upgrades knows them; else indexing gives them."""
    words_of = op.get_context().opts.get("words_of")
    if words_of is None:
        return
    connection = op.get_bind()
    there = [tuple(row) for row in connection.execute(select(synset.c.id, synset.c.name))]
    filled = update(synset).where(synset.c.id == bindparam("at")).values(words=bindparam("said"))
    rows = [{"at": at, "said": words_of(at, name)} for at, name in there]
    if rows:
        connection.execute(filled, rows)


def downgrade() -> None:
    """Nothing goes back: an older imnet-data refuses a newer catalogue instead."""
    raise NotImplementedError
