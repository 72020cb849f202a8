"""Where an archive's file was fetched from, and what its bytes were: the catalogue keeps both.

How files are fetched is imnet_data/fetching's; what an address may give away is kept out here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.db import archives as rows
from imnet_data.db import origins as kept
from imnet_data.db import writer
from imnet_data.db.engine import reading, writing
from imnet_data.errors import UnknownArchive
from imnet_data.fetching.credentials import shown
from imnet_data.fetching.journal import DIGEST_BYTES
from imnet_data.places import to_uri

if TYPE_CHECKING:
    from imnet_data.db.engine import Storage


@dataclass(frozen=True, slots=True)
class ChunkDigests:
    """Digests of an archive's file: 16 bytes of SHA-256 for each `grain` bytes, the last shorter.

    >>> ChunkDigests(1 << 20, bytes(48)).of(2) == bytes(16)
    True
    """

    grain: int
    digests: bytes

    def __len__(self) -> int:
        return len(self.digests) // DIGEST_BYTES

    def of(self, stretch: int) -> bytes:
        """The digest of a stretch of the file, counted from 0."""
        return self.digests[stretch * DIGEST_BYTES : (stretch + 1) * DIGEST_BYTES]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file was fetched from, its checksum (`sha256:…` or `md5:…`), its stretches' digests.

    The checksum is None, and so are the digests, where only a part was fetched.
    """

    source: str
    checksum: str | None = None
    chunks: ChunkDigests | None = None


def note(storage: Storage, path: str, origin: Origin) -> None:
    """Keep the origin of an archive, in place of what was kept of it.

    Of its address neither login nor query is kept: a signed one has its signature there.

    Raises:
        UnknownArchive: the catalogue has no archive of that path.
    """
    chunks = origin.chunks
    with (
        writer.claim(storage, "imnet-data fetch", shared=True),
        writing(storage) as connection,
    ):
        row = rows.find_archive(connection, to_uri(path, storage.location))
        if row is None:
            raise UnknownArchive(os.path.abspath(path))
        kept.set_origin(
            connection,
            row.id,
            source=shown(origin.source),
            checksum=origin.checksum,
            digests=None if chunks is None else (chunks.grain, chunks.digests),
        )


def origin_of(storage: Storage, path: str) -> Origin | None:
    """The origin of an archive; None where none is known.

    Raises:
        UnknownArchive: the catalogue has no archive of that path.
    """
    with reading(storage) as connection:
        row = rows.find_archive(connection, to_uri(path, storage.location))
        if row is None:
            raise UnknownArchive(os.path.abspath(path))
        found = kept.chunk_digests_of(connection, row.id)
    if row.source is None:
        return None
    chunks = None if found is None else ChunkDigests(*found)
    return Origin(row.source, row.checksum, chunks)
