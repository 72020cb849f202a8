"""Files that stand under their name whole or not at all, and are on the disk when they do.

What is in them is their writers'.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""How the system refuses what a disk, a quota or a limit has no room for."""


@contextmanager
def written_whole(
    path: str, *, beside: str | None = None, lasting: bool = True
) -> Iterator[BinaryIO]:
    """A file to write; at the end of the context it stands at `path`, after an error nothing does.

    What was at the path is replaced then, and left alone after an error. The file is written
    `beside` it first, on the same file system; one that is not `lasting` may be empty after a
    power cut, but never half there. `sync_folder_of()` makes sure of its name, too.

    Raises:
        OSError: it cannot be written.
    """
    beside = beside or f"{path}.{os.getpid()}.part"
    try:
        with open(beside, "w+b") as file:
            yield file
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(beside)
        # Only writing meets these, and the system doesn't say which file it was.
        if isinstance(error, OSError) and error.errno in NO_ROOM and error.filename is None:
            error.filename = path
        raise


def sync(path: str) -> None:
    """Wait until a file, or the names in a folder, are on the disk.

    Raises:
        OSError: it is not there, or the file system does not do that.
    """
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_folder_of(path: str) -> None:
    """Wait until a file's name is on the disk, as `sync()` of its folder."""
    sync(os.path.dirname(os.path.abspath(path)))
