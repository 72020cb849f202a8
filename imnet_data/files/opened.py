"""A file that is open to be read anywhere, on this machine or in a store; no position moves.

Which files stay open between reads is imnet_data/archives' business.
"""

from __future__ import annotations

import os
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Protocol

from imnet_data.files.address import is_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class OpenFile(Protocol):
    """An open file, for several threads at once.

    `fd` is the system's file, None of an object in a store; `size` is in bytes, and `version` what
    `status()` says.
    """

    @property
    def size(self) -> int:
        """Its bytes, when it was opened."""
        ...

    @property
    def version(self) -> str:
        """What tells that it is another now."""
        ...

    @property
    def fd(self) -> int | None:
        """The system's own, to be read by `os.pread`; None in a store."""
        ...

    def read_at(self, size: int, offset: int, /) -> bytes:
        """So many bytes from there on; fewer where it ends before.

        Raises:
            OSError: it cannot be read; ObjectChanged, where another is in its place by now.
        """
        ...

    def read_ranges(self, ranges: Iterable[tuple[int, int]], /) -> Sequence[bytes]:
        """The bytes of each (offset, size), as `read_at` gives them; at once, from a store."""
        ...

    def close(self) -> None:
        """Close it; twice, too."""
        ...


class LocalFile:
    """A file of this machine."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.fd: int | None = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        found = os.fstat(self.fd)
        self.size = found.st_size
        self.version = str(found.st_mtime_ns)
        self.read_at = partial(os.pread, self.fd)

    def read_ranges(self, ranges: Iterable[tuple[int, int]], /) -> list[bytes]:
        """One after the other: a disk has no more to gain."""
        return [self.read_at(size, offset) for offset, size in ranges]

    def close(self) -> None:
        """Close it."""
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None


def open_file(path: str | os.PathLike[str]) -> OpenFile:
    """Open a file to be read.

    Raises:
        FileNotFoundError: nothing is there.
        OSError, LoginNeeded, StoreRefused, NeedsExtra: as in `status()`.
    """
    if is_url(path):
        from imnet_data.files.remote_file import RemoteFile  # noqa: PLC0415 - heavy

        return RemoteFile(os.fspath(path))
    return LocalFile(path)


def pieces_of(path: str | os.PathLike[str], size: int, *, at_once: int) -> Iterator[bytes]:
    """The bytes of a file in order, in pieces of which several are asked for at once.

    Raises:
        FileNotFoundError, OSError, LoginNeeded, StoreRefused, NeedsExtra: as in `open_file()`.
    """
    with closing(open_file(path)) as file:
        for first in range(0, file.size, size * at_once):
            last = min(first + size * at_once, file.size)
            yield from file.read_ranges(
                (at, min(size, last - at)) for at in range(first, last, size)
            )


def read_whole(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a small file.

    Raises:
        FileNotFoundError, OSError, LoginNeeded, StoreRefused, NeedsExtra: as in `open_file()`.
    """
    with closing(open_file(path)) as file:
        return file.read_at(file.size, 0)
