"""What kind of container a path is, and how to open a scan of it.

A kind that cannot be read yet is refused with the command that unpacks it.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

from imnet_data.archives import headers
from imnet_data.archives.folder import FolderScan
from imnet_data.archives.kinds import FOLDER, TAR
from imnet_data.archives.members import is_image
from imnet_data.archives.tar import TarScan
from imnet_data.errors import ArchiveMissing, NotAnArchive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.archives.members import Position, Scan, Wanted

_COMPRESSED: Final = {
    b"\x1f\x8b": ("gzip", "gunzip --keep"),
    b"BZh": ("bzip2", "bunzip2 --keep"),
    b"\xfd7zXZ\0": ("xz", "unxz --keep"),
    b"\x28\xb5\x2f\xfd": ("zstd", "unzstd"),
    b"PK\x03\x04": ("zip", "unzip"),
}


def kind_of(path: str) -> str:
    """The kind of container at a path, one of kinds.py's.

    Raises:
        ArchiveMissing: nothing is there.
        NotAnArchive: something is there that cannot be indexed, with the reason.
    """
    if os.path.isdir(path):
        return FOLDER
    try:
        with open(path, "rb") as file:
            start = file.read(headers.BLOCK)
    except FileNotFoundError:
        raise ArchiveMissing(path) from None
    except OSError as error:
        raise NotAnArchive(path, f"it cannot be read: {error.strerror}") from None
    if is_tar(start):
        return TAR
    raise NotAnArchive(path, _reason(path, start))


def is_tar(start: bytes) -> bool:
    """Whether a file's first block is a tar's: a header, or an empty tar's zeros.

    A header that says `ustar` will do, whatever its checksum: the scan judges that.
    """
    try:
        return start == headers.ZERO_BLOCK or bool(headers.parse(start))
    except headers.BadHeader:
        return False


def _reason(path: str, start: bytes) -> str:
    for magic, (name, command) in _COMPRESSED.items():
        if start.startswith(magic):
            return (
                f"it is {name}-compressed, and only plain tars and folders can be read in place; "
                f"unpack it first: {command} {path}"
            )
    if start.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        return "it is an HTML page, probably a login page saved in the archive's place"
    if not start:
        return "the file is empty"
    return "it does not begin with a tar header"


@contextmanager
def open_scan(
    path: str,
    kind: str,
    *,
    wanted: Wanted = is_image,
    start: Position | None = None,
    max_inner: int | None = None,
) -> Iterator[Scan]:
    """A scan of the container at a path, for as long as the context lasts.

    `wanted` says which members it yields, images always among them; `start` goes on where an
    earlier scan of the same tar stopped; `max_inner` bounds how many inner tars are entered.
    """
    if kind == FOLDER:
        yield FolderScan(path, wanted=wanted)
        return
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    try:
        if hasattr(os, "posix_fadvise"):
            # Reading ahead of a 512-byte header would fetch 128 KiB that nobody wants.
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_RANDOM)
        yield TarScan(
            partial(os.pread, fd),
            os.fstat(fd).st_size,
            start=start,
            max_inner=max_inner,
            wanted=wanted,
        )
    finally:
        os.close(fd)
