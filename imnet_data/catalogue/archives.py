"""What is indexed, and from where: a part of the catalogue.

The work is indexing/'s, upkeep.py's and origins.py's.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imnet_data import origins, upkeep
from imnet_data.catalogue.itself import Opened
from imnet_data.indexing.identify import Asked
from imnet_data.indexing.index import IndexRun
from imnet_data.splits import Split
from imnet_data.storage import storage_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.indexing.report import IndexReport
    from imnet_data.origins import Origin
    from imnet_data.progress import Progress
    from imnet_data.upkeep import ArchiveInfo, Stats
    from imnet_data.work.workers import Workers


class ArchivesPart(Opened):
    """Indexing, and the archives that were indexed."""

    def index(
        self,
        paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
        *,
        release: str | None = None,
        split: str | None = None,
        layout: str | None = None,
        labels: str | None = None,
        workers: Workers | None = None,
        progress: Progress | None = None,
        wait_s: float = 30.0,
    ) -> IndexReport:
        """Index archives and folders; what stands in the catalogue unchanged costs nothing.

        `labels` says what the label numbers of shards count, where nothing in them does: the name
        of a packaged class list, or the path of a file of classes in their order.

        `workers` are processes that look and scan ahead, or a cluster whose workers see the paths
        as this process does: of use where each read takes long, as over a network. On a local disk
        this process alone, the default, is faster. The catalogue is the same.

        Raises:
            WorkersDie, ClusterError: the workers cannot do it.
            UnknownName: `labels` is neither.
            CatalogueReadOnly: it can only be read from here.
            CatalogueBusy: somebody else still writes after `wait_s` seconds.
            ValueError: there is no such split or layout.
        """
        from imnet_data.layouts.layout_names import LAYOUTS  # noqa: PLC0415 - for its names alone

        if layout is not None and layout not in LAYOUTS:
            raise ValueError(f"no layout is called {layout!r}; there are {', '.join(LAYOUTS)}")
        several = [paths] if isinstance(paths, str | os.PathLike) else paths
        asked = Asked(release, layout, None if split is None else Split.of(split), labels)
        with storage_errors():
            run = IndexRun(self._storage, asked, workers=workers, progress=progress, wait_s=wait_s)
            return run.run([os.fspath(path) for path in several])

    def archives(self) -> list[ArchiveInfo]:
        """Every indexed archive, in the order in which they were indexed."""
        with storage_errors():
            return upkeep.list_archives(self._storage)

    def remove_archive(self, path: str | os.PathLike[str]) -> int:
        """Take an archive and its images out; images that have another place move there.

        Returns how many moved. The archive's file is left alone.

        Raises:
            UnknownArchive: the catalogue has no archive of that path.
        """
        with storage_errors():
            return upkeep.remove(self._storage, os.fspath(path))

    def relocate(self, old: str | os.PathLike[str], new: str | os.PathLike[str]) -> list[str]:
        """Tell where archives are now: an archive's path, or a folder's that holds several.

        Returns the new paths.

        Raises:
            UnknownArchive: no archive is at or below the old path.
            ArchiveMissing, ArchiveChanged: the new path is not there, or is another file.
        """
        with storage_errors():
            return upkeep.relocate(self._storage, os.fspath(old), os.fspath(new))

    def note_origin(self, path: str | os.PathLike[str], origin: Origin) -> None:
        """Keep where an archive was fetched from and what its bytes were, without logins.

        It is forgotten when another file is indexed at its path.

        Raises:
            UnknownArchive: the catalogue has no archive of that path.
        """
        with storage_errors():
            origins.note(self._storage, os.fspath(path), origin)

    def origin(self, path: str | os.PathLike[str]) -> Origin | None:
        """Where an archive was fetched from and what its bytes were; None where it is not known.

        Raises:
            UnknownArchive: the catalogue has no archive of that path.
        """
        with storage_errors():
            return origins.origin_of(self._storage, os.fspath(path))

    def stats(self) -> Stats:
        """What the catalogue holds, in numbers."""
        with storage_errors():
            return upkeep.stats(self._storage, self.scope.tally)
