"""A zip's list of contents, read as a stream of tables: memory stays flat whatever its length.

Two million members take zipfile 1.4 GB and most of a minute. What a member's data is, is
members.py's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from imnet_data.archives.tars.headers import from_the_top
from imnet_data.archives.zips.end import ENTRY
from imnet_data.archives.zips.names import UTF8, fields_of, path_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from imnet_data.archives.zips.end import End, ReadAt

    Int64s = npt.NDArray[np.int64]

STORED: Final = 0
DEFLATED: Final = 8

_RECORD: Final = np.dtype([
    ("signature", "S4"), ("version", "u1"), ("host", "u1"), ("needed", "<u2"), ("flags", "<u2"),
    ("method", "<u2"), ("time", "<u4"), ("crc", "<u4"), ("packed", "<u4"), ("size", "<u4"),
    ("name", "<u2"), ("extra", "<u2"), ("comment", "<u2"), ("disk", "<u2"), ("internal", "<u2"),
    ("external", "<u4"), ("offset", "<u4"),
])  # fmt: skip
_FIXED: Final = _RECORD.itemsize
_WINDOW = 1 << 20
_LENGTHS = Struct("<HHH")
_FULL_32 = 0xFFFFFFFF
_WIDE = 0x0001  # the number of zip64's field
_LONGEST = 1 << 60  # beyond every file, and the sums of such numbers stay numbers
_SIGNATURE = b"PK\x05\x05"  # a digital signature of the list, which may follow it
_HAS_UNICODE_PATH = re.compile(rb"up..\x01", re.DOTALL)
_WINDOWS_HOSTS = (0, 10, 11, 14)


@dataclass(frozen=True, slots=True)
class Entries:
    """Consecutive entries of the list, in parallel arrays, one of each for every member.

    `offsets` are the local headers' bytes in the file, `packed` and `sizes` the bytes of the data
    as stored and as it was; `ends` are the bytes where the entries end.
    """

    window: bytes
    places: Int64s
    records: npt.NDArray[Any]
    offsets: Int64s
    packed: Int64s
    sizes: Int64s
    ends: Int64s

    def __len__(self) -> int:
        return len(self.records)

    def extra_bytes(self, at: int) -> bytes:
        """The extra bytes of an entry."""
        start = int(self.places[at]) + _FIXED + int(self.records["name"][at])
        return self.window[start : start + int(self.records["extra"][at])]

    def paths(self) -> list[str]:
        """The members' paths, `/` between folders; a folder's own ends with one."""
        starts = (self.places + _FIXED).tolist()
        stops = (self.places + _FIXED + self.records["name"]).tolist()
        window = self.window
        raw = [window[start:stop] for start, stop in zip(starts, stops, strict=True)]
        joined = b"\n".join(raw)
        if joined.isascii() and not (
            b"\\" in joined or b"\0" in joined or _HAS_UNICODE_PATH.search(window)
        ):
            text = joined.decode("ascii")
            paths = text.split("\n")
            if len(paths) == len(raw):
                tidy = not (text.startswith((".", "/")) or "\n." in text or "\n/" in text)
                return paths if tidy else list(map(from_the_top, paths))
        return [self._path(at, name) for at, name in enumerate(raw)]

    def _path(self, at: int, raw: bytes) -> str:
        record = self.records[at]
        return path_of(
            raw,
            utf8=bool(record["flags"] & UTF8),
            backslashes=record["host"] in _WINDOWS_HOSTS,
            extra=self.extra_bytes(at),
        )


class Directory:
    """One walk over a zip's list of contents; iterate it once, then read `fault`.

    `start` is a byte where an entry begins, `entries_before` how many came before it.
    """

    def __init__(
        self, read_at: ReadAt, end: End, *, start: int | None = None, entries_before: int = 0
    ) -> None:
        self.position = end.start if start is None else start
        self.entries = entries_before
        self.fault: str | None = None
        self._read_at = read_at
        self._end = end
        self._wraps = 0
        self._last = 0

    def __iter__(self) -> Iterator[Entries]:
        while self.position < self._end.stop:
            window = self._read_at(min(_WINDOW, self._end.stop - self.position), self.position)
            entries = self._entries(window)
            if entries is None:
                self._tell_damage(window)
                return
            self.position = int(entries.ends[-1])
            self.entries += len(entries)
            yield entries
        said = self._end.entries
        if self.entries != said and (self._end.exact or (self.entries - said) % (1 << 16)):
            self.fault = (
                f"its list of contents has {self.entries:,} members, and should have {said:,}"
            )

    def _entries(self, window: bytes) -> Entries | None:
        places = _hop(window)
        if len(places) < 2:
            return None
        # A record at every byte, of which those at the places are taken: no copy but theirs.
        rolling = np.ndarray((len(window) - _FIXED + 1,), _RECORD, window, strides=(1,))
        records = rolling[places[:-1]]
        bad = np.flatnonzero(records["signature"] != ENTRY)
        whole = int(bad[0]) if len(bad) else len(records)
        if not whole:
            return None
        records, places = records[:whole], places[: whole + 1]
        numbers = [records[name].astype(np.int64) for name in ("size", "packed", "offset")]
        _widen(window, places[:-1], records, numbers)
        sizes, packed, offsets = numbers
        return Entries(
            window, places[:-1], records, self._in_file(offsets), packed, sizes,
            places[1:] + self.position,
        )  # fmt: skip

    def _in_file(self, offsets: Int64s) -> Int64s:
        """The bytes of the file for offsets as the list has them."""
        if not self._end.wrapped:
            return offsets + self._end.shift
        back = np.diff(offsets, prepend=self._last) < 0
        wraps = self._wraps + np.cumsum(back)
        self._last, self._wraps = int(offsets[-1]), int(wraps[-1])
        return offsets + (wraps << 32)

    def _tell_damage(self, window: bytes) -> None:
        if self.entries and window.startswith(_SIGNATURE):
            return
        self.fault = (
            f"its list of contents is damaged at byte {self.position:,}; "
            f"what it has after its first {self.entries:,} members was not indexed"
        )


def _hop(window: bytes) -> Int64s:
    """Where the entries begin that stand whole in a window, and where the last of them ends."""
    places = [0]
    add, lengths, last = places.append, _LENGTHS.unpack_from, len(window) - _FIXED
    at = 0
    while at <= last:
        name, extra, comment = lengths(window, at + 28)
        at += _FIXED + name + extra + comment
        add(at)
    if at > len(window):
        places.pop()
    return np.array(places, np.int64)


def _widen(window: bytes, places: Int64s, records: npt.NDArray[Any], numbers: list[Int64s]) -> None:
    """Put in the numbers that zip64's field holds: sizes, and offsets beyond 4 GiB.

    Three in four members of ILSVRC's zip have such an offset, and all their extra bytes are laid
    out alike: the first one's layout is tried on all before they are read one by one.
    """
    short = [column == _FULL_32 for column in numbers]
    todo = np.flatnonzero(short[0] | short[1] | short[2])
    shapes = (short[0] * 1 + short[1] * 2 + short[2] * 4 + records["extra"].astype(np.int64) * 8)[
        todo
    ]
    starts = places + _FIXED + records["name"]
    for shape in np.unique(shapes).tolist():
        alike = todo[shapes == shape]
        columns = [column for bit, column in enumerate(numbers) if shape >> bit & 1]
        length = shape >> 3
        one = int(starts[alike[0]])
        at = _field_at(window[one : one + length], 8 * len(columns))
        fast = np.zeros(len(alike), bool)
        if at is not None:
            fast = _same_heads(window, starts[alike], window[one : one + length], at)
            words = np.ndarray((len(window) - 7,), "<u8", window, strides=(1,))
            for number, column in enumerate(columns):
                taken = words[starts[alike[fast]] + at + 4 + 8 * number]
                column[alike[fast]] = np.minimum(taken, _LONGEST).astype(np.int64)
        for row in alike[~fast].tolist():
            _widen_one(window[starts[row] : starts[row] + length], row, columns)


def _field_at(extra: bytes, least: int) -> int | None:
    """Where zip64's field begins in extra bytes, if it has so many bytes at least."""
    at = 0
    for number, content in fields_of(extra):
        if number == _WIDE:
            return at if len(content) >= least else None
        at += 4 + len(content)
    return None


def _same_heads(window: bytes, starts: Int64s, extra: bytes, at: int) -> npt.NDArray[np.bool_]:
    """Which extra bytes have the same fields as these, up to the one that begins at `at`."""
    words = np.ndarray((len(window) - 3,), "<u4", window, strides=(1,))
    same = np.ones(len(starts), bool)
    head = 0
    while head <= at:
        same &= words[starts + head] == int.from_bytes(extra[head : head + 4], "little")
        head += 4 + int.from_bytes(extra[head + 2 : head + 4], "little")
    return same


def _widen_one(extra: bytes, row: int, columns: list[Int64s]) -> None:
    wide = next((content for number, content in fields_of(extra) if number == _WIDE), b"")
    for number, column in enumerate(columns):
        field = wide[8 * number : 8 * number + 8]
        if len(field) == 8:
            column[row] = min(int.from_bytes(field, "little"), _LONGEST)
