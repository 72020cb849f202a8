"""Scanning a Parquet file of images, row group by row group; a row's number is its address.

Reading one row is rows.py's; what a label's number means is the layouts' to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imnet_data.archives.members import Fault, Findings, Position, Run, Said
from imnet_data.archives.names import Names
from imnet_data.archives.parquet.columns import class_names, columns_of, first_line, open_file
from imnet_data.archives.samples import is_name, is_wnid_text
from imnet_data.archives.text import text_of
from imnet_data.extras import needed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.archives.parquet.columns import Leaf

_BATCH_BYTES = 1 << 22  # decoded at a time, beside the page that it comes from
_BATCH_ROWS = 1024
# Row groups from here on are told of: one image read at random decodes half of its group.
LARGE_GROUP = 1 << 28


class RowNames(Names):
    """Names of rows: every row is an image, whatever its path ends in."""

    def are_images(self) -> bool:
        """Whether all of them are images' names: yes."""
        return True


class ParquetScan:
    """One walk over the rows; iterate `runs()` once, then read `findings`.

    `start` is a run's `next_position` from an earlier walk of the same file. With `names_only`
    pictures are not decoded, and every size is 0: that much is enough for a first look.
    """

    def __init__(
        self, path: str, *, start: Position | None = None, names_only: bool = False
    ) -> None:
        self.findings = Findings()
        self.inner_names: list[str] = []
        self._file = open_file(path)
        self._arrow = needed("pyarrow", extra="parquet")
        self._columns = columns_of(path, self._file.schema_arrow)
        self._names_only = names_only
        self._starts = _group_starts(self._file.metadata)
        self._first = self._starts.index(start.offset) if start else 0
        self._passed = start.offset if start else 0
        self._empty: list[int] = []

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """What Hugging Face's metadata says that the label numbers mean, in their order."""
        return class_names(self._file.schema_arrow, self._columns.label)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def passed(self) -> int:
        """How many bytes of the file the walk has passed."""
        return self._passed

    def read(self, run: Run, at: int) -> bytes:
        """The bytes of an image of a run just yielded."""
        group, row = self._place(run.offsets[at])
        leaf = self._columns.image
        table = self._file.read_row_group(group, columns=[".".join(leaf)], use_threads=False)
        data: bytes = leaf_of(table.slice(row, 1), leaf).combine_chunks()[0].as_py()
        return data

    def runs(self) -> Iterator[Run]:
        """Runs of images, in the order of the rows."""
        row = sum(self._rows(group) for group in range(self._first))
        for group in range(self._first, len(self._starts)):
            try:
                yield from self._group(group, row)
            except (OSError, self._arrow.ArrowException) as error:
                last = row + self._rows(group) - 1
                self._fault(f"rows {row:,} to {last:,} cannot be decoded ({first_line(error)})")
            row += self._rows(group)
        if self._empty:
            n, first = len(self._empty), self._empty[0]
            rows = f"row {first:,} holds" if n == 1 else f"{n:,} rows, {first:,} first, hold"
            self._fault(f"{rows} no image, only its path; they were not indexed")

    def _group(self, group: int, row: int) -> Iterator[Run]:
        columns = self._columns
        leaves = columns.sayings if self._names_only else [columns.image, *columns.sayings]
        met, rows = 0, self._rows(group)
        if not leaves:
            names = RowNames([str(row + at) for at in range(rows)])
            yield Run("", names, list(range(row, row + rows)), [0] * rows, None)
            return
        for batch in batches(self._file, group, leaves, _BATCH_BYTES):
            met += len(batch)
            self._passed = self._starts[group] + self._weight(group) * met // max(rows, 1)
            whole = met == rows and group + 1 < len(self._starts)
            after = Position(self._starts[group + 1], ()) if whole else None
            run = self._run(batch, row + met - len(batch), after)
            if run is not None:
                yield run

    def _run(self, batch: Any, row: int, after: Position | None) -> Run | None:
        columns = self._columns
        if self._names_only:
            sizes: list[int | None] = [0] * len(batch)
        else:
            sizes = self._compute("binary_length", leaf_of(batch, columns.image))
        paths = self._texts(batch, columns.path)
        names = [
            path.replace("\\", "/").rpartition("/")[2] if path else str(row + at)
            for at, path in enumerate(paths)
        ]
        said = list(
            map(
                _said,
                self._values(batch, columns.label),
                self._texts(batch, columns.wnid),
                self._texts(batch, columns.name),
                paths,
            )
        )
        kept = [at for at, size in enumerate(sizes) if size is not None]
        self._empty += [row + at for at, size in enumerate(sizes) if size is None]
        if not kept:
            return None
        return Run(
            "",
            RowNames([names[at] for at in kept]),
            [row + at for at in kept],
            [sizes[at] or 0 for at in kept],
            after,
            [said[at] for at in kept],
        )

    def _compute(self, function: str, array: Any) -> list[Any]:
        compute = needed("pyarrow.compute", extra="parquet")
        found: list[Any] = getattr(compute, function)(array).to_pylist()
        return found

    def _values(self, batch: Any, leaf: Leaf | None) -> list[Any]:
        return leaf_of(batch, leaf).to_pylist() if leaf else [None] * len(batch)

    def _texts(self, batch: Any, leaf: Leaf | None) -> list[str | None]:
        """A column of texts; a file may call bytes so that are none."""
        if leaf is None:
            return [None] * len(batch)
        raw = leaf_of(batch, leaf).cast(self._arrow.large_binary()).to_pylist()
        return [None if one is None else text_of(one) for one in raw]

    def _rows(self, group: int) -> int:
        return int(self._file.metadata.row_group(group).num_rows)

    def _weight(self, group: int) -> int:
        """The bytes of the file that a row group takes."""
        described = self._file.metadata.row_group(group)
        return sum(
            described.column(at).total_compressed_size for at in range(described.num_columns)
        )

    def _place(self, row: int) -> tuple[int, int]:
        group = 0
        while row >= self._rows(group):
            row -= self._rows(group)
            group += 1
        return group, row

    def _fault(self, sentence: str) -> None:
        self.findings.faults.append(Fault(sentence, severe=True))


