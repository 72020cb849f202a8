"""Images looked at once more: those whose bytes were just put right, or that have another place.

How an image is looked at is verification's, as are whole runs.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from imnet_data.db import comparisons
from imnet_data.db.engine import reading
from imnet_data.progress import job
from imnet_data.verification.levels import Level
from imnet_data.verification.looking import look_at
from imnet_data.verification.recording import Recorder
from imnet_data.verification.spans import Span
from imnet_data.verification.stamps import stamps
from imnet_data.verification.walk import Target, members_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imnet_data.db.engine import Storage
    from imnet_data.errors import ArchiveError
    from imnet_data.image_rows import ImageRows
    from imnet_data.progress import Progress
    from imnet_data.upkeep import ArchiveInfo
    from imnet_data.verification.spans import ArchiveFile

_A_SPAN: Final = 64


class Again:
    """Looks at images again and records what is found, in `workers` processes of their own."""

    def __init__(
        self, storage: Storage, rows: ImageRows, progress: Progress, *, workers: int = 1
    ) -> None:
        self._storage = storage
        self._rows = rows
        self._progress = progress
        self._workers = workers

    def look(self, archive: ArchiveInfo, rows: Iterable[Sequence[Any]], level: int) -> int:
        """Look at the images of these rows (IMAGE_COLUMNS) of one archive; gives how many.

        To be called by the catalogue's one writer.

        Raises:
            ArchiveError: the archive cannot be read.
        """
        deep = max(Level.DIGEST, Level(level))
        seen = 0
        recorder = Recorder(self._storage)
        with job(self._progress, "looking at the images again", None, "images"):
            try:
                spans = self._spans(archive, iter(rows), deep)
                for looked in look_at(spans, level=deep, workers=self._workers, lost=_lost):
                    recorder.add(looked)
                    seen += len(looked.images)
                    self._progress.advance(len(looked.images))
            finally:
                recorder.flush()
        recorder.compare()
        return seen

    def _spans(
        self, archive: ArchiveInfo, rows: Iterator[Sequence[Any]], level: Level
    ) -> Iterator[Span]:
        with reading(self._storage) as connection:
            signature = comparisons.signatures(connection)[archive.id]
        file = Target(archive, signature).file
        while batch := list(islice(rows, _A_SPAN)):
            columns = tuple(zip(*batch, strict=True))
            places = zip(columns[6], columns[7], strict=True)
            yield Span(
                file,
                level,
                ids=columns[0],
                stamps=tuple(stamps(archive.id, places, signature)),
                offsets=columns[6],
                sizes=columns[7],
                members=members_of(batch, archive, self._rows),
            )


def _lost(_: ArchiveFile, error: ArchiveError, __: int) -> None:
    raise error
