"""What the catalogue learns once an archive is mended: what was stale goes, images are looked at.

The archive's bytes are mend.py's.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

from imnet_data.db import comparisons, writer
from imnet_data.db import mending as kept
from imnet_data.db.engine import reading, writing
from imnet_data.indexing.identify import Asked
from imnet_data.indexing.index import IndexRun
from imnet_data.mending.damage import was_faulty
from imnet_data.mending.mend import TASK
from imnet_data.mending.within import rows_within
from imnet_data.origins import Origin, note, origin_of
from imnet_data.upkeep import list_archives
from imnet_data.verification.levels import Level
from imnet_data.verification.recording import Recorder
from imnet_data.verification.walk import Target

if TYPE_CHECKING:
    from imnet_data.db.engine import Storage
    from imnet_data.mending.again import Again
    from imnet_data.mending.redo import Redo
    from imnet_data.progress import Progress
    from imnet_data.upkeep import ArchiveInfo

# What the mended file is no longer.
_MENDED: Final = frozenset({"archive-truncated", "archive-changed", "archive-checksum"})


@dataclass(frozen=True, slots=True)
class Settling:
    """Brings a catalogue up to date with archives that were mended."""

    storage: Storage
    again: Again
    progress: Progress
    wait_s: float = 30.0

    def settle(self, archive: ArchiveInfo, plan: Redo) -> int:
        """Record that an archive is mended as planned; gives how many images were looked at again.

        It can be done any number of times: a run that was cut off does it once more.

        Raises:
            CatalogueBusy: another process writes the catalogue.
        """
        if not self._is_as_indexed(archive):
            archive = self._indexed_anew(archive, plan)
        with writer.claim(self.storage, TASK, wait_s=self.wait_s):
            self._forget(archive, plan)
            if not plan.level:
                return 0
            batches = rows_within(self.storage, archive, plan.ranges)
            return self.again.look(archive, chain.from_iterable(batches), plan.level)

    def _is_as_indexed(self, archive: ArchiveInfo) -> bool:
        """Whether the file is, by size and date, the one that the catalogue knows whole."""
        status = os.stat(archive.path)
        known = (archive.file_size, _signature(self.storage, archive).partition(" ")[0])
        return known == (status.st_size, str(status.st_mtime_ns)) and not was_faulty(archive)

    def _indexed_anew(self, archive: ArchiveInfo, plan: Redo) -> ArchiveInfo:
        """Read the archive's headers again: it is larger than it was, or its date is new."""
        before = origin_of(self.storage, archive.path)
        asked = Asked(archive.release, None, None, None)
        run = IndexRun(self.storage, asked, progress=self.progress, wait_s=self.wait_s, task=TASK)
        run.run([archive.path])
        if plan.is_proven:
            # Indexing forgot where the file came from; that its bytes are those, was just proven.
            chunks = None if before is None else before.chunks
            note(self.storage, archive.path, Origin(plan.source, plan.checksum, chunks))
        return next(one for one in list_archives(self.storage) if one.path == archive.path)

    def _forget(self, archive: ArchiveInfo, plan: Redo) -> None:
        """Drop what was learnt of bytes that are others now."""
        batches = rows_within(self.storage, archive, plan.ranges)
        for batch in batches if plan.level else ():
            with writing(self.storage) as connection:
                kept.forget(connection, [row[0] for row in batch])
        recorder = Recorder(self.storage)
        recorder.note_archives(_MENDED, {archive.id: []})
        if plan.is_proven:  # its bytes were all compared: as much as verifying it would do
            target = Target(archive, _signature(self.storage, archive))
            recorder.note_level([target], Level.DIGEST)


def _signature(storage: Storage, archive: ArchiveInfo) -> str:
    with reading(storage) as connection:
        return comparisons.signatures(connection)[archive.id]
