"""An object of a store that is open to be read: each read is a request for a range of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.files.at_once import all_of
from imnet_data.files.reads import reads_of
from imnet_data.files.tries import Tries

if TYPE_CHECKING:
    from collections.abc import Iterable


class RemoteFile:
    """An object; what is read is of the one that was there when it was opened.

    Raises:
        FileNotFoundError, OSError, LoginNeeded, StoreRefused, NeedsExtra: as in `status()`.
    """

    fd: None = None

    def __init__(self, url: str) -> None:
        self.url = url
        self._tries = Tries(url)
        found = self._tries.of(lambda: reads_of(url).status(url))
        self.size = found.size
        self.version = found.version

    def read_at(self, size: int, offset: int, /) -> bytes:
        """One request.

        Raises:
            ObjectChanged: another object is there by now.
            ObjectMissing, LoginNeeded, StoreFailed: it is gone, or the store fails.
        """
        stop = min(offset + size, self.size)
        if stop <= offset:
            return b""
        return self._tries.of(
            lambda: reads_of(self.url).piece(self.url, offset, stop, self.version)
        )

    def read_ranges(self, ranges: Iterable[tuple[int, int]], /) -> list[bytes]:
        """A request for each (offset, size), many at once."""
        return all_of(lambda one: self.read_at(one[1], one[0]), list(ranges))

    def close(self) -> None:
        """Nothing: connections are the store's, and are kept."""
