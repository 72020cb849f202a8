"""A whole verification: archives, classes, headers, then images as deep as asked, then copies.

Each part's own work is its own module's; here is their order, and what need not be done again.
"""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from imnet_data.cores import usable_cores
from imnet_data.db import archives as archive_rows
from imnet_data.db import inspections, selects, writer
from imnet_data.db.engine import reading
from imnet_data.db.findings import EVERYWHERE
from imnet_data.db.stretches import DiskOrder, Held
from imnet_data.errors import ArchiveMissing, WorkersDie
from imnet_data.progress import Progress, Silent, job
from imnet_data.upkeep import list_archives
from imnet_data.verification import once_more
from imnet_data.verification.archives.digests import untold
from imnet_data.verification.archives.header_chain import check_sample
from imnet_data.verification.class_checks import check_classes
from imnet_data.verification.findings.reading import Findings
from imnet_data.verification.levels import Level
from imnet_data.verification.looking import look_at
from imnet_data.verification.reach import (
    CHANGED,
    MISSING,
    archives_in_reach,
    paths_of,
    settled,
)
from imnet_data.verification.recording import Recorder
from imnet_data.verification.renewing import Renewing
from imnet_data.verification.report import VerifyReport
from imnet_data.verification.walk import Target, Walk
from imnet_data.work.workers import Workers, is_cluster

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imnet_data.db.engine import Storage
    from imnet_data.db.findings import Within
    from imnet_data.db.groups import Group
    from imnet_data.errors import ArchiveError
    from imnet_data.image_rows import ImageRows
    from imnet_data.scope import Scope
    from imnet_data.upkeep import ArchiveInfo
    from imnet_data.verification.spans import ArchiveFile
    from imnet_data.verification.way import Way

# Dask takes some milliseconds to hand a span over, a process here a fraction of one.
_TIMES_ON_A_CLUSTER: Final = 4


