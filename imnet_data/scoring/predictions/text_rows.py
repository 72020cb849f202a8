"""Predictions in a text of lines: CSV, TSV, or fields with blanks between them.

JSON lines are json_rows.py's.
"""

from __future__ import annotations

import csv
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from imnet_data.errors import NoPredictions, NotPredictions
from imnet_data.scoring.predictions.batch import Batch, Kind
from imnet_data.scoring.predictions.form import SAMPLE, formed, has_titles
from imnet_data.scoring.predictions.rows import RowReader
from imnet_data.scoring.predictions.table import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.labels import ClassOrder
    from imnet_data.scoring.predictions.faults import Faults
    from imnet_data.scoring.predictions.opened import Opened

_SAMPLE_CHARS: Final = 1 << 21
_LONGEST_FIELD: Final = 1 << 26
# Narrower rows gain nothing from numpy's reader, which is one and a half times as quick as csv.
_WIDE: Final = 32


class TextTable:
    """A text of lines, each with the fields of one row.

    Of three readers of the same wide lines numpy's loadtxt was the quickest that is always there
    (33 MB of text a second; `np.fromstring` 29, the csv module 21; pyarrow 60, where it is).
    """

    def __init__(self, opened: Opened, classes: ClassOrder) -> None:
        self._opened = opened
        # A field may hold the scores of 21,843 classes; csv stops at 128 KiB unless told.
        csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))
        lines = self._sample()
        self._delimiter = _delimiter_of(next(iter(lines), ""))
        sample = [row for row in self._rows(lines) if row][: SAMPLE + 1]
        if not sample:
            raise NoPredictions(opened.source)
        self._titled = has_titles(sample)
        rows = sample[1:] if self._titled else sample
        if not rows:
            raise NoPredictions(opened.source)
        rows = [row for row in rows if len(row) == len(rows[0])]
        titles = sample[0] if self._titled and len(sample[0]) == len(rows[0]) else None
        self._form = formed(titles, rows, opened.source)
        self._reader = RowReader.of(self._form, classes, rows, opened.source)
        self.shape = Shape.of(self._form)

    def read(self, faults: Faults) -> Iterator[Batch]:
        """The rows in the file's order."""
        form = self._form
        at_once = form.rows_at_once
        plain = form.kind is Kind.SCORES and not form.packed and form.size >= _WIDE
        first = 0
        with self._opened.text() as file:
            lines: Iterator[str] = filter(str.strip, file)
            if self._titled:
                next(lines, None)
            rows = self._rows(lines)
            while True:
                if plain:
                    some = list(islice(lines, at_once))
                    batch = self._wide(some, first) if some else None
                    found = [] if batch is not None else self._next(self._rows(some), at_once)
                else:
                    batch, found = None, self._next(rows, at_once)
                if batch is None:
                    if not found:
                        return
                    batch = self._reader.batch(found, first, faults)
                first += len(batch)
                yield batch

    def _sample(self) -> list[str]:
        """The first lines, blank ones left out."""
        with self._opened.text() as file:
            lines = file.readlines(_SAMPLE_CHARS)[: 2 * SAMPLE]
        if any("\0" in line for line in lines[:1]):
            raise NotPredictions(self._opened.source, "it is no text, nor of any known kind")
        return [line for line in lines if line.strip()]

    def _next(self, rows: Iterator[list[str]], count: int) -> list[list[str]]:
        try:
            return list(islice(rows, count))
        except csv.Error as error:
            raise NotPredictions(self._opened.source, str(error)) from error

    def _rows(self, lines: Iterator[str] | Sequence[str]) -> Iterator[list[str]]:
        if self._delimiter is None:
            return (line.split() for line in lines)
        return csv.reader(lines, delimiter=self._delimiter, skipinitialspace=True)

    def _wide(self, lines: list[str], first: int) -> Batch | None:
        """Rows of many numbers, read at once; None where that does not do."""
        form, delimiter = self._form, self._delimiter
        breaks = form.fields - 1
        name_at = form.name_at
        if form.counts_at is not None or (name_at or 0) > 0:
            return None
        if delimiter is not None and any(line.count(delimiter) != breaks for line in lines):
            return None
        try:
            scores = np.loadtxt(
                lines, np.float64, comments=None, delimiter=delimiter, usecols=form.answers, ndmin=2
            )
        except (ValueError, IndexError):
            return None
        if len(scores) != len(lines) or any('"' in line for line in lines):
            return None
        names: list[Any] | None = None
        if name_at is not None:
            names = [line.split(delimiter, 1)[0].strip() for line in lines]
        return Batch(first, names, scores=scores)


def _delimiter_of(line: str) -> str | None:
    """What stands between the fields of a line; None for blanks."""
    return next((sign for sign in "\t,;|" if sign in line), None)
