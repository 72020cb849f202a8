"""What can be mended, archive by archive: which bytes, from where, and what they are held against.

Sources are asked for a file's first bytes alone, and nothing is written.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from imnet_data.archives.kinds import COMPRESSED_TARS, FILE, FOLDER, PARQUET
from imnet_data.errors import (
    ArchiveChanged,
    ArchiveMissing,
    ArchiveReadOnly,
    AsFetched,
    FolderUnmendable,
    ImnetDataError,
    LoginNeeded,
    NoRanges,
    NoSource,
    OnlyPart,
    SourceDiffers,
    WhereUnknown,
)
from imnet_data.fetching.credentials import place_of
from imnet_data.fetching.journal import Journal, NotAJournal
from imnet_data.fetching.partial import journal_path
from imnet_data.files.address import is_url
from imnet_data.mending import redo
from imnet_data.mending.damage import Damage, chunks_of, joined, was_faulty
from imnet_data.mending.side import Side

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imnet_data.fetching.fetch import Sources
    from imnet_data.fetching.registry import Registry
    from imnet_data.mending.sources import Addresses, Source
    from imnet_data.origins import ChunkDigests, Origin
    from imnet_data.upkeep import ArchiveInfo

# So many bytes before the end of one that is cut off are fetched as well, and must be the same.
_OVERLAP_BYTES: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Item:
    """An archive and what is to be done about its damage; `obstacle` says why nothing can be.

    `size` is what the file is to have in bytes, `ranges` the pairs of byte offsets to be fetched,
    `here_bytes` what of them was fetched before. One that `is_begun` was being written when that
    run was cut off, and is only brought to its end. One that `is_cut` is shorter than it should be.
    `mtime_ns` is the date of the file that was indexed, where it will be that one to the byte;
    None where it is to be indexed anew.
    """

    archive: ArchiveInfo
    damage: Damage
    source: Source | None = None
    size: int = 0
    ranges: tuple[tuple[int, int], ...] = ()
    here_bytes: int = 0
    obstacle: ImnetDataError | None = None
    is_begun: bool = False
    is_cut: bool = False
    mtime_ns: int | None = None

    @property
    def damaged_bytes(self) -> int:
        """How many bytes of the file are to be replaced."""
        return sum(stop - start for start, stop in self.ranges)

    @property
    def bytes_to_fetch(self) -> int:
        """How many bytes are still to come."""
        return max(0, self.damaged_bytes - self.here_bytes)

    @property
    def digests(self) -> ChunkDigests | None:
        """The digests of all parts of the whole file, where they are known."""
        if self.source is None or self.archive.file_size != self.size:
            return None
        return self.source.held_against(self.size)

    @property
    def is_proven(self) -> bool:
        """Whether something tells that the whole file is right afterwards."""
        return self.source is not None and (
            self.source.checksum is not None or self.digests is not None
        )

    @property
    def checks(self) -> tuple[str, ...]:
        """What is checked before the archive is written: `parts`, `sha256`, `md5`, or `images`."""
        if self.source is None or not self.ranges:
            return ()
        parts = ("parts",) if self.digests is not None else ()
        whole = () if self.source.checksum is None else (self.source.checksum[0],)
        return (*parts, *whole) or ("images",)


class Planning:
    """Makes the plan of each archive; `bad_stretches` gives the (offset, size) that digests refute.

    The ways to sources are `transports`, and what they ask for is in the `registry`.
    """

    def __init__(
        self,
        addresses: Addresses,
        transports: Sources,
        registry: Registry,
        bad_stretches: Callable[[ArchiveInfo], Sequence[tuple[int, int]]],
    ) -> None:
        self._addresses = addresses
        self._transports = transports
        self._registry = registry
        self._bad_stretches = bad_stretches

    def item(
        self, archive: ArchiveInfo, signature: str, origin: Origin | None, damage: Damage
    ) -> Item:
        """The plan of one archive, whose signature and origin the catalogue has."""
        item = Item(archive, damage)
        if redo.read(Side(archive.path)) is not None:
            return replace(item, is_begun=True)
        try:
            self._refuse(archive)
            source = self._addresses.of(archive, origin, is_cut=damage.is_cut)
            if source is None:
                raise NoSource(archive.path)
            return self._mendable(replace(item, source=source), signature)
        except ImnetDataError as error:
            return replace(item, obstacle=error)

    def _refuse(self, archive: ArchiveInfo) -> None:
        """Raise for what cannot be mended whatever its source has."""
        path = archive.path
        if archive.container in (FOLDER, FILE):
            raise FolderUnmendable(path)
        if is_url(path):
            reason = "an object of a store is put whole; mend a copy of it here, and put that"
            raise ArchiveReadOnly(path, reason, source=archive.source)
        if not os.path.exists(path):
            raise ArchiveMissing(path)
        if archive.is_partial:
            raise OnlyPart(path, source=archive.source)
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CLOEXEC))
        except OSError as error:
            reason = error.strerror or "it is closed to this account"
            raise ArchiveReadOnly(path, reason, source=archive.source) from error
        if not os.access(os.path.dirname(os.path.abspath(path)), os.W_OK):
            reason = "nothing can be written beside it, where what is fetched is kept meanwhile"
            raise ArchiveReadOnly(path, reason, source=archive.source)

    def _mendable(self, item: Item, signature: str) -> Item:
        source, path = item.source, item.archive.path
        assert source is not None
        status = os.stat(path)
        size = source.remote.size
        if size is not None:
            item = replace(item, size=size)
            item = replace(item, ranges=self._ranges(item, status.st_size))
        size = self._asked(item)
        if not item.size:
            if size <= status.st_size:
                raise SourceDiffers(path, "it is no larger there", source=source.url)
            remote = replace(source.remote, size=size)
            item = replace(item, size=size, source=replace(source, remote=remote))
            item = replace(item, ranges=self._ranges(item, status.st_size))
        is_cut = status.st_size < size
        indexed = signature.partition(" ")[0]
        is_known = item.is_proven or indexed == str(status.st_mtime_ns)
        if not is_known and not is_cut:
            raise ArchiveChanged(path, "it was written to, and no digest tells what it was")
        is_same = is_known and item.archive.file_size == size and not was_faulty(item.archive)
        return replace(
            item,
            is_cut=is_cut,
            mtime_ns=int(indexed) if is_same else None,
            here_bytes=_here(item),
        )

    def _ranges(self, item: Item, held: int) -> tuple[tuple[int, int], ...]:
        """What is to be fetched of a file of which `held` bytes are here.

        Raises:
            AsFetched, WhereUnknown, ArchiveChanged: nothing is, though something is wrong.
        """
        source, path = item.source, item.archive.path
        assert source is not None
        if item.digests is not None:
            bad = {
                n
                for start, size in self._bad_stretches(item.archive)
                for n in chunks_of(start, start + size)
            }
        else:
            bad = set(item.damage.chunks)
        if held < item.size:
            bad.update(chunks_of(max(0, held - _OVERLAP_BYTES), item.size))
        ranges = joined(bad, item.size)
        if not ranges and "archive-changed" in item.damage.codes:
            reason = "it was written to, and no image of it is known to be broken"
            if item.digests is not None:
                reason = "its date is new, though its bytes are those that were fetched"
            raise ArchiveChanged(path, reason)
        if not ranges and item.digests is not None:
            raise AsFetched(path, source=source.url)
        if not ranges:
            compressed = item.archive.container in {*COMPRESSED_TARS, PARQUET}
            raise WhereUnknown(path, source=source.url, decoded=compressed)
        return ranges

    def _asked(self, item: Item) -> int:
        """The file's size as its source says it, if that gives parts of the file that it must be.

        Raises:
            NoRanges, SourceDiffers: it does not.
            FetchError: it does not answer, or wants a login.
        """
        source = item.source
        assert source is not None
        remote = replace(source.remote, size=None)
        try:
            probe = self._transports.of(remote).probe(remote)
        except LoginNeeded as error:
            if error.page is not None or error.setting is not None:
                raise
            page = self._registry.source_of(remote.url).terms
            raise LoginNeeded(place_of(remote.url), page=page, given=error.given) from error
        if item.size not in (0, probe.size):
            there = f"it has {probe.size:,} bytes there in place of {item.size:,}"
            raise SourceDiffers(item.archive.path, there, source=source.url)
        if not probe.ranges:
            raise NoRanges(item.archive.path, source=source.url)
        return probe.size


def _here(item: Item) -> int:
    """How many bytes of an item's ranges were fetched already, by a run that was cut off."""
    path = journal_path(Side(item.archive.path).target)
    try:
        journal = Journal.open(path)
    except (OSError, NotAJournal):
        return 0
    try:
        missing = sum(b - a for pair in item.ranges for a, b in journal.missing(*pair))
    finally:
        journal.close()
    return item.damaged_bytes - missing