class Verification:
    """One verification of the images, classes and archives within some bounds; `run()` once."""

    def __init__(
        self,
        storage: Storage,
        scope: Scope,
        rows: ImageRows,
        *,
        within: Within,
        way: Way,
        progress: Progress | None = None,
    ) -> None:
        self._storage = storage
        self._scope = scope
        self._rows = rows
        self._within = within
        self._way = way
        self._progress = Renewing(progress or Silent(), storage)
        self._workers: Workers = usable_cores() if way.workers is None else way.workers
        self._recorder = Recorder(storage)
        self._report = VerifyReport(way.level)
        self._targets: dict[int, Target] = {}

    def run(self) -> VerifyReport:
        """Look at what was asked for, and write down what is found as it is found.

        Raises:
            CatalogueReadOnly, CatalogueBusy: the catalogue cannot be written.
            WorkersDie: no worker lives long enough to begin.
            ClusterError: the cluster is gone, or its workers are not such as the work needs.
            NeedsExtra: an archive needs a package that is not installed.
        """
        began = time.monotonic()
        way = self._way
        with writer.claim(
            self._storage, way.task, wait_s=way.wait_s, on_wait=self._tell_waiting, shared=True
        ):
            try:
                self._look()
            except KeyboardInterrupt:
                self._report.interrupted = True
            finally:
                self._recorder.flush()
        self._sum_up()
        self._report.elapsed_s = time.monotonic() - began
        return self._report

    def _look(self) -> None:
        self._report.images = sum(images for _, images in self._groups)
        self._recorder.note_classes(check_classes(self._storage, self._scope))
        archives = self._archives()
        self._report.archives = len(archives)
        held = self._held()
        if self._way.again:
            self._begin_again([one.id for one in archives if self._is_whole(one, held)])
        if is_cluster(self._workers) and self._way.level > Level.QUICK:
            self._workers.check_sees(paths_of(archives))
        self._targets = archives_in_reach(
            self._storage,
            archives,
            {at: row.signature for at, row in self._rows_by_archive.items()},
            level=self._way.level,
            workers=self._workers,
            progress=self._progress,
            recorder=self._recorder,
        )
        self._report.unreached = frozenset(held.keys() - self._targets.keys())
        self._report.out_of_reach = sum(held[at].images for at in self._report.unreached)
        self._note_what_is_not_seen()
        if self._way.changed_only:
            for archive_id in settled(self._storage, self._targets, held, self._way.level):
                del self._targets[archive_id]
                self._report.unchanged += held[archive_id].images
        self._check_headers(held)
        if self._way.level > Level.QUICK:
            self._look_at_images(held)
        self._recorder.flush()
        whole = [one for one in self._targets.values() if self._is_whole(one.info, held)]
        self._recorder.note_level(whole, self._way.level)
        if self._way.again:
            once_more.end(self._storage)
        self._report.deepest = self._deepest()
        self._recorder.compare()

    def _begin_again(self, whole: list[int]) -> None:
        images = None if self._within == EVERYWHERE else self._statement()
        level, within = self._way.level, self._within
        if goes_on := once_more.begin(
            self._storage, images, within=within, level=level, whole=whole
        ):
            self._progress.notice(goes_on)

    # -- what there is

    @cached_property
    def _groups(self) -> list[tuple[Group, int]]:
        """The classes that are asked for, by release and split, with their numbers of images."""
        tally, within = self._scope.tally, self._within
        ids = None if within.synsets is None else np.array(sorted(within.synsets), np.int64)
        mask = tally.mask(ids, split=within.split, release_id=None)
        if within.release_ids is not None:
            mask &= np.isin(tally.release_ids, list(within.release_ids))
        rows = np.flatnonzero(mask)
        return list(zip(tally.groups(rows), tally.images[rows].tolist(), strict=True))

    @cached_property
    def _rows_by_archive(self) -> dict[int, Any]:
        with reading(self._storage) as connection:
            return {row.id: row for row in archive_rows.list_archives(connection)}

    def _archives(self) -> list[ArchiveInfo]:
        asked = self._within.archives
        return [one for one in list_archives(self._storage) if asked is None or one.id in asked]

    def _images(self, archives: Sequence[int] | None = None) -> DiskOrder:
        """The images that are asked for, of all archives or of some."""
        return DiskOrder(self._statement(), archives)

    def _statement(self) -> Any:  # a SELECT, whose type is known in db/ alone
        within = self._within
        return selects.image_statement(
            synsets=None if within.synsets is None else sorted(within.synsets),
            release_ids=None if within.release_ids is None else sorted(within.release_ids),
            split=within.split,
        )

    def _held(self) -> dict[int, Held]:
        """What each archive has of the images that are asked for."""
        within = self._within
        if within.synsets is None and within.release_ids is None and within.split is None:
            return {
                row.id: Held(row.images, row.first_image, row.last_image)
                for row in self._rows_by_archive.values()
                if row.images
            }
        with reading(self._storage) as connection:
            return self._images().by_archive(connection)

    def _note_what_is_not_seen(self) -> None:
        """What no level sees, or nothing can tell: the reader of a verdict should know it."""
        if self._way.level == Level.QUICK:
            return
        reached = [target.info for target in self._targets.values()]
        self._report.untold = len(untold(reached, self._storage))
        with reading(self._storage) as connection:
            images = None if self._within == EVERYWHERE else self._statement()
            self._report.copies = selects.count_alternates(connection, images)

    def _deepest(self) -> Level | None:
        """The level that all archives in reach were verified at, now or before."""
        with reading(self._storage) as connection:
            levels = inspections.archive_levels(connection)
        deepest = int(max(Level))
        for archive_id, target in self._targets.items():
            signature, level = levels.get(archive_id, ("", 0))
            deepest = min(deepest, level if signature == target.signature else 0)
        return Level(deepest) if self._targets and deepest else None

    # -- archives

    def _is_whole(self, archive: ArchiveInfo, held: Mapping[int, Held]) -> bool:
        """Whether all of an archive's images were asked for."""
        one = held.get(archive.id)
        return (one.images if one else 0) == archive.images

    def _lose(self, file: ArchiveFile, error: ArchiveError, images: int) -> None:
        """An archive cannot be read any more: said once, and its images are passed by."""
        self._report.out_of_reach += images
        self._progress.advance(images)
        if self._targets.pop(file.id, None) is not None:
            code = MISSING if isinstance(error, ArchiveMissing) else CHANGED
            reason = getattr(error, "reason", "it is no longer there")
            self._recorder.note_archives({code}, {file.id: [(code, reason)]})

    # -- images

    def _check_headers(self, held: Mapping[int, Held]) -> None:
        whole, moved = check_sample(
            self._storage, self._images(), self._rows, self._targets, held=held, groups=self._groups
        )
        self._recorder.note_headers(whole, moved)
        if self._way.level == Level.QUICK:
            self._report.looked_at = len(whole) + len(moved.images)

    def _look_at_images(self, held: Mapping[int, Held]) -> None:
        report = self._report
        unchanged, out_of_reach = report.unchanged, report.out_of_reach
        while True:
            before = report.looked_at
            try:
                self._walk(held)
            except WorkersDie:
                # pebble gives up where its last worker ends in the moment in which it takes a
                # unit; what was looked at so far is not looked at again.
                if report.looked_at == before:
                    raise
                self._recorder.flush()
                report.unchanged = unchanged - report.looked_at
                report.out_of_reach = out_of_reach
            else:
                return

    def _walk(self, held: Mapping[int, Held]) -> None:
        level = self._way.level
        walk = Walk(
            self._storage,
            self._images(list(self._targets)),
            self._rows,
            self._targets,
            level=level,
            passed=self._pass,
            times=_TIMES_ON_A_CLUSTER if is_cluster(self._workers) else 1,
        )
        total = sum(one.images for at, one in held.items() if at in self._targets)
        what = "decoding images" if level == Level.DECODE else "reading images"
        with job(self._progress, what, total, "images"):
            for looked in look_at(
                walk.spans(), level=level, workers=self._workers, lost=self._lose
            ):
                self._recorder.add(looked)
                self._report.looked_at += len(looked.images)
                self._progress.advance(len(looked.images))

    def _pass(self, unchanged: int, out_of_reach: int) -> None:
        self._report.unchanged += unchanged
        self._report.out_of_reach += out_of_reach
        self._progress.advance(unchanged + out_of_reach)

    # -- the end

    def _sum_up(self) -> None:
        found = Findings(self._storage, self._scope, self._rows, within=self._within)
        self._report.summary = found.summary(unreached=self._report.unreached)

    def _tell_waiting(self, holder: str) -> None:
        self._progress.notice(f"waiting for {holder}, which is writing to this catalogue")
