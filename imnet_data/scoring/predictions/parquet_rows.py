"""Predictions in Parquet, a group of rows at a time; pyarrow reads it.

What the columns mean is form.py's.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from imnet_data.errors import NoPredictions, NotPredictions
from imnet_data.extras import needed
from imnet_data.scoring.predictions.batch import Batch, Kind
from imnet_data.scoring.predictions.form import SAMPLE, formed
from imnet_data.scoring.predictions.rows import RowReader
from imnet_data.scoring.predictions.table import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.labels import ClassOrder
    from imnet_data.scoring.predictions.faults import Faults
    from imnet_data.scoring.predictions.opened import Opened


class ParquetTable:
    """A Parquet file: a column each for names, classes or scores, or lists in one column."""

    def __init__(self, opened: Opened, classes: ClassOrder) -> None:
        self._opened = opened
        with self._file() as file:
            total: int = file.metadata.num_rows
            titles: list[str] = file.schema_arrow.names
            if not total or not titles:
                raise NoPredictions(opened.source)
            # The first rows alone: a group may hold all of them.
            found = next(file.iter_batches(batch_size=SAMPLE))
            rows = _rows_of(found)
        self._form = formed(titles, rows, opened.source)
        self._reader = RowReader.of(self._form, classes, rows, opened.source)
        self.shape = Shape.of(self._form, total)

    def read(self, faults: Faults) -> Iterator[Batch]:
        """The rows in the file's order."""
        form = self._form
        at_once = form.rows_at_once
        first = 0
        with self._file() as file:
            for some in file.iter_batches(batch_size=at_once):
                scores = self._scores(some) if form.kind is Kind.SCORES else None
                if scores is None or form.counts_at is not None:
                    batch = self._reader.batch(_rows_of(some), first, faults)
                else:
                    names = None
                    if form.name_at is not None:
                        names = list(map(str, some.column(form.name_at).to_pylist()))
                    batch = Batch(first, names, scores=scores)
                first += len(batch)
                yield batch

    @contextmanager
    def _file(self) -> Iterator[Any]:
        parquet = needed("pyarrow.parquet", extra="parquet")
        lib = needed("pyarrow", extra="parquet")
        try:
            # Mapped: what is read holds 28 MB of a group of 200; without, all of the group.
            with parquet.ParquetFile(self._opened.path, memory_map=True) as file:
                yield file
        except (lib.ArrowException, OSError) as error:
            reason = f"its Parquet does not read: {error}"
            raise NotPredictions(self._opened.source, reason) from error

    def _scores(self, some: Any) -> np.ndarray[Any, Any] | None:
        """The scores of some rows without a Python object each; None where that does not do."""
        form = self._form
        columns = [some.column(i) for i in form.answers]
        if any(column.null_count for column in columns):
            return None
        if not form.packed:
            arrays = [column.to_numpy(zero_copy_only=False) for column in columns]
        else:
            if not hasattr(columns[0], "flatten"):
                return None
            flat = columns[0].flatten()
            if flat.null_count or len(flat) != some.num_rows * form.size:
                return None
            widths = np.asarray(columns[0].value_lengths())
            if not (widths == form.size).all():
                return None
            arrays = [flat.to_numpy(zero_copy_only=False)]
        if any(array.dtype.kind not in "fiu" for array in arrays):
            return None
        scores = arrays[0].reshape(-1, form.size) if form.packed else np.stack(arrays, axis=1)
        return scores if scores.dtype == np.float32 else scores.astype(np.float64)


def _rows_of(some: Any) -> list[list[Any]]:
    return [list(row) for row in zip(*(one.to_pylist() for one in some.columns), strict=True)]
