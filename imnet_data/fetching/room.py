"""The room that a folder has for what is to come: bytes, inodes, and the quota where one is told.

What it is compared with is plan.py's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import Final

from imnet_data.doctor.mounts import Mount, mount_of, mounts_here

# quota(1) asks network file systems' servers, too, and one that is down would let us wait.
_PATIENCE_S: Final = 5.0
_BLOCK: Final = 1024


@dataclass(frozen=True, slots=True)
class Room:
    """What can still be written to a folder by this account: bytes and files, None where untold.

    `quota_bytes` and `quota_files` are what is left of the account's quota there.
    """

    folder: str
    free_bytes: int
    free_files: int | None
    quota_bytes: int | None = None
    quota_files: int | None = None

    @property
    def bytes_left(self) -> int:
        """What can be written before the disk is full or the quota reached."""
        return self.free_bytes if self.quota_bytes is None else min(
            self.free_bytes, self.quota_bytes
        )  # fmt: skip

    @property
    def files_left(self) -> int | None:
        """How many files can be made; None where nobody counts them."""
        told = [n for n in (self.free_files, self.quota_files) if n is not None]
        return min(told, default=None)


def room_at(path: str) -> Room:
    """The room of a folder, or where it is not there yet, of the nearest above it.

    Raises:
        OSError: the file system does not answer.
    """
    folder = nearest(path)
    status = os.statvfs(folder)
    quota = _quota(folder)
    return Room(
        folder,
        status.f_bavail * status.f_frsize,
        status.f_favail if status.f_files else None,  # btrfs and others count none
        *quota,
    )


def nearest(path: str) -> str:
    """The folder at a path, or the nearest above it that is there."""
    path = os.path.realpath(path)
    while not os.path.isdir(path) and path != os.path.dirname(path):
        path = os.path.dirname(path)
    return path


def _quota(folder: str) -> tuple[int | None, int | None]:
    """Bytes and files left of the user's quota, as the file system's own command tells them.

    A project's quota needs none of this: its file system counts only what is left of it as free.
    """
    mount = mount_of(folder, mounts_here() or [])
    if mount is None:
        return None, None
    return left_of_quota(_asked(mount, folder))


def _asked(mount: Mount, folder: str) -> str:
    command = ["quota", "-w", "-p", "-f", folder]
    if mount.kind == "lustre":
        command = ["lfs", "quota", "-q", "-u", str(os.getuid()), folder]
    if shutil.which(command[0]) is None:
        return ""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False,
            stdin=subprocess.DEVNULL, timeout=_PATIENCE_S, env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def left_of_quota(told: str) -> tuple[int | None, int | None]:
    """Bytes and files left, by the last line of `quota -wp` or `lfs quota -q`; None for no limit.

    Both have: file system, blocks of 1,024 bytes used, quota, limit, grace, and the same of files.
    A star marks what is over its quota; the limit is what cannot be passed.

    >>> left_of_quota("/dev/sda1 1000 2000 3000 0 12 0 0 0")
    (2048000, None)
    """
    lines = [line.split() for line in told.splitlines() if line.strip()]
    if not lines or len(lines[-1]) < 8:
        return None, None
    fields = [field.rstrip("*") for field in lines[-1][-8:]]
    if not all(field.isdigit() for field in (*fields[:3], *fields[4:7])):
        return None, None
    blocks, soft, hard = map(int, fields[:3])
    files, soft_files, hard_files = map(int, fields[4:7])
    return _left(blocks, hard or soft, _BLOCK), _left(files, hard_files or soft_files, 1)


def _left(used: int, limit: int, unit: int) -> int | None:
    return max(0, limit - used) * unit if limit else None
