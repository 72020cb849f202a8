"""A whole repair: from what verification found to archives that are right again, one by one.

How one archive is mended is mend.py's; what can be mended, plan.py's.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.archives.kinds import DIRECT
from imnet_data.cores import usable_cores
from imnet_data.db import comparisons
from imnet_data.db.engine import reading
from imnet_data.errors import (
    AddressRefused,
    ArchiveError,
    CatalogueReadOnly,
    FetchError,
    NeedsExtra,
    RepairError,
    UnknownArchive,
)
from imnet_data.fetching.fetch import Sources
from imnet_data.fetching.logins import Logins
from imnet_data.fetching.registry import Registry
from imnet_data.files.address import absolute
from imnet_data.mending import redo
from imnet_data.mending.again import Again
from imnet_data.mending.alternates import swap, swaps
from imnet_data.mending.claimed import claimed
from imnet_data.mending.damage import Damage, damages
from imnet_data.mending.mend import Mending
from imnet_data.mending.plan import Item, Planning
from imnet_data.mending.report import Outcome, RepairReport
from imnet_data.mending.settle import Settling
from imnet_data.mending.side import Side
from imnet_data.mending.sources import Addresses
from imnet_data.origins import origin_of
from imnet_data.progress import Silent
from imnet_data.upkeep import list_archives
from imnet_data.verification.archives.digests import bad_stretches
from imnet_data.verification.findings.chosen import Chosen
from imnet_data.verification.findings.reading import Findings
from imnet_data.verification.levels import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from imnet_data.db.engine import Storage
    from imnet_data.image_rows import ImageRows
    from imnet_data.progress import Progress
    from imnet_data.scope import Scope
    from imnet_data.upkeep import ArchiveInfo
    from imnet_data.verification.findings.reading import Standing

_EXAMPLES = 3
# What is decoded, or hashed, in the time that a process takes to begin.
_A_PROCESS_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class How:
    """How a repair goes about it: connections to a source, and processes at most (one a core).

    `source` is an address to fetch from, for one archive. `wait_s` is how long another writer of
    the catalogue is waited for, in seconds.
    """

    dry_run: bool = False
    source: str | None = None
    connections: int = 8
    workers: int | None = None
    wait_s: float = 30.0

    def processes(self, size_bytes: int, *, least: int = 0) -> int:
        """How many processes so many bytes are worth; 0 is this one."""
        most = usable_cores() if self.workers is None else self.workers
        return min(most, max(least, size_bytes // _A_PROCESS_BYTES))


class Repair:
    """One repair of a catalogue's archives; `run()` once."""

    def __init__(
        self,
        storage: Storage,
        scope: Scope,
        rows: ImageRows,
        how: How,
        progress: Progress | None = None,
    ) -> None:
        self._storage = storage
        self._scope = scope
        self._rows = rows
        self._how = how
        self._progress = progress or Silent()
        self.report = RepairReport(how.dry_run)

    def run(self, paths: Sequence[str] = ()) -> RepairReport:
        """Mend what can be mended, of the archives at some paths or of all.

        On Ctrl-C, as on a kill, the same call goes on where it stood; `report` has what was done.

        Raises:
            UnknownArchive: the catalogue has no archive of such a path.
            AddressRefused: the source is no address, or is said for several archives.
            RegistryRefused, CredentialsRefused: the user's own files of those do not read.
            CatalogueReadOnly, CatalogueBusy: the catalogue cannot be written.
        """
        if not self._storage.writable and not self._how.dry_run:
            raise CatalogueReadOnly(self._storage.location)
        archives = self._archives(paths)
        if self._how.source is not None and len(archives) != 1:
            raise AddressRefused(self._how.source, "say of which one archive it is the address")
        with closing(Sources()) as transports:
            for item in self._items(archives, transports):
                self.report.outcomes.append(self._outcome(item, transports))
        self._look_after_the_rest(archives)
        return self.report

    # -- what is to be done

    def _archives(self, paths: Sequence[str]) -> dict[int, ArchiveInfo]:
        every = {archive.path: archive for archive in list_archives(self._storage)}
        if not paths:
            return {archive.id: archive for archive in every.values()}
        asked = list(map(absolute, paths))
        for path in asked:
            if path not in every:
                raise UnknownArchive(path)
        return {every[path].id: every[path] for path in asked}

    def _items(self, archives: Mapping[int, ArchiveInfo], transports: Sources) -> Iterator[Item]:
        kinds = {archive.id: archive.container for archive in archives.values()}
        found = damages(self._broken(), kinds)
        begun = {one.id for one in archives.values() if redo.read(Side(one.path)) is not None}
        if not self._how.dry_run:  # what was fetched for archives that were fetched anew meanwhile
            for archive_id in archives.keys() - found.keys() - begun:
                Side(archives[archive_id].path).tidy()
        registry = Registry.load()
        addresses = Addresses(registry, Logins.read(), self._how.source)
        planning = Planning(addresses, transports, registry, self._bad_stretches)
        with reading(self._storage) as connection:
            signatures = comparisons.signatures(connection)
        for archive_id in sorted(found.keys() | begun):
            archive = archives[archive_id]
            origin = origin_of(self._storage, archive.path)
            damage = found.get(archive_id, Damage())
            yield planning.item(archive, signatures[archive_id], origin, damage)

    def _broken(self) -> Iterator[Standing]:
        """The findings that say what is broken, as they stand now."""
        chosen = Chosen.of(["broken"])
        return Findings(self._storage, self._scope, self._rows, chosen=chosen).standing()

    def _bad_stretches(self, archive: ArchiveInfo) -> Sequence[tuple[int, int]]:
        workers = self._how.processes(archive.file_size)
        return bad_stretches(self._storage, archive, workers=workers, progress=self._progress) or ()

    # -- doing it

    def _outcome(self, item: Item, transports: Sources) -> Outcome:
        if item.obstacle is not None:
            return Outcome(item, "not mended", item.obstacle)
        if self._how.dry_run:
            return Outcome(item, "to mend")
        try:
            return self._mended(item, transports)
        except (RepairError, FetchError, ArchiveError, NeedsExtra) as error:
            return Outcome(item, "not mended", error)

    def _mended(self, item: Item, transports: Sources) -> Outcome:
        side = Side(item.archive.path)
        how = self._how
        with claimed(side, self._progress) as progress:
            mending = Mending(
                self._storage, self._rows, transports, progress,
                connections=how.connections, wait_s=how.wait_s,
            )  # fmt: skip
            plan = mending.write(item)
            # Where nothing is known of what lies where, all images are looked at again.
            reach = plan.bytes if item.archive.container in DIRECT else item.archive.file_size
            again = self._again(progress, reach)
            settling = Settling(self._storage, again, progress, how.wait_s)
            looked_at = settling.settle(item.archive, plan)
            side.remove()
        return Outcome(
            item,
            "mended",
            fetched_bytes=plan.fetched_bytes,
            written_bytes=plan.bytes,
            looked_at=looked_at,
        )

    def _again(self, progress: Progress, size_bytes: int) -> Again:
        # One at least: an image that ends its decoder must not end all.
        workers = self._how.processes(size_bytes, least=1)
        return Again(self._storage, self._rows, progress, workers=workers)

    # -- what is left

    def _look_after_the_rest(self, archives: Mapping[int, ArchiveInfo]) -> None:
        """Give broken images that nothing mends another place, and count those that have none."""
        report = self.report
        to_mend = {one.item.archive.id for one in report.outcomes if one.state == "to mend"}
        left: dict[int, Sequence[Any]] = {
            one.image[0]: one.image
            for one in self._broken()
            if one.image is not None and one.image[5] in archives and one.image[5] not in to_mend
        }
        report.swaps = list(swaps(self._storage, self._rows, left.values()))
        if report.swaps and not report.dry_run:
            swap(self._storage, self._again(self._progress, 0), report.swaps, Level.DECODE)
        for one in report.swaps:
            del left[one.row[0]]
        report.left_out = len(left)
        by_archive = {one.item.archive.id: one for one in report.outcomes}
        for row in left.values():
            outcome = by_archive.get(row[5])
            if outcome is not None:
                outcome.still_broken += 1
                if len(outcome.examples) < _EXAMPLES:
                    outcome.examples += self._rows.names([row])
