"""An archive held for as long as it is mended: no second repair, and no fetch of it, meanwhile.

The claim itself is fetching's.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from imnet_data.fetching.claim import Claim
from imnet_data.fetching.partial import not_written
from imnet_data.progress import Through

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


class _Beating(Through):
    """A progress that passes all on, and says at the same time that this process lives."""

    def __init__(self, progress: Progress, claim: Claim) -> None:
        super().__init__(progress)
        self._claim = claim

    def beat(self) -> None:
        """Keep the claim alive."""
        self._claim.beat()
