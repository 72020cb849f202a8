"""Bringing what was written to the disk every second, so that a power cut loses little.

Not for the end: the finished file is synced before it gets its name.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from imnet_data.fetching.partial import Partial

_EVERY_S: Final = 1.0


class Syncing:
    """A thread of its own: to wait for a disk may take longer than a breath."""

    def __init__(self, partial: Partial) -> None:
        self._partial = partial
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
        self.error: BaseException | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Do it no more."""
        self._ending.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; gives whether it has come."""
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        synced = -1
        try:
            while not self._ending.wait(_EVERY_S):
                here = self._partial.journal.bytes_here
                if here != synced:
                    self._partial.sync()
                    synced = here
        except BaseException as error:  # noqa: BLE001 - it is raised where the download waits
            self.error = error
