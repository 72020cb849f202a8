"""The one client of object stores: objects looked at, listed, read whole, put and deleted.

A large object is read by opened.py. Keys, regions and endpoints are the libraries' own to find.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from imnet_data.errors import ObjectMissing, ObjectThere, StoreFailed
from imnet_data.files.address import base_name, bucket_and_key, join, scheme_of
from imnet_data.files.reads import reads_of
from imnet_data.files.remote_file import RemoteFile
from imnet_data.files.system import said, system_of
from imnet_data.files.tries import Tries
from imnet_data.files.versions import version_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from imnet_data.files.status import Status

# A part of an object that is put in several; four of them are under way at once. Stores take
# ten thousand parts.
_PART: Final = 16 << 20
_PARTS_AT_ONCE: Final = 4
_MOST_PARTS: Final = 9_000
_COMPARED: Final = 8 << 20


@dataclass(frozen=True, slots=True)
class Listed:
    """An object in a listing; `name` is its way below what was listed."""

    url: str
    name: str
    size: int
    version: str


def status(url: str) -> Status:
    """An object's size and version.

    Raises:
        ObjectMissing: nothing is there, or only what lies below it.
        LoginNeeded: the store wants keys, or refuses those that it was given.
        StoreFailed: it does not answer, or answers with an error.
        StoreRefused, NeedsExtra: there is no such kind of store, or its package is not installed.
    """
    return Tries(url).of(lambda: reads_of(url).status(url))


def exists(url: str) -> bool:
    """Whether an object is there, or something below.

    Raises:
        LoginNeeded, StoreFailed, StoreRefused, NeedsExtra: as in `status()`.
    """
    with suppress(ObjectMissing):
        return bool(status(url))
    system, path = system_of(url)
    with suppress(ObjectMissing), said(url):
        return bool(system.info(path))
    return False


def listing(url: str, pattern: str | None = None) -> list[Listed]:
    """All objects below a URL, in the order of their names; or those that a pattern fits.

    A pattern is the shell's (`*`, `**`, `?`, `[…]`), and goes on from the URL. Nothing there is an
    empty list.

    Raises:
        LoginNeeded, StoreFailed, StoreRefused, NeedsExtra: as in `status()`.
    """
    system, path = system_of(url)
    found: dict[str, dict[str, Any]] = {}
    with suppress(ObjectMissing), said(url):
        if pattern is None:
            found = system.find(path, detail=True)
        else:
            found = system.glob(f"{path}/{pattern}", detail=True)
    return [
        Listed(join(url, name), name, int(about["size"] or 0), version_of(about))
        for key, about in sorted(found.items())
        if about["type"] == "file" and (name := key[len(path) :].lstrip("/"))
    ]


def names(url: str) -> list[str]:
    """The names right below a URL, of objects and of what has some below it.

    Raises:
        LoginNeeded, StoreFailed, StoreRefused, NeedsExtra: as in `status()`.
    """
    system, path = system_of(url)
    with suppress(ObjectMissing), said(url):
        found: list[dict[str, Any]] = system.ls(path, detail=True)
        # Of an object itself its own name is what is told.
        return sorted(base_name(join(url, one["name"])) for one in found if one["name"] != path)
    return []


def read(url: str) -> bytes:
    """The whole of a small object.

    Raises:
        ObjectMissing, ObjectChanged, LoginNeeded, StoreFailed, StoreRefused, NeedsExtra: as in
            `status()`, or it was replaced meanwhile.
    """
    file = RemoteFile(url)
    return file.read_at(file.size, 0)


def put_bytes(url: str, data: bytes, *, new_only: bool = False, over: str | None = None) -> Status:
    """Put an object whole; with `new_only` where none is, which the store itself sees to.

    With `over` only where an object of that version is: S3 sees to that, other stores don't.

    Raises:
        ObjectThere: one is, with other bytes. The same bytes are as good as put: an answer may be
            lost on its way, and what is asked again finds what it wrote itself.
        LoginNeeded, StoreFailed, StoreRefused, NeedsExtra: as in `status()`.
    """
    system, path = system_of(url)
    options = _mode(new_only=new_only)
    if over is not None and scheme_of(url) == "s3":
        options["IfMatch"] = f'"{over}"'

    def put() -> None:
        with said(url):
            system.pipe_file(path, data, **options)

    try:
        Tries(url).of(put)
    except ObjectThere:
        if read(url) != data:
            raise
    return _came(url, len(data))


def put_file(url: str, path: str, *, new_only: bool = False) -> Status:
    """Put a file of this machine; a large one in parts, of which none is left if it fails.

    Raises:
        ObjectThere, LoginNeeded, StoreFailed, StoreRefused, NeedsExtra: as in `put_bytes()`.
        OSError: the file cannot be read.
    """
    system, there = system_of(url)
    size = os.path.getsize(path)
    options: dict[str, Any] = _mode(new_only=new_only)
    if scheme_of(url) == "s3":
        options["chunksize"] = max(_PART, -(-size // _MOST_PARTS))
        options["max_concurrency"] = _PARTS_AT_ONCE

    def put() -> None:
        # Ceph and others look at no condition where an object is put in parts.
        if new_only and size >= _PART and exists(url):
            raise ObjectThere(url)
        with said(url):
            system.put_file(path, there, **options)

    try:
        # Who puts files has claimed the place, or looked at it: the store has answered before.
        Tries(url, known=True).of(put)
    except ObjectThere:
        if not _same(url, path):
            raise
    return _came(url, size)


def delete(url: str) -> None:
    """Delete an object; that none is there is well.

    Raises:
        LoginNeeded, StoreFailed, StoreRefused, NeedsExtra: as in `status()`.
    """
    system, path = system_of(url)
    with suppress(ObjectMissing), said(url):
        system.rm_file(path)


def delete_below(url: str) -> None:
    """Delete all objects below a URL.

    Raises:
        LoginNeeded, StoreFailed, StoreRefused, NeedsExtra: as in `status()`.
    """
    system, path = system_of(url)
    with suppress(ObjectMissing), said(url):
        system.rm(path, recursive=True)


def abandon_uploads(url: str) -> int:
    """Give up what was begun to be put below a URL and never finished; how many there were.

    A process that is killed leaves the parts that it had sent, which no listing shows and which
    the store keeps, and has paid for. Other stores than S3 forget them by themselves.

    Raises:
        LoginNeeded, StoreFailed, StoreRefused, NeedsExtra: as in `status()`.
    """
    if scheme_of(url) != "s3":
        return 0
    system, _ = system_of(url)
    bucket, key = bucket_and_key(url)
    with said(url):
        begun = list(_uploads(system, bucket, f"{key}/"))
        for one, upload in begun:
            with suppress(FileNotFoundError):  # it was finished meanwhile
                system.call_s3("abort_multipart_upload", Bucket=bucket, Key=one, UploadId=upload)
    return len(begun)


def _uploads(system: Any, bucket: str, prefix: str) -> Iterator[tuple[str, str]]:
    page: dict[str, Any] = {}
    while True:
        after = {
            marker: page[f"Next{marker}"]
            for marker in ("KeyMarker", "UploadIdMarker")
            if page.get(f"Next{marker}")
        }
        page = system.call_s3("list_multipart_uploads", Bucket=bucket, Prefix=prefix, **after)
        yield from ((one["Key"], one["UploadId"]) for one in page.get("Uploads", ()))
        if not page.get("IsTruncated"):
            return


def _mode(*, new_only: bool) -> dict[str, Any]:
    # An argument that a file system does not know is handed on to its store, which refuses it.
    return {"mode": "create"} if new_only else {}


def _came(url: str, size: int) -> Status:
    """What is there after a put.

    Raises:
        StoreFailed: it is not as large as what was put.
    """
    try:
        found = Tries(url, known=True).of(lambda: reads_of(url).status(url))
    except ObjectMissing:
        raise StoreFailed(url, "nothing came there") from None
    if found.size != size:
        raise StoreFailed(url, f"{found.size:,} bytes came there for {size:,}")
    return found


def _same(url: str, path: str) -> bool:
    """Whether an object has the bytes of a file."""
    there = RemoteFile(url)
    if there.size != os.path.getsize(path):
        return False
    with open(path, "rb") as file:
        return all(there.read_at(_COMPARED, at) == piece for at, piece in _pieces(file))


def _pieces(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    at = 0
    while piece := file.read(_COMPARED):
        yield at, piece
        at += len(piece)
