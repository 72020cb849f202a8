"""An archive held for as long as it is mended: no second repair, and no fetch of it, meanwhile.

The claim itself is fetching's.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from imnet_data.fetching.claim import Claim
from imnet_data.fetching.partial import not_written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.mending.side import Side
    from imnet_data.progress import Progress


@contextmanager
def claimed(side: Side, progress: Progress) -> Iterator[Progress]:
    """Hold an archive; what is told to the progress handed out keeps the claim alive.

    Raises:
        PartTaken: another process fetches or mends it.
        NotWritten: the folder cannot be written.
    """
    with not_written(side.claim):
        claim = Claim(side.claim)
    try:
        yield _Beating(progress, claim)
    finally:
        claim.release()


class _Beating:
    """A progress that passes all on, and says at the same time that this process lives."""

    def __init__(self, progress: Progress, claim: Claim) -> None:
        self._progress = progress
        self._claim = claim

    def begin(self, what: str, total: int | None, unit: str) -> None:
        """A job starts."""
        self._progress.begin(what, total, unit)

    def advance(self, n: int) -> None:
        """So many more are done."""
        self._claim.beat()
        self._progress.advance(n)

    def end(self) -> None:
        """The job is done."""
        self._progress.end()

    def notice(self, sentence: str) -> None:
        """Pass it on."""
        self._progress.notice(sentence)
