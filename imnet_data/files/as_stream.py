"""An open file as a stream with a position, for libraries that take nothing else.

Where a position is not needed, `read_at` of the file itself does more.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from imnet_data.files.opened import OpenFile


class Beginning(io.RawIOBase):
    """The first `size` bytes of what `read_at(size, offset)` reads."""

    def __init__(self, read_at: Callable[[int, int], bytes], size: int) -> None:
        self._read_at = read_at
        self._size = size
        self._at = 0

    def readinto(self, buffer: Any) -> int:
        """The next bytes, as many as there is room for."""
        view = memoryview(buffer).cast("B")
        data = self._read_at(min(len(view), max(self._size - self._at, 0)), self._at)
        view[: len(data)] = data
        self._at += len(data)
        return len(data)

    def readall(self) -> bytes:
        """All that is left, in one read."""
        data = self._read_at(max(self._size - self._at, 0), self._at)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go on from another byte."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """The byte that comes next."""
        return self._at

    def seekable(self) -> bool:
        """It is."""
        return True

    def readable(self) -> bool:
        """It is."""
        return True


class Stream(Beginning):
    """The bytes of an open file from 0 up to its end; closing it closes the file."""

    def __init__(self, file: OpenFile) -> None:
        super().__init__(file.read_at, file.size)
        self._file = file

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            self._file.close()
        super().close()
