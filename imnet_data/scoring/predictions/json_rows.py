"""Predictions in JSON: an object or a list a line, or one document of all.

What the keys and values mean is form.py's.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from imnet_data.errors import NoPredictions, NotPredictions
from imnet_data.scoring.predictions.form import SAMPLE, formed
from imnet_data.scoring.predictions.rows import RowReader
from imnet_data.scoring.predictions.table import Shape
from imnet_data.scoring.predictions.titles import is_known, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.labels import ClassOrder
    from imnet_data.scoring.predictions.batch import Batch
    from imnet_data.scoring.predictions.faults import Faults
    from imnet_data.scoring.predictions.opened import Opened

# One document is loaded whole; lines are read as they come.
_LARGEST_DOCUMENT: Final = 256 << 20


class JsonTable:
    """Objects (`{"image": …, "top5": […]}`) or lists, one a line; or one document.

    A document is a list of these, an object of answers by the images' names (timm's
    `--results-format json` too), or pandas' `{"columns": […], "data": […]}`. An answer may be what
    Hugging Face's pipelines give, `[{"label": "tench", "score": 0.9}, …]`.
    """

    def __init__(self, opened: Opened, classes: ClassOrder) -> None:
        self._opened = opened
        self._titles: list[str] | None = None
        self._document: list[Any] | None = None
        sample = list(islice(self._lines(), SAMPLE)) if self._is_lines() else self._whole()
        if not sample:
            raise NoPredictions(opened.source)
        if isinstance(sample[0], dict):
            self._titles = list(sample[0])
        rows = [self._row(one) for one in sample[:SAMPLE]]
        rows = [row for row in rows if len(row) == len(rows[0])]
        self._form = formed(self._titles, rows, opened.source)
        self._reader = RowReader.of(self._form, classes, rows, opened.source)
        total = None if self._document is None else len(self._document)
        self.shape = Shape.of(self._form, total)

    def read(self, faults: Faults) -> Iterator[Batch]:
        """The rows in the file's order."""
        at_once = self._form.rows_at_once
        found = iter(self._document) if self._document is not None else self._lines()
        first = 0
        while some := list(islice(found, at_once)):
            batch = self._reader.batch([self._row(one) for one in some], first, faults)
            first += len(batch)
            yield batch

    def _is_lines(self) -> bool:
        """Whether the first line is a value by itself, and not the last."""
        with self._opened.text() as file:
            lines = filter(str.strip, file)
            first, second = next(lines, ""), next(lines, None)
        try:
            json.loads(first)
        except (ValueError, RecursionError):
            return False
        return second is not None or not _is_document(first)

    def _lines(self) -> Iterator[Any]:
        with self._opened.text() as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    try:
                        yield json.loads(line)
                    except (ValueError, RecursionError) as error:
                        raise NotPredictions(
                            self._opened.source, str(error), line=number
                        ) from error

    def _whole(self) -> list[Any]:
        if self._opened.size_bytes > _LARGEST_DOCUMENT:
            reason = "one JSON document of more than 256 MiB is not read; write an object a line"
            raise NotPredictions(self._opened.source, reason)
        with self._opened.text() as file:
            try:
                found = json.load(file)
            except (ValueError, RecursionError) as error:
                raise NotPredictions(self._opened.source, f"its JSON: {error}") from error
        if isinstance(found, dict) and {"columns", "data"} <= found.keys():
            self._titles = [str(title) for title in found["columns"]]
            found = found["data"]
        elif isinstance(found, dict) and all(is_known(plain(key)) for key in found):
            found = _by_column(found)
        elif isinstance(found, dict):
            found = [_named(name, answer) for name, answer in found.items()]
        self._document = found if isinstance(found, list) else [found]
        return self._document

    def _row(self, value: Any) -> list[Any]:
        if isinstance(value, dict):
            titles = self._titles or list(value)
            # An object with other keys is a row of another form.
            same = value.keys() == set(titles)
            return [_classes_of(value[title]) for title in titles] if same else []
        if not isinstance(value, list):
            return [value]
        return [_classes_of(value)] if _is_pipelines(value) else list(map(_classes_of, value))


def _is_pipelines(value: Any) -> bool:
    """Whether it is what a pipeline of Hugging Face's says of an image, the best first."""
    return isinstance(value, list) and bool(value) and all(map(_is_labelled, value))


def _is_labelled(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"label", "score"}


def _classes_of(value: Any) -> Any:
    """The ranked classes of `[{"label": "tench", "score": 0.9}, …]`; any other value as it is."""
    return [one["label"] for one in value] if _is_pipelines(value) else value


def _named(name: str, answer: Any) -> Any:
    return {"image": name, **answer} if isinstance(answer, dict) else [name, answer]


def _by_column(found: dict[str, Any]) -> list[Any]:
    """An object of a list a column, as one of objects; or the one object that it is."""
    columns = list(found.values())
    if not columns or not all(isinstance(one, list) for one in columns):
        return [found]
    if len(set(map(len, columns))) > 1:
        return [found]
    return [dict(zip(found, row, strict=True)) for row in zip(*columns, strict=True)]


def _is_document(line: str) -> bool:
    """Whether the only line holds all rows: a list of them, or an object."""
    return isinstance(json.loads(line), list | dict)
