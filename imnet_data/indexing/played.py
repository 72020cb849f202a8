"""One archive's scan, played from what units gave of it, in its order.

Which units there are is scanned.py's; who gives them to workers scans.py's.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.archives.members import Findings
from imnet_data.errors import ArchiveError
from imnet_data.indexing.scan_pieces import Before, Scanned, ScannedRun, TarMet
from imnet_data.indexing.scanned import InnerUnit, ScanUnit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    from imnet_data.archives.members import Run

    # What is played: runs, findings before what follows, other units' pieces, a unit's own end.
    Item: TypeAlias = "ScannedRun | Before | Slot | Scanned"


@dataclass(slots=True, eq=False)
class Load:
    """One scan of an archive; it `is_over` when nobody wants more of it."""

    is_over: bool = False


@dataclass(slots=True, eq=False)
class Slot:
    """A unit at its place among all others: by the archive first, then by its place there."""

    place: tuple[int, ...]
    unit: ScanUnit | InnerUnit
    load: Load
    items: deque[Item] | None = None
    error: Exception | None = None

    def __lt__(self, other: Slot) -> bool:
        return self.place < other.place


class PlayedScan:
    """An archive's scan, as the workers' pieces of it come; see archives/members.py's Scan."""

    def __init__(self, items: Callable[[Slot], deque[Item]], root: Slot) -> None:
        self.findings = Findings()
        self.inner_names: list[str] = []
        self._items = items
        self._root = root
        self._passed: int | None = _begun_at(root.unit)
        self._texts: Mapping[int, bytes | ArchiveError] = {}
        self._told = 0  # faults of units before the one that is played

    def runs(self) -> Iterator[Run]:
        """Runs of wanted members, in the archive's order."""
        stack: list[deque[Item]] = [deque([self._root])]
        while stack:
            item = stack[-1].popleft()
            if not stack[-1]:
                stack.pop()
            if isinstance(item, Slot):
                stack.append(self._items(item))
                item.items = None  # it is played but once
                self._told = len(self.findings.faults)
            elif isinstance(item, ScannedRun):
                self._find(item.before)
                self._passed, self._texts = item.passed, item.texts
                yield item.run()
            elif isinstance(item, Before):
                self._find(item)
            else:
                self._end(item)

    def read(self, run: Run, at: int) -> bytes:  # noqa: ARG002 - the one just yielded
        """The bytes of a side file of the run just yielded.

        Raises:
            ArchiveError: it could not be read.
        """
        found = self._texts[at]
        if isinstance(found, ArchiveError):
            raise found
        return found

    def passed(self) -> int | None:
        """How many bytes of the archive's file have been played."""
        return self._passed

    def _find(self, before: Before) -> None:
        self.findings.ignored += before.ignored
        self.findings.faults += before.faults

    def _end(self, scanned: Scanned) -> None:
        """A unit's end: some scans tell better at their end what they had told before."""
        self._find(scanned.behind)
        self._passed = scanned.passed if scanned.passed is not None else self._passed
        if not any(isinstance(piece, TarMet) for piece in scanned.pieces):
            self.findings.faults[self._told :] = scanned.faults


def _begun_at(unit: ScanUnit | InnerUnit) -> int | None:
    start = unit.starts[0] if isinstance(unit, InnerUnit) else unit.start
    return start.offset if start is not None else 0
