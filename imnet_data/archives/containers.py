"""What kind of container a path is, and how to open a scan of it.

A kind that cannot be read yet is refused with the command that unpacks it.
"""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from imnet_data.archives.compressed.source import FileSource
from imnet_data.archives.folder import FileScan, FolderScan
from imnet_data.archives.kinds import (
    COMPRESSED_TARS,
    DEFLATED_ZIP,
    FILE,
    FOLDER,
    PARQUET,
    TAR,
    ZIP,
    compressed_kind,
    is_list_name,
)
from imnet_data.archives.members import is_image
from imnet_data.archives.parquet import columns as parquet_columns
from imnet_data.archives.tars import headers
from imnet_data.archives.tars.far_scan import far_scan
from imnet_data.archives.tars.partial import is_unfinished, members_of
from imnet_data.archives.tars.partial_scan import PartialScan
from imnet_data.archives.tars.scan import TarScan
from imnet_data.archives.zips.kind import zip_kind
from imnet_data.archives.zips.scan import ZipScan
from imnet_data.errors import ArchiveMissing, NotAnArchive, StoreError, StoreFailed
from imnet_data.files.address import base_name, is_url
from imnet_data.files.opened import open_file
from imnet_data.files.status import exists

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.archives.far_folder import FarFolderScan
    from imnet_data.archives.members import Position, Scan, Wanted
    from imnet_data.files.opened import OpenFile


def kind_of(path: str) -> str:
    """The kind of container at a path or URL, one of kinds.py's.

    Raises:
        ArchiveMissing: nothing is there.
        NotAnArchive: something is there that cannot be indexed, with the reason.
        LoginNeeded, StoreFailed, NeedsExtra: it lies in a store that cannot be asked so.
    """
    far = is_url(path)
    if not far and os.path.isdir(path):
        return FOLDER
    is_list = is_list_name(base_name(path))
    try:
        with closing(open_file(path)) as file:
            start = file.read_at(headers.BLOCK, 0)
    except FileNotFoundError:
        if far and exists(path):  # what lies below it
            return FOLDER
        raise ArchiveMissing(path) from None
    except StoreFailed:  # which says nothing of what is there
        raise
    except StoreError as error:
        reason = getattr(error, "reason", error)
        raise NotAnArchive(path, f"it cannot be read: {reason}") from error
    except OSError as error:
        raise NotAnArchive(path, f"it cannot be read: {error.strerror}") from None
    if is_list:
        return FILE
    if not far and is_unfinished(path):
        return _unfinished_kind(path)
    return _kind_by_start(path, start)


def _unfinished_kind(path: str) -> str:
    """The kind of a download under way: a tar in part, of which not even a header need be there."""
    if members_of(path) is None:
        raise NotAnArchive(path, "it is a download that has not come to its end")
    return TAR


def _kind_by_start(path: str, start: bytes) -> str:
    if headers.begins_tar(start):
        return TAR
    if start.startswith(parquet_columns.MAGIC):
        parquet_columns.check(path)
        return PARQUET
    compressed = compressed_kind(start)
    if compressed is not None:
        from imnet_data.archives.compressed import check as compressed_check  # noqa: PLC0415 - bz2, lzma: for few

        compressed_check.check(path, compressed)
        return compressed
    zipped = zip_kind(path)
    if zipped is not None:
        return zipped
    raise NotAnArchive(path, _reason(start))


def _reason(start: bytes) -> str:
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
    seek_index: str | None = None,
) -> Iterator[Scan]:
    """A scan of the container at a path, for as long as the context lasts.

    `wanted` says which members it yields, images always among them; `start` goes on where an
    earlier scan of the same tar stopped; `max_inner` bounds how many inner tars are entered;
    `seek_index` is where that of a compressed tar is written at the end.
    """
    if kind == FOLDER:
        yield folder_scan(path, wanted=wanted)
        return
    if kind == FILE:
        yield FileScan(path, wanted=wanted)
        return
    if kind == PARQUET:
        from imnet_data.archives.parquet.scan import ParquetScan  # noqa: PLC0415 - pyarrow: for few

        with closing(ParquetScan(path, start=start, names_only=max_inner is not None)) as rows:
            yield rows
        return
    with closing(open_file(path)) as file:
        if kind in COMPRESSED_TARS:
            from imnet_data.archives.compressed.tars import CompressedScan  # noqa: PLC0415 - as above

            with closing(
                CompressedScan(
                    file,
                    kind,
                    start=start,
                    max_inner=max_inner,
                    wanted=wanted,
                    seek_index=seek_index,
                )
            ) as decoded:
                yield decoded
        elif kind in (ZIP, DEFLATED_ZIP):
            _tell_random(file)
            yield ZipScan(
                file.read_at, file.size, path, direct=kind == ZIP, start=start, wanted=wanted
            )
        elif file.fd is None:
            with far_scan(path, file, start=start, max_inner=max_inner, wanted=wanted) as far:
                yield far
        else:
            _tell_random(file)
            yield _tar_scan(path, file.fd, start=start, max_inner=max_inner, wanted=wanted)


def folder_scan(path: str, *, wanted: Wanted = is_image) -> FolderScan | FarFolderScan:
    """A scan of a folder, on this machine or in a store."""
    if not is_url(path):
        return FolderScan(path, wanted=wanted)
    from imnet_data.archives.far_folder import FarFolderScan  # noqa: PLC0415 - for few

    return FarFolderScan(path, wanted=wanted)


def _tell_random(file: OpenFile) -> None:
    """Reading ahead of a 512-byte header would fetch 128 KiB that nobody wants."""
    if file.fd is not None and hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fd, 0, 0, os.POSIX_FADV_RANDOM)


def _tar_scan(
    path: str, fd: int, *, start: Position | None, max_inner: int | None, wanted: Wanted
) -> Scan:
    """The scan of an open tar, or of what is there of one that was fetched in part."""
    members = members_of(path)
    if members is None:
        return TarScan(FileSource(fd), start=start, max_inner=max_inner, wanted=wanted)
    return PartialScan(FileSource(fd), members, start=start, max_inner=max_inner, wanted=wanted)
