"""A whole indexing run: from the user's paths to a report, one writer at a time.

What each archive is, is identify.py's; how it is loaded, load.py's.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from imnet_data import seek_indexes
from imnet_data.archives.containers import open_scan
from imnet_data.archives.folder import FolderScan
from imnet_data.archives.kinds import FOLDER
from imnet_data.archives.samples import SampleScan
from imnet_data.db import archives as rows
from imnet_data.db import bulk, writer
from imnet_data.db.engine import reading, writing
from imnet_data.db.origins import forget_origin
from imnet_data.errors import ArchiveError
from imnet_data.indexing.discover import Source, discover
from imnet_data.indexing.identify import Asked, identify
from imnet_data.indexing.known_rows import adopted, report_of, resumed
from imnet_data.indexing.label_files import asked_as
from imnet_data.indexing.layout_maker import LayoutMaker
from imnet_data.indexing.load import ArchiveLoad, Overturned, Target
from imnet_data.indexing.report import ArchiveReport, IndexReport
from imnet_data.indexing.synsets import SynsetRows
from imnet_data.layouts.layout_names import BOXES, FULL_RELEASE, SHARDS, WEBDATASET
from imnet_data.places import to_uri
from imnet_data.progress import Progress, Silent
from imnet_data.splits import Split
from imnet_data.taxonomy.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imnet_data.db.engine import Row, Storage
    from imnet_data.layouts.recognise import Reading


# Behind an archive's signature: what the user said that its label numbers are.
_LABELS = " labels "


@dataclass(frozen=True, slots=True)
class _Known:
    """A source with what tells whether it changed."""

    source: Source
    uri: str
    size: int
    signature: str


class IndexRun:
    """One run over some paths; `run()` once."""

    def __init__(
        self,
        storage: Storage,
        asked: Asked,
        *,
        progress: Progress | None = None,
        wait_s: float = 30.0,
        task: str = "imnet-data index",
    ) -> None:
        self._storage = storage
        self._asked = asked
        self._progress = progress or Silent()
        self._wait_s = wait_s
        self._task = task
        self._labels = "" if asked.labels is None else asked_as(asked.labels)
        self._graph = Graph.load()
        self._synsets = SynsetRows(self._graph)
        self._layouts = LayoutMaker(self._graph, asked.labels)

    def run(self, paths: Sequence[str]) -> IndexReport:
        """Index what is at the paths; whatever is whole goes in, whatever else is wrong."""
        report = IndexReport()
        groups: list[list[Source]] = []
        for path in paths:
            try:
                found = discover(path)
            except ArchiveError as error:
                report.refused[path] = str(error)
                continue
            if found:
                groups.append(found)
            else:
                report.refused[path] = f"{path} holds neither images nor archives"
        with writer.claim(
            self._storage, self._task, wait_s=self._wait_s, on_wait=self._tell_waiting
        ):
            for group in _without_repeats(groups):
                self._index_group(group, report)
            seek_indexes.tidy(self._storage)
        self._note_waiting_boxes(report)
        return report

    def _note_waiting_boxes(self, report: IndexReport) -> None:
        """Tell apart the boxes of releases that the catalogue has no image of."""
        boxed = [archive for archive in report.archives if archive.boxes]
        if boxed:
            with reading(self._storage) as connection:
                held = rows.releases_with_images(connection)
            for archive in boxed:
                archive.awaits_images = archive.release not in held

    def _tell_waiting(self, holder: str) -> None:
        self._progress.notice(f"waiting for {holder}, which is writing to this catalogue")

    # -- one PATH's archives

    def _index_group(self, group: list[Source], report: IndexReport) -> None:
        todo: list[_Known] = []
        for source in group:
            try:
                known = self._know(source)
            except (ArchiveError, OSError) as error:
                report.refused[source.path] = _sentence(source.path, error)
                continue
            unchanged = self._unchanged(known)
            if unchanged is None:
                todo.append(known)
                continue
            try:
                seek_indexes.make_if_gone(
                    source.path, source.kind, self._seek_index(known), self._progress
                )
                report.archives.append(unchanged)
            except OSError as error:
                report.refused[source.path] = _sentence(source.path, error)
        for known, taken in zip(
            todo, identify([one.source for one in todo], group, self._asked), strict=True
        ):
            if isinstance(taken, Exception):
                report.refused[known.source.path] = _sentence(known.source.path, taken)
                continue
            try:
                report.add(*self._index(known, taken))
            except (ArchiveError, OSError) as error:
                report.refused[known.source.path] = _sentence(known.source.path, error)

    def _know(self, source: Source) -> _Known:
        if source.refusal is not None:
            raise ArchiveError(source.path, source.refusal)
        uri = to_uri(source.path, self._storage.location)
        if source.kind == FOLDER:
            scan = FolderScan(source.path)
            size = sum(sum(run.sizes) for run in scan.runs())
            return _Known(source, uri, size, scan.signature())
        status = os.stat(source.path)
        return _Known(source, uri, status.st_size, str(status.st_mtime_ns))

    def _unchanged(self, known: _Known) -> ArchiveReport | None:
        """The report of an archive that stands in the catalogue as it is and as it is asked for."""
        with reading(self._storage) as connection:
            row = rows.find_archive(connection, known.uri)
        if row is None or row.state == rows.LOADING:
            return None
        asked = self._asked
        same = (
            row.size == known.size
            and self._is_signed_so(row, known)
            and asked.release in (None, row.release_name)
            and asked.layout in (None, row.layout)
            and (asked.split is None or asked.split.label == row.splits)
        )
        return report_of(row, known.source) if same else None

    def _is_signed_so(self, row: Row[Any], known: _Known) -> bool:
        """Whether the file is the same, and its label numbers were read as they are asked to be."""
        signature, _, labels = row.signature.partition(_LABELS)
        same = self._asked.labels is None or row.layout not in SHARDS or labels == self._labels
        return bool(signature == known.signature and same)

    def _signature(self, known: _Known, layout: str) -> str:
        """The signature to keep; what the user said of label numbers is part of it."""
        if not self._labels or layout not in SHARDS:
            return known.signature
        return f"{known.signature}{_LABELS}{self._labels}"

    def _seek_index(self, known: _Known) -> str | None:
        """Where the archive's seek index is, or is to be written, if it is read with one."""
        return seek_indexes.seek_index_path(
            self._storage.location,
            container=known.source.kind,
            uri=known.uri,
            size=known.size,
            signature=known.signature,
        )

    # -- one archive

    def _index(self, known: _Known, taken: Reading) -> tuple[ArchiveReport, set[int]]:
        """Load one archive; gives its report and the classes met in it."""
        started = time.monotonic()
        try:
            load = self._load(known, taken)
        except Overturned as overturned:
            asked = self._asked.split
            wider = replace(
                taken,
                layout=FULL_RELEASE,
                release="fall11",
                by_classes=False,
                split=Split.NONE if asked is None else asked,
            )
            load = self._load(known, wider)
            load.report.outcome = overturned.outcome
        load.report.seconds = time.monotonic() - started
        return load.report, load.classes

    def _load(self, known: _Known, taken: Reading) -> ArchiveLoad:
        report = ArchiveReport(
            known.source.path, known.source.given, "new", taken.layout, taken.release, taken.why,
            layout_why=taken.layout_why,
        )  # fmt: skip
        target = self._target(known, taken, report)
        load = ArchiveLoad(
            self._storage,
            target,
            report,
            synsets=self._synsets,
            progress=self._progress,
            layout=self._layouts.maker(taken, known.source, forced_split=self._asked.split),
            overturns=self._overturns(taken),
        )
        is_folder = known.source.kind == FOLDER
        total = None if is_folder else known.size
        self._progress.begin(
            f"indexing {os.path.basename(known.source.path)}",
            total,
            "bytes" if not is_folder else "files" if taken.layout == BOXES else "images",
        )
        try:
            with open_scan(
                known.source.path,
                known.source.kind,
                wanted=load.wants,
                start=target.resume,
                seek_index=self._seek_index(known),
            ) as scan:
                if target.resume is not None:
                    self._progress.advance(scan.passed() or 0)
                load.run(SampleScan(scan) if taken.layout == WEBDATASET else scan)
        finally:
            self._progress.end()
        return load

    def _overturns(self, taken: Reading) -> Callable[[set[int]], bool]:
        """Whether classes refute a release that was told by a first look at them."""
        if not taken.by_classes:
            return lambda _: False
        published = self._layouts.published(taken.release) or frozenset()
        return lambda held: bool(held - published - {0})

    def _target(self, known: _Known, taken: Reading, report: ArchiveReport) -> Target:
        """The archive's row, made or found; a load that was killed goes on where it stood."""
        values = {
            "container": known.source.kind,
            "layout": taken.layout,
            "size": known.size,
            "signature": self._signature(known, taken.layout),
            "state": rows.LOADING,
        }
        with writing(self._storage) as connection:
            row = rows.find_archive(connection, known.uri) or adopted(
                connection, known.source.path, known.uri, known.size
            )
            release_id = bulk.release_id_of(connection, taken.release)
            if row is None:
                added = rows.add_archive(
                    connection, uri=known.uri, release=release_id, template="", **values
                )
                return Target(added, release_id)
            same = (row.size, row.signature, row.layout, row.release_name) == (
                known.size,
                values["signature"],
                taken.layout,
                taken.release,
            )
            if same and row.state == rows.LOADING and row.resume:
                return resumed(row, release_id, report)
            if (row.size, row.signature.partition(_LABELS)[0]) != (known.size, known.signature):
                forget_origin(connection, row.id)
            report.outcome = "new" if row.state == rows.LOADING else "changed"
            return Target(int(row.id), release_id, replaces=True, values=values)


def _without_repeats(groups: list[list[Source]]) -> list[list[Source]]:
    """Each archive once, though it may lie under several of the paths given."""
    seen: set[str] = set()
    kept = []
    for group in groups:
        fresh = [source for source in group if os.path.realpath(source.path) not in seen]
        seen.update(os.path.realpath(source.path) for source in fresh)
        kept.append(fresh)
    return kept


def _sentence(path: str, error: Exception) -> str:
    if isinstance(error, ArchiveError):
        return str(error)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"{path} cannot be read: {reason}"
