"""What a tar is read from: the bytes of a file, or of what decodes to one, from any offset on.

Decoding is forward.py's.
"""

from __future__ import annotations

import os
from functools import partial
from typing import Final, Protocol

# The size of what has not shown its end yet; no file is larger.
ENDLESS: Final = 1 << 62


class Source(Protocol):
    """Bytes by their offset; `name` is what a sentence calls them."""

    name: str

    @property
    def size(self) -> int:
        """How many bytes there are; ENDLESS as long as nobody knows."""
        ...

    def read_at(self, size: int, offset: int, /) -> bytes:
        """Up to `size` bytes from `offset` on; fewer at the end alone."""
        ...

    def read_ahead(self, size: int, offset: int, /) -> bytes:
        """Likewise, or as many as are at hand; where there is a block, a block at least."""
        ...

    def reach(self, end: int) -> None:
        """See to it that `size` is known if there are fewer than `end` bytes."""
        ...


class FileSource:
    """An open file."""

    name = "it"

    def __init__(self, fd: int) -> None:
        self.size = os.fstat(fd).st_size
        # No call of our own between: it is made a header.
        self.read_at = self.read_ahead = partial(os.pread, fd)

    def reach(self, end: int) -> None:
        """Nothing: a file's size is known."""
