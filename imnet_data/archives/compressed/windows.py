"""Small reads of a file that lies far away, out of larger ones: decoders ask for a little at once.

A file of this machine is read as it is asked for.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from imnet_data.archives.compressed.sections import PRead
    from imnet_data.files.opened import OpenFile

FORWARD: Final = 1 << 22  # where all of it is read
RANDOM: Final = 1 << 20


def windowed(file: OpenFile, size: int) -> PRead:
    """Reads of a file; in a store at least `size` bytes a request, kept until the thread's next."""
    return file.read_at if file.fd is not None else _Windows(file, size).read_at


class _Windows:
    def __init__(self, file: OpenFile, size: int) -> None:
        self._file = file
        self._size = size
        self._last = threading.local()

    def read_at(self, size: int, offset: int) -> bytes:
        """Bytes from an offset on; fewer at the end alone."""
        start, window = getattr(self._last, "window", (0, b""))
        if not start <= offset <= offset + size <= start + len(window):
            start = offset
            window = self._file.read_at(max(size, self._size), offset)
            self._last.window = start, window
        return bytes(window[offset - start : offset - start + size])
