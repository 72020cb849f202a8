"""Predictions from a file of any known kind, as a stream of batches that can be read again.

Which image a row is of is alignment.py's question, which class a number is orders.py's.

What is read, with an example of each; text may be gzipped:

    CSV, TSV      image,label              classes by number, wnid, synset's name or words
                  ILSVRC2012_val_00000001.JPEG,65
                  filename,index_0,…,index_4,prob_0,…       timm's inference.py; prob_… alone of
                                                            all classes are scores
                  image,top1,…,top5        a ranked list; in one field too: 65 62 390, 65;62;390,
                                           "[65, 62, 390]"
                  image,0,1,…,999          scores; also logit_0,… or headed by wnids
                  ImageId,PredictionString                  Kaggle's: a class and its box, five
                  ILSVRC2012_val_00000001,n01751748 0 0 9 9 values each, the best first
                  65                       no titles and no names: the sorted images in order
    text          65 62 390 2 5            ranks with blanks between, as the devkit's demo.val.pred
    JSON, JSONL   {"image": "a.jpg", "logits": […]}         an object or list a line; a document
                  {"a.jpg": 65, "b.jpg": 3}                 of at most 256 MiB
    Parquet       the same columns, or lists in one         needs imnet-data[parquet]
    .npy          (rows, classes) floating, or (rows,) and (rows, ranks) whole
    .npz          logits, probs or predictions, and names or filenames
    .safetensors  the same; names in the metadata, or as uint8 (rows, bytes)

Text without titles: the first column holds names unless it reads as a class, and the rest are
ranks where they are whole and all different, else scores.
"""

from __future__ import annotations

import os
import zipfile
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Self, TypeAlias

import numpy as np

from imnet_data.errors import NoPredictions, NotPredictions, UnknownWidth
from imnet_data.scoring import orders
from imnet_data.scoring.predictions import faults as told
from imnet_data.scoring.predictions.arrays import ArrayTable, InMemory, names_in_metadata
from imnet_data.scoring.predictions.faults import Faults
from imnet_data.scoring.predictions.json_rows import JsonTable
from imnet_data.scoring.predictions.npy import Unreadable, read_npy, read_npz
from imnet_data.scoring.predictions.opened import Opened, damage_told
from imnet_data.scoring.predictions.parquet_rows import ParquetTable
from imnet_data.scoring.predictions.safetensors import read_safetensors
from imnet_data.scoring.predictions.text_rows import TextTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.labels import ClassOrder
    from imnet_data.scoring.orders import Order
    from imnet_data.scoring.predictions.batch import Batch, Kind
    from imnet_data.scoring.predictions.table import Table

# Kinds of file that people take for predictions, and what to save instead.
_INSTEAD: Final = "save the logits as .npz or .safetensors"
_OTHERS: Final = {
    b"\x80\x02": f"it is a pickle, which can run code: {_INSTEAD}",
    b"\x80\x03": f"it is a pickle, which can run code: {_INSTEAD}",
    b"\x80\x04": f"it is a pickle, which can run code: {_INSTEAD}",
    b"\x80\x05": f"it is a pickle, which can run code: {_INSTEAD}",
    b"\x89HDF": f"it is HDF5: {_INSTEAD}",
    b"\xff\xfe": "it is text in UTF-16; UTF-8 is read",
    b"\xff\xd8\xff": "it is a picture",
    b"\x89PNG": "it is a picture",
}


Source: TypeAlias = str | os.PathLike[str] | BinaryIO | np.ndarray[Any, Any]
"""A path, `-` for standard input, an open file, or an array."""


