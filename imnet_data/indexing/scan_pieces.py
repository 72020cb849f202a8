"""What a unit that scans takes of it, piece by piece, in little memory and ready to be sent.

Which units there are is scanned.py's, playing their pieces played.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from imnet_data.archives.members import Level, Position, Run, is_image
from imnet_data.archives.texts import LONGEST_TEXT
from imnet_data.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from imnet_data.archives.members import Fault, Findings, Said, Scan
    from imnet_data.archives.names import Names
    from imnet_data.archives.tars.outer_scan import InnerTar
    from imnet_data.indexing.scanned import InnerUnit, ScanUnit

# What a text weighs against members, in bytes: of XMLs no unit brings more than some 30 MB.
_TEXT_BYTES: Final = 1 << 10


@dataclass(frozen=True, slots=True)
class Cut:
    """How much a unit takes: members, tars told of, and bytes of tars that are walked together.

    A result is some 60 bytes a member. 2 GiB are 14 of ILSVRC's class tars.
    """

    members: int = 1 << 15
    tars: int = 1 << 10
    together_bytes: int = 1 << 31


@dataclass(frozen=True, slots=True)
class Before:
    """What a scan counted and told since the piece before this one."""

    ignored: int = 0
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class ScannedRun:
    """A run, in little memory; `texts` are the side files in it, by their places.

    Of one that could not be read there is the error.
    """

    before: Before
    directory: str
    names: Names
    offsets: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    next_position: Position | None
    said: Sequence[Said] | None
    texts: Mapping[int, bytes | ArchiveError]
    passed: int | None

    def run(self) -> Run:
        """The run as it was yielded."""
        return Run(
            self.directory, self.names, self.offsets.tolist(), self.sizes.tolist(),
            self.next_position, self.said,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TarMet:
    """A tar at this place of the archive, that was not entered."""

    before: Before
    around: tuple[Level, ...]
    level: Level
    data: int

    @property
    def start(self) -> Position:
        """Where a walk through it alone begins."""
        return Position(self.data, (self.level,))


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a unit gives: pieces in their order, and what came behind the last of them.

    `faults` are all of the unit's. `rest` does what is left, where there was too much.
    """

    pieces: list[ScannedRun | TarMet]
    behind: Before
    faults: tuple[Fault, ...]
    passed: int | None
    rest: ScanUnit | InnerUnit | None = None


class Taking:
    """Takes in what scans yield, up to so many members; `around` are levels outside of theirs."""

    def __init__(self, most: int | None, around: tuple[Level, ...] = ()) -> None:
        self._most = most
        self._around = around
        self._pieces: list[ScannedRun | TarMet] = []
        self._faults: list[Fault] = []
        self._passed: int | None = None
        self._members = 0
        # Since the last piece; and how much of the findings of the scan under way was noted.
        self._ignored = 0
        self._fresh: list[Fault] = []
        self._noted = (0, 0)

    def take(self, scan: Scan, inner: Sequence[InnerTar] = ()) -> Position | None:
        """Take in a scan; where another is to go on, if it has more than is taken.

        `inner` are the tars that it met; it grows as the scan goes on.
        """
        self._noted = (0, 0)
        findings, met = scan.findings, 0
        stopped = None
        for run in scan.runs():
            met = self._meet(inner, met, findings)
            self._note(findings, findings.ignored, len(findings.faults))
            self._pieces.append(self._taken(scan, run))
            if self._is_full and run.next_position is not None:
                stopped = run.next_position
                break
        self._meet(inner, met, findings)
        self._note(findings, findings.ignored, len(findings.faults))
        self._faults += findings.faults
        self._passed = scan.passed()
        return stopped

    def scanned(self, rest: ScanUnit | InnerUnit | None) -> Scanned:
        """All that was taken."""
        return Scanned(self._pieces, self._before(), tuple(self._faults), self._passed, rest)

    @property
    def _is_full(self) -> bool:
        return self._most is not None and self._members >= self._most

    def _meet(self, inner: Sequence[InnerTar], met: int, findings: Findings) -> int:
        for tar in inner[met:]:
            self._note(findings, tar.ignored, tar.faults)
            self._pieces.append(TarMet(self._before(), tar.around, tar.level, tar.data))
        return len(inner)

    def _note(self, findings: Findings, ignored: int, faults: int) -> None:
        """Note what was found up to these numbers."""
        self._ignored += ignored - self._noted[0]
        self._fresh += findings.faults[self._noted[1] : faults]
        self._noted = (ignored, faults)

    def _before(self) -> Before:
        before = Before(self._ignored, tuple(self._fresh))
        self._ignored, self._fresh = 0, []
        return before

    def _taken(self, scan: Scan, run: Run) -> ScannedRun:
        texts = {} if run.names.are_images() else _texts(scan, run)
        weight = sum(len(text) for text in texts.values() if isinstance(text, bytes))
        self._members += len(run.names) + weight // _TEXT_BYTES
        return ScannedRun(
            self._before(), run.directory, run.names, np.array(run.offsets, np.int64),
            np.array(run.sizes, np.int64), self._around_of(run.next_position), run.said, texts,
            scan.passed(),
        )  # fmt: skip

    def _around_of(self, position: Position | None) -> Position | None:
        """A position as one in the whole archive."""
        if position is None:
            return None
        return Position(position.offset, (*self._around, *position.levels))


def _texts(scan: Scan, run: Run) -> dict[int, bytes | ArchiveError]:
    """The side files of a run, as texts.py takes them."""
    found: dict[int, bytes | ArchiveError] = {}
    for at, (name, size) in enumerate(zip(run.names, run.sizes, strict=True)):
        if not is_image(name) and size <= LONGEST_TEXT:
            try:
                found[at] = scan.read(run, at)
            except ArchiveError as error:
                found[at] = error
    return found
