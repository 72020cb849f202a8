"""Bounding boxes: a table of them, and how many of them each archive holds."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, SmallInteger, Text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "box",
        Column("release", Integer, primary_key=True, autoincrement=False),
        Column("split", SmallInteger, primary_key=True, autoincrement=False),
        Column("synset", Integer, primary_key=True, autoincrement=False),
        Column("number", BigInteger, primary_key=True, autoincrement=False),
        Column("name", Text, primary_key=True),
        Column("archive", Integer, primary_key=True, autoincrement=False),
        Column("ordinal", SmallInteger, primary_key=True, autoincrement=False),
        Column("category", Integer, nullable=False),
        Column("label", Text),
        Column("xmin", Integer, nullable=False),
        Column("ymin", Integer, nullable=False),
        Column("xmax", Integer, nullable=False),
        Column("ymax", Integer, nullable=False),
        Column("width", Integer),
        Column("height", Integer),
        Column("truncated", SmallInteger, nullable=False),
        Column("difficult", SmallInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    # Columns at the end of a table are added without touching its rows.
    op.add_column("archive", Column("boxes", Integer, nullable=False, server_default="0"))
    op.add_column("archive", Column("boxed_images", Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    """Nothing goes back: an older imnet-data refuses a newer catalogue instead."""
    raise NotImplementedError
