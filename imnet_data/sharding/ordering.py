"""The order of a part's entries, with memory that does not grow: sorted runs, merged by ranges.

Cutting the order into shards is plan.py's.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from imnet_data.errors import NameTwice
from imnet_data.permutation import scrambled
from imnet_data.sharding.options import CLASS
from imnet_data.sharding.rows import ROW, RowFile, Rows, Tables, text_behind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    from imnet_data.progress import Progress
    from imnet_data.sharding.entry import Entry

# Entries in memory at a time, as objects first and as rows later: some 60 MB.
_AT_ONCE: Final = 1 << 17
# Of a class order's key: the label's bits stand above the place in the stream.
_PLACE_BITS: Final = 40
_TOLD: Final = 1 << 12
# Of a run every so manieth key stays in memory, 110 KB for 14 million entries. A map of the file
# would stay in memory page by page.
_STEP: Final = 1 << 10


@dataclass(frozen=True, slots=True)
class _Run:
    """Sorted entries in a file, with some of their keys."""

    file: RowFile
    count: int
    keys: npt.NDArray[np.uint64]

    def behind(self, bound: np.uint64 | None) -> int:
        """How many entries have a key up to a bound."""
        if bound is None:
            return self.count
        first = max(int(np.searchsorted(self.keys, bound, side="right")) - 1, 0) * _STEP
        few = self.file.keys(first, min(_STEP, self.count - first))
        return first + int(np.searchsorted(few, bound, side="right"))


class Ordered:
    """A part's entries in their order; `folder` takes the runs, and loses them again."""

    def __init__(
        self, part: str, folder: str, *, order: str, seed: int, at_once: int = _AT_ONCE
    ) -> None:
        self.tables = Tables()
        self.count = 0
        self._part = part
        self._folder = folder
        self._by_class = order == CLASS
        self._salt = _mixed(np.asarray([seed % (1 << 64)], np.uint64))[0]
        self._at_once = at_once
        self._runs: list[_Run] = []

    def take(self, entries: Iterable[Entry], progress: Progress) -> None:
        """Take in the entries, in the order of their keys."""
        ranks: list[int] = []
        numbers: list[tuple[int, ...]] = []
        texts: list[bytes] = []
        source, kind = self.tables.source, self.tables.kind
        for entry in entries:
            place = entry.place
            name = entry.name.encode("utf-8", "surrogatepass")
            text = name + text_behind(place)
            texts.append(text)
            ranks.append(entry.label + 1 if self._by_class else entry.rank)
            numbers.append(
                (place.size, place.offset, len(text), len(name), source(place), kind(entry),
                 entry.image_id)
            )  # fmt: skip
            if len(texts) % _TOLD == 0:
                progress.advance(_TOLD)
            if len(texts) == self._at_once:
                self._spill(ranks, numbers, texts)
                ranks, numbers, texts = [], [], []
        progress.advance(len(texts) % _TOLD)
        if texts:
            self._spill(ranks, numbers, texts)

    def blocks(self) -> Iterator[Rows]:
        """The rows in their order, some at a time.

        Raises:
            NameTwice: two images of one rank have one name.
        """
        starts = [0] * len(self._runs)
        for bound in [*self._bounds(), None]:
            stops = [run.behind(bound) for run in self._runs]
            slices = zip(self._runs, starts, stops, strict=True)
            parts = [run.file.slice(start, stop - start) for run, start, stop in slices]
            starts = stops
            block = Rows(
                np.concatenate([part.rows for part in parts]) if parts else np.empty(0, ROW),
                [text for part in parts for text in part.texts],
            )
            yield self._sorted(block)
        for run in self._runs:
            run.file.remove()
        self._runs.clear()

    def _spill(self, ranks: list[int], numbers: list[tuple[int, ...]], texts: list[bytes]) -> None:
        rows = np.zeros(len(texts), ROW)
        rows["key"] = self._keys(np.asarray(ranks, np.uint64))
        fields = ("size", "offset", "text_len", "name_len", "source", "kind", "image_id")
        for name, column in zip(fields, np.asarray(numbers, np.int64).T, strict=True):
            rows[name] = column
        block = self._sorted(Rows(rows, texts))
        file = RowFile(os.path.join(self._folder, f"{self._part}-run-{len(self._runs)}"))
        file.append(block, at=0)
        self._runs.append(_Run(file, len(texts), block.rows["key"][::_STEP].copy()))
        self.count += len(texts)

    def _keys(self, ranks: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        if self._by_class:
            places = np.arange(self.count, self.count + len(ranks), dtype=np.uint64)
            return (ranks << np.uint64(_PLACE_BITS)) | places
        # Mixed again: who drew the smallest ranks of each class would find the small classes'
        # images at the end of the shards, for their smallest ranks reach further up.
        return _mixed(ranks ^ self._salt)

    def _sorted(self, block: Rows) -> Rows:
        block = block.taken(np.argsort(block.rows["key"], kind="stable"))
        keys = block.rows["key"]
        same = np.flatnonzero(keys[1:] == keys[:-1])
        return block if not len(same) else self._sorted_by_name(block)

    def _sorted_by_name(self, block: Rows) -> Rows:
        """By key and name, where several have one key."""
        names = list(block.names())
        keys: list[int] = block.rows["key"].tolist()
        order = sorted(range(len(keys)), key=lambda at: (keys[at], names[at]))
        for one, other in pairwise(order):
            if keys[one] == keys[other] and names[one] == names[other]:
                raise NameTwice(self._part, names[one].decode("utf-8", "replace"))
        return block.taken(np.asarray(order, np.intp))

    def _bounds(self) -> list[np.uint64]:
        """Keys that part all rows into blocks of about as many as are held at once."""
        blocks = -(-self.count // self._at_once)
        if blocks <= 1:
            return []
        sample = np.sort(np.concatenate([run.keys for run in self._runs]))
        chosen = sample[[len(sample) * at // blocks for at in range(1, blocks)]]
        return list(np.unique(chosen))


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Numbers of 64 bits thrown about, no two to one: a step of splitmix64."""
    return scrambled(values + np.uint64(0x9E3779B97F4A7C15))
