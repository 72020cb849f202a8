"""A folder of image files as a container, walked in the order of names.

Each file is a byte range of its own, at offset 0. Tars at the top are archives of their own.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.archives.members import Fault, Findings, Run, is_image
from imnet_data.archives.names import Names
from imnet_data.archives.text import from_disk

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class _Folder:
    """One folder's own entries, by name."""

    images: list[tuple[str, os.stat_result]]
    subfolders: list[str]
    others: int


class FolderScan:
    """One walk over a folder; iterate `runs()` and then read `findings` and `signature()`.

    Symbolic links are followed, since people gather ImageNet by them; a loop is walked once.
    """

    def __init__(self, root: str) -> None:
        self.findings = Findings()
        self._root = root
        self._seen: set[tuple[int, int]] = set()
        self._digest = hashlib.sha256()

    def runs(self) -> Iterator[Run]:
        """Runs of image files, folder by folder in the order of their names."""
        todo = [""]
        while todo:
            folder = todo.pop()
            entries = self._read(folder)
            if entries is None:
                continue
            self.findings.ignored += entries.others
            if entries.images:
                yield self._run(folder, entries.images)
            todo.extend(
                os.path.join(folder, name) for name in sorted(entries.subfolders, reverse=True)
            )

    def signature(self) -> str:
        """A digest of the paths, sizes and times seen: another one means that a file changed."""
        return self._digest.hexdigest()[:32]

    def _run(self, folder: str, images: list[tuple[str, os.stat_result]]) -> Run:
        images.sort(key=lambda image: image[0])
        names = [from_disk(name) for name, _ in images]
        sizes = [status.st_size for _, status in images]
        for name, status in images:
            line = f"{folder}/{name}\0{status.st_size}\0{status.st_mtime_ns}\n"
            self._digest.update(os.fsencode(line))
        return Run(from_disk(folder), Names(names), [0] * len(names), sizes, None)

    def _read(self, folder: str) -> _Folder | None:
        entries = _Folder([], [], 0)
        try:
            status = os.stat(os.path.join(self._root, folder))
            if (status.st_dev, status.st_ino) in self._seen:
                return None
            self._seen.add((status.st_dev, status.st_ino))
            with os.scandir(os.path.join(self._root, folder)) as listing:
                for entry in listing:
                    self._sort_in(entry, entries, top=not folder)
        except OSError as error:
            where = folder or "the folder"
            self.findings.faults.append(
                Fault(f"{where} cannot be listed: {error.strerror}", severe=True)
            )
        return entries

    def _sort_in(self, entry: os.DirEntry[str], entries: _Folder, *, top: bool) -> None:
        if entry.name.startswith("."):
            entries.others += not entry.is_dir()
        elif entry.is_dir():
            entries.subfolders.append(entry.name)
        elif is_image(entry.name):
            try:
                entries.images.append((entry.name, entry.stat()))
            except OSError as error:  # a link to nowhere
                entries.others += 1
                self.findings.faults.append(
                    Fault(f"{entry.path} cannot be read: {error.strerror}", severe=True)
                )
        elif not (top and is_tar_name(entry.name)):
            entries.others += 1


def is_tar_name(name: str) -> bool:
    """Whether a file's name says that it is a plain tar: those are archives of their own."""
    return name.lower().endswith(".tar") and not name.startswith(".")
