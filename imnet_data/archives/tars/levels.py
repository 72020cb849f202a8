"""Where a walk over a tar stands: the next header's byte, the tars around it, and what breaks off.

What a header says is scan.py's to read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.archives.compressed.source import ENDLESS
from imnet_data.archives.members import Fault, Level, Position
from imnet_data.archives.tars import headers
from imnet_data.archives.tars.headers import BLOCK, BadHeader

if TYPE_CHECKING:
    from imnet_data.archives.compressed.source import Source
    from imnet_data.archives.members import Findings

_ZERO_STRIDE = 1 << 20


class Standing:
    """The levels that a walk stands in; `position` is the byte that it reads next."""

    def __init__(self, source: Source, start: Position | None, findings: Findings) -> None:
        self.position = start.offset if start else 0
        self.levels = list(start.levels) if start else [Level("", source.size, source.size)]
        self.findings = findings
        self._source = source
        self._tar_depths: set[int] = set()
        self._ends_told: set[int] = set()  # one fault for each place where something breaks off

    @property
    def end(self) -> int:
        """Where the innermost tar ends, or the bytes do."""
        return min(self.levels[-1].end, self._source.size)  # the source's may show later

    @property
    def among_tars(self) -> bool:
        """Whether tars lie at this level: it is stepped through, not hopped."""
        return len(self.levels) in self._tar_depths

    def end_beyond(self, byte: int) -> int:
        """The end, once it is known whether it lies before a byte."""
        self._source.reach(min(byte, self.levels[-1].end))
        return self.end

    def folder(self, path: str) -> str:
        """A path in the innermost tar, as a path in the whole archive."""
        inside = self.levels[-1].path
        return f"{inside}/{path}" if inside and path else inside or path

    def resume(self, offset: int) -> Position:
        """The position of a byte in the innermost tar."""
        return Position(offset, tuple(self.levels))

    def note_tar(self) -> None:
        """A tar was met at this level."""
        self._tar_depths.add(len(self.levels))

    def enter(self, inner: Level, data: int) -> None:
        """Go on inside a tar whose first byte is `data`."""
        self.levels.append(inner)
        self.position = data

    def leave(self) -> None:
        """Go on behind the innermost tar."""
        level = self.levels[-1]
        if level.end != ENDLESS:
            self._source.reach(level.end)
            if level.end > self._source.size:
                self.ends_in(level.path, level.end - self._source.size)
        self.levels.pop()
        self._tar_depths.discard(len(self.levels) + 1)
        self.position = level.after

    def leave_all(self) -> None:
        """Walk no further."""
        self.levels.clear()

    def skip_zeros(self) -> None:
        """Past an end marker: another archive may follow (`cat a.tar b.tar`), or the level ends."""
        while self.position < self.end:
            wanted = min(_ZERO_STRIDE, self.end - self.position)
            stretch = self._source.read_at(wanted, self.position)
            if not stretch:
                break
            rest = b"" if stretch == bytes(len(stretch)) else stretch.lstrip(b"\0")
            skipped = len(stretch) - len(rest)
            self.position += skipped & -BLOCK if rest else len(stretch)
            if rest:
                return
        self.leave()

    def is_tar(self, data: int, size: int) -> bool:
        """Whether a member's data begins as a tar does; a wrong checksum is judged inside."""
        if size < BLOCK:
            return False
        return headers.begins_tar(self._source.read_at(BLOCK, data))

    def is_followed_by_sense(self, after: int) -> bool:
        """Whether what stands at a byte is a sound header, or an end."""
        if after >= self.end_beyond(after + 1):
            return after == self.end
        block = self._source.read_at(BLOCK, after)
        if block == headers.ZERO_BLOCK:
            return True
        try:
            return headers.parse(block).sound
        except BadHeader:
            return False

    # -- faults

    def ends_in(self, what: str, missing: int = 0) -> None:
        """Tell that the file, or a tar in it, breaks off in the middle of something."""
        end = self.end
        if end in self._ends_told:
            return
        self._ends_told.add(end)
        who = self._source.name if end == self._source.size else self.levels[-1].path
        count = f" ({missing:,} bytes of it are missing)" if missing else ""
        self.fault(f"{who} ends at byte {end:,}, in the middle of {what}{count}", severe=True)

    def damaged(self, reason: str) -> None:
        """Tell that what stands here is no header, and go on behind the innermost tar."""
        level = self.levels[-1]
        where = level.path or "the archive"
        left = "what comes" if self.end == ENDLESS else f"the {self.end - self.position:,} bytes"
        self.fault(
            f"{where} is damaged at byte {self.position:,} ({reason}); "
            f"{left} after it {'was' if self.end == ENDLESS else 'were'} not indexed",
            severe=True,
        )
        self.position = level.end
        self.leave()

    def fault(self, sentence: str, *, severe: bool = False) -> None:
        """Note that something is wrong."""
        self.findings.faults.append(Fault(sentence, severe))
