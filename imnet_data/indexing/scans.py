"""Archives scanned by workers, ahead of whoever loads them one after another.

What a worker scans is scanned.py's, how it is played played.py's.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from imnet_data.archives.kinds import DEFLATED_ZIP, PARQUET, TAR, ZIP
from imnet_data.archives.tars.partial import members_of
from imnet_data.errors import ArchiveError
from imnet_data.indexing.played import Load, PlayedScan, Slot
from imnet_data.indexing.scan_pieces import Before, Cut, Scanned, ScannedRun, TarMet
from imnet_data.indexing.scanned import InnerUnit, ScanUnit, is_parted
from imnet_data.work.run import outcomes
from imnet_data.work.unit import Done, Failed
from imnet_data.work.workers import number_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from typing import Self, TypeAlias

    from imnet_data.archives.members import Position
    from imnet_data.indexing.discover import Source
    from imnet_data.indexing.played import Item
    from imnet_data.layouts.recognise import Reading
    from imnet_data.work.unit import Outcome
    from imnet_data.work.workers import Workers

    AnyUnit: TypeAlias = "ScanUnit | InnerUnit"

# Units that were given out and are not played yet, for each that is at work at once: enough that
# none waits while another takes longer. Each is 2 MB at the most, but for what texts it has.
_HELD: Final = 6


@dataclass(frozen=True, slots=True)
class ToScan:
    """An archive, and the layout that it was taken for."""

    path: str
    kind: str
    layout: str

    @classmethod
    def of(cls, source: Source, taken: Reading) -> ToScan:
        """A source as it was taken."""
        return cls(source.path, source.kind, taken.layout)

    @property
    def by_workers(self) -> bool:
        """Whether workers can scan it.

        A compressed tar is decoded once, by who keeps its seek index; a folder was walked through
        just before; and of a download under way its own list tells what is there.
        """
        if self.kind == TAR:
            return members_of(self.path) is None
        return self.kind in (ZIP, DEFLATED_ZIP, PARQUET)

    def unit(self, start: Position | None, cut: Cut) -> AnyUnit:
        """What scans it from a position on; the rest of a tar in it comes with what is behind."""
        within = start is not None and start.levels[1:]
        if start is not None and within and is_parted(self.path, self.kind, self.layout):
            return InnerUnit.from_within(self.path, self.layout, cut, start)
        return ScanUnit(self.path, self.kind, self.layout, cut, start)


class Scans:
    """Scans of archives by workers, as a context in which one after the other is asked for.

    Only what is soon to be played is scanned ahead: memory doesn't grow with the archives. Without
    `workers` there are none.
    """

    def __init__(
        self, archives: Sequence[ToScan], workers: Workers | None, cut: Cut | None = None
    ) -> None:
        self._archives = archives
        self._workers = workers
        self._cut = cut or Cut()
        self._most = _HELD * max(number_of(workers or 0), 1)
        self._ended: Generator[Outcome[Scanned]] | None = None
        self._to_give: list[Slot] = []
        self._given: dict[int, Slot] = {}
        self._held: set[Slot] = set()
        self._ahead: dict[int, Slot] = {}
        self._next = 0
        self._now: Load | None = None
        self._awaited: Slot | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._ended is not None:
            self._ended.close()

    def scan(self, at: int, archive: ToScan, start: Position | None) -> PlayedScan | None:
        """The scan of an archive, by its number; None where this process has to scan it.

        It may be asked for again, from a position on or as another layout; the one before is over.
        """
        self._next = max(self._next, at + 1)
        fits = start is None and archive == self._archives[at]
        root = self._ahead.pop(at, None) if fits else None
        over = [self._ahead.pop(other).load for other in list(self._ahead) if other <= at]
        for load in filter(None, [self._now, *over]):
            load.is_over = True
        self._held = {slot for slot in self._held if not slot.load.is_over}
        self._now = None
        if self._workers is None or not archive.by_workers:
            return None
        if root is None:
            root = self._begin(at, archive.unit(start, self._cut))
        self._now = root.load
        return PlayedScan(self.items, root)

    def items(self, slot: Slot) -> deque[Item]:
        """What a unit gave, once it has.

        Raises:
            ArchiveError, OSError: it could not.
            WorkersDie, ClusterError: there are no workers.
        """
        self._awaited = slot
        while slot.items is None and slot.error is None:
            if self._ended is None:
                assert self._workers is not None
                self._ended = outcomes(self, workers=self._workers)
            outcome = next(self._ended, None)
            if outcome is None:  # all that there was to do is done, and now there is more
                self._ended = None
            else:
                self._take(outcome)
        self._awaited = None
        self._held.discard(slot)
        if slot.error is not None:
            raise slot.error
        assert slot.items is not None
        return slot.items

    # -- what is given to workers

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> AnyUnit:
        """What comes next to be scanned; nothing for now, where enough is scanned ahead."""
        while not self._to_give or self._to_give[0].load.is_over:
            if self._to_give:
                heapq.heappop(self._to_give)
            elif self._next == len(self._archives):
                raise StopIteration
            else:
                self._begin_next()
        slot = self._to_give[0]
        if len(self._held) >= self._most and slot is not self._awaited:
            raise StopIteration
        heapq.heappop(self._to_give)
        self._held.add(slot)
        self._given[id(slot.unit)] = slot
        return slot.unit

    def _begin_next(self) -> None:
        at, archive = self._next, self._archives[self._next]
        self._next += 1
        if archive.by_workers:
            self._ahead[at] = self._begin(at, archive.unit(None, self._cut))

    def _begin(self, at: int, unit: AnyUnit) -> Slot:
        slot = Slot((at,), unit, Load())
        heapq.heappush(self._to_give, slot)
        return slot

    # -- what comes back

    def _take(self, outcome: Outcome[Scanned]) -> None:
        slot = self._given.pop(id(outcome.unit))
        if slot.load.is_over:
            return
        match outcome:
            case Done(result=scanned):
                slot.items = deque(self._items(slot, scanned))
            case Failed(error=error):
                slot.error = error
            case lost:
                path = slot.unit.path
                slot.error = ArchiveError(path, f"the process that scanned {path} {lost.how}")

    def _items(self, slot: Slot, scanned: Scanned) -> Iterator[Item]:
        """What is played of a result; further units come at their places in it."""
        together: list[TarMet] = []
        number = 0
        for piece in scanned.pieces:
            if together and not self._goes_with(piece, together):
                yield from self._of_tars(slot, number, together)
                number, together = number + 1, []
            if isinstance(piece, TarMet):
                together.append(piece)
            else:
                yield piece
        if together:
            yield from self._of_tars(slot, number, together)
        yield scanned
        if scanned.rest is not None:
            yield self._further(slot, number + 1, scanned.rest)

    def _goes_with(self, piece: ScannedRun | TarMet, tars: list[TarMet]) -> bool:
        """Whether one unit walks a tar with those before, between which nothing was found."""
        if not isinstance(piece, TarMet) or piece.before != Before():
            return False
        return piece.level.end - tars[0].data <= self._cut.together_bytes

    def _of_tars(self, slot: Slot, number: int, tars: list[TarMet]) -> Iterator[Item]:
        first = tars[0]
        unit = InnerUnit(
            slot.unit.path, slot.unit.layout, self._cut, first.around,
            tuple(tar.start for tar in tars),
        )  # fmt: skip
        yield first.before
        yield self._further(slot, number, unit)

    def _further(self, slot: Slot, number: int, unit: AnyUnit) -> Slot:
        further = Slot((*slot.place, number), unit, slot.load)
        heapq.heappush(self._to_give, further)
        return further
