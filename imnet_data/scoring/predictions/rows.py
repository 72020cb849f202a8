"""Rows of fields made into batches, by the form that a file's first rows showed.

Where the rows come from is text_rows.py's, json_rows.py's and parquet_rows.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imnet_data.amounts import count
from imnet_data.errors import NotPredictions
from imnet_data.scoring.orders import NO_ANSWER
from imnet_data.scoring.predictions import faults as told
from imnet_data.scoring.predictions.batch import Batch, Kind
from imnet_data.scoring.predictions.class_names import ClassNames
from imnet_data.scoring.predictions.fields import class_number, is_number, number
from imnet_data.scoring.predictions.form import answers_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from imnet_data.labels import ClassOrder
    from imnet_data.scoring.predictions.faults import Faults
    from imnet_data.scoring.predictions.form import Form, Row


@dataclass(frozen=True, slots=True)
class RowReader:
    """Turns rows of one form into batches; `names` reads classes that are written by name."""

    form: Form
    names: ClassNames | None

    @classmethod
    def of(cls, form: Form, classes: ClassOrder, rows: Sequence[Row], source: str) -> RowReader:
        """A reader for a form, with the names of the classes where it needs them.

        Raises:
            NotPredictions: the first `rows` of the file, `source`, name no class at all.
        """
        if not form.by_name:
            return cls(form, None)
        names = ClassNames(classes)
        reader = cls(form, names)
        found = [value for row in rows for value in reader.answers(row)]
        if not any(names.is_known(value) for value in found):
            told_of = ", ".join(repr(str(value)[:40]) for value in found[:3])
            reason = f"its first rows name no class of {classes.name}, but {told_of}"
            raise NotPredictions(source, reason)
        return reader

    def batch(self, rows: Sequence[Row], first: int, faults: Faults) -> Batch:
        """Some rows as a batch; those at fault are noted, and hold nothing that counts."""
        form = self.form
        if any(len(row) != form.fields for row in rows):
            rows = self._of_one_width(rows, first, faults)
        names = None
        if form.name_at is not None:
            names = [str(row[form.name_at]).strip() for row in rows]
        if form.counts_at is not None:
            self._check_counts(rows, first, faults)
        if form.kind is Kind.SCORES:
            return Batch(first, names, scores=self._scores(rows, first, faults))
        return Batch(first, names, ranked=self._ranked(rows, first, faults))

    def example(self, row: Row, at: int) -> str:
        """What to show of a row: its image's name, or which row it is."""
        name_at = self.form.name_at
        return str(row[name_at]).strip() if name_at is not None else f"row {at + 1:,}"

    def _of_one_width(self, rows: Sequence[Row], first: int, faults: Faults) -> list[list[Any]]:
        fields = self.form.fields
        whole = []
        for at, row in enumerate(rows, first):
            if len(row) != fields:
                shown = f"row {at + 1:,} ({count(len(row), 'field')}, not {fields:,})"
                faults.note(told.RAGGED, [shown])
            whole.append([*row, *[None] * fields][:fields])
        return whole

    def _check_counts(self, rows: Sequence[Row], first: int, faults: Faults) -> None:
        assert self.form.counts_at is not None
        for at, row in enumerate(rows, first):
            counted = class_number(row[self.form.counts_at])
            if counted not in (at, at + 1):
                shown = f"row {at + 1:,} ({row[self.form.counts_at]})"
                faults.note(told.MISCOUNTED, [shown])

    def answers(self, row: Row) -> list[Any]:
        """The classes or scores of a row, as they are written."""
        form = self.form
        return answers_in(row, form.answers, packed=form.packed, boxes=form.boxes)

    def _scores(self, rows: Sequence[Row], first: int, faults: Faults) -> NDArray[np.float64]:
        scores = np.zeros((len(rows), self.form.size))
        for at, row in enumerate(rows):
            values = self.answers(row)
            if len(values) != self.form.size:
                have = count(len(values), "score")
                shown = f"{self.example(row, first + at)} ({have}, not {self.form.size:,})"
                faults.note(told.RAGGED, [shown])
                continue
            try:
                scores[at] = values if isinstance(values[0], float) else list(map(number, values))
            except (TypeError, ValueError):
                wrong = next(value for value in values if not is_number(value))
                faults.note(told.NO_NUMBER, [f"{self.example(row, first + at)} ({wrong!r})"])
        return scores

    def _ranked(self, rows: Sequence[Row], first: int, faults: Faults) -> NDArray[np.int32]:
        if not self.form.packed and self.names is None:
            try:
                columns = [np.array([row[i] for row in rows]) for i in self.form.answers]
                if all(column.dtype.kind in "Ui" for column in columns):
                    numbers = np.stack([column.astype(np.int32) for column in columns], axis=1)
                    return np.maximum(numbers, NO_ANSWER)
            except (ValueError, OverflowError):
                # A blank, 65.0, or what is none: one by one.
                pass
        ranked = np.full((len(rows), self.form.size), NO_ANSWER, np.int32)
        for at, row in enumerate(rows):
            wrong: Any = None
            for rank, value in enumerate(self.answers(row)[: self.form.size]):
                found = class_number(value) if self.names is None else self.names.index(value)
                if found is not None:
                    ranked[at, rank] = found
                elif wrong is None:  # a row counts once, however many of its classes are none
                    wrong = value
            if wrong is not None:
                self._note_class(row, wrong, first + at, faults)
        return ranked

    def _note_class(self, row: Row, value: Any, at: int, faults: Faults) -> None:
        if self.names is None:
            faults.note(told.NO_CLASS_NUMBER, [f"{self.example(row, at)} ({value!r})"])
            return
        fault, shown = self.names.fault(value)
        faults.note(fault, [shown])