def batches(file: Any, group: int, leaves: list[Leaf], size_bytes: int) -> Iterator[Any]:
    """A row group's record batches of some leaves, of about so many bytes each."""
    described = file.metadata.row_group(group)
    mean = described.total_byte_size // max(described.num_rows, 1)
    rows = min(max(size_bytes // max(mean, 1), 1), _BATCH_ROWS)
    names = [".".join(leaf) for leaf in leaves]
    found: Iterator[Any] = file.iter_batches(
        batch_size=rows, row_groups=[group], columns=names, use_threads=False
    )
    return found


def leaf_of(batch: Any, leaf: Leaf) -> Any:
    """A leaf's array out of a record batch or a table; null where what it stands in is null."""
    compute = needed("pyarrow.compute", extra="parquet")
    array = batch.column(leaf[0])
    for name in leaf[1:]:
        array = compute.struct_field(array, name)
    return array


def _said(label: int | None, wnid: str | None, name: str | None, path: str | None) -> Said:
    named = next((text for text in (name, path) if is_name(text)), None)
    return Said(label, wnid if is_wnid_text(wnid) else None, named)


def _group_starts(metadata: Any) -> list[int]:
    """The byte of the file where each row group begins."""
    starts = []
    for group in range(metadata.num_row_groups):
        columns = [
            metadata.row_group(group).column(at)
            for at in range(metadata.row_group(group).num_columns)
        ]
        starts.append(min((_start(column) for column in columns), default=0))
    return starts


def _start(column: Any) -> int:
    pages = [column.data_page_offset]
    if column.has_dictionary_page and column.dictionary_page_offset:
        pages.append(column.dictionary_page_offset)
    return int(min(pages))
