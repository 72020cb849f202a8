"""The order doctor: a planted order is found, and none where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from imnet_data.facts.class_lists import class_list
from imnet_data.labels import ClassOrder
from imnet_data.scoring.doctor import CHANCE, Examination, least_above_chance
from imnet_data.scoring.orders import order_named, orders_for
from imnet_data.scoring.predictions.batch import Batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from imnet_data.scoring.doctor import Diagnosis, Fit
    from imnet_data.scoring.orders import Order

    Labels: TypeAlias = NDArray[np.int64]
    Numbers: TypeAlias = NDArray[np.int32]

NAMES = [order.name for order in orders_for(None)]
TINY = ClassOrder.make("tiny-imagenet", class_list("tiny-imagenet").wnids)


def planted(order: Order, labels: Labels, accuracy: float, rng: np.random.Generator) -> Numbers:
    """Class numbers in an order, right this often; a random number of it otherwise."""
    numbers = rng.integers(0, order.width, len(labels))
    place = np.full(max(order.to_index) + 1, -1)
    place[order.to_index[order.columns]] = order.columns
    right = (rng.random(len(labels)) < accuracy) & (place[labels] >= 0)
    numbers[right] = place[labels[right]]
    return numbers.astype(np.int32)


def examined(
    numbers: Numbers,
    labels: Labels,
    orders: Sequence[Order],
    images: NDArray[np.intp] | None = None,
) -> Diagnosis:
    examination = Examination(labels, orders)
    rows = np.arange(len(labels)) if images is None else images
    examination.add(Batch(0, None, ranked=numbers[rows, None]), rows)
    return examination.diagnosis()


def the_best(diagnosis: Diagnosis) -> Fit:
    assert diagnosis.best is not None, diagnosis.reason
    return diagnosis.best


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=1, deadline=None)
@example(seed=0, accuracy=0.05)
@given(seed=st.integers(0, 2**32), accuracy=st.floats(0.05, 1))
def test_a_planted_order_is_found_whatever_the_accuracy(
    name: str, seed: int, accuracy: float
) -> None:
    rng = np.random.default_rng(seed)
    # Two of the lists number all but 2 % of the thousand alike: that takes more images.
    labels = rng.integers(0, 1000, 25_000 if "21k-p" in name else 3_000)
    order = next(one for one in orders_for(None) if one.name == name)
    diagnosis = examined(planted(order, labels, accuracy, rng), labels, orders_for(None))
    assert the_best(diagnosis).is_of(order)
    assert not diagnosis.contradicts(order)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32), many=st.integers(1, 4000))
def test_random_answers_fit_no_order(seed: int, many: int) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 1000, many)
    numbers = rng.integers(0, 1000, many).astype(np.int32)
    diagnosis = examined(numbers, labels, orders_for(None))
    assert diagnosis.best is None
    assert not diagnosis.contradicts(order_named("index"))


def test_the_same_answer_to_all_is_no_fit_even_where_most_images_have_that_class() -> None:
    labels = np.zeros(500, np.int64)
    labels[450:] = np.arange(50) % 10
    diagnosis = examined(np.zeros(500, np.int32), labels, orders_for(None))
    assert diagnosis.best is None


@pytest.mark.parametrize("name", ["ilsvrc-id", "text-1", "background-first"])
def test_a_part_of_the_images_is_enough(name: str) -> None:
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 1000, 50_000)
    order = order_named(name)
    some = rng.permutation(50_000)[:200]
    diagnosis = examined(planted(order, labels, 0.6, rng), labels, orders_for(None), some)
    assert the_best(diagnosis).order.name == name
    assert the_best(diagnosis).total == 200


def test_three_images_are_too_few_to_tell() -> None:
    labels = np.arange(3)
    diagnosis = examined(np.arange(3, dtype=np.int32) + 1, labels, orders_for(None))
    # Three right of three: what chance gives once in 27 times.
    assert diagnosis.best is None
    assert diagnosis.reason == "3 images are too few to tell"


def test_nothing_to_score_fits_nothing() -> None:
    diagnosis = examined(np.zeros(4, np.int32), np.full(4, -1), orders_for(None))
    assert diagnosis.best is None
    (index,) = [fit for fit in diagnosis.fits if fit.is_of(order_named("index"))]
    assert (index.total, index.accuracy) == (0, None)


@pytest.mark.parametrize("width", [1000, 1001])
def test_scores_are_tried_in_every_order_of_their_width(width: int) -> None:
    rng = np.random.default_rng(7)
    labels = rng.integers(0, 1000, 300)
    for order in orders_for(width):
        numbers = planted(order, labels, 0.5, rng)
        scores = rng.random((300, width), np.float32)
        scores[np.arange(300), numbers] += 1
        # A background column that would win is no class of the order's.
        scores[:, order.to_index < 0] += 2
        examination = Examination(labels, orders_for(width))
        for rows in np.array_split(rng.permutation(300), 3):
            examination.add(Batch(0, None, scores=scores[rows]), rows)
        diagnosis = examination.diagnosis()
        assert the_best(diagnosis).order.name == order.name


def test_a_wide_head_is_judged_by_the_columns_of_the_thousand_alone() -> None:
    rng = np.random.default_rng(8)
    labels = rng.integers(0, 1000, 60)
    order = order_named("imagenet21k-google", 21_843)
    scores = rng.random((60, order.width), np.float32)
    scores[np.arange(60), planted(order, labels, 1, rng)] += 1
    scores[:, 5] += 3  # none of the thousand
    examination = Examination(labels, orders_for(order.width))
    examination.add(Batch(0, None, scores=scores), np.arange(60))
    diagnosis = examination.diagnosis()
    assert the_best(diagnosis).order is order
    assert the_best(diagnosis).correct >= 59


def test_lists_of_one_width_are_told_apart() -> None:
    labels = np.arange(200)
    rng = np.random.default_rng(9)
    for order in orders_for(200, TINY):
        if len(order.columns) < 200:
            continue
        numbers = planted(order, labels, 0.9, rng)
        diagnosis = examined(numbers, labels, orders_for(200, TINY))
        assert the_best(diagnosis).order.name == order.name


def test_orders_that_these_answers_cannot_tell_apart_are_one_fit() -> None:
    labels = np.arange(1000)
    diagnosis = examined(np.arange(1000, dtype=np.int32), labels, orders_for(None))
    names = {order.name for order in (the_best(diagnosis).order, *the_best(diagnosis).same)}
    assert the_best(diagnosis).order.name == "index"
    assert {"background-last", "imagenet22k-microsoft"} < names
    # With the number 1000 among them it is the one that has such a number.
    numbers = np.append(np.arange(999, dtype=np.int32), 1000).astype(np.int32)
    assert the_best(examined(numbers, labels, orders_for(None))).order.name == "background-last"


@given(total=st.integers(1, 300), chance=st.floats(0.001, 0.9))
def test_the_bound_is_where_the_exact_binomial_tail_falls_below(total: int, chance: float) -> None:
    from math import comb

    def tail(least: int) -> float:
        terms = range(least, total + 1)
        return sum(comb(total, i) * chance**i * (1 - chance) ** (total - i) for i in terms)

    bound = least_above_chance(total, chance)
    assert bound == total + 1 or tail(bound) < CHANCE * (1 + 1e-6)
    assert tail(bound - 1) >= CHANCE * (1 - 1e-6)
