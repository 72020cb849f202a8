"""The disk at a path: whether it can be written, its room, its inodes, its file system.

Which archives lie there is archives.py's.
"""

from __future__ import annotations

import os
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from imnet_data.amounts import size
from imnet_data.doctor.finding import Finding
from imnet_data.doctor.mounts import Mount, mount_of, mounts_here

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.doctor.finding import State

_SECTION = "disk"

# With less than this free, databases and shells begin to fail.
_FULL_BYTES = 100_000_000
# A catalogue of a full release takes 745 MB (docs/performance.md).
_CATALOGUE_BYTES = 1_000_000_000
# ILSVRC 2012 unpacked into class folders: train, val and test, and the folders of the first two.
_UNPACKED_FILES = 1_281_167 + 50_000 + 100_000 + 2 * 1_000


@cache
def ilsvrc_bytes() -> int:
    """What the train and val archives of ILSVRC 2012 take, in bytes."""
    text = files("imnet_data.facts").joinpath("archives.toml").read_text(encoding="utf-8")
    published = tomllib.loads(text)["ilsvrc2012"]
    return int(published["train"]["bytes"] + published["val"]["bytes"])


def findings(path: str, *, indexed_bytes: int = 0, root: str = "/") -> Iterator[Finding]:
    """What is known of the disk where ImageNet is or shall be.

    `indexed_bytes` is what the indexed archives on it take. `root` is where proc is looked for.
    """
    folder = _nearest(path)
    yield _path(path, folder)
    yield _space(folder, indexed_bytes)
    yield _inodes(folder)
    mounts = mounts_here(root)
    yield _file_system(folder, mounts)


def catalogue_findings(path: str, beside: str, *, root: str = "/") -> Iterator[Finding]:
    """What is known of the disk where a catalogue is or shall be; `beside` is the images' path."""
    folder = _nearest(os.path.dirname(path) or ".")
    if os.stat(folder).st_dev != os.stat(_nearest(beside)).st_dev:
        yield _catalogue_space(folder)
    mounts = mounts_here(root)
    yield _catalogue_file_system(path, folder, mounts)


def _nearest(path: str) -> str:
    """The folder at a path, or the nearest above it that is there."""
    path = os.path.realpath(path)
    while not os.path.isdir(path) and path != os.path.dirname(path):
        path = os.path.dirname(path)
    return path


def _path(path: str, folder: str) -> Finding:
    shown = os.path.abspath(path)
    there = os.path.exists(path)
    found = "is there" if there else f"is not there yet; {folder} is"
    if not os.access(path if there else folder, os.R_OK):
        return Finding(
            _SECTION, shown, "trouble", f"{found}, and cannot be read from this account",
            "read as its owner, or have its permissions changed",
        )  # fmt: skip
    if not os.access(folder, os.W_OK | os.X_OK):
        return Finding(
            _SECTION, shown, "note", f"{found}, and can only be read from this account",
            "to put archives there, choose another PATH; to read those there, nothing",
        )  # fmt: skip
    return Finding(_SECTION, shown, "well", f"{found}, and can be written")


def _space(folder: str, indexed_bytes: int) -> Finding:
    free, total = _free(folder)
    wanted = ilsvrc_bytes()
    found = f"{size(free)} free of {size(total)}; ILSVRC 2012 (train and val) takes {size(wanted)}"
    if indexed_bytes:
        found += f", the indexed archives here {size(indexed_bytes)}"
    if free < _FULL_BYTES:
        return Finding(_SECTION, "space", "trouble", found, "make room, or choose another PATH")
    if free + indexed_bytes < wanted:
        return Finding(
            _SECTION,
            "space",
            "note",
            found,
            "to download all of it, choose another PATH; else nothing",
        )
    return Finding(_SECTION, "space", "well", found)


def _catalogue_space(folder: str) -> Finding:
    free, total = _free(folder)
    found = f"{size(free)} free of {size(total)}"
    state: State = "well"
    if free < _CATALOGUE_BYTES:
        state = "trouble" if free < _FULL_BYTES else "note"
        found += "; a full release's catalogue takes 745 MB, ILSVRC 2012's 75 MB"
    advice = "" if state == "well" else "make room, or -c with a path on another disk"
    return Finding(_SECTION, "catalogue space", state, found, advice)


