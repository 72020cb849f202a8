"""What is known of a file without its contents: its size, and what tells that it is another now."""

from __future__ import annotations

import os
from dataclasses import dataclass

from imnet_data.files.address import is_url


@dataclass(frozen=True, slots=True)
class Status:
    """The bytes of a file; its `version` is another once it was written over."""

    size: int
    version: str


def status(path: str | os.PathLike[str]) -> Status:
    """What a file is: by its date on this machine, by its ETag or the like in a store.

    Raises:
        FileNotFoundError: nothing is there, or only what lies below it in a store.
        OSError: the system or the store fails.
        LoginNeeded: the store wants keys, or refuses those that it was given.
        StoreRefused, NeedsExtra: there is no such kind of store, or its package is not installed.
    """
    if is_url(path):
        from imnet_data.files.store import status as in_store  # noqa: PLC0415 - heavy

        return in_store(os.fspath(path))
    found = os.stat(path)
    return Status(found.st_size, str(found.st_mtime_ns))


def exists(path: str | os.PathLike[str]) -> bool:
    """Whether a file or a folder is there; of a store's folders, those that hold something.

    Raises:
        LoginNeeded, StoreFailed, StoreRefused, NeedsExtra: the store does not tell.
    """
    if is_url(path):
        from imnet_data.files.store import exists as in_store  # noqa: PLC0415 - heavy

        return in_store(os.fspath(path))
    return os.path.exists(path)


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether a folder is there; in a store, whether something lies below.

    Raises:
        LoginNeeded, StoreFailed, StoreRefused, NeedsExtra: the store does not tell.
    """
    if is_url(path):
        from imnet_data.files.folders import entries  # noqa: PLC0415 - heavy

        return bool(entries(os.fspath(path)))
    return os.path.isdir(path)
