"""Small files of a folder of shards, written whole or not at all, and the work folder in it.

What the files say is manifest.py's and the formats'.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from typing import Final

from imnet_data.lasting import sync, written_whole
from imnet_data.sharding.records import FileRecord

# What is under way lies here: on the same file system, and where no reader looks for shards.
WORK: Final = ".unfinished"
TEMPORARY: Final = ".tmp"
PARTIAL: Final = ".partial"  # kept when a run ends, for the next one goes on with it


def work_folder(folder: str) -> str:
    """Where the plan, the records and what is half written lie while shards are written."""
    return os.path.join(folder, WORK)


def temporary(folder: str, name: str) -> str:
    """Where a file of the folder is written before it has its name; another place each time.

    A number of a process would not do: two hosts may have the same. And one that froze, and wakes
    when its shard was written elsewhere, must not go on in the file of who did.
    """
    return os.path.join(work_folder(folder), f"{name}.{os.urandom(8).hex()}{TEMPORARY}")


def write_whole(folder: str, name: str, data: bytes, *, lasting: bool = True) -> FileRecord:
    """Write a file of the folder, or of the work folder; where it is `lasting`, to the disk.

    What is not may be gone or empty after a power cut, but never half of it under its name.
    """
    path, made = os.path.join(folder, name), temporary(folder, os.path.basename(name))
    with written_whole(path, beside=made, lasting=lasting) as file:
        file.write(data)
    if lasting:
        sync_folder(os.path.dirname(path))
    return FileRecord(name, len(data), sha256(data).hexdigest())


def sync_folder(folder: str) -> None:
    """Make sure of the names in a folder, where the file system can."""
    with suppress(OSError):
        sync(folder)
