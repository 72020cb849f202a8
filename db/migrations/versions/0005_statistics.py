"""What the pixels of subsets measure: means and deviations, kept for those who train."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column

from imnet_data.db.column_types import SortedText

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "statistics",
        Column("recipe", SortedText, primary_key=True),
        Column("release", SortedText, primary_key=True),
        Column("part", SortedText, primary_key=True),
        Column("geometry", SortedText, primary_key=True),
        Column("sample", SortedText, primary_key=True),
        Column("contents", SortedText, nullable=False),
        Column("figures", SortedText, nullable=False),
        Column("made", BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Nothing goes back: an older imnet-data refuses a newer catalogue instead."""
    raise NotImplementedError