def _free(folder: str) -> tuple[int, int]:
    """The bytes that this account may still fill, and those of the whole file system."""
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize, status.f_blocks * status.f_frsize


def _inodes(folder: str) -> Finding:
    status = os.statvfs(folder)
    if not status.f_files:
        return Finding(_SECTION, "inodes", "well", "this file system has no fixed number of them")
    found = f"{status.f_favail:,} free of {status.f_files:,}"
    if status.f_favail < 1_000:
        return Finding(_SECTION, "inodes", "trouble", found, "remove files, or choose another PATH")
    if status.f_favail < _UNPACKED_FILES:
        return Finding(
            _SECTION, "inodes", "note",
            f"{found}; ILSVRC 2012 unpacked takes {_UNPACKED_FILES:,}",
            "leave the archives packed: they are indexed and read as they are",
        )  # fmt: skip
    return Finding(_SECTION, "inodes", "well", found)


def _file_system(folder: str, mounts: Sequence[Mount] | None) -> Finding:
    what = "file system"
    mount = None if mounts is None else mount_of(folder, mounts)
    if mount is None:
        return Finding(_SECTION, what, "well", "not known on this system", aside=True)
    found = _described(mount)
    if mount.nature == "memory":
        return Finding(
            _SECTION, what, "note", f"{found}: it lies in memory, and is lost at the next start",
            "a disk, for what should last",
        )  # fmt: skip
    if mount.nature == "layered":
        return Finding(
            _SECTION, what, "note", f"{found}: a container's own layer, which goes with it",
            "a volume or a bind mount, for what should last",
        )  # fmt: skip
    if mount.nature == "network":
        return Finding(
            _SECTION, what, "well",
            f"{found}: a network file system; good for archives, read at its speed",
        )  # fmt: skip
    return Finding(_SECTION, what, "well", found)


def _catalogue_file_system(path: str, folder: str, mounts: Sequence[Mount] | None) -> Finding:
    what = "catalogue on"
    mount = None if mounts is None else mount_of(folder, mounts)
    if mount is None:
        return Finding(
            _SECTION, what, "note", "not known on this system",
            "see yourself that the catalogue lies on a local disk",
        )  # fmt: skip
    found = _described(mount)
    if mount.nature == "network":
        return _on_network(path, found)
    if mount.nature == "unknown":
        return Finding(
            _SECTION, what, "note",
            f"{found}: whether SQLite's log works depends on the program behind it",
            "a local disk, named with -c or $IMNET_DATA_CATALOGUE",
        )  # fmt: skip
    if mount.nature in ("memory", "layered"):
        lost = "at the next start" if mount.nature == "memory" else "with the container"
        return Finding(
            _SECTION, what, "note", f"{found}: the catalogue is lost {lost}",
            "-c with a path on a disk or a volume",
        )  # fmt: skip
    return Finding(_SECTION, what, "well", f"{found}: SQLite works there")


def _on_network(path: str, found: str) -> Finding:
    """Two mounts of one folder, a writer in each, tore a catalogue in half a second, unnoticed.

    Two processes of one machine did it no harm (sshfs 3.7, SQLite 3.40).
    """
    words = (
        f"{found}: a network file system. SQLite keeps its writers apart by memory that they "
        "share, and no two machines share any: writing from two destroys it, and nobody is told"
    )
    if os.path.exists(path):
        return Finding(
            _SECTION, "catalogue on", "trouble", words,
            "write from one machine alone; or move it to a local disk, named with -c or "
            "$IMNET_DATA_CATALOGUE; or, for several machines, to PostgreSQL",
            ("catalogue", "copy", path), "postgresql://HOST/DATABASE",
        )  # fmt: skip
    return Finding(
        _SECTION, "catalogue on", "note", words,
        "make it on a local disk, or for several machines in PostgreSQL: name either with -c or "
        "$IMNET_DATA_CATALOGUE; the archives may lie here",
    )  # fmt: skip


def _described(mount: Mount) -> str:
    read_only = ", read-only" if mount.is_read_only else ""
    return f"{mount.kind} at {mount.point}{read_only}"
