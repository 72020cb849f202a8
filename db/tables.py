"""The catalogue's tables. A change here needs a migration: a test compares the two.

No statement is built here; selects.py and bulk.py do that.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)

# The newest migration in migrations/versions; a new catalogue is made at it directly.
SCHEMA = "0005"

# SQLite stamps its files with this, so that `file` and we know a catalogue from another database.
APPLICATION_ID = 0x494D4E54  # "IMNT"

metadata = MetaData()

# One row: what tells this catalogue from another, whatever it is called or moved to.
catalogue = Table(
    "catalogue",
    metadata,
    Column("uuid", Text, primary_key=True),
    Column("made_by", Text, nullable=False),
    # Goes up with every change, so that a reader knows when what it remembers is old.
    Column("changes", BigInteger, nullable=False, server_default="0"),
)

# At most one row: who is writing. Readers see it, so a second writer can say who holds it.
writer = Table(
    "writer",
    metadata,
    Column("id", SmallInteger, primary_key=True),
    Column("host", Text, nullable=False),
    Column("boot", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started", Text, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("task", Text, nullable=False),
)

release = Table(
    "release",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

# The id is the WordNet 3.0 offset; from 100,000,000 up it is a user's own class, which has no wnid.
synset = Table(
    "synset",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("wnid", Text, unique=True),
    Column("name", Text, nullable=False, unique=True),
    Column("parent", Integer),
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
    Column("id", Integer, primary_key=True),
    Column("uri", Text, nullable=False, unique=True),
    Column("container", Text, nullable=False),
    Column("layout", Text, nullable=False),
    Column("release", Integer, nullable=False),
    Column("splits", Text, nullable=False, server_default=""),
    # What tells that the file has changed: size in bytes and time, or a digest over a folder.
    Column("size", BigInteger, nullable=False),
    Column("signature", Text, nullable=False),
    # Of the whole file as it was fetched: "sha256:…" or "md5:…".
    Column("checksum", Text),
    Column("template", Text, nullable=False, server_default=""),
    # "whole", "partial" (not all of it was fetched), "faulty" (truncated or damaged: what is whole
    # is in), "loading"
    Column("state", Text, nullable=False),
    Column("resume", Text),
    Column("classes", Integer, nullable=False, server_default="0"),
    Column("images", Integer, nullable=False, server_default="0"),
    Column("bytes", BigInteger, nullable=False, server_default="0"),
    Column("unlabelled", Integer, nullable=False, server_default="0"),
    Column("alternates", Integer, nullable=False, server_default="0"),
    Column("ignored", Integer, nullable=False, server_default="0"),
    Column("faults", Text, nullable=False, server_default=""),
    # Its images' ids lie in this range, among others.
    Column("first_image", Integer),
    Column("last_image", Integer),
    # How many boxes it holds, and of how many images.
    Column("boxes", Integer, nullable=False, server_default="0"),
    Column("boxed_images", Integer, nullable=False, server_default="0"),
    # The address that it was fetched from, without login and query.
    Column("source", Text),
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
    Column("id", Integer, primary_key=True),
    Column("release", Integer, nullable=False),
    Column("synset", Integer, nullable=False),
    Column("split", SmallInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("archive", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("member", Text),
    Column("name", Text, nullable=False),
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
)

# Another place where the bytes of an image can be read: never a second image.
alternate = Table(
    "alternate",
    metadata,
    Column("image", Integer, primary_key=True, autoincrement=False),
    Column("archive", Integer, primary_key=True, autoincrement=False),
    Column("offset", BigInteger, primary_key=True, autoincrement=False),
    Column("member", Text, primary_key=True),
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
box = Table(
    "box",
    metadata,
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

# What verification learnt of an image, the deepest level that it was looked at. `stamp` is of where
# its bytes lay and of the archive's file then: where it no longer fits, the row says nothing. The
# digest is the first 16 bytes of the SHA-256, `look` a 64-bit perceptual hash, turned into a signed
# number; what the level does not tell is null. A level below zero is that of an image that is to be
# looked at once more. Where the bytes changed and the stamp did not, the digest is the first one.
inspection = Table(
    "inspection",
    metadata,
    Column("image", Integer, primary_key=True, autoincrement=False),
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
    Column("signature", Text, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
)

# What was found: of an image, of an archive (no image), or of a class in a release and split (no
# archive). The code is one of verification's; `detail` is the rest of the sentence.
finding = Table(
    "finding",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", Text, nullable=False),
    Column("image", Integer),
    Column("archive", Integer),
    Column("release", Integer),
    Column("split", SmallInteger),
    Column("synset", Integer),
    Column("detail", Text, nullable=False, server_default=""),
    Index("finding_by_image", "image"),
    Index("finding_by_archive", "archive"),
    Index("finding_by_code", "code"),
)

# A cut of the images that was made by name: its recipe (TOML), and its lock (JSON) as of the time
# that it was locked. The members are computed anew from the recipe.
subset = Table(
    "subset",
    metadata,
    Column("name", Text, primary_key=True),
    Column("recipe", Text, nullable=False),
    Column("lock", Text),
    Column("made", BigInteger, nullable=False),
)

# What a part of a subset measures: means and deviations of its pixels, for those who train. The
# key is what is measured: the fingerprint of what a recipe takes, whatever it is called, the
# geometry (JSON), and which draw of the images ('' for all). `contents` is a fingerprint of the
# images then: where it no longer fits, the row says nothing. `figures` (JSON) are exact sums.
statistics = Table(
    "statistics",
    metadata,
    Column("recipe", Text, primary_key=True),
    Column("release", Text, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("geometry", Text, primary_key=True),
    Column("sample", Text, primary_key=True),
    Column("contents", Text, nullable=False),
    Column("figures", Text, nullable=False),
    Column("made", BigInteger, nullable=False),
)
