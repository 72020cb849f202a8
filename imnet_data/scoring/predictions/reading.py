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
                  {"image": "a.jpg", "label": [{"label": "tench", "score": 0.9}, …]}
                                            as Hugging Face's pipelines answer; LABEL_65 is 65
    Parquet       the same columns, or lists in one         needs imnet-data[parquet]
    .npy          (rows, classes) floating, or (rows,) and (rows, ranks) whole
    .npz          logits, probs or predictions, and names or filenames
    .safetensors  the same; names in the metadata, or as uint8 (rows, bytes)

Text without titles: the first column holds names unless it reads as a class, and the rest are
ranks where they are whole and all different, else scores.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, Self, TypeAlias, cast

import numpy as np

from imnet_data.errors import NoPredictions, NotPredictions, UnknownWidth
from imnet_data.scoring import orders
from imnet_data.scoring.predictions import faults as told
from imnet_data.scoring.predictions.arrays import ArrayTable, InMemory
from imnet_data.scoring.predictions.faults import Faults
from imnet_data.scoring.predictions.kinds import table_of
from imnet_data.scoring.predictions.opened import Opened, damage_told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.labels import ClassOrder
    from imnet_data.scoring.orders import Order
    from imnet_data.scoring.predictions.batch import Batch, Kind
    from imnet_data.scoring.predictions.table import Table


Source: TypeAlias = (
    str | os.PathLike[str] | BinaryIO | np.ndarray[Any, Any] | list[Any] | Mapping[str, Any]
)
"""A path, `-` for standard input, an open file, an array or list, or arrays as an npz has them."""


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
            RowsAtFault: rows whose scores cannot be ranked, or with another number of fields.
            UnknownClasses: classes by a name that none has, or that several have.
        """
        faults, rows = Faults(self.name), 0
        with damage_told(self.name):
            for batch in self._table.read(faults):
                rows += len(batch)
                if batch.scores is not None:
                    _check_rankable(batch, faults)
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
            known = orders.known_widths(self._classes)
            raise UnknownWidth(self.name, self.width, known=known, rows=self.total)
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
    """Predictions from a file, a pipe (`-` is standard input), an open file, or arrays.

    What a file is its first bytes tell, never its name. `classes` are those scored against, in the
    order of their index (ILSVRC's by default): classes that are written by name are read with
    them. `names` are the images' of an array.

    Raises:
        NotPredictions: it is none of the known kinds.
        NoPredictions: it is empty.
        PredictionsError: it cannot be read.
        TypeError: it is neither a path nor an open file nor arrays.
        NeedsExtra: it is Parquet, and pyarrow is not installed.

    >>> with open_predictions(np.array([65, 970, 230]), names=["a", "b", "c"]) as predictions:
    ...     [batch.ranked[:, 0].tolist() for batch in predictions.batches()]
    [[65, 970, 230]]
    """
    order = classes or orders.ilsvrc_order()
    arrays = _in_memory(source)
    if arrays is not None:
        return Predictions("the array", ArrayTable("the array", arrays, order, names), order)
    opened = Opened(cast("str | os.PathLike[str] | BinaryIO", source))
    try:
        return Predictions(opened.source, table_of(opened, order), order, opened)
    except BaseException:
        opened.close()
        raise


def _in_memory(source: Any) -> dict[str, InMemory] | None:
    """Arrays that are there already, by their keys; None where it is a file."""
    if isinstance(source, str | os.PathLike) or hasattr(source, "read"):
        return None
    arrays = source if isinstance(source, Mapping) else {"": source}
    if not all(
        isinstance(one, list | tuple) or hasattr(one, "__array__") for one in arrays.values()
    ):
        kind = type(source).__name__
        raise TypeError(f"predictions are a path, an open file or arrays, and no {kind}")
    try:
        return {key: InMemory(np.asarray(one)) for key, one in arrays.items()}
    except ValueError as error:  # lists of several lengths
        raise NotPredictions("the array", str(error)) from error


def _check_rankable(batch: Batch, faults: Faults) -> None:
    """Note the rows with NaN or +inf, and those with nothing but -inf."""
    assert batch.scores is not None
    # The highest score alone tells of each: a NaN anywhere in a row is its maximum.
    bad = np.flatnonzero(~np.isfinite(batch.scores.max(axis=1))).tolist()
    examples = (
        f"row {batch.first + i + 1:,}" if batch.names is None else batch.names[i] for i in bad
    )
    faults.note(told.NOT_RANKABLE, examples)
