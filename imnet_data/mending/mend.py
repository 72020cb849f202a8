"""One archive: its damaged ranges fetched again, checked, and then put in their place.

Until they are known to be right they lie beside it. What the catalogue learns is settle.py's.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imnet_data.amounts import size
from imnet_data.db import writer
from imnet_data.errors import (
    DiskFull,
    RemoteChanged,
    RepairError,
    SourceDiffers,
    StillWrong,
    WrongChecksum,
)
from imnet_data.fetching.download import Download
from imnet_data.fetching.room import room_at
from imnet_data.mending import redo
from imnet_data.mending.checks import check
from imnet_data.mending.laid_over import LaidOver
from imnet_data.mending.redo import Redo
from imnet_data.mending.side import Side
from imnet_data.mending.within import level_within, places_within
from imnet_data.progress import job
from imnet_data.verification.renewing import Renewing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from imnet_data.archives.reading import Place
    from imnet_data.db.engine import Storage
    from imnet_data.fetching.fetch import Sources
    from imnet_data.image_rows import ImageRows
    from imnet_data.mending.plan import Item
    from imnet_data.progress import Progress

TASK = "imnet-data repair"


class Mending:
    """Mends archives one after another; `transports` are the ways to their sources."""

    def __init__(
        self,
        storage: Storage,
        rows: ImageRows,
        transports: Sources,
        progress: Progress,
        *,
        connections: int = 8,
        wait_s: float = 30.0,
    ) -> None:
        self._storage = storage
        self._rows = rows
        self._transports = transports
        self._progress = progress
        self._connections = connections
        self._wait_s = wait_s

    def write(self, item: Item) -> Redo:
        """Put what is damaged of an archive right; gives what is to be recorded of it then.

        Where an earlier run was cut off, it goes on there; nothing is fetched twice. The redo log
        stays until `Side.remove()`.

        Raises:
            SourceDiffers, StillWrong: what was fetched is not right; the archive is as it was.
            FetchError: it cannot be fetched, or not be written.
            CatalogueBusy: another process writes the catalogue.
        """
        side = Side(item.archive.path)
        plan = redo.read(side) or self._begun(item, side)
        self._carry_out(side, plan)
        return plan

    def _begun(self, item: Item, side: Side) -> Redo:
        """What is to be written, fetched and checked, with the redo log on the disk."""
        data, fetched_bytes = self._fetched(item, side)
        try:
            with LaidOver(item.archive.path, data, item.ranges, item.size) as laid:
                check(item, laid, lambda: self._held(item), self._progress)
        except RepairError:
            side.drop_data()
            raise
        plan = self._planned(item, fetched_bytes)
        redo.begin(side, plan, data)
        return plan

    def _fetched(self, item: Item, side: Side) -> tuple[str, int]:
        """The file beside the archive that has its ranges, and how many bytes came for it."""
        source = item.source
        assert source is not None
        self._check_room(item)
        download = Download(
            source.remote,
            side.target,
            self._transports.of(source.remote),
            connections=self._connections,
            progress=self._progress,
            wanted=item.ranges,
        )
        try:
            done = download.run()
        except RemoteChanged as error:
            # What came before is of no use any more, and would stand in the way of every next try.
            side.drop_data()
            reason = f"its {error.what} was {error.before}, is {error.now}"
            raise SourceDiffers(item.archive.path, reason, source=source.url) from error
        except WrongChecksum as error:
            side.drop_data()
            reason = f"its {error.algorithm} would be {error.found}, not {error.expected}"
            raise StillWrong(item.archive.path, reason, source=source.url) from error
        return done.path, done.fetched_bytes

    def _check_room(self, item: Item) -> None:
        """Raise where there is no room for what is to come, and for what the archive lacks."""
        room = room_at(os.path.dirname(item.archive.path))
        growth = max(0, item.size - os.stat(item.archive.path).st_size)
        if item.bytes_to_fetch + growth > room.bytes_left:
            reason = f"{size(room.bytes_left)} are free there"
            needed = item.bytes_to_fetch + growth
            raise DiskFull(Side(item.archive.path).target, needed=needed, reason=reason)

    def _held(self, item: Item) -> Iterator[tuple[Sequence[Any], Place, bytes | None]]:
        return places_within(self._storage, self._rows, item.archive, item.ranges)

    def _planned(self, item: Item, fetched_bytes: int) -> Redo:
        source = item.source
        assert source is not None
        checksum = None if source.checksum is None else ":".join(source.checksum)
        return Redo(
            inode=os.stat(item.archive.path).st_ino,
            ranges=item.ranges,
            size=item.size,
            mtime_ns=item.mtime_ns,
            level=level_within(self._storage, item.archive, item.ranges),
            source=source.url,
            checksum=checksum,
            is_proven=item.is_proven,
            fetched_bytes=fetched_bytes,
        )

    def _carry_out(self, side: Side, plan: Redo) -> None:
        with writer.claim(self._storage, TASK, wait_s=self._wait_s):
            progress = Renewing(self._progress, self._storage)
            name = os.path.basename(side.archive)
            with job(progress, f"writing {name}", plan.bytes, "bytes"):
                redo.carry_out(side, plan, progress.advance)
