"""Where an archive's bytes can be had again, and what they can be held against.

Asking for them is fetching's; what is wrong with the archive, damage.py's.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from imnet_data.errors import AddressRefused
from imnet_data.fetching.credentials import Credentials, shown, without_login
from imnet_data.fetching.journal import DIGEST_BYTES, GRAIN_BYTES
from imnet_data.fetching.remote import Remote
from imnet_data.mending.damage import was_faulty

if TYPE_CHECKING:
    from imnet_data.fetching.logins import Logins
    from imnet_data.fetching.registry import Published, Registry
    from imnet_data.origins import ChunkDigests, Origin
    from imnet_data.upkeep import ArchiveInfo


@dataclass(frozen=True, slots=True)
class Source:
    """A file to fetch parts of, and what the whole is held against: checksum, digests of its parts.

    The checksum is its algorithm, and its value in hex.
    """

    remote: Remote
    checksum: tuple[str, str] | None = None
    chunks: ChunkDigests | None = None

    @property
    def url(self) -> str:
        """Its address as it may be shown."""
        return shown(self.remote.url)

    def held_against(self, size: int) -> ChunkDigests | None:
        """The digests of all parts of a file of so many bytes; None where some are not known."""
        chunks = self.chunks
        if chunks is None or chunks.grain != GRAIN_BYTES:
            return None
        digests = [chunks.of(n) for n in range(len(chunks))]
        if len(digests) != -(-size // GRAIN_BYTES) or bytes(DIGEST_BYTES) in digests:
            return None
        return chunks


class Addresses:
    """Finds the source of each archive; `said` is the address that the user gave."""

    def __init__(self, registry: Registry, logins: Logins, said: str | None = None) -> None:
        if said is not None and "://" not in said:
            raise AddressRefused(said, "an address is written https://HOST/PATH or s3://BUCKET/KEY")
        self._registry = registry
        self._logins = logins
        self._said = said

    def of(
        self, archive: ArchiveInfo, origin: Origin | None, *, is_cut: bool = False
    ) -> Source | None:
        """The source of an archive; None where nobody knows one.

        That of an archive that `is_cut` may be larger than the file was when it was indexed.
        """
        published = self._published(archive, is_cut=is_cut)
        url = self._said
        if url is None and origin is not None:
            url = origin.source
        if url is None and published is not None:
            url = published.url
        if url is None:
            return None
        size = archive.file_size
        if is_cut and published is not None and published.size is not None:
            size = max(size, published.size)
        unsure = is_cut and size == archive.file_size and was_faulty(archive)
        checksum = _checksum(origin, published)
        told = {} if checksum is None else dict([checksum])
        remote = Remote(
            without_login(url)[0],
            os.path.basename(archive.path),
            size=None if unsure else size,
            md5=told.get("md5"),
            sha256=told.get("sha256"),
            credentials=self._logins.for_url(url) or _hub_login(url),
        )
        return Source(remote, checksum, None if origin is None else origin.chunks)

    def _published(self, archive: ArchiveInfo, *, is_cut: bool) -> Published | None:
        """What is published under an archive's name and size; of one that is cut, a larger file."""
        name = os.path.basename(archive.path)
        for release in self._registry.releases.values():
            for one in release.parts.values():
                if one.file != name or one.is_per_class or one.size is None:
                    continue
                if one.size == archive.file_size or (is_cut and one.size > archive.file_size):
                    return one
        return None


def _checksum(origin: Origin | None, published: Published | None) -> tuple[str, str] | None:
    """The checksum that the whole must have: its algorithm, and its value in hex."""
    if origin is not None and origin.checksum is not None:
        algorithm, _, value = origin.checksum.partition(":")
        return (algorithm, value.lower()) if algorithm in ("sha256", "md5") else None
    if published is not None:
        for algorithm, told in (("sha256", published.sha256), ("md5", published.md5)):
            if told:
                return algorithm, told.strip().lower()
    return None


def _hub_login(url: str) -> Credentials | None:
    """The hub's own token for a file that came from it: the catalogue keeps its plain address."""
    parts = urlsplit(os.environ.get("HF_ENDPOINT", "https://huggingface.co"))
    hub, token = f"{parts.scheme}://{parts.netloc}", os.environ.get("HF_TOKEN")
    if token is None or not url.startswith(f"{hub}/"):
        return None
    return Credentials.token(hub, token, origin="$HF_TOKEN")
