"""Which entries each shard holds: the ordered entries of a part, cut by size or by number.

The order is ordering.py's; what is in a shard depends on ranks and sizes alone.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import numpy as np

from imnet_data.files.address import is_url
from imnet_data.sharding.ahead import read_ahead
from imnet_data.sharding.formats import BY_CLASS, UNCUT
from imnet_data.sharding.ordering import Ordered
from imnet_data.sharding.records import ShardRecord
from imnet_data.sharding.rows import RowFile, entries_of, is_own_file, read_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

    from imnet_data.progress import Progress
    from imnet_data.sharding.entry import Entry
    from imnet_data.sharding.formats import Cuts
    from imnet_data.sharding.options import ShardOptions
    from imnet_data.sharding.records import FileRecord
    from imnet_data.sharding.rows import Rows, Tables

# Rows that a worker has as objects at a time.
_READ_AT_ONCE: Final = 4096


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """One shard to write: a slice of the rows of its part.

    `size_bytes` is what its file will have, `contents` a fingerprint of names, sizes and labels.
    `label` is that of its first image; `stem` the file's name without its ending.
    """

    part: str
    number: int
    path: str
    first: int
    count: int
    size_bytes: int
    images_bytes: int
    contents: str
    label: int
    stem: str = ""

    def some(self, first: int, count: int) -> Iterator[Entry]:
        """Some of what goes into it, from a place in it on."""
        return replace(self, first=self.first + first, count=count).entries()

    def record(self, file: FileRecord, *beside: FileRecord) -> ShardRecord:
        """What is known of it once its file is written."""
        return ShardRecord(self.part, self.count, self.images_bytes, self.contents, file, beside)

    def rows(self) -> Rows:
        """All that goes into it, as rows; its sources are in `tables`."""
        return RowFile(self.path).slice(self.first, self.count)

    @property
    def tables(self) -> str:
        """The file of what the rows of its part have in common."""
        return f"{self.path}.tables"

    def entries(self) -> Iterator[Entry]:
        """What goes into it, in its order; what lies in a store is asked for ahead."""
        sources, _ = read_tables(self.tables)
        # Of files of a folder the table says nothing.
        near = all(path is not None and not is_url(path) for path, *_ in sources)
        return self._entries() if near else read_ahead(self._entries())

    def _entries(self) -> Iterator[Entry]:
        rows = RowFile(self.path)
        last = self.first + self.count
        for first in range(self.first, last, _READ_AT_ONCE):
            some = rows.slice(first, min(_READ_AT_ONCE, last - first))
            yield from entries_of(some, self.tables)


def read_by(plans: Sequence[ShardPlan]) -> Iterator[str]:
    """The files that writing some shards takes; for a file an image, the folder of a shard's first.

    There may be millions of those, and 14,000 of these.
    """
    tables = {plan.tables: read_tables(plan.tables)[0] for plan in plans}
    for sources in tables.values():
        for path, _, _, seek_index, _ in sources:
            yield from filter(None, (path, seek_index))
    for plan in plans:
        if any(path is None for path, *_ in tables[plan.tables]):
            first = next(plan.some(0, 1)).place
            if is_own_file(first):
                yield os.path.dirname(first.path)


def plan_part(
    part: str,
    entries: Iterable[Entry],
    folder: str,
    *,
    options: ShardOptions,
    form: Cuts,
    progress: Progress,
) -> list[ShardPlan]:
    """The shards of a part; the rows that they are slices of are written to `folder`.

    Raises:
        NameTwice: two images have the same name.
    """
    ordered = Ordered(part, folder, order=options.order, seed=options.seed)
    ordered.take(entries, progress)
    path = os.path.join(folder, f"plan-{part}")
    ordered.tables.write(f"{path}.tables")
    rows = RowFile(path)
    shards = _Shards(part, path, options, form, ordered.tables)
    end = 0
    for block in ordered.blocks():
        end = rows.append(block, at=end)
        shards.take(block, form.costs(block, ordered.tables))
    plans = shards.finished()
    return [replace(plan, stem=stem) for plan, stem in zip(plans, form.stems(plans), strict=True)]


@dataclass(slots=True)
class _Open:
    """The shard that further entries go into."""

    first: int
    size_bytes: int
    label: int = -1
    count: int = 0
    images_bytes: int = 0
    contents: blake2b = field(default_factory=lambda: blake2b(digest_size=16))


class _Shards:
    """Cuts blocks of rows into shards as they come."""

    def __init__(
        self, part: str, path: str, options: ShardOptions, form: Cuts, tables: Tables
    ) -> None:
        self._part = part
        self._path = path
        self._fixed = form.fixed_bytes
        self._cut = _cutter(options, form)
        self._by_number = options.per_shard is not None
        self._by_class = form.cut == BY_CLASS
        self._labels = tables.labels()
        self._said = [
            f"\t{label}\t{wnid or ''}\t{-1 if index is None else index}\n".encode()
            for label, wnid, index in tables.kinds
        ]
        self._plans: list[ShardPlan] = []
        self._open = _Open(0, self._fixed)

    def take(self, block: Rows, costs: npt.NDArray[np.int64]) -> None:
        """Go on with further rows."""
        sizes: list[int] = block.rows["size"].tolist()
        kinds: list[int] = block.rows["kind"].tolist()
        said = self._said
        lines = [
            b"%b\t%d%b" % (name, size, said[kind])
            for name, size, kind in zip(block.names(), sizes, kinds, strict=True)
        ]
        start = 0
        labels = self._labels[block.rows["kind"]]
        cut_by = labels if self._by_class else np.ones_like(costs) if self._by_number else costs
        stops = self._cut.stops(cut_by)
        for stop in [*stops, len(lines)]:
            now = self._open
            if stop > start and not now.count:
                now.label = int(labels[start])
            now.count += stop - start
            now.size_bytes += int(costs[start:stop].sum())
            now.images_bytes += sum(sizes[start:stop])
            now.contents.update(b"".join(lines[start:stop]))
            if stop != len(lines) or stop in stops:
                self._close()
            start = stop

    def finished(self) -> list[ShardPlan]:
        """All shards, the last of them ended."""
        if self._open.count:
            self._close()
        return self._plans

    def _close(self) -> None:
        now = self._open
        self._plans.append(
            ShardPlan(
                self._part,
                len(self._plans),
                self._path,
                now.first,
                now.count,
                now.size_bytes,
                now.images_bytes,
                now.contents.hexdigest(),
                now.label,
            )
        )
        self._open = _Open(now.first + now.count, self._fixed)


def _cutter(options: ShardOptions, form: Cuts) -> Cutter | ClassCutter:
    if form.cut == BY_CLASS:
        return ClassCutter()
    if form.cut == UNCUT:
        return Cutter(1 << 62)
    return Cutter(options.per_shard or (options.shard_size_bytes or 0) - form.fixed_bytes)


class ClassCutter:
    """Where shards end that have a class each."""

    def __init__(self) -> None:
        self._last: int | None = None

    def stops(self, labels: npt.NDArray[np.int64]) -> list[int]:
        """The positions in a block before which another class begins.

        >>> import numpy as np
        >>> cutter = ClassCutter()
        >>> cutter.stops(np.array([0, 0, 2])), cutter.stops(np.array([2])), cutter.stops([3, 3])
        ([2], [], [0])
        """
        first = labels[0] if self._last is None else self._last
        before = np.concatenate([[first], labels[:-1]])
        self._last = int(labels[-1])
        return [int(at) for at in np.flatnonzero(labels != before)]


class Cutter:
    """Where shards end: each takes what fits its room, and one thing at least."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._used = 0
        self._held = False

    def stops(self, costs: npt.NDArray[np.int64]) -> list[int]:
        """The positions in a block before which a shard ends; the rest stays open.

        >>> import numpy as np
        >>> cutter = Cutter(10)
        >>> cutter.stops(np.array([4, 4, 4, 30, 1])), cutter.stops(np.array([9, 1]))
        ([2, 3, 4], [1])
        """
        total = np.cumsum(costs)
        stops: list[int] = []
        start, before = 0, 0
        while start < len(costs):
            stop = int(np.searchsorted(total, before + self._room - self._used, side="right"))
            stop = max(stop, start if self._held else start + 1)
            if stop >= len(costs):
                self._used += int(total[-1]) - before
                self._held = True
                break
            stops.append(stop)
            start, before = stop, int(total[stop - 1]) if stop else 0
            self._used, self._held = 0, False
        return stops
