"""What verification found, image by image, and the cuts that were made by name."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Identity, Integer, LargeBinary, SmallInteger

from imnet_data.db.column_types import LongId, SortedText

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "inspection",
        Column("image", LongId, primary_key=True, autoincrement=False),
        Column("stamp", BigInteger, nullable=False),
        Column("level", SmallInteger, nullable=False),
        Column("format", SmallInteger),
        Column("mode", SmallInteger),
        Column("width", Integer),
        Column("height", Integer),
        Column("digest", LargeBinary),
        Column("look", BigInteger),
    )
    op.create_table(
        "archive_inspection",
        Column("archive", Integer, primary_key=True, autoincrement=False),
        Column("signature", SortedText, nullable=False),
        Column("level", SmallInteger, nullable=False),
        Column("at", BigInteger, nullable=False),
    )
    op.create_table(
        "finding",
        Column("id", LongId, Identity(), primary_key=True),
        Column("code", SortedText, nullable=False),
        Column("image", LongId),
        Column("archive", Integer),
        Column("release", Integer),
        Column("split", SmallInteger),
        Column("synset", Integer),
        Column("detail", SortedText, nullable=False, server_default=""),
    )
    for column in ("image", "archive", "code"):
        op.create_index(f"finding_by_{column}", "finding", [column])
    op.create_table(
        "subset",
        Column("name", SortedText, primary_key=True),
        Column("recipe", SortedText, nullable=False),
        Column("lock", SortedText),
        Column("made", BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Nothing goes back: an older imnet-data refuses a newer catalogue instead."""
    raise NotImplementedError
