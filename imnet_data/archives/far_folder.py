"""A folder of image files in a store as a container: its prefixes are listed, no object is read.

A folder of this machine is folder.py's.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from imnet_data.archives.kinds import is_archive_name
from imnet_data.archives.members import Findings, Run, is_image, is_side_file
from imnet_data.archives.names import Names
from imnet_data.files.address import join
from imnet_data.files.folders import Entry, entries
from imnet_data.files.store import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.archives.members import Wanted

# Folders that are listed before it is their turn: a store takes a tenth of a second for each.
_AHEAD: Final = 16


class FarFolderScan:
    """One walk over the objects below a URL, as FolderScan's over files; there are no links."""

    def __init__(self, root: str, *, wanted: Wanted = is_image) -> None:
        self.findings = Findings()
        self.inner_names: list[str] = []
        self._root = root
        self._wanted = wanted
        self._digest = hashlib.sha256()

    def runs(self) -> Iterator[Run]:
        """Runs of wanted files, folder by folder in the order of their names."""
        todo = [""]
        coming: dict[str, Future[list[Entry]]] = {}
        pool = ThreadPoolExecutor(_AHEAD, thread_name_prefix="imnet-data-folders")
        try:
            while todo:
                for folder in todo[: -_AHEAD - 1 : -1]:
                    if folder not in coming:
                        coming[folder] = pool.submit(entries, join(self._root, folder))
                folder = todo.pop()
                found = coming.pop(folder).result()
                yield from self._run(folder, found)
                below = [one.name for one in found if one.is_folder and one.name[0] != "."]
                todo.extend(f"{folder}/{name}".lstrip("/") for name in reversed(below))
        finally:
            pool.shutdown(cancel_futures=True)

    def read(self, run: Run, at: int) -> bytes:
        """The bytes of an object of a run just yielded."""
        return read(join(join(self._root, run.directory), run.names[at]))

    def passed(self) -> None:
        """Nothing: a folder has no bytes of its own to count."""

    def signature(self) -> str:
        """A digest of the keys, sizes and versions seen: another one means that one changed."""
        return self._digest.hexdigest()[:32]

    def _run(self, folder: str, found: list[Entry]) -> Iterator[Run]:
        kept, signed = [], []
        for one in found:
            if one.is_folder:
                continue
            if one.name.startswith("."):
                self.findings.ignored += 1
            elif self._wanted(one.name):
                kept.append(one)
                signed.append(one)
            elif is_side_file(one.name):
                self.findings.ignored += 1
                signed.append(one)
            elif folder or not is_archive_name(one.name):
                self.findings.ignored += 1
        for one in signed:
            self._digest.update(f"{folder}/{one.name}\0{one.size}\0{one.version}\n".encode())
        if kept:
            names = Names([one.name for one in kept])
            yield Run(folder, names, [0] * len(kept), [one.size for one in kept], None)
