"""Walking a tar, and the tars inside it to any depth, header by header without reading the data.

Plain headers are hopped over in bulk and checked with numpy; headers.py reads the others.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from imnet_data.archives import headers
from imnet_data.archives.header_table import (
    bare_image_names,
    files_before_others,
    names_in,
    sizes_in,
    sound_before_others,
)
from imnet_data.archives.headers import BLOCK, BadHeader, Header, padded
from imnet_data.archives.members import Fault, Findings, Level, Position, Run, is_image
from imnet_data.archives.names import Names
from imnet_data.archives.text import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imnet_data.archives.members import Wanted

    # Bytes of an open archive: up to so many, from an offset on; fewer at its end alone.
    ReadAt = Callable[[int, int], bytes]


_BATCH = 2048  # headers a bulk hop collects: 1 MiB of memory
_AHEAD = 1 << 17  # bytes read at once while members are small
_SMALL = 1 << 13  # up to this mean size, reading on is cheaper than one system call a header
_LONGEST_RECORD = 1 << 20  # a longer pax or GNU name record is damage, not a name
_ZERO_STRIDE = 1 << 20
_PLAIN = ord("0")


class TarScan:
    """One walk over an open tar; iterate `runs()` and then read `findings`.

    `read_at` gives its bytes, `size` of them in all. `start` is a run's `next_position` from an
    earlier walk of the same file. At most `max_inner` nested tars are entered: a survey lists the
    outer ones alone. Images are always among what is `wanted`.
    """

    def __init__(
        self,
        read_at: ReadAt,
        size: int,
        *,
        start: Position | None = None,
        max_inner: int | None = None,
        wanted: Wanted = is_image,
    ) -> None:
        self.findings = Findings()
        self.inner_names: list[str] = []
        self._read_at = read_at
        self._wanted = wanted
        self._size = size
        self._max_inner = max_inner
        self._levels = list(start.levels) if start else [Level("", size, size)]
        self._position = start.offset if start else 0
        self._small = False
        self._pending: dict[str, bytes] = {}  # what pax and GNU records say of the next member
        self._tar_depths: set[int] = set()  # levels that hold tars are stepped through, not hopped
        self._ends_told: set[int] = set()  # one fault for each place where something breaks off

    def runs(self) -> Iterator[Run]:
        """Runs of wanted members in the archive's order."""
        while self._levels:
            if not self._pending and len(self._levels) not in self._tar_depths:
                yield from self._plain()
            run = self._careful()
            if run is not None:
                yield run

    def read(self, run: Run, at: int) -> bytes:
        """The bytes of a member of a run just yielded."""
        return self._read_at(run.sizes[at], run.offsets[at])

    def passed(self) -> int:
        """How many bytes of the tar the walk has passed."""
        return self._position

    # -- plain headers, in bulk

    def _plain(self) -> Iterator[Run]:
        """Hop over plain regular members until something else stands in the way."""
        while True:
            start = self._position
            blocks = self._hop()
            if not blocks:
                return
            table = np.frombuffer(b"".join(blocks), np.uint8).reshape(-1, BLOCK)
            sizes = sizes_in(table)
            taken = BLOCK + (sizes + 511 & -BLOCK)
            data = start + BLOCK + np.cumsum(taken) - taken
            whole = sound_before_others(table)
            images = bare_image_names(table)
            if images is None:
                names = names_in(table)
                whole = min(whole, files_before_others(names))
            if whole == len(blocks) and data[-1] + sizes[-1] > self._end:
                whole -= 1  # an earlier member ends before a header that was there to be read
            self._small = (self._position - start) // len(blocks) < _SMALL
            if whole < len(blocks):
                self._position = int(data[whole]) - BLOCK
            offsets, lengths = data[:whole].tolist(), sizes[:whole].tolist()
            if images is None:
                yield from self._split(names[:whole], offsets, lengths)
            elif whole:
                after = offsets[-1] + padded(lengths[-1])
                yield self._as_run("", images[:whole], offsets, lengths, after=after)
            if whole < len(blocks) or len(blocks) < _BATCH:
                return

    def _hop(self) -> list[bytes]:
        """Up to `_BATCH` headers of regular members, by their own account of their sizes."""
        read_at, end = self._read_at, self._end - BLOCK
        ahead = _AHEAD if self._small else BLOCK
        position, window, start, last = self._position, b"", 0, -1
        blocks: list[bytes] = []
        add = blocks.append
        try:
            while position <= end and len(blocks) < _BATCH:
                if position > last:
                    window, start = read_at(ahead, position), position
                    last = position + len(window) - BLOCK
                at = position - start
                if window[at + 156] != _PLAIN or window[at + 345]:
                    break
                size = int(window[at + 124 : at + 135], 8)
                if size < 0:
                    break
                add(window[at : at + BLOCK])
                position += BLOCK + (size + 511 & -BLOCK)
        except (ValueError, IndexError):
            pass  # base-256, the end of the archive or of the file: for the careful reading
        self._position = position
        return blocks

    def _split(self, names: list[str], offsets: list[int], sizes: list[int]) -> Iterator[Run]:
        """Runs that share a folder, out of one stretch of members; the unwanted are counted."""
        start, wanted = 0, self._wanted
        for folder, group in groupby(names, lambda name: name.rpartition("/")[0]):
            bases = [name.rpartition("/")[2] for name in group]
            kept = [at for at, base in enumerate(bases) if wanted(base)]
            self.findings.ignored += len(bases) - len(kept)
            stop = start + len(bases)
            if kept:
                yield self._as_run(
                    folder,
                    Names([bases[at] for at in kept]),
                    [offsets[start + at] for at in kept],
                    [sizes[start + at] for at in kept],
                    after=offsets[stop - 1] + padded(sizes[stop - 1]),
                )
            start = stop

    def _as_run(
        self, folder: str, names: Names, offsets: list[int], sizes: list[int], *, after: int
    ) -> Run:
        """A run; `after` is the byte behind it and behind the others that were counted with it."""
        resume = Position(after, tuple(self._levels))
        return Run(self._folder(folder), names, offsets, sizes, resume)

    # -- one header at a time

    def _careful(self) -> Run | None:
        """Take the next header, whatever it is; a run when it is an image's."""
        left = self._end - self._position
        # A size may put the position beyond what a file can hold: pread() would not take it.
        block = self._read_at(BLOCK, self._position)[:left] if left > 0 else b""
        if len(block) < BLOCK:
            if any(block) or self._pending:
                self._ends_in("a header")
            self._leave()
            return None
        if block == headers.ZERO_BLOCK:
            self._skip_zeros()
            return None
        try:
            header = headers.parse(block)
            return self._take(header)
        except BadHeader as bad:
            self._damaged(str(bad))
            return None

    def _take(self, header: Header) -> Run | None:
        data = self._position + BLOCK
        is_record = header.kind in headers.RECORDS
        name, size = (header.name, header.size) if is_record else self._renamed(header)
        if header.kind in headers.WITHOUT_DATA:
            size = 0
        if header.kind == headers.SPARSE:
            data = self._after_sparse_maps(data)
        after = data + padded(size)
        if not header.sound:
            self._forgive(name, after)
        if is_record:
            self._record(header)
            return None
        sparse = header.kind == headers.SPARSE or any(
            k.startswith("GNU.sparse") for k in self._pending
        )
        self._pending = {}
        self._position = after
        missing = data + size - self._end
        regular = header.kind in headers.REGULAR and bool(name) and name[-1] != "/" and not sparse
        if regular and name.lower().endswith(".tar") and self._is_tar(data, size):
            self._enter(Level(self._folder(name), data + size, after), data)
        elif missing > 0:
            self._ends_in(self._folder(name), missing)
        elif regular:
            return next(self._split([name], [data], [size]), None)
        else:
            self._pass_by(header, name, sparse=sparse)
        return None

    def _pass_by(self, header: Header, name: str, *, sparse: bool) -> None:
        """Count a member that is no regular file; folders are part of no count."""
        self.findings.ignored += header.kind not in headers.FOLDERS and name[-1:] != "/"
        if sparse and is_image(name.rpartition("/")[2]):
            self._fault(f"{self._folder(name)} is stored sparsely and was not indexed", severe=True)

    def _forgive(self, name: str, after: int) -> None:
        """Accept a header with a wrong checksum where what follows its data is sound."""
        if not self._plausible(after):
            raise BadHeader("a header that does not agree with its checksum")
        self._fault(
            f"the header of {self._folder(name)} at byte {self._position:,} has a wrong checksum"
        )

    def _record(self, header: Header) -> None:
        """A pax or GNU record: it changes the name or size of the member after it."""
        data = self._position + BLOCK
        if header.size > _LONGEST_RECORD:
            raise BadHeader("a name record of more than 1 MiB")
        if data + header.size > self._end:
            self._ends_in("a header")
            self._position = self._end
            return
        payload = self._read_at(header.size, data)
        if header.kind == headers.LONG_NAME:
            self._pending["path"] = payload.split(b"\0", 1)[0]
        elif header.kind == headers.LONG_LINK:
            self._pending["linkpath"] = b""  # only that a member has begun
        elif header.kind == headers.PAX:
            self._pending.update(headers.pax_records(payload))
        self._position = data + padded(header.size)

    def _renamed(self, header: Header) -> tuple[str, int]:
        """The member's name and size after the records that stood before it."""
        pending = self._pending
        name, size = header.name, header.size
        for key in ("path", "GNU.sparse.name"):
            if key in pending:
                name = text_of(pending[key])
        if "size" in pending:
            try:
                size = int(pending["size"])
            except ValueError:
                raise BadHeader("a pax size that is no number") from None
        return headers.from_the_top(name), max(size, 0)

    def _after_sparse_maps(self, data: int) -> int:
        """Where an old GNU sparse member's data begins: behind its further maps."""
        more = self._read_at(BLOCK, self._position)[482]
        while more and data + BLOCK <= self._end:
            more = (self._read_at(BLOCK, data) or b"\0" * BLOCK)[504]
            data += BLOCK
        return data

    def _plausible(self, after: int) -> bool:
        """Whether what follows a member with a wrong checksum is a sound header or an end."""
        if after >= self._end:
            return after == self._end
        block = self._read_at(BLOCK, after)
        if block == headers.ZERO_BLOCK:
            return True
        try:
            return headers.parse(block).sound
        except BadHeader:
            return False

    # -- levels

    @property
    def _end(self) -> int:
        return min(self._levels[-1].end, self._size)

    def _folder(self, path: str) -> str:
        inside = self._levels[-1].path
        return f"{inside}/{path}" if inside and path else inside or path

    def _is_tar(self, data: int, size: int) -> bool:
        """Whether a member's data begins as a tar does; a wrong checksum is judged inside."""
        if size < BLOCK:
            return False
        block = self._read_at(BLOCK, data)
        try:
            return block == headers.ZERO_BLOCK or bool(headers.parse(block))
        except BadHeader:
            return False

    def _enter(self, inner: Level, data: int) -> None:
        self.inner_names.append(inner.path)
        self._tar_depths.add(len(self._levels))
        if self._max_inner is not None and len(self.inner_names) > self._max_inner:
            return
        self._levels.append(inner)
        self._position = data

    def _leave(self) -> None:
        level = self._levels[-1]
        if level.end > self._size:
            self._ends_in(level.path, level.end - self._size)
        self._levels.pop()
        self._tar_depths.discard(len(self._levels) + 1)
        self._position = level.after
        self._pending = {}

    def _skip_zeros(self) -> None:
        """Past an end marker: another archive may follow (`cat a.tar b.tar`), or the level ends."""
        self._pending = {}
        while self._position < self._end:
            wanted = min(_ZERO_STRIDE, self._end - self._position)
            stretch = self._read_at(wanted, self._position)
            if not stretch:
                break
            rest = b"" if stretch == bytes(len(stretch)) else stretch.lstrip(b"\0")
            skipped = len(stretch) - len(rest)
            self._position += skipped & -BLOCK if rest else len(stretch)
            if rest:
                return
        self._leave()

    def _ends_in(self, what: str, missing: int = 0) -> None:
        """Tell that the file, or a tar in it, breaks off in the middle of something."""
        end = self._end
        if end in self._ends_told:
            return
        self._ends_told.add(end)
        who = "it" if end == self._size else self._levels[-1].path
        count = f" ({missing:,} bytes of it are missing)" if missing else ""
        self._fault(f"{who} ends at byte {end:,}, in the middle of {what}{count}", severe=True)

    def _damaged(self, reason: str) -> None:
        level = self._levels[-1]
        where = level.path or "the archive"
        self._fault(
            f"{where} is damaged at byte {self._position:,} ({reason}); "
            f"the {self._end - self._position:,} bytes after it were not indexed",
            severe=True,
        )
        self._position = level.end
        self._leave()

    def _fault(self, sentence: str, *, severe: bool = False) -> None:
        self.findings.faults.append(Fault(sentence, severe))
