"""The catalogue's tables. A change here needs a migration: a test compares the two.

No statement is built here; selects.py and bulk.py do that.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    text,
)

from .column_types import LongId, SortedText

# The newest migration in migrations/versions; a new catalogue is made at it directly.
SCHEMA = "0006"

# SQLite stamps its files with this, so that `file` and we know a catalogue from another database.
APPLICATION_ID = 0x494D4E54  # "IMNT"

metadata = MetaData()

# One row: what tells this catalogue from another, whatever it is called or moved to.
catalogue = Table(
    "catalogue",
    metadata,
    Column("uuid", SortedText, primary_key=True),
    Column("made_by", SortedText, nullable=False),
    # Goes up with every change, so that a reader knows when what it remembers is old.
    Column("changes", BigInteger, nullable=False, server_default="0"),
)

# At most one row: who is writing. Readers see it, so a second writer can say who holds it.
writer = Table(
    "writer",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("host", SortedText, nullable=False),
    Column("boot", SortedText, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started", SortedText, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("task", SortedText, nullable=False),
)

release = Table(
    "release",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("name", SortedText, nullable=False, unique=True),
)

# The id is the WordNet 3.0 offset; from 100,000,000 up it is a user's own class, which has no wnid.
synset = Table(
    "synset",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("wnid", SortedText, unique=True),
    Column("name", SortedText, nullable=False, unique=True),
    Column("parent", Integer),
    # All its words, the first one first: "dog, domestic dog, Canis familiaris".
    Column("words", SortedText, nullable=False, server_default=""),
    # What a full-text search reads; in SQLite the few thousand rows are looked through.
    Index("synset_by_words", text("to_tsvector('english', words)"), postgresql_using="gin").ddl_if(
        dialect="postgresql"
    ),
)

# Every synset here with each of its ancestors and itself, over both kinds of hypernym.
closure = Table(
    "closure",
    metadata,
    Column("ancestor", Integer, primary_key=True, autoincrement=False),
    Column("descendant", Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

archive = Table(
    "archive",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("uri", SortedText, nullable=False, unique=True),
    Column("container", SortedText, nullable=False),
    Column("layout", SortedText, nullable=False),
    Column("release", Integer, nullable=False),
    Column("splits", SortedText, nullable=False, server_default=""),
    # What tells that the file has changed: size in bytes and time, or a digest over a folder.
    Column("size", BigInteger, nullable=False),
    Column("signature", SortedText, nullable=False),
    # Of the whole file as it was fetched: "sha256:…" or "md5:…".
    Column("checksum", SortedText),
    Column("template", SortedText, nullable=False, server_default=""),
    # "whole", "partial" (not all of it was fetched), "faulty" (truncated or damaged: what is whole
    # is in), "loading"
    Column("state", SortedText, nullable=False),
    Column("resume", SortedText),
    Column("classes", Integer, nullable=False, server_default="0"),
    Column("images", Integer, nullable=False, server_default="0"),
    Column("bytes", BigInteger, nullable=False, server_default="0"),
    Column("unlabelled", Integer, nullable=False, server_default="0"),
    Column("alternates", Integer, nullable=False, server_default="0"),
    Column("ignored", Integer, nullable=False, server_default="0"),
    Column("faults", SortedText, nullable=False, server_default=""),
    # Its images' ids lie in this range, among others.
    Column("first_image", LongId),
    Column("last_image", LongId),
    # How many boxes it holds, and of how many images.
    Column("boxes", Integer, nullable=False, server_default="0"),
    Column("boxed_images", Integer, nullable=False, server_default="0"),
    # The address that it was fetched from, without login and query.
    Column("source", SortedText),
)

# Of an archive that was fetched: the first 16 bytes of the SHA-256 of each stretch of `grain` bytes
# of its file, one after another, so that a damaged stretch alone is fetched again. The last stretch
# may be shorter. A table of its own: they are 2 MB for 148 GB, and few ask for them.
chunk_digests = Table(
    "chunk_digests",
    metadata,
    Column("archive", Integer, primary_key=True, autoincrement=False),
    Column("grain", Integer, nullable=False),
    Column("digests", LargeBinary, nullable=False),
)

# `synset` 0 is "no label". `name` is '' where release, split, synset and number give it back, and
# `member` is null where the archive's template does: at 14 million rows every byte is 14 MB.
# An archive's sign is turned while it is loaded again: those rows are not yet seen anew.
image = Table(
    "image",
    metadata,
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
    Index("image_key", "synset", "release", "split", "number", "name", unique=True),
    Index(
        "image_by_name",
        "name",
        "release",
        "split",
        unique=True,
        sqlite_where=text("name <> ''"),
        postgresql_where=text("name <> ''"),
    ),
    # Where several write, ids no longer ascend in an archive's order: there this is the disk's.
    Index("image_by_place", "archive", "offset", "id").ddl_if(dialect="postgresql"),
)

# Another place where the bytes of an image can be read: never a second image.
alternate = Table(
    "alternate",
    metadata,
    Column("image", LongId, primary_key=True, autoincrement=False),
    Column("archive", Integer, primary_key=True, autoincrement=False),
    Column("offset", BigInteger, primary_key=True, autoincrement=False),
    Column("member", SortedText, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Index("alternate_by_archive", "archive"),
    sqlite_with_rowid=False,
)

# Images and their bytes, kept current with every load, so that counting needs no scan.
count = Table(
    "count",
    metadata,
    Column("release", Integer, primary_key=True, autoincrement=False),
    Column("split", SmallInteger, primary_key=True, autoincrement=False),
    Column("synset", Integer, primary_key=True, autoincrement=False),
    Column("images", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# A box of an image, by the image's key and not its id: boxes may be indexed before the images, and
# an image may go and come again. Of an image with a stored name the name is the key, and `synset`
# and `number` are 0. `category` is 0 where the object's class is no noun of WordNet; `label` then
# has its name. `width` and `height` are the annotated image's; null where they are not said.
# PostgreSQL keeps `xmin` and `xmax` for itself.
box = Table(
    "box",
    metadata,
    Column("release", Integer, primary_key=True, autoincrement=False),
    Column("split", SmallInteger, primary_key=True, autoincrement=False),
    Column("synset", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("name", SortedText, primary_key=True),
    Column("archive", Integer, primary_key=True, autoincrement=False),
    Column("ordinal", SmallInteger, primary_key=True, autoincrement=False),
    Column("category", Integer, nullable=False),
    Column("label", SortedText),
    Column("x_min", Integer, nullable=False),
    Column("y_min", Integer, nullable=False),
    Column("x_max", Integer, nullable=False),
    Column("y_max", Integer, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("truncated", SmallInteger, nullable=False),
    Column("difficult", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

# What verification learnt of an image, the deepest level that it was looked at. `stamp` is of where
# its bytes lay and of the archive's file then: where it no longer fits, the row says nothing. The
# digest is the first 16 bytes of the SHA-256, `look` a 64-bit perceptual hash, turned into a signed
# number; what the level does not tell is null. A level below zero is that of an image that is to be
# looked at once more. Where the bytes changed and the stamp did not, the digest is the first one.
inspection = Table(
    "inspection",
    metadata,
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

# What verification learnt of an archive's file, at the level that it was looked at. `signature` is
# the archive's at that time; `at` is in seconds since 1970. Archive 0 is the comparison of all
# digests, archive -1 the run that looks at images once more and has not ended.
archive_inspection = Table(
    "archive_inspection",
    metadata,
    Column("archive", Integer, primary_key=True, autoincrement=False),
    Column("signature", SortedText, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
)

# What was found: of an image, of an archive (no image), or of a class in a release and split (no
# archive). The code is one of verification's; `detail` is the rest of the sentence.
finding = Table(
    "finding",
    metadata,
    Column("id", LongId, Identity(), primary_key=True),
    Column("code", SortedText, nullable=False),
    Column("image", LongId),
    Column("archive", Integer),
    Column("release", Integer),
    Column("split", SmallInteger),
    Column("synset", Integer),
    Column("detail", SortedText, nullable=False, server_default=""),
    Index("finding_by_image", "image"),
    Index("finding_by_archive", "archive"),
    Index("finding_by_code", "code"),
)

# A cut of the images that was made by name: its recipe (TOML), and its lock (JSON) as of the time
# that it was locked. The members are computed anew from the recipe.
subset = Table(
    "subset",
    metadata,
    Column("name", SortedText, primary_key=True),
    Column("recipe", SortedText, nullable=False),
    Column("lock", SortedText),
    Column("made", BigInteger, nullable=False),
)

# What a part of a subset measures: means and deviations of its pixels, for those who train. The
# key is what is measured: the fingerprint of what a recipe takes, whatever it is called, the
# geometry (JSON), and which draw of the images ('' for all). `contents` is a fingerprint of the
# images then: where it no longer fits, the row says nothing. `figures` (JSON) are exact sums.
statistics = Table(
    "statistics",
    metadata,
    Column("recipe", SortedText, primary_key=True),
    Column("release", SortedText, primary_key=True),
    Column("part", SortedText, primary_key=True),
    Column("geometry", SortedText, primary_key=True),
    Column("sample", SortedText, primary_key=True),
    Column("contents", SortedText, nullable=False),
    Column("figures", SortedText, nullable=False),
    Column("made", BigInteger, nullable=False),
)
