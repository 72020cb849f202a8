"""Which file system a path lies on, as Linux tells it in /proc/self/mountinfo.

What that means for a catalogue or an archive is disk.py's.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Nature = Literal["local", "network", "memory", "layered", "unknown"]

# Where another machine may write at the same time, and files mapped here are not seen there.
_NETWORK = frozenset({
    "9p", "acfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "gfs", "gfs2",
    "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "panfs",
    "prl_fs", "pvfs2", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs", "wekafs",
})  # fmt: skip
# Programs behind FUSE that fetch from elsewhere; the kernel names them `fuse.NAME`.
_NETWORK_FUSE = frozenset({
    "afpfs", "beegfs", "blobfuse", "blobfuse2", "ceph", "ceph-fuse", "cephfs", "cvmfs2",
    "davfs2", "gcsfuse", "geesefs", "glusterfs", "goofys", "hdfs", "juicefs", "mfs",
    "moosefs", "mount-s3", "objectivefs", "osxfs", "rclone", "s3fs", "sshfs", "vmhgfs-fuse",
    "wekafs",
})  # fmt: skip
_MEMORY = frozenset({"tmpfs", "ramfs", "devtmpfs"})
_LAYERED = frozenset({"overlay", "overlayfs", "aufs", "fuse.fuse-overlayfs", "fuse.unionfs"})

_ESCAPE = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Mount:
    """A mounted file system: where, of which type, from what, and its options."""

    point: str
    kind: str
    source: str
    options: frozenset[str]

    @property
    def nature(self) -> Nature:
        """What it is, as far as it matters here."""
        family, _, program = self.kind.partition(".")
        if self.kind in _NETWORK or (family == "fuse" and program in _NETWORK_FUSE):
            return "network"
        if self.kind in _MEMORY:
            return "memory"
        if self.kind in _LAYERED:
            return "layered"
        return "unknown" if family == "fuse" else "local"

    @property
    def is_read_only(self) -> bool:
        """Whether nothing can be written there, whoever one is."""
        return "ro" in self.options


def mounts_here(root: str = "/") -> list[Mount] | None:
    """Every mount that this process sees, in the order in which they were made; None off Linux."""
    try:
        with open(os.path.join(root, "proc/self/mountinfo"), "rb") as file:
            return parse(os.fsdecode(file.read()))
    except FileNotFoundError:
        return None


def parse(mountinfo: str) -> list[Mount]:
    r"""The mounts of a mountinfo text; lines that are none are left out.

    >>> line = r"36 35 0:32 / /mnt/my\040disk rw,noatime shared:1 - nfs4 nas:/data rw,vers=4.2"
    >>> [(mount.point, mount.kind, mount.source) for mount in parse(line)]
    [('/mnt/my disk', 'nfs4', 'nas:/data')]
    """
    found = []
    for line in mountinfo.split("\n"):
        before, dash, after = line.partition(" - ")
        fields, tail = before.split(" "), after.split(" ")
        if not dash or len(fields) < 6 or len(tail) < 3:
            continue
        # A mount is read-only by its own options or by those of the file system beneath.
        options = frozenset(fields[5].split(",")) | frozenset(tail[2].split(",")) & {"ro"}
        found.append(Mount(_plain(fields[4]), tail[0], _plain(tail[1]), options))
    return found


def mount_of(path: str, mounts: Sequence[Mount]) -> Mount | None:
    """The mount that an absolute path without links lies on: of the deepest, the last made."""
    best = None
    for mount in mounts:
        if _holds(mount.point, path) and (best is None or len(mount.point) >= len(best.point)):
            best = mount
    return best


def network_mount(path: str, *, root: str = "/") -> Mount | None:
    """The network file system that a path lies on, or would; None where it lies on none known.

    `root` is where proc is looked for.
    """
    mount = mount_of(os.path.realpath(path), mounts_here(root) or ())
    return mount if mount is not None and mount.nature == "network" else None


def _holds(point: str, path: str) -> bool:
    return path == point or path.startswith(point.rstrip("/") + "/")


def _plain(text: str) -> str:
    """A field with its escapes undone: blanks, tabs, newlines and backslashes are written so."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 8)), text)
