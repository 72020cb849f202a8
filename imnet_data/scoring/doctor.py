"""Which order of the classes a file of predictions is in, by how many each known one gets right.

It tells what fits and how surely; whether that order is then used is its caller's choice.

An order is above chance where it gets more right than the same answers dealt out to the images at
random would: for each class the share of the answers times the share of the images, summed, is
the chance of one image (with as many validation images a class it is 1/1000 whatever the answers
are), and the number right has a probability below 1e-6 in the exact binomial distribution. An
order fits where it is above chance and, among the images that only one of the two gets right, is
better than every other order with a probability below 1e-4 in the exact sign test. An order that
lacks some of the class numbers is no rival to one that has all of them.

A stated order may be wrong and still be above chance: of the answers of a model that is right for
76 %, `text` gets 0.9 % right where `index` fits. So it is `Diagnosis.contradicts()` that tells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from imnet_data.scoring.orders import NO_ANSWER
from imnet_data.scoring.paired import exact_p
from imnet_data.scoring.top import top_k

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from imnet_data.scoring.orders import Order
    from imnet_data.scoring.predictions.batch import Batch

    Ints = NDArray[np.int32]

CHANCE: Final = 1e-6
"""The probability below which so many right are no chance."""
CLEARLY: Final = 1e-4
"""The probability below which one order is clearly better than another."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well one order fits: first choices right, of how many images with a known class.

    `outside` of the first choices are numbers beyond the order's last; from `bound` on, a number
    right is above chance. `same` are other orders that give these very answers the same classes.
    """

    order: Order
    correct: int
    total: int
    outside: int
    bound: int
    same: tuple[Order, ...] = ()

    @property
    def accuracy(self) -> float | None:
        """The share right; None of no images."""
        return self.correct / self.total if self.total else None

    @property
    def above_chance(self) -> bool:
        """Whether so many right cannot be chance."""
        return self.correct >= self.bound

    def is_of(self, order: Order) -> bool:
        """Whether it is an order's, or that of one that comes to the same."""
        return any(order is one for one in (self.order, *self.same))


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What each order gives, the best first, and the one that fits, or None with the reason."""

    fits: tuple[Fit, ...]
    best: Fit | None
    reason: str

    def of(self, order: Order) -> Fit | None:
        """What an order gives, if it was tried."""
        return next((fit for fit in self.fits if fit.is_of(order)), None)

    def contradicts(self, order: Order) -> bool:
        """Whether another order than this one fits."""
        return self.best is not None and not self.best.is_of(order)


class Examination:
    """First choices of all orders at once, gathered as the predictions stream by.

    Args:
        labels: the class index of each image scored against, -1 for none; shape (images,).
        orders: those to try, `orders_for(predictions.width)`.
    """

    def __init__(self, labels: NDArray[np.integer], orders: Sequence[Order]) -> None:
        self._labels = labels
        self._orders = tuple(orders)
        self._columns = [order.columns for order in self._orders]
        self._sets: dict[bytes, Ints] = {}
        self._of = [columns.tobytes() for columns in self._columns]
        self._seen = np.zeros(len(labels), np.bool_)

    def add(
        self,
        batch: Batch,
        rows: NDArray[np.intp],
        ranked: tuple[Order, Ints] | None = None,
    ) -> None:
        """Take in a batch; `rows` has the image of each of its rows.

        `ranked` spares a search: the best columns (top_k) among one order's, where they are known.
        """
        self._seen[rows] = True
        if batch.ranked is not None:
            self._put(b"", rows, batch.ranked[:, 0])
            return
        assert batch.scores is not None
        known = {} if ranked is None else {ranked[0].columns.tobytes(): ranked[1]}
        for key, columns in dict(zip(self._of, self._columns, strict=True)).items():
            found = known[key] if key in known else top_k(batch.scores, 1, columns)
            self._put(key, rows, found[:, 0])

    def _put(self, key: bytes, rows: NDArray[np.intp], first: NDArray[np.integer]) -> None:
        if key not in self._sets:
            self._sets[key] = np.full(len(self._labels), NO_ANSWER, np.int32)
        self._sets[key][rows] = first

    def diagnosis(self) -> Diagnosis:
        """What each order gives, and which fits."""
        scored = np.flatnonzero(self._seen & (self._labels >= 0))
        labels = self._labels[scored]
        found: dict[tuple[bytes, bytes], tuple[Fit, NDArray[np.bool_]]] = {}
        for order, columns in zip(self._orders, self._of, strict=True):
            key = columns if columns in self._sets else b""
            if key not in self._sets:
                continue
            numbers = self._sets[key][scored]
            predicted = order.classes_of(numbers)
            signature = (key, predicted.tobytes())
            fit = _fit(order, numbers, predicted, labels)
            if signature in found:
                fit = _joined(found[signature][0], fit)
            found[signature] = fit, predicted == labels
        ranking = sorted(found.values(), key=lambda one: -one[0].correct)
        return _judged(ranking, len(scored))


def _fit(order: Order, numbers: Ints, predicted: Ints, labels: NDArray[np.integer]) -> Fit:
    correct = int((predicted == labels).sum())
    outside = int((numbers >= order.width).sum())
    return Fit(order, correct, len(labels), outside, _bound(predicted, labels))


def _joined(first: Fit, second: Fit) -> Fit:
    """Two orders that come to the same: the one that has all the numbers stands for both."""
    if second.outside < first.outside:
        first, second = second, first
    same = (*first.same, second.order, *second.same)
    return Fit(first.order, first.correct, first.total, first.outside, first.bound, same)


def _bound(predicted: Ints, labels: NDArray[np.integer]) -> int:
    """The least number right that is above chance."""
    total = len(labels)
    if not total:
        return 1
    classes = int(labels.max()) + 1
    answers = predicted[(predicted >= 0) & (predicted < classes)]
    shares = np.bincount(answers, minlength=classes) @ np.bincount(labels, minlength=classes)
    return least_above_chance(total, float(shares) / total**2)


def least_above_chance(total: int, chance: float) -> int:
    """The least number right of `total` whose probability, or that of more, is below CHANCE.

    >>> least_above_chance(50_000, 1 / 1000)  # the validation images: 0.18 %
    88
    """
    if chance <= 0:
        return 1
    if chance >= 1:
        return total + 1
    spread = math.sqrt(total * chance * (1 - chance))
    at = min(total, math.ceil(total * chance + 12 * spread + 60))
    tail = 0.0
    while at >= 0:
        tail += _binomial(at, total, chance)
        if tail >= CHANCE:
            break
        at -= 1
    return at + 1


def _binomial(right: int, total: int, chance: float) -> float:
    ways = math.lgamma(total + 1) - math.lgamma(right + 1) - math.lgamma(total - right + 1)
    return math.exp(ways + right * math.log(chance) + (total - right) * math.log1p(-chance))


def _judged(ranking: list[tuple[Fit, NDArray[np.bool_]]], total: int) -> Diagnosis:
    fits = tuple(fit for fit, _ in ranking)
    if not fits or not total:
        return Diagnosis(fits, None, "no image with a known class has a prediction")
    best, right = ranking[0]
    if not best.above_chance:
        reason = f"none gets more right than chance would, {best.bound:,} of {total:,}"
        if best.bound > total:
            reason = f"{total:,} images are too few to tell"
        return Diagnosis(fits, None, reason)
    for other, also_right in ranking[1:]:
        if other.outside and not best.outside:
            continue
        only_best = int((right & ~also_right).sum())
        only_other = int((also_right & ~right).sum())
        if exact_p(only_best, only_other) / 2 >= CLEARLY:  # of one side: the best is ahead
            reason = f"{best.order.name} and {other.order.name} cannot be told apart"
            return Diagnosis(fits, None, reason)
    return Diagnosis(fits, best, f"{best.order.name} fits")
