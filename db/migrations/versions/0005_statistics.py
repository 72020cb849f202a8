"""What the pixels of subsets measure: means and deviations, kept for those who train."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "statistics",
        Column("recipe", Text, primary_key=True),
        Column("release", Text, primary_key=True),
        Column("part", Text, primary_key=True),
        Column("geometry", Text, primary_key=True),
        Column("sample", Text, primary_key=True),
        Column("contents", Text, nullable=False),
        Column("figures", Text, nullable=False),
        Column("made", BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Nothing goes back: an older imnet-data refuses a newer catalogue instead."""
    raise NotImplementedError
