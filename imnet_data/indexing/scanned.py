"""Scanning as units of work: an archive, or some of the tars in it, up to so many members.

What they take of it is scan_pieces.py's; it is played in the archive's order by played.py.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imnet_data.archives.compressed.source import FileSource
from imnet_data.archives.containers import open_scan
from imnet_data.archives.kinds import TAR
from imnet_data.archives.members import Level, Position, is_image
from imnet_data.archives.samples import SampleScan, is_side
from imnet_data.archives.tars.outer_scan import OuterScan
from imnet_data.archives.tars.scan import TarScan
from imnet_data.files.address import is_url
from imnet_data.indexing.scan_pieces import Cut, Scanned, Taking
from imnet_data.layouts.boxes import reads_boxes
from imnet_data.layouts.layout_names import BOXES, KAGGLE, SHARDS, TINY_IMAGENET, WEBDATASET

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class ScanUnit:
    """An archive to scan from `start` on, as what it was taken for; the tars in a tar are told."""

    path: str
    kind: str
    layout: str
    cut: Cut
    start: Position | None = None
    among_tars: bool = False

    def run(self) -> Scanned:
        """Scan it.

        Raises:
            ArchiveError, OSError: it cannot be read.
        """
        if is_parted(self.path, self.kind, self.layout):
            return self._outer(Taking(self.cut.members))
        # What was found and where a walk goes on are not of one place where it looks ahead for what
        # is said of an image: samples are walked at one go. Their tars are small by their nature.
        taking = Taking(None if self.layout == WEBDATASET else self.cut.members)
        wanted = _Wanted(self.layout)
        with open_scan(self.path, self.kind, wanted=wanted, start=self.start) as scan:
            stopped = taking.take(SampleScan(scan) if self.layout == WEBDATASET else scan)
        return taking.scanned(None if stopped is None else replace(self, start=stopped))

    def _outer(self, taking: Taking) -> Scanned:
        with _tar_of(self.path) as source:
            scan = OuterScan(
                source,
                start=self.start,
                wanted=_Wanted(self.layout),
                most=self.cut.tars,
                among_tars=self.among_tars,
            )
            stopped = taking.take(scan, scan.inner) or scan.rest
        if stopped is None:
            return taking.scanned(None)
        among_tars = self.among_tars or bool(scan.inner)
        return taking.scanned(replace(self, start=stopped, among_tars=among_tars))


def is_parted(path: str, kind: str, layout: str) -> bool:
    """Whether the tars in a tar are told of by one unit and walked by others.

    In a store one unit walks many of them at once.
    """
    return kind == TAR and layout != WEBDATASET and not is_url(path)


@dataclass(frozen=True, slots=True)
class InnerUnit:
    """Some tars in a tar, to walk from these positions on; `around` are the levels outside.

    `then` is what comes behind them, where no walk outside goes on by itself.
    """

    path: str
    layout: str
    cut: Cut
    around: tuple[Level, ...]
    starts: tuple[Position, ...]
    then: ScanUnit | None = None

    @classmethod
    def from_within(cls, path: str, layout: str, cut: Cut, start: Position) -> InnerUnit:
        """The rest of a tar in a tar, from a position on, and what comes behind it."""
        around, inner = start.levels[:1], start.levels[1:]
        behind = Position(inner[0].after, around)
        then = ScanUnit(path, TAR, layout, cut, behind, among_tars=True)
        return cls(path, layout, cut, around, (Position(start.offset, inner),), then)

    def run(self) -> Scanned:
        """Scan them.

        Raises:
            OSError: they cannot be read.
        """
        taking = Taking(self.cut.members, around=self.around)
        with _tar_of(self.path) as source:
            for number, start in enumerate(self.starts, 1):
                stopped = taking.take(TarScan(source, start=start, wanted=_Wanted(self.layout)))
                if stopped is not None:
                    left = (stopped, *self.starts[number:])
                    return taking.scanned(replace(self, starts=left))
        return taking.scanned(self.then)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Whether a layout wants a member; as `ArchiveLoad.wants`, for other processes too."""

    layout: str

    def __call__(self, base: str) -> bool:
        return is_image(base) or reads_beside(self.layout, base)


def reads_beside(layout: str, base: str) -> bool:
    """Whether a layout reads the side file of a base name; as its own `reads`.

    >>> reads_beside("webdataset", "a.cls"), reads_beside("ilsvrc-train", "a.cls")
    (True, False)
    """
    if layout in SHARDS:
        return is_side(base)
    return layout in (KAGGLE, BOXES, TINY_IMAGENET) and reads_boxes(base)


@contextmanager
def _tar_of(path: str) -> Iterator[FileSource]:
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    try:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_RANDOM)
        yield FileSource(fd)
    finally:
        os.close(fd)
