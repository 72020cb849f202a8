"""Walking a tar, and the tars inside it to any depth, header by header without reading the data.

Plain headers are hopped over in bulk and checked with numpy; headers.py reads the others.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from imnet_data.archives.compressed.source import ENDLESS
from imnet_data.archives.members import Findings, Level, Run, is_image
from imnet_data.archives.names import Names
from imnet_data.archives.tars import headers, pax_times
from imnet_data.archives.tars.header_table import (
    bare_image_names,
    files_before_others,
    names_in,
    sizes_in,
    sound_before_others,
)
from imnet_data.archives.tars.headers import BLOCK, BadHeader, Header, padded
from imnet_data.archives.tars.levels import Standing
from imnet_data.archives.text import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from imnet_data.archives.compressed.source import Source
    from imnet_data.archives.members import Position, Wanted

_BATCH = 2048  # headers a bulk hop collects: 1 MiB of memory
_AHEAD = 1 << 17  # bytes read at once while members are small
_SMALL = 1 << 13  # up to this mean size, reading on is cheaper than one system call a header
_LONGEST_RECORD = 1 << 20  # a longer pax or GNU name record is damage, not a name
_PLAIN = ord("0")


class TarScan:
    """One walk over an open tar; iterate `runs()` and then read `findings`.

    `start` is a run's `next_position` from an earlier walk of the same bytes. At most `max_inner`
    nested tars are entered: a survey lists the outer ones alone. Images are always among what is
    `wanted`. Runs reach over little more than `stretch` bytes: a source that decodes has to keep
    them until the members are read.
    """

    def __init__(
        self,
        source: Source,
        *,
        start: Position | None = None,
        max_inner: int | None = None,
        wanted: Wanted = is_image,
        stretch: int = ENDLESS,
    ) -> None:
        self.findings = Findings()
        self.inner_names: list[str] = []
        self._at = Standing(source, start, self.findings)
        self._read_at, self._read_ahead = source.read_at, source.read_ahead
        self._wanted = wanted
        self._max_inner = max_inner
        self._stretch = stretch
        self._small = False
        self._gaps: dict[int, int] = {}  # bytes of pax headers before members of the last hop
        self._pax: list[bytes] = []  # those headers
        self._pending: dict[str, bytes] = {}  # what pax and GNU records say of the next member

    def runs(self) -> Iterator[Run]:
        """Runs of wanted members in the archive's order."""
        while self._at.levels:
            if not self._pending and not self._at.among_tars:
                yield from self._plain()
            run = self._careful()
            if run is not None:
                yield run

    def read(self, run: Run, at: int) -> bytes:
        """The bytes of a member of a run just yielded."""
        return self._read_at(run.sizes[at], run.offsets[at])

    def passed(self) -> int:
        """How many bytes of the tar the walk has passed."""
        return self._at.position

    # -- plain headers, in bulk

    def _plain(self) -> Iterator[Run]:
        """Hop over plain regular members until something else stands in the way."""
        while True:
            start = self._at.position
            blocks = self._hop()
            if not blocks:
                return
            table = np.frombuffer(b"".join(blocks), np.uint8).reshape(-1, BLOCK)
            sizes = sizes_in(table)
            taken = BLOCK + (sizes + 511 & -BLOCK)
            data = start + BLOCK + np.cumsum(taken) - taken
            whole = sound_before_others(table)
            if self._gaps:
                data += np.cumsum(_filled(self._gaps, len(blocks)))
                whole = min(whole, self._sound_gaps(len(blocks)))
            images = bare_image_names(table)
            if images is None:
                names = names_in(table)
                whole = min(whole, files_before_others(names))
            last = int(data[-1] + sizes[-1])
            if whole == len(blocks) and last > self._at.end_beyond(last):
                whole -= 1  # an earlier member ends before a header that was there to be read
            passed = self._at.position - start
            self._small = passed // len(blocks) < _SMALL
            if whole < len(blocks):
                self._at.position = int(data[whole]) - BLOCK - self._gaps.get(whole, 0)
            offsets, lengths = data[:whole].tolist(), sizes[:whole].tolist()
            if images is None:
                yield from self._split(names[:whole], offsets, lengths)
            elif whole:
                after = offsets[-1] + padded(lengths[-1])
                yield self._as_run("", images[:whole], offsets, lengths, after=after)
            if whole < len(blocks) or (len(blocks) < _BATCH and passed <= self._stretch):
                return

    def _hop(self) -> list[bytes]:
        """Up to `_BATCH` headers of regular members, by their own account of their sizes."""
        read_at, position = self._read_ahead, self._at.position
        end = min(self._at.end - BLOCK, position + self._stretch)
        ahead = _AHEAD if self._small else pax_times.WINDOW if self._gaps else BLOCK
        window, start, last = b"", 0, -1
        blocks: list[bytes] = []
        self._gaps, self._pax = {}, []
        add = blocks.append
        try:
            while position <= end and len(blocks) < _BATCH:
                if position > last:
                    window, start = read_at(ahead, position), position
                    last = position + len(window) - BLOCK
                at = position - start
                gap = 0
                if window[at + 156] == headers.PAX:
                    gap = pax_times.gap_before(window, at)
                    if gap < 0:
                        ahead = max(ahead, pax_times.WINDOW)
                        window, start, at = read_at(ahead, position), position, 0
                        last = position + len(window) - BLOCK
                        gap = pax_times.gap_before(window, at)
                    if gap <= 0 or position + gap > end:
                        break
                    at += gap
                # The last byte is zero in every form; asking for it shows that it is there.
                if window[at + 156] != _PLAIN or window[at + 345] or window[at + BLOCK - 1]:
                    break
                size = int(window[at + 124 : at + 135], 8)
                if size < 0:
                    break
                if gap:
                    self._gaps[len(blocks)] = gap
                    self._pax.append(window[at - gap : at - gap + BLOCK])
                add(window[at : at + BLOCK])
                position += gap + BLOCK + (size + 511 & -BLOCK)
        except (ValueError, IndexError):
            pass  # base-256, the end of the archive or of the file: for the careful reading
        self._at.position = position
        return blocks

    def _sound_gaps(self, members: int) -> int:
        """How many members come before the first whose pax header is not plainly right."""
        table = np.frombuffer(b"".join(self._pax), np.uint8).reshape(-1, BLOCK)
        sound = sound_before_others(table)
        return members if sound == len(table) else list(self._gaps)[sound]

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
        resume = self._at.resume(after)
        return Run(self._at.folder(folder), names, offsets, sizes, resume)

    # -- one header at a time

    def _careful(self) -> Run | None:
        """Take the next header, whatever it is; a run when it is an image's."""
        at = self._at
        left = at.end_beyond(at.position + BLOCK) - at.position
        # A size may put the position beyond what a file can hold: pread() would not take it.
        block = self._read_at(BLOCK, at.position)[:left] if left > 0 else b""
        try:
            if len(block) == BLOCK and block != headers.ZERO_BLOCK:
                return self._take(headers.parse(block))
        except BadHeader as bad:
            self._pending = {}
            at.damaged(str(bad))
            return None
        if len(block) == BLOCK:
            at.skip_zeros()
        else:
            if any(block) or self._pending:
                at.ends_in("a header")
            at.leave()
        self._pending = {}
        return None

    def _take(self, header: Header) -> Run | None:
        data = self._at.position + BLOCK
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
        self._at.position = after
        regular = header.kind in headers.REGULAR and bool(name) and name[-1] != "/" and not sparse
        if regular and name.lower().endswith(".tar") and self._at.is_tar(data, size):
            self._enter(Level(self._at.folder(name), data + size, after), data)
            return None
        missing = data + size - self._at.end_beyond(data + size)
        if missing > 0:
            self._at.ends_in(self._at.folder(name), missing)
        elif regular:
            return next(self._split([name], [data], [size]), None)
        else:
            self._pass_by(header, name, sparse=sparse)
        return None

    def _pass_by(self, header: Header, name: str, *, sparse: bool) -> None:
        """Count a member that is no regular file; folders are part of no count."""
        self.findings.ignored += header.kind not in headers.FOLDERS and name[-1:] != "/"
        if sparse and is_image(name.rpartition("/")[2]):
            self._at.fault(
                f"{self._at.folder(name)} is stored sparsely and was not indexed", severe=True
            )

    def _forgive(self, name: str, after: int) -> None:
        """Accept a header with a wrong checksum where what follows its data is sound."""
        if not self._at.is_followed_by_sense(after):
            raise BadHeader("a header that does not agree with its checksum")
        where = f"{self._at.folder(name)} at byte {self._at.position:,}"
        self._at.fault(f"the header of {where} has a wrong checksum")

    def _record(self, header: Header) -> None:
        """A pax or GNU record: it changes the name or size of the member after it."""
        data = self._at.position + BLOCK
        if header.size > _LONGEST_RECORD:
            raise BadHeader("a name record of more than 1 MiB")
        end = self._at.end_beyond(data + header.size)
        if data + header.size > end:
            self._at.ends_in("a header")
            self._at.position = end
            return
        payload = self._read_at(header.size, data)
        if header.kind == headers.LONG_NAME:
            self._pending["path"] = payload.split(b"\0", 1)[0]
        elif header.kind == headers.LONG_LINK:
            self._pending["linkpath"] = b""  # only that a member has begun
        elif header.kind == headers.PAX:
            self._pending.update(headers.pax_records(payload))
        self._at.position = data + padded(header.size)

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
        more = self._read_at(BLOCK, self._at.position)[482]
        while more and data + BLOCK <= self._at.end_beyond(data + BLOCK):
            more = (self._read_at(BLOCK, data) or b"\0" * BLOCK)[504]
            data += BLOCK
        return data

    def _enter(self, inner: Level, data: int) -> None:
        self.inner_names.append(inner.path)
        self._at.note_tar()
        if self._max_inner is None or len(self.inner_names) <= self._max_inner:
            self._at.enter(inner, data)


def _filled(gaps: dict[int, int], members: int) -> npt.NDArray[np.int64]:
    """The gap before each of so many members, 0 where there is none."""
    filled = np.zeros(members, np.int64)
    filled[list(gaps)] = list(gaps.values())
    return filled
