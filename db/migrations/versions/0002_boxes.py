"""Bounding boxes: a table of them, and how many of them each archive holds."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, SmallInteger

from imnet_data.db.column_types import SortedText

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # PostgreSQL keeps `xmin` and `xmax` for itself; SQLite's get the other names in 0006.
    between = "_" if op.get_bind().dialect.name == "postgresql" else ""
    op.create_table(
        "box",
        Column("release", Integer, primary_key=True, autoincrement=False),
        Column("split", SmallInteger, primary_key=True, autoincrement=False),
        Column("synset", Integer, primary_key=True, autoincrement=False),
        Column("number", BigInteger, primary_key=True, autoincrement=False),
        Column("name", SortedText, primary_key=True),
        Column("archive", Integer, primary_key=True, autoincrement=False),
        Column("ordinal", SmallInteger, primary_key=True, autoincrement=False),
        Column("category", Integer, nullable=False),
        Column("label", SortedText),
        Column(f"x{between}min", Integer, nullable=False),
        Column(f"y{between}min", Integer, nullable=False),
        Column(f"x{between}max", Integer, nullable=False),
        Column(f"y{between}max", Integer, nullable=False),
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
