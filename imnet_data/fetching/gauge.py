"""What a download tells while it runs: bytes that came, then those whose checksum is still open.

How that is drawn is the command line's.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from imnet_data.fetching.rate import Meter

if TYPE_CHECKING:
    from imnet_data.progress import Progress

# A checksum with this much to read when all is here is told as work of its own.
_TAIL_BYTES: Final = 256 << 20


class Gauge:
    """The progress of one pass over a file of `size` bytes, `missing` of which are to come."""

    def __init__(self, progress: Progress, name: str, size: int, missing: int) -> None:
        self._progress = progress
        self._name = name
        self.missing = missing
        self._told = 0
        self._meter = Meter()
        self._began = time.monotonic()
        self._left: int | None = None  # of the checksum, once that is all there is to do
        self.usual_rate = 0.0
        progress.begin(name, size, "bytes")
        progress.advance(size - missing)

    def tell(self, fetched: int, to_check: int, working: int) -> float:
        """Tell how far it is; gives bytes a second over the last seconds."""
        come = min(fetched, self.missing)
        if come > self._told:
            self._progress.advance(come - self._told)
            self._told = come
        self.usual_rate = fetched / max(time.monotonic() - self._began, 1e-3)
        if self._left is not None:
            self._progress.advance(max(0, self._left - to_check))
            self._left = min(self._left, to_check)
        elif come == self.missing and (working == 0 or fetched == 0) and to_check > _TAIL_BYTES:
            self._progress.end()
            self._progress.begin(f"checking {self._name}", to_check, "bytes")
            self._left = to_check
        return self._meter.at(fetched)

    def end(self) -> None:
        """It is over, well or not."""
        self._progress.end()
