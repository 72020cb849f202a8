"""A folder of image files as a container, walked in the order of names.

Each file is a byte range of its own, at offset 0. Archives at the top stand for themselves.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imnet_data.archives.kinds import is_archive_name
from imnet_data.archives.members import Fault, Findings, Run, is_image, is_side_file
from imnet_data.archives.names import Names
from imnet_data.archives.text import from_disk, to_disk
from imnet_data.files.address import base_name
from imnet_data.files.opened import read_whole
from imnet_data.files.status import status as status_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.archives.members import Wanted


@dataclass(slots=True)
class _Folder:
    """One folder's own entries, by name."""

    files: list[tuple[str, os.stat_result]] = field(default_factory=list)
    beside: list[tuple[str, os.stat_result]] = field(default_factory=list)
    subfolders: list[str] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)
    others: int = 0


class FolderScan:
    """One walk over a folder; iterate `runs()` and then read `findings` and `signature()`.

    Symbolic links are followed, since people gather ImageNet by them; a folder is walked once, by
    its own name where it has one in the tree, so that `dog -> n02084071` takes no class's images.
    """

    def __init__(self, root: str, *, wanted: Wanted = is_image) -> None:
        self.findings = Findings()
        self.inner_names: list[str] = []
        self._root = root
        self._wanted = wanted
        self._seen: set[tuple[int, int]] = set()
        self._digest = hashlib.sha256()

    def runs(self) -> Iterator[Run]:
        """Runs of wanted files, folder by folder in the order of their names; links come last."""
        todo = [""]
        linked: deque[str] = deque()
        while todo or linked:
            folder = todo.pop() if todo else linked.popleft()
            entries = self._read(folder)
            if entries is None:
                continue
            self.findings.ignored += entries.others + len(entries.beside)
            self._sign(folder, sorted(entries.files + entries.beside, key=lambda file: file[0]))
            if entries.files:
                yield self._run(folder, entries.files)
            todo.extend(
                os.path.join(folder, name) for name in sorted(entries.subfolders, reverse=True)
            )
            linked.extend(os.path.join(folder, name) for name in sorted(entries.linked))

    def read(self, run: Run, at: int) -> bytes:
        """The bytes of a file of a run just yielded."""
        with open(
            os.path.join(self._root, to_disk(run.directory), to_disk(run.names[at])), "rb"
        ) as file:
            return file.read()

    def passed(self) -> None:
        """Nothing: a folder has no bytes of its own to count."""

    def signature(self) -> str:
        """A digest of the paths, sizes and times seen: another one means that a file changed.

        Of images and of the files beside them that may say something of them, wanted or not.
        """
        return self._digest.hexdigest()[:32]

    def _sign(self, folder: str, files: list[tuple[str, os.stat_result]]) -> None:
        for name, status in files:
            line = f"{folder}/{name}\0{status.st_size}\0{status.st_mtime_ns}\n"
            self._digest.update(os.fsencode(line))

    def _run(self, folder: str, files: list[tuple[str, os.stat_result]]) -> Run:
        files.sort(key=lambda file: file[0])
        names = [from_disk(name) for name, _ in files]
        sizes = [status.st_size for _, status in files]
        return Run(from_disk(folder), Names(names), [0] * len(names), sizes, None)

    def _read(self, folder: str) -> _Folder | None:
        entries = _Folder()
        try:
            status = os.stat(os.path.join(self._root, folder))
            if (status.st_dev, status.st_ino) in self._seen:
                return None
            self._seen.add((status.st_dev, status.st_ino))
            with os.scandir(os.path.join(self._root, folder)) as listing:
                for entry in listing:
                    self._sort_in(entry, entries, top=not folder)
        except OSError as error:
            self._fault(folder or "the folder", "listed", error)
        return entries

    def _sort_in(self, entry: os.DirEntry[str], entries: _Folder, *, top: bool) -> None:
        try:
            if entry.name.startswith("."):
                entries.others += not entry.is_dir(follow_symlinks=False)
            elif entry.is_dir():
                (entries.linked if entry.is_symlink() else entries.subfolders).append(entry.name)
            elif self._wanted(entry.name) and stat.S_ISREG((status := entry.stat()).st_mode):
                entries.files.append((entry.name, status))
            elif is_side_file(entry.name) and entry.is_file():
                entries.beside.append((entry.name, entry.stat()))
            elif not (top and is_archive_name(entry.name)):
                entries.others += 1
        except OSError as error:  # a link to nowhere, or to itself
            entries.others += 1
            self._fault(entry.path, "read", error)

    def _fault(self, path: str, done: str, error: OSError) -> None:
        sentence = f"{from_disk(path)} cannot be {done}: {error.strerror}"
        self.findings.faults.append(Fault(sentence, severe=True))


class FileScan:
    """A file that stands by itself, as a folder with nothing else in it."""

    def __init__(self, path: str, *, wanted: Wanted = is_image) -> None:
        self.findings = Findings()
        self.inner_names: list[str] = []
        self._path = path
        self._wanted = wanted

    def runs(self) -> Iterator[Run]:
        """One run of one file, if it is wanted."""
        base = from_disk(base_name(self._path))
        if self._wanted(base):
            yield Run("", Names([base]), [0], [status_of(self._path).size], None)
        else:
            self.findings.ignored += 1

    def read(self, run: Run, at: int) -> bytes:  # noqa: ARG002 - there is but one
        """The file's bytes."""
        return read_whole(self._path)

    def passed(self) -> None:
        """Nothing: it is read at one go."""
