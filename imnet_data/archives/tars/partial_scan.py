"""A walk over the inner tars that are there of a tar of tars that was fetched in part.

Which those are is told by the list beside it (partial.py); the outer headers are not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.archives.members import Fault, Findings, Level, Position, is_image
from imnet_data.archives.tars.scan import TarScan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.archives.compressed.source import Source
    from imnet_data.archives.members import Run, Wanted
    from imnet_data.archives.tars.partial import Members, OuterMember


class PartialScan:
    """One walk over the inner tars that are there; iterate `runs()` and then read `findings`.

    It enters at most `max_inner` of them; the names of all that were met are in `inner_names`.
    """

    def __init__(
        self,
        source: Source,
        members: Members,
        *,
        start: Position | None = None,
        max_inner: int | None = None,
        wanted: Wanted = is_image,
    ) -> None:
        self.findings = Findings()
        self.inner_names = [one.name for one in members.tars]
        self._source = source
        self._members = members
        self._start = start
        self._wanted = wanted
        self._max_inner = max_inner
        self._inside: TarScan | None = None
        self._passed = start.offset if start is not None else 0

    def runs(self) -> Iterator[Run]:
        """Runs of wanted members in the archive's order."""
        here = [one for one in self._members.tars if one.data in self._members.whole]
        self._tell_absent(len(here))
        for position in self._positions(here)[: self._max_inner]:
            self._inside = TarScan(self._source, start=position, wanted=self._wanted)
            before = self.findings.ignored
            told = len(self.findings.faults)
            for run in self._inside.runs():
                self._take_in(before, told)
                yield run
            self._take_in(before, told)
            self._passed = position.levels[0].after

    def read(self, run: Run, at: int) -> bytes:
        """The bytes of a member of a run just yielded."""
        return self._source.read_at(run.sizes[at], run.offsets[at])

    def passed(self) -> int:
        """How many bytes of the file the walk has passed, holes included."""
        return max(self._passed, self._inside.passed() if self._inside is not None else 0)

    def _positions(self, here: list[OuterMember]) -> list[Position]:
        """Where to begin in each inner tar that has not been walked through."""
        start = self._start
        begun = 0 if start is None else start.offset
        fresh = [
            Position(one.data, (Level(one.name, one.data + one.size, one.after),))
            for one in here
            if one.data >= begun
        ]
        # A run's next position may stand behind the last member of its tar: that too is within.
        return fresh if start is None or not start.levels else [start, *fresh]

    def _tell_absent(self, here: int) -> None:
        """Say how many inner tars there are, as far as is known, and how many of them are here."""
        met = len(self._members.tars)
        self.findings.absent = met - here
        # Walking stops behind the last class that was asked for: how many come after is not known.
        self.findings.absent += not self._members.at_end
        if not self.findings.absent or self._start is not None:  # who goes on has told it before
            return
        least = "" if self._members.at_end else "at least "
        sentence = f"{here:,} of {least}{met:,} inner tars are here; the others were not fetched"
        self.findings.faults.append(Fault(sentence, severe=False))

    def _take_in(self, ignored: int, told: int) -> None:
        """What the scan of one inner tar has found up to now, with that of those before."""
        assert self._inside is not None
        self.findings.ignored = ignored + self._inside.findings.ignored
        self.findings.faults[told:] = self._inside.findings.faults
