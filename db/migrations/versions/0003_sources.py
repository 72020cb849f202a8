"""Fetched archives: where each came from, and the digests of the stretches of its file."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, LargeBinary

from imnet_data.db.column_types import SortedText

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("archive", Column("source", SortedText))
    op.create_table(
        "chunk_digests",
        Column("archive", Integer, primary_key=True, autoincrement=False),
        Column("grain", Integer, nullable=False),
        Column("digests", LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Nothing goes back: an older imnet-data refuses a newer catalogue instead."""
    raise NotImplementedError
