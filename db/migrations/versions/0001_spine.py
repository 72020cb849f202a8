"""The first schema: releases, synsets, archives, images, alternates, counts."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Identity, Integer, SmallInteger, text

from imnet_data.db.column_types import LongId, SortedText

revision = "0001"
down_revision = None


def upgrade() -> None:
    _make_bookkeeping()
    _make_synsets()
    _make_archives()
    _make_images()


def downgrade() -> None:
    """Nothing goes back: an older imnet-data refuses a newer catalogue instead."""
    raise NotImplementedError


def _make_bookkeeping() -> None:
    op.create_table(
        "catalogue",
        Column("uuid", SortedText, primary_key=True),
        Column("made_by", SortedText, nullable=False),
        Column("changes", BigInteger, nullable=False, server_default="0"),
    )
    op.create_table(
        "writer",
        Column("id", SmallInteger, primary_key=True, autoincrement=False),
        Column("host", SortedText, nullable=False),
        Column("boot", SortedText, nullable=False),
        Column("pid", Integer, nullable=False),
        Column("started", SortedText, nullable=False),
        Column("seen", BigInteger, nullable=False),
        Column("task", SortedText, nullable=False),
    )
    op.create_table(
        "release",
        Column("id", Integer, Identity(), primary_key=True),
        Column("name", SortedText, nullable=False, unique=True),
    )


def _make_synsets() -> None:
    op.create_table(
        "synset",
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("wnid", SortedText, unique=True),
        Column("name", SortedText, nullable=False, unique=True),
        Column("parent", Integer),
    )
    op.create_table(
        "closure",
        Column("ancestor", Integer, primary_key=True, autoincrement=False),
        Column("descendant", Integer, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )


def _make_archives() -> None:
    op.create_table(
        "archive",
        Column("id", Integer, Identity(), primary_key=True),
        Column("uri", SortedText, nullable=False, unique=True),
        Column("container", SortedText, nullable=False),
        Column("layout", SortedText, nullable=False),
        Column("release", Integer, nullable=False),
        Column("splits", SortedText, nullable=False, server_default=""),
        Column("size", BigInteger, nullable=False),
        Column("signature", SortedText, nullable=False),
        Column("checksum", SortedText),
        Column("template", SortedText, nullable=False, server_default=""),
        Column("state", SortedText, nullable=False),
        Column("resume", SortedText),
        Column("classes", Integer, nullable=False, server_default="0"),
        Column("images", Integer, nullable=False, server_default="0"),
        Column("bytes", BigInteger, nullable=False, server_default="0"),
        Column("unlabelled", Integer, nullable=False, server_default="0"),
        Column("alternates", Integer, nullable=False, server_default="0"),
        Column("ignored", Integer, nullable=False, server_default="0"),
        Column("faults", SortedText, nullable=False, server_default=""),
        Column("first_image", LongId),
        Column("last_image", LongId),
    )


def _make_images() -> None:
    op.create_table(
        "image",
        Column("id", LongId, Identity(), primary_key=True),
        Column("release", Integer, nullable=False),
        Column("synset", Integer, nullable=False),
        Column("split", SmallInteger, nullable=False),
        Column("number", BigInteger, nullable=False),
        Column("archive", Integer, nullable=False),
        Column("offset", BigInteger, nullable=False),
        Column("size", BigInteger, nullable=False),
        Column("member", SortedText),
        Column("name", SortedText, nullable=False),
    )
    op.create_index(
        "image_key",
        "image",
        ["synset", "release", "split", "number", "name"],
        unique=True,
    )
    op.create_index(
        "image_by_name",
        "image",
        ["name", "release", "split"],
        unique=True,
        sqlite_where=text("name <> ''"),
        postgresql_where=text("name <> ''"),
    )
    op.create_table(
        "alternate",
        Column("image", LongId, primary_key=True, autoincrement=False),
        Column("archive", Integer, primary_key=True, autoincrement=False),
        Column("offset", BigInteger, primary_key=True, autoincrement=False),
        Column("member", SortedText, primary_key=True),
        Column("size", BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("alternate_by_archive", "alternate", ["archive"])
    op.create_table(
        "count",
        Column("release", Integer, primary_key=True, autoincrement=False),
        Column("split", SmallInteger, primary_key=True, autoincrement=False),
        Column("synset", Integer, primary_key=True, autoincrement=False),
        Column("images", Integer, nullable=False),
        Column("bytes", BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
