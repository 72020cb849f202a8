"""A walk along a tar's outermost level: the tars that lie there are told of, and not entered.

Each of them can be walked by itself then, by whoever has the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.archives.members import is_image
from imnet_data.archives.tars.scan import TarScan

if TYPE_CHECKING:
    from imnet_data.archives.compressed.source import Source
    from imnet_data.archives.members import Level, Position, Wanted


@dataclass(frozen=True, slots=True)
class InnerTar:
    """A tar that was met: the levels around it, its own, its first byte, and what was found before.

    `ignored` and `faults` are how many the walk had counted and told by then.
    """

    around: tuple[Level, ...]
    level: Level
    data: int
    ignored: int
    faults: int


class OuterScan(TarScan):
    """A walk that enters no tar; it ends behind `most` of them, and `rest` is where to go on.

    `inner` has those that were met: before a run is yielded, all that lie in front of it. A walk
    that goes on behind others is `among_tars`: it reads one header after the other, as those did.
    """

    def __init__(
        self,
        source: Source,
        *,
        start: Position | None = None,
        wanted: Wanted = is_image,
        most: int,
        among_tars: bool = False,
    ) -> None:
        super().__init__(source, start=start, wanted=wanted)
        self.inner: list[InnerTar] = []
        self.rest: Position | None = None
        self._most = most
        if among_tars:
            self._at.note_tar()

    def _enter(self, inner: Level, data: int) -> None:
        self.inner_names.append(inner.path)
        self._at.note_tar()
        findings = self.findings
        around = tuple(self._at.levels)
        self.inner.append(InnerTar(around, inner, data, findings.ignored, len(findings.faults)))
        if len(self.inner) >= self._most:
            self.rest = self._at.resume(self._at.position)
            self._at.leave_all()
