"""A whole indexing run: from the user's paths to a report, one writer at a time.

What each archive is, is identify.py's; what is known of it, standing.py's; how it is loaded,
load.py's.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from imnet_data import seek_indexes
from imnet_data.archives.containers import open_scan
from imnet_data.archives.kinds import FOLDER
from imnet_data.archives.samples import SampleScan
from imnet_data.db import archives as rows
from imnet_data.db import writer
from imnet_data.db.engine import reading
from imnet_data.errors import ArchiveError, ImnetDataError, StoreFailed
from imnet_data.files.address import base_name, is_url
from imnet_data.indexing.discover import discover
from imnet_data.indexing.identify import Asked, identify
from imnet_data.indexing.layout_maker import LayoutMaker
from imnet_data.indexing.load import ArchiveLoad, Overturned
from imnet_data.indexing.report import ArchiveReport, IndexReport
from imnet_data.indexing.scans import Scans, ToScan
from imnet_data.indexing.standing import Standing
from imnet_data.indexing.synsets import SynsetRows
from imnet_data.layouts.layout_names import BOXES, FULL_RELEASE, WEBDATASET
from imnet_data.progress import Progress, Silent
from imnet_data.splits import Split
from imnet_data.taxonomy.graph import Graph
from imnet_data.work.workers import is_cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from imnet_data.archives.members import Position, Scan
    from imnet_data.db.engine import Storage
    from imnet_data.indexing.discover import Source
    from imnet_data.indexing.standing import Known
    from imnet_data.layouts.recognise import Reading
    from imnet_data.work.workers import Workers

    # The scan of an archive by workers, from a position on; None where this process scans it.
    Played = Callable[[ToScan, Position | None], Scan | None]


class IndexRun:
    """One run over some paths; `run()` once."""

    def __init__(
        self,
        storage: Storage,
        asked: Asked,
        *,
        workers: Workers | None = None,
        progress: Progress | None = None,
        wait_s: float = 30.0,
        task: str = "imnet-data index",
    ) -> None:
        # One process more would only wait for this one.
        self._workers = workers if is_cluster(workers) or workers not in (None, 0, 1) else None
        self._storage = storage
        self._asked = asked
        self._progress = progress or Silent()
        self._wait_s = wait_s
        self._task = task
        self._graph = Graph.load()
        self._synsets = SynsetRows(self._graph)
        self._layouts = LayoutMaker(self._graph, asked.labels)
        self._standing = Standing(storage, asked)

    def run(self, paths: Sequence[str]) -> IndexReport:
        """Index what is at the paths; whatever is whole goes in, whatever else is wrong."""
        report = IndexReport()
        groups: list[list[Source]] = []
        for path in paths:
            try:
                found = discover(path)
            except (ArchiveError, StoreFailed) as error:
                report.refused[path] = str(error)
                continue
            if found:
                groups.append(found)
            else:
                report.refused[path] = f"{path} holds neither images nor archives"
        with self._claim(self._task, shared=True):
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

    def _claim(
        self, task: str, *, shared: bool = False, of: str | None = None
    ) -> AbstractContextManager[None]:
        return writer.claim(
            self._storage,
            task,
            wait_s=self._wait_s,
            on_wait=self._tell_waiting,
            shared=shared,
            of=of,
        )

    def _tell_waiting(self, holder: str) -> None:
        self._progress.notice(f"waiting for {holder}, which is writing to this catalogue")

    # -- one PATH's archives

    def _index_group(self, group: list[Source], report: IndexReport) -> None:
        todo: list[Known] = []
        for source in group:
            try:
                known = self._standing.know(source)
            except (ArchiveError, OSError) as error:
                report.refused[source.path] = _sentence(source.path, error)
                continue
            unchanged = self._standing.unchanged(known)
            if unchanged is None:
                todo.append(known)
                continue
            try:
                seek_indexes.make_if_gone(
                    source.path, source.kind, self._standing.seek_index(known), self._progress
                )
                report.archives.append(unchanged)
            except OSError as error:
                report.refused[source.path] = _sentence(source.path, error)
        if is_cluster(self._workers):
            self._workers.check_sees([one.source.path for one in todo])
        found = identify([one.source for one in todo], group, self._asked, self._workers)
        taken: list[tuple[Known, Reading]] = []
        for known, one in zip(todo, found, strict=True):
            if isinstance(one, Exception):
                report.refused[known.source.path] = _sentence(known.source.path, one)
            else:
                taken.append((known, one))
        self._load_all(taken, report)

    def _load_all(self, taken: Sequence[tuple[Known, Reading]], report: IndexReport) -> None:
        archives = [ToScan.of(known.source, reading) for known, reading in taken]
        with Scans(archives, self._workers) as scans:
            for at, (known, one) in enumerate(taken):
                name = base_name(known.source.path)
                try:
                    with self._claim(f"{self._task} {name}", of=known.uri):
                        report.add(*self._index_anew(known, one, partial(scans.scan, at)))
                except (ArchiveError, OSError) as error:
                    report.refused[known.source.path] = _sentence(known.source.path, error)

    # -- one archive

    def _index_anew(
        self, known: Known, taken: Reading, played: Played
    ) -> tuple[ArchiveReport, set[int]]:
        """Load one archive, unless another process has done so since it was looked at."""
        unchanged = None if self._storage.is_file else self._standing.unchanged(known)
        return self._index(known, taken, played) if unchanged is None else (unchanged, set())

    def _index(
        self, known: Known, taken: Reading, played: Played
    ) -> tuple[ArchiveReport, set[int]]:
        """Load one archive; gives its report and the classes met in it."""
        started = time.monotonic()
        try:
            load = self._load(known, taken, played)
        except Overturned as overturned:
            asked = self._asked.split
            wider = replace(
                taken,
                layout=FULL_RELEASE,
                release="fall11",
                by_classes=False,
                split=Split.NONE if asked is None else asked,
            )
            load = self._load(known, wider, played)
            load.report.outcome = overturned.outcome
        load.report.seconds = time.monotonic() - started
        return load.report, load.classes

    def _load(self, known: Known, taken: Reading, played: Played) -> ArchiveLoad:
        report = ArchiveReport(
            known.source.path, known.source.given, "new", taken.layout, taken.release, taken.why,
            layout_why=taken.layout_why,
        )  # fmt: skip
        target = self._standing.target(known, taken, report)
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
            f"indexing {base_name(known.source.path)}",
            total,
            "bytes" if not is_folder else "files" if taken.layout == BOXES else "images",
        )
        try:
            by_workers = played(ToScan.of(known.source, taken), target.resume)
            if by_workers is not None:
                self._run(load, by_workers, target.resume)
                return load
            with open_scan(
                known.source.path,
                known.source.kind,
                wanted=load.wants,
                start=target.resume,
                seek_index=self._standing.seek_index(known),
            ) as scan:
                sampled = SampleScan(scan) if taken.layout == WEBDATASET else scan
                self._run(load, sampled, target.resume)
        finally:
            self._progress.end()
        return load

    def _run(self, load: ArchiveLoad, scan: Scan, resume: Position | None) -> None:
        if resume is not None:
            self._progress.advance(scan.passed() or 0)
        load.run(scan)

    def _overturns(self, taken: Reading) -> Callable[[set[int]], bool]:
        """Whether classes refute a release that was told by a first look at them."""
        if not taken.by_classes:
            return lambda _: False
        published = self._layouts.published(taken.release) or frozenset()
        return lambda held: bool(held - published - {0})


def _without_repeats(groups: list[list[Source]]) -> list[list[Source]]:
    """Each archive once, though it may lie under several of the paths given."""
    seen: set[str] = set()
    kept = []
    for group in groups:
        fresh = [source for source in group if _real(source.path) not in seen]
        seen.update(_real(source.path) for source in fresh)
        kept.append(fresh)
    return kept


def _real(path: str) -> str:
    return path if is_url(path) else os.path.realpath(path)


def _sentence(path: str, error: Exception) -> str:
    if isinstance(error, ImnetDataError):
        return str(error)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"{path} cannot be read: {reason}"
