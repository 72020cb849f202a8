"""Loading one archive: its runs get their place and go into the catalogue, batch by batch.

A new archive is committed as it grows, with the place to go on from; a changed one is replaced in
one transaction, so that nobody ever sees half of it.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imnet_data.archives.members import is_image
from imnet_data.archives.texts import Text, pieces
from imnet_data.db import archives as rows
from imnet_data.db import bulk, removal, writer
from imnet_data.db.boxes import write_boxes
from imnet_data.db.engine import lock, writing
from imnet_data.db.own_classes import find_own_class, own_class_id
from imnet_data.indexing.boxes import BoxLoad
from imnet_data.indexing.stored_text import faults_to_text, position_to_text
from imnet_data.layouts.boxes import reads_boxes
from imnet_data.layouts.layout_names import BOXES
from imnet_data.layouts.placement import UNLABELLED, MemberTemplate, class_wnid_of, name_at
from imnet_data.splits import Split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from imnet_data.archives.members import Fault, Position, Run, Scan
    from imnet_data.db.boxes import BoxKey, BoxRow
    from imnet_data.db.engine import Connection, Storage
    from imnet_data.indexing.report import ArchiveReport, Outcome
    from imnet_data.indexing.synsets import SynsetRows
    from imnet_data.layouts.placement import Layout, Placed
    from imnet_data.progress import Progress

# At most this much work is lost to a kill: some seconds of scanning, a fraction of that again.
_COMMIT_S = 2.0


class Overturned(Exception):
    """A class turned up that the release told by the first look does not have.

    `outcome` is that of the load which met it: what comes after is the same archive's still.
    """

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(outcome)


@dataclass(slots=True)
class Target:
    """The archive row that a load fills; `resume` is where an earlier, killed load stood.

    Where it replaces what the row held, `values` are the row's new columns.
    """

    id: int
    release_id: int
    replaces: bool = False
    resume: Position | None = None
    template: str | None = None
    faults: list[Fault] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)


class ArchiveLoad:
    """One load of one archive; `run()` once, then read `report` and `classes`."""

    def __init__(
        self,
        storage: Storage,
        target: Target,
        report: ArchiveReport,
        *,
        layout: Callable[[Callable[[str], int]], Layout],
        synsets: SynsetRows,
        overturns: Callable[[set[int]], bool],
        progress: Progress,
    ) -> None:
        self._storage = storage
        self._target = target
        self.report = report
        self._make_layout = layout
        self._layout = layout(self._own_class)
        report.notes = self._layout.notes
        self._synsets = synsets
        self._overturns = overturns
        self._progress = progress
        self._template = MemberTemplate(target.template) if target.template is not None else None
        self.classes: set[int] = set()
        self._splits: set[int] = set()
        self._connection: Connection | None = None
        self._is_set_aside = False
        self._loader: bulk.ImageLoader | None = None
        self._boxes: BoxLoad | None = None
        self._own: dict[str, int] = {}
        self._ignored_before = report.ignored
        self._passed = 0

    def wants(self, base: str) -> bool:
        """Whether the scan shall yield the member of a base name."""
        return is_image(base) or self._layout.reads(base)

    def run(self, scan: Scan) -> None:
        """Load everything that the scan yields, and settle the archive's row.

        Raises:
            Overturned: the reading does not hold; what was loaded has to be replaced.
        """
        parts = pieces(scan)
        self._passed = scan.passed() or 0
        with ExitStack() as whole:
            if self._target.replaces:
                self._connection = whole.enter_context(writing(self._storage, late=True))
            done = False
            while not done:
                with ExitStack() as batch:
                    if not self._target.replaces:
                        self._connection = batch.enter_context(writing(self._storage, late=True))
                    done = self._batch(parts, scan)

    def _begin_changes(self) -> None:
        """Before the first row is changed: be the one writer, and set aside what is replaced."""
        connection = self._open_connection()
        lock(connection)
        if self._target.replaces and not self._is_set_aside:
            self._is_set_aside = True
            removal.set_aside(connection, self._target.id)
            rows.change_archive(
                connection,
                self._target.id,
                release=self._target.release_id,
                **self._target.values,
            )

    def _batch(self, parts: Iterator[Run | Text], scan: Scan) -> bool:
        """Load for some seconds and record where we stand; True when the scan is at its end."""
        connection = self._open_connection()
        first_id = bulk.last_image_id(connection) + 1
        until = time.monotonic() + _COMMIT_S
        done = True
        with bulk.image_loader(
            connection,
            release_id=self._target.release_id,
            archive_id=self._target.id,
            prepare=self._begin_changes,
        ) as self._loader:
            for part in parts:
                if isinstance(part, Text):
                    self._annotate(part)
                else:
                    for placed in self._layout.place(part):
                        self._load(self._loader, placed)
                self._advance(part, scan)
                if time.monotonic() > until and self._may_stop_behind(part):
                    done = False
                    break
            if self._boxes is not None:
                self._boxes.flush()
            self._loader.flush()
        self._settle(connection, self._loader.loaded, scan, first_id, done=done)
        return done

    def _may_stop_behind(self, part: Run | Text) -> bool:
        """Whether a load that is killed after a commit here goes on where it stood, or anew."""
        if self._target.replaces:
            return False
        return part.next_position is not None or self._target.resume is None

    def _annotate(self, text: Text) -> None:
        """Take in the boxes that a side file holds."""
        if not reads_boxes(text.name):
            return
        if self._boxes is None:
            self._boxes = BoxLoad(
                self._make_layout(lambda _: UNLABELLED),  # no class is made for boxes alone
                release_id=self._target.release_id,
                is_noun=self._synsets.is_noun,
                put=self._put_boxes,
            )
        self._boxes.take(text)

    def _put_boxes(self, found: Mapping[BoxKey, Sequence[BoxRow]]) -> None:
        assert self._loader is not None
        self._loader.flush()  # its thread has the connection
        boxes, images = write_boxes(self._open_connection(), self._target.id, found)
        self.report.boxes += boxes
        self.report.boxed_images += images

    def _open_connection(self) -> Connection:
        assert self._connection is not None
        return self._connection

    def _own_class(self, name: str) -> int:
        """The id of a user's own class, made in the transaction that needs it."""
        if name not in self._own:
            assert self._loader is not None
            connection, stored = self._open_connection(), f"own:{name}"
            self._loader.pause()  # its thread has the connection
            found = find_own_class(connection, stored)
            if found is None:
                self._loader.flush()
                found = own_class_id(connection, stored)
            self._own[name] = found
        return self._own[name]

    def _load(self, loader: bulk.ImageLoader, placed: Placed) -> None:
        release = self.report.release
        if self._template is None:
            name = name_at(placed, 0, release)
            path = f"{placed.directory}/{placed.bases[0]}" if placed.directory else placed.bases[0]
            self._template = MemberTemplate.of(path, class_wnid_of(placed.synset), name)
        members = self._template.members(placed, release)
        if placed.names is None and members is None:
            loader.add_plain(
                placed.synset, placed.split, placed.numbers, placed.offsets, placed.sizes
            )
            return
        count = len(placed.bases)
        loader.add_named(
            placed.synset,
            placed.split,
            zip(
                placed.numbers,
                placed.offsets,
                placed.sizes,
                members or [None] * count,
                placed.names or [""] * count,
                strict=True,
            ),
        )

    def _advance(self, part: Run | Text, scan: Scan) -> None:
        """Note where the scan stands, and tell it: in bytes of a file, in images of a folder.

        In a folder of boxes alone each file counts.
        """
        passed = scan.passed()
        if passed is not None:
            self._progress.advance(passed - self._passed)
            self._passed = passed
        elif not isinstance(part, Text):
            self._progress.advance(len(part.names))
        elif self.report.layout == BOXES:
            self._progress.advance(1)
        if part.next_position is not None:
            self._target.resume = part.next_position

    def _settle(
        self,
        connection: Connection,
        loaded: bulk.Loaded,
        scan: Scan,
        first_id: int,
        *,
        done: bool,
    ) -> None:
        """Write counts, synsets and the archive's row for what this batch loaded."""
        report = self.report
        bulk.add_counts(connection, self._target.release_id, loaded.counts)
        held = {synset for _, synset in loaded.counts}
        self.classes |= held - {UNLABELLED}
        self._splits |= {split for split, _ in loaded.counts}
        if self._overturns(held):
            raise Overturned(self.report.outcome)
        self._synsets.add(connection, held - {UNLABELLED})
        for (_, synset), (images, size_bytes) in loaded.counts.items():
            report.images += images
            report.size_bytes += size_bytes
            report.unlabelled += images if synset == UNLABELLED else 0
        report.alternates += loaded.alternates
        report.resized += loaded.resized
        report.relabelled += loaded.relabelled
        report.ignored = self._ignored_before + scan.findings.ignored
        report.absent = scan.findings.absent
        learnt = [fault for fault in self._layout.faults if fault not in self._target.faults]
        report.faults = [*self._target.faults, *learnt, *scan.findings.faults]
        if self._boxes is not None:
            report.faults += self._boxes.faults
            self._splits |= self._boxes.splits
        rows.widen_ids(connection, self._target.id, first_id, bulk.last_image_id(connection))
        values = self._row()
        if done:
            values |= self._last_values(connection)
        rows.change_archive(connection, self._target.id, **values)
        writer.renew(connection)

    def _row(self) -> dict[str, object]:
        report, target = self.report, self._target
        return {
            "images": report.images,
            "bytes": report.size_bytes,
            "unlabelled": report.unlabelled,
            "alternates": report.alternates,
            "ignored": report.ignored,
            "boxes": report.boxes,
            "boxed_images": report.boxed_images,
            "faults": faults_to_text(report.faults),
            "resume": position_to_text(target.resume) if target.resume else None,
            "template": self._template.text if self._template else "",
        }

    def _last_values(self, connection: Connection) -> dict[str, object]:
        """What is known only at the end: the state, and how many classes there are."""
        report, target = self.report, self._target
        if target.replaces:
            removal.drop_aside(connection, target.id)
        if report.outcome == "resumed":
            held = rows.contents(connection, target.id)
            self.classes |= {synset for _, synset in held if synset != UNLABELLED}
            self._splits |= {split for split, _ in held}
        report.splits = [Split(split).label for split in sorted(self._splits)]
        report.classes = len(self.classes)
        return {
            "state": self._state(),
            "resume": None,
            "splits": "+".join(report.splits),
            "classes": report.classes,
        }

    def _state(self) -> str:
        if any(fault.severe for fault in self.report.faults):
            return rows.FAULTY
        return rows.PARTIAL if self.report.absent else rows.WHOLE
