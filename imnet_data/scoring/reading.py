"""Predictions read against a truth, once and batch by batch, whatever their size.

What a file holds is predictions/'s, which row is which image's alignment's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from imnet_data.errors import ImagesMissing, RestrictionNeedsScores
from imnet_data.progress import Silent, job
from imnet_data.scoring.answers import RANKS, Answers
from imnet_data.scoring.calibration import calibration
from imnet_data.scoring.confidence import Confidence
from imnet_data.scoring.doctor import Examination
from imnet_data.scoring.predictions.alignment import aligned
from imnet_data.scoring.predictions.batch import Kind
from imnet_data.scoring.predictions.faults import EXAMPLES
from imnet_data.scoring.top import top_k

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from imnet_data.progress import Progress
    from imnet_data.scoring.doctor import Diagnosis
    from imnet_data.scoring.orders import Order
    from imnet_data.scoring.predictions.batch import Batch
    from imnet_data.scoring.predictions.reading import Predictions
    from imnet_data.scoring.truth import Truth


@dataclass(frozen=True, eq=False)
class Read:
    """Predictions as they were read: the best outputs of each image, in the model's own numbers.

    `numbers` has shape (images, ranks), -1 where there is none. They are the best of the outputs
    that `order` has a class for; of class numbers and ranked lists, those that the file gives.
    """

    truth: Truth
    order: Order
    kind: Kind
    numbers: NDArray[np.int32]
    given: NDArray[np.bool_]
    confidence: NDArray[np.float32] | None
    confidence_of: str
    examined: Examination

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """What each order that was tried gives: fifty of them, where only numbers are known."""
        return self.examined.diagnosis()

    def is_for(self, order: Order) -> bool:
        """Whether another order's answers can be told from the same numbers."""
        return self.kind != Kind.SCORES or np.array_equal(order.columns, self.order.columns)

    def answers(self, order: Order) -> Answers:
        """The answers in the truth's classes, the numbers being in an order."""
        answers = Answers(self.truth, order.classes_of(self.numbers), self.given)
        if self.confidence is None:
            return answers
        counted = answers.counted
        sure, right = self.confidence[counted], answers.first_right[counted]
        return replace(answers, calibration=calibration(sure, right, self.confidence_of))


def read(
    predictions: Predictions,
    truth: Truth,
    order: Order,
    candidates: Sequence[Order],
    *,
    partial: bool = False,
    progress: Progress | None = None,
) -> Read:
    """Go through all predictions once; `candidates` are the orders that the doctor tries.

    Raises:
        PredictionsError: they cannot be scored as they stand.
    """
    progress = progress or Silent()
    gathered = _Gathered(predictions, truth, order, candidates)
    # Of some classes only their images need have a row, by name; the others may have one.
    some = truth.asked is not None and predictions.has_names
    with job(progress, f"reading {predictions.name}", predictions.total, "images"):
        for batch, rows in aligned(predictions, truth.names, partial=partial or some):
            gathered.add(batch, rows)
            progress.advance(len(batch))
    if not partial:
        _check_all_there(predictions, truth, gathered.given)
    return gathered.read()


def among(order: Order, classes: Collection[int]) -> Order:
    """An order whose outputs count only where they are one of these classes of the truth."""
    kept = np.isin(order.to_index, np.fromiter(classes, np.int64, len(classes)))
    to_index = np.where(kept, order.to_index, -1).astype(np.int32)
    return replace(order, to_index=to_index)


def check_restriction(predictions: Predictions) -> None:
    """Only scores tell which of some classes a model would have taken.

    Raises:
        RestrictionNeedsScores: the predictions are classes.
    """
    if predictions.kind != Kind.SCORES:
        raise RestrictionNeedsScores(predictions.name)


def _check_all_there(predictions: Predictions, truth: Truth, given: NDArray[np.bool_]) -> None:
    missing = np.flatnonzero(truth.in_question(~given))
    if len(missing):
        examples = [truth.names[at] for at in missing[:EXAMPLES].tolist()]
        count, total = len(missing), truth.images
        raise ImagesMissing(predictions.name, count=count, total=total, examples=examples)


class _Gathered:
    """What a pass has gathered so far."""

    def __init__(
        self, predictions: Predictions, truth: Truth, order: Order, candidates: Sequence[Order]
    ) -> None:
        self._truth = truth
        self._order = order
        self._columns = order.columns
        self._kind = predictions.kind
        self._numbers: NDArray[np.int32] | None = None
        self.given = np.zeros(len(truth), np.bool_)
        self._sure = Confidence(len(truth), self._columns, order.width)
        # Of an image with several labels the first stands for it: enough to tell an order by.
        first = np.full(len(truth), -1, np.int64)
        first[truth.counts > 0] = truth.labels[truth.starts[:-1][truth.counts > 0]]
        self._examined = Examination(first, candidates)

    def add(self, batch: Batch, rows: NDArray[np.intp]) -> None:
        """Take in a batch; `rows` has the image of each of its rows."""
        if batch.scores is not None:
            numbers = top_k(batch.scores, RANKS, self._columns)
            self._sure.add(batch.scores, numbers[:, 0], rows)
            self._examined.add(batch, rows, (self._order, numbers))
        else:
            assert batch.ranked is not None
            numbers = batch.ranked[:, :RANKS]
            self._examined.add(batch, rows)
        if self._numbers is None:
            self._numbers = np.full((len(self.given), numbers.shape[1]), -1, np.int32)
        self._numbers[rows] = numbers
        self.given[rows] = True

    def read(self) -> Read:
        """All of it."""
        numbers = self._numbers
        if numbers is None:
            numbers = np.full((len(self.given), 1), -1, np.int32)
        has_scores = self._kind == Kind.SCORES
        return Read(
            self._truth,
            self._order,
            self._kind,
            numbers,
            self.given,
            self._sure.of_images if has_scores else None,
            self._sure.kind or "",
            self._examined,
        )
