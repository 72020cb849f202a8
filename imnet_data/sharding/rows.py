"""Entries as numpy rows with their texts beside them, in files that are read in slices.

An entry is 80 bytes or so here, where it is a kilobyte as an object; sorting is ordering.py's.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from imnet_data.archives.kinds import FOLDER
from imnet_data.archives.reading import Place
from imnet_data.sharding.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

# `key` is what the rows are sorted by; `source` and `kind` count in the tables below. The text is
# the name, and behind it the member's base name, or the path of a file in a folder.
ROW: Final = np.dtype(
    [
        ("key", "<u8"), ("size", "<i8"), ("offset", "<i8"), ("text_at", "<i8"),
        ("text_len", "<i4"), ("name_len", "<i4"), ("source", "<i4"), ("kind", "<i4"),
        ("image_id", "<i8"),
    ]
)  # fmt: skip

# Path and size of a file (None where each image has its own), container, seek index, and whether
# the images have names in it.
Source = tuple[str | None, int, str, str | None, bool]
# Label, wnid and ILSVRC class index.
Kind = tuple[int, str | None, int | None]


@dataclass(slots=True)
class Tables:
    """What many entries have in common, each numbered as it first came."""

    sources: dict[Source, int] = field(default_factory=dict)
    kinds: dict[Kind, int] = field(default_factory=dict)

    def source(self, place: Place) -> int:
        """The number of a place's file."""
        if is_own_file(place):
            key: Source = (None, 0, FOLDER, None, False)
        else:
            named = place.member is not None
            key = (place.path, place.file_size, place.container, place.seek_index, named)
        return self.sources.setdefault(key, len(self.sources))

    def kind(self, entry: Entry) -> int:
        """The number of what an entry's label says."""
        key = (entry.label, entry.wnid, entry.ilsvrc_index)
        return self.kinds.setdefault(key, len(self.kinds))

    def labels(self) -> npt.NDArray[np.int64]:
        """The label of each kind."""
        return np.fromiter((kind[0] for kind in self.kinds), np.int64, len(self.kinds))

    def write(self, path: str) -> None:
        """Keep them for the processes that write."""
        with open(path, "w", encoding="ascii") as file:
            json.dump([list(self.sources), list(self.kinds)], file)


def is_own_file(place: Place) -> bool:
    """Whether an image is a whole file of a folder, with a path that no other image has."""
    return (
        place.container == FOLDER
        and place.member is None
        and place.seek_index is None
        and place.size == place.file_size
    )


def text_behind(place: Place) -> bytes:
    """What stands behind an entry's name in its row's text."""
    text = place.path if is_own_file(place) else place.member or ""
    return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows with the name of each, and the bytes behind it."""

    rows: npt.NDArray[np.void]
    texts: list[bytes]

    def names(self) -> Iterator[bytes]:
        """The names, in UTF-8."""
        lengths: list[int] = self.rows["name_len"].tolist()
        return (text[:length] for text, length in zip(self.texts, lengths, strict=True))

    def taken(self, order: npt.NDArray[np.intp]) -> Rows:
        """The same in another order."""
        texts = self.texts
        return Rows(self.rows[order], [texts[at] for at in order.tolist()])


class RowFile:
    """Rows in a file and their texts in another, written one after the other, read in slices."""

    def __init__(self, path: str) -> None:
        self._path = path

    def append(self, rows: Rows, *, at: int) -> int:
        """Write further rows; `at` is where their texts begin, and the end of them comes back."""
        lengths = rows.rows["text_len"].astype(np.int64)
        ends = at + np.cumsum(lengths)
        rows.rows["text_at"] = ends - lengths
        with open(f"{self._path}.rows", "ab") as file:
            file.write(rows.rows.tobytes())
        with open(f"{self._path}.texts", "ab") as file:
            file.write(b"".join(rows.texts))
        return int(ends[-1]) if len(ends) else at

    def keys(self, first: int, count: int) -> npt.NDArray[np.uint64]:
        """The keys of some rows."""
        keys: npt.NDArray[np.uint64] = self._rows(first, count)["key"]
        return keys

    def slice(self, first: int, count: int) -> Rows:
        """Some rows."""
        rows = self._rows(first, count)
        if not count:
            return Rows(rows, [])
        start = int(rows["text_at"][0])
        stop = int(rows["text_at"][-1] + rows["text_len"][-1])
        with open(f"{self._path}.texts", "rb") as file:
            blob = os.pread(file.fileno(), stop - start, start)
        starts = (rows["text_at"] - start).tolist()
        lengths = rows["text_len"].tolist()
        return Rows(
            rows, [blob[at : at + length] for at, length in zip(starts, lengths, strict=True)]
        )

    def remove(self) -> None:
        """Delete both files."""
        os.unlink(f"{self._path}.rows")
        os.unlink(f"{self._path}.texts")

    def _rows(self, first: int, count: int) -> npt.NDArray[np.void]:
        return np.fromfile(f"{self._path}.rows", ROW, count, offset=first * ROW.itemsize)


def entries_of(rows: Rows, tables: str) -> Iterator[Entry]:
    """Rows as entries again; `tables` is the file that `Tables.write` wrote."""
    sources, kinds = read_tables(tables)
    columns = ("key", "size", "offset", "name_len", "source", "kind", "image_id")
    values = zip(rows.texts, *(rows.rows[name].tolist() for name in columns), strict=True)
    for text, key, size, offset, name_len, source, kind, image_id in values:
        path, file_size, container, seek_index, named = sources[source]
        behind = text[name_len:].decode("utf-8", "surrogatepass")
        if path is None:
            place = Place(behind, offset, size, size, container=FOLDER)
        else:
            member = behind if named else None
            place = Place(path, offset, size, file_size, member, container, seek_index)
        label, wnid, ilsvrc_index = kinds[kind]
        name = text[:name_len].decode("utf-8", "surrogatepass")
        yield Entry(name, place, label, wnid, ilsvrc_index, key, image_id)


def read_tables(path: str) -> tuple[list[Source], list[Kind]]:
    """What `Tables.write` wrote: the sources and the kinds, by their numbers."""
    return _tables(path, os.stat(path).st_mtime_ns)


@lru_cache(maxsize=4)
def _tables(path: str, _: int) -> tuple[list[Source], list[Kind]]:
    with open(path, encoding="ascii") as file:
        sources, kinds = json.load(file)
    return sources, kinds
