"""Predictions in arrays: .npy, .npz, safetensors, or arrays in memory.

How arrays are read from disk is npy.py's and safetensors.py's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imnet_data.errors import NoPredictions, NotPredictions
from imnet_data.scoring.orders import NO_ANSWER
from imnet_data.scoring.predictions import titles
from imnet_data.scoring.predictions.batch import Batch, Kind, rows_at_once
from imnet_data.scoring.predictions.fields import MOST
from imnet_data.scoring.predictions.form import LONGEST_RANKING, SAMPLE, Form
from imnet_data.scoring.predictions.npy import Unreadable
from imnet_data.scoring.predictions.rows import RowReader
from imnet_data.scoring.predictions.table import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from imnet_data.labels import ClassOrder
    from imnet_data.scoring.predictions.faults import Faults
    from imnet_data.scoring.predictions.npy import Stored


@dataclass(frozen=True, slots=True, eq=False)
class InMemory:
    """An array that is there already."""

    array: NDArray[Any]

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape."""
        return self.array.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """What its elements are."""
        return self.array.dtype

    def pieces(self, rows: int) -> Iterator[NDArray[Any]]:
        """So many rows at a time, in order."""
        for first in range(0, len(self.array), rows):
            yield self.array[first : first + rows]


class ArrayTable:
    """An array of answers, chosen among a file's by its key, and the names of the images.

    Scores are floating (rows, classes); class numbers whole, (rows,) or (rows, ranks); classes by
    name are texts. Names are texts, bytes in rows of uint8, or, in the metadata of safetensors,
    `names` as a JSON list or a name a line.
    """

    def __init__(
        self,
        source: str,
        arrays: Mapping[str, Stored],
        classes: ClassOrder,
        names: Sequence[str] | None = None,
    ) -> None:
        self._source = source
        self._answers, titled = self._chosen(arrays)
        shape = self._answers.shape
        if not shape or 0 in shape:
            raise NoPredictions(source)
        if len(shape) > 2 and np.prod(shape[1:]) != shape[1]:
            told = " x ".join(map(str, shape))
            raise NotPredictions(source, f"its array is {told}; rows x classes are wanted")
        kind = self._kind(titled)
        size = shape[1] if len(shape) > 1 else 1
        self._reader: RowReader | None = None
        if self._answers.dtype.kind in "US":
            answers = tuple(range(size))
            form = Form(kind, None, None, answers, False, False, True, size, size)  # noqa: FBT003
            sample = next(self._answers.pieces(SAMPLE)).reshape(-1, size)
            self._reader = RowReader.of(form, classes, _text_rows(sample), source)
        self._names = list(names) if names is not None else self._names_in(arrays)
        if self._names is not None and len(self._names) != shape[0]:
            reason = f"it has {len(self._names):,} names and {shape[0]:,} rows"
            raise NotPredictions(source, reason)
        by_name = self._reader is not None
        self.shape = Shape(kind, size, self._names is not None, by_name, None, shape[0])

    def read(self, faults: Faults) -> Iterator[Batch]:
        """The rows in the file's order."""
        first, size = 0, self.shape.size
        itemsize = max(4, self._answers.dtype.itemsize)
        try:
            for piece in self._answers.pieces(rows_at_once(size * itemsize)):
                batch = self._batch(piece.reshape(len(piece), size), first, faults)
                first += len(batch)
                yield batch
        except Unreadable as error:
            raise NotPredictions(self._source, str(error)) from error

    def _batch(self, piece: NDArray[Any], first: int, faults: Faults) -> Batch:
        names = None if self._names is None else self._names[first : first + len(piece)]
        if self._reader is not None:
            batch = self._reader.batch(_text_rows(piece), first, faults)
            return Batch(first, names, ranked=batch.ranked)
        if self.shape.kind is Kind.SCORES:
            narrow = piece.itemsize <= 2 or (piece.dtype.kind == "f" and piece.itemsize == 4)
            return Batch(first, names, scores=piece.astype("f4" if narrow else "f8", copy=False))
        whole = np.nan_to_num(piece, nan=NO_ANSWER) if piece.dtype.kind == "f" else piece
        return Batch(first, names, ranked=np.clip(whole, NO_ANSWER, MOST).astype(np.int32))

    def _chosen(self, arrays: Mapping[str, Stored]) -> tuple[Stored, str]:
        """The array with the answers, and the title that it goes by."""
        keys = {titles.plain(key): key for key in arrays}
        for stems in (titles.SCORES, titles.CLASSES):
            for stem in stems:
                for title, key in keys.items():
                    if titles.stem_of(title) == stem:
                        return arrays[key], title
        rest = [key for title, key in keys.items() if title not in titles.NAMES]
        if len(rest) == 1:
            return arrays[rest[0]], ""
        if not rest:
            raise NotPredictions(self._source, "it has no array of classes or scores")
        told = ", ".join(sorted(rest)[:6])
        raise NotPredictions(
            self._source, f"of its arrays ({told}) none is called logits, probs or predictions"
        )

    def _kind(self, titled: str) -> Kind:
        dtype, shape = self._answers.dtype, self._answers.shape
        if dtype.kind not in "fiuUSb" or (dtype.kind == "f" and dtype.itemsize not in (2, 4, 8)):
            raise NotPredictions(
                self._source, f"its array is of {dtype}, which is neither a class nor a score"
            )
        if len(shape) < 2 or shape[1] == 1:
            return Kind.CLASS
        if dtype.kind in "US":
            return Kind.RANKED
        if titles.stem_of(titled) in titles.SCORES or shape[1] > LONGEST_RANKING:
            return Kind.SCORES
        sample = next(self._answers.pieces(SAMPLE))
        ordered = np.sort(sample, axis=1)
        alike = (ordered[:, 1:] == ordered[:, :-1]).any()
        return Kind.SCORES if alike or (sample != np.floor(sample)).any() else Kind.RANKED

    def _names_in(self, arrays: Mapping[str, Stored]) -> list[str] | None:
        for key, array in arrays.items():
            if titles.plain(key) in titles.NAMES and array is not self._answers:
                found = _texts(array)
                if found is not None:
                    return found
        return None


def names_in_metadata(metadata: Mapping[str, str]) -> list[str] | None:
    r"""The images' names that safetensors' metadata hold: a JSON list, or one a line.

    >>> names_in_metadata({"names": "a.jpg\nb.jpg"}), names_in_metadata({"format": "pt"})
    (['a.jpg', 'b.jpg'], None)
    """
    for key, text in metadata.items():
        if titles.plain(key) in titles.NAMES:
            try:
                found = json.loads(text)
            except ValueError:
                return text.splitlines()
            return list(map(str, found)) if isinstance(found, list) else [text]
    return None


def _texts(array: Stored) -> list[str] | None:
    """An array of names, or None where it holds no texts."""
    if array.dtype.kind in "US" and len(array.shape) == 1:
        return [_text(one) for piece in array.pieces(4096) for one in piece.tolist()]
    if array.dtype == np.uint8 and len(array.shape) == 2:
        rows = (row for piece in array.pieces(4096) for row in piece)
        return [row.tobytes().rstrip(b"\0").decode("utf-8", "replace") for row in rows]
    return None


def _text_rows(piece: NDArray[Any]) -> list[list[str]]:
    return [list(map(_text, row)) for row in piece.tolist()]


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