class Predictions:
    """A file of predictions; made by `open_predictions()`, closed by `with` or `close()`.

    Attributes:
        name: what it is called in sentences.
        kind: one class a row, a ranked list, or a score a class.
        width: how many scores a row has; None where rows have class numbers.
        ranks: how many classes a row has at the most; None where rows have scores.
        has_names: whether rows name their images; they are in the order of sorted names if not.
        by_name: whether classes are written by name, so that `ranked` holds class indices of those
            scored against (-2 for a class that is none of them) and no order is in question.
        columns: the wnids that head the columns of scores, where the file has them.
        total: how many rows there are, where the file tells; None else.
    """

    def __init__(
        self, name: str, table: Table, classes: ClassOrder, opened: Opened | None = None
    ) -> None:
        self.name = name
        self._table = table
        self._classes = classes
        self._opened = opened
        shape = table.shape
        self.kind: Kind = shape.kind
        self.width = shape.size if shape.kind == "scores" else None
        self.ranks = None if shape.kind == "scores" else shape.size
        self.has_names = shape.has_names
        self.by_name = shape.by_name
        self.columns = shape.columns
        self.total = shape.total

    def batches(self) -> Iterator[Batch]:
        """The rows in the file's order, some at a time: 16 MiB of scores at the most.

        It may be asked for again, for another pass over the file. Once a row is found at fault no
        further batch comes, but the rest is read, to tell how many such rows there are.

        Raises:
            NotPredictions: the file does not read.
            NoPredictions: it has no row.
            RowsAtFault: rows with NaN or infinite scores, or another number of fields.
            UnknownClasses: classes by a name that none has, or that several have.
        """
        faults, rows = Faults(self.name), 0
        with damage_told(self.name):
            for batch in self._table.read(faults):
                rows += len(batch)
                if batch.scores is not None:
                    _check_finite(batch, faults)
                if not faults and len(batch):
                    yield batch
        faults.check()
        if not rows:
            raise NoPredictions(self.name)

    @property
    def orders(self) -> tuple[Order, ...]:
        """The orders that the answers may be in, the likeliest first.

        There is only one where the file names its classes or the columns of its scores.

        Raises:
            UnknownWidth: no known order has as many scores as a row has.
        """
        if self.by_name:
            return (orders.order_of_names(self._classes),)
        if self.columns is not None:
            return (orders.order_of_columns(self.columns, self._classes),)
        found = orders.orders_for(self.width, self._classes)
        if not found:
            assert self.width is not None
            raise UnknownWidth(self.name, self.width, known=orders.known_widths(self._classes))
        return found

    def order_named(self, name: str) -> Order:
        """One of them by its name; where there is only one, any name means that one.

        Raises:
            UnknownOrder: none is called so.
            UnknownWidth: no known order has as many scores as a row has.
        """
        found = self.orders
        if self.by_name or self.columns is not None:
            return found[0]
        return orders.order_named(name, self.width, self._classes)

    def close(self) -> None:
        """Remove the copy that was made of a pipe, if it came from one."""
        if self._opened is not None:
            self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_predictions(
    source: Source,
    classes: ClassOrder | None = None,
    *,
    names: Sequence[str] | None = None,
) -> Predictions:
    """Predictions from a file, a pipe (`-` is standard input), an open file or an array.

    What a file is its first bytes tell, never its name. `classes` are those scored against, in the
    order of their index (ILSVRC's by default): classes that are written by name are read with
    them. `names` are the images' of an array.

    Raises:
        NotPredictions: it cannot be read, or is none of the known kinds.
        NoPredictions: it is empty.
        NeedsExtra: it is Parquet, and pyarrow is not installed.

    >>> with open_predictions(np.array([65, 970, 230]), names=["a", "b", "c"]) as predictions:
    ...     [batch.ranked[:, 0].tolist() for batch in predictions.batches()]
    [[65, 970, 230]]
    """
    order = classes or orders.ilsvrc_order()
    if not isinstance(source, str) and hasattr(source, "__array__"):
        array = {"": InMemory(np.asarray(source))}
        return Predictions("the array", ArrayTable("the array", array, order, names), order)
    opened = Opened(source)
    try:
        return Predictions(opened.source, _table(opened, order), order, opened)
    except BaseException:
        opened.close()
        raise


def _table(opened: Opened, classes: ClassOrder) -> Table:
    if not opened.size_bytes:
        raise NoPredictions(opened.source)
    with damage_told(opened.source):
        try:
            table = _of_arrays(opened, classes)
        except Unreadable as error:
            raise NotPredictions(opened.source, str(error)) from error
        return table or _of_text(opened, classes)


def _of_arrays(opened: Opened, classes: ClassOrder) -> Table | None:
    """A file whose first bytes are those of a format for arrays or columns; None for another."""
    head, source = opened.head, opened.source
    if head.startswith(b"\x93NUMPY"):
        return ArrayTable(source, {"": read_npy(opened.path)}, classes)
    if head.startswith(b"PK"):
        return _of_zip(opened, classes)
    if head.startswith(b"PAR1"):
        return ParquetTable(opened, classes)
    if _is_safetensors(opened):
        arrays, metadata = read_safetensors(opened.path)
        return ArrayTable(source, arrays, classes, names_in_metadata(metadata))
    return None


def _of_text(opened: Opened, classes: ClassOrder) -> Table:
    for start, reason in _OTHERS.items():
        if opened.head.startswith(start):
            raise NotPredictions(opened.source, reason)
    with opened.text() as file:
        first = file.read(4096)
    if "\0" in first:
        reason = "its gzip holds no text" if opened.is_gzip else "it is of no known kind"
        raise NotPredictions(opened.source, reason)
    if first.lstrip().startswith("{") or (first.lstrip().startswith("[") and _is_json(first)):
        return JsonTable(opened, classes)
    return TextTable(opened, classes)


def _is_json(start: str) -> bool:
    """Whether lines in brackets are JSON's, rather than lists as numpy prints them."""
    return "," in start or "\n" not in start.strip()


def _of_zip(opened: Opened, classes: ClassOrder) -> Table:
    arrays = read_npz(opened.path)
    if arrays:
        return ArrayTable(opened.source, arrays, classes)
    with zipfile.ZipFile(opened.path) as file:
        names = file.namelist()
    if any(name.endswith("data.pkl") for name in names):
        reason = f"it is a file of torch.save, a pickle, which can run code: {_INSTEAD}"
        raise NotPredictions(opened.source, reason)
    raise NotPredictions(opened.source, "it is a zip without arrays (.npy)")


def _is_safetensors(opened: Opened) -> bool:
    """Eight bytes of the header's length, then its JSON."""
    length = int.from_bytes(opened.head[:8], "little")
    return opened.head[8:9] == b"{" and 0 < length <= opened.size_bytes


def _check_finite(batch: Batch, faults: Faults) -> None:
    """Note the rows with NaN or infinite scores."""
    assert batch.scores is not None
    # One sum a row tells of any, at a tenth of the time of looking at every score.
    with np.errstate(all="ignore"):
        sums = batch.scores.sum(axis=1)
    suspect = np.flatnonzero(~np.isfinite(sums))
    if not len(suspect):
        return
    bad = suspect[~np.isfinite(batch.scores[suspect]).all(axis=1)].tolist()
    examples = (
        f"row {batch.first + i + 1:,}" if batch.names is None else batch.names[i] for i in bad
    )
    faults.note(told.NOT_FINITE, examples)
