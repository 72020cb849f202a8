import pickle
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imnet_data import labels
from imnet_data.errors import LabelError
from imnet_data.facts import ilsvrc
from imnet_data.labels import ClassIndex, ClassOrder, IlsvrcId, ModelIndex, SubsetIndex

CRANES = ("n02012849", "n03126707")
ORDER = ClassOrder("cranes", CRANES)


@given(st.integers(0, 999))
def test_both_ilsvrc_numbers_lead_to_one_class_and_back(value: Any) -> None:
    label = ClassIndex(value)
    assert label.ilsvrc_id.class_index == label
    assert label.ilsvrc_id.wnid == label.wnid
    assert label.ilsvrc_id.words == label.words
    assert ClassIndex.of(label.wnid) == label
    assert IlsvrcId.of(label.wnid) == label.ilsvrc_id


def test_the_sea_snake_is_class_65_and_id_490() -> None:
    assert ClassIndex(65).wnid == "n01751748"
    assert ClassIndex(65).ilsvrc_id == IlsvrcId(490)


def test_equal_numbers_of_different_orders_are_never_equal() -> None:
    other = ClassOrder("machines first", CRANES[::-1])
    one = [ClassIndex(1), IlsvrcId(1), SubsetIndex(1, ORDER), SubsetIndex(1, other),
           ModelIndex(1, ORDER), 1]  # fmt: skip
    assert len(set(one)) == len(one)
    assert all((a == b) == (i == j) for i, a in enumerate(one) for j, b in enumerate(one))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: ClassIndex(1000), "1000 is not an ILSVRC class index: they are 0..999"),
        (lambda: ClassIndex(-1), "0..999"),
        (lambda: IlsvrcId(0), "0 is not an ILSVRC2012_ID: they are 1..1000"),
        (lambda: IlsvrcId(1001), "1..1000"),
        (lambda: SubsetIndex(2, ORDER), "2 is not a class index of cranes: they are 0..1"),
        (lambda: ORDER.wnid(2), "2 is no class of cranes: they are 0..1"),
        (lambda: ORDER.wnid(-1), "0..1"),
        (lambda: ORDER.index("n02084071"), "n02084071 is not among the 2 classes of cranes"),
        (lambda: ClassIndex.of("n02084071"), "n02084071 is none of ILSVRC's 1,000 classes"),
        (lambda: ClassOrder("o", ("a", "b", "a")), "the order o has a twice"),
    ],
)
def test_what_is_outside_an_order_is_refused_with_range(
    make: Callable[[], object], sentence: str
) -> None:
    with pytest.raises(LabelError) as caught:
        make()
    assert sentence in str(caught.value)


@pytest.mark.parametrize("value", [1.0, "1", None])
def test_a_label_is_made_of_an_integer_only(value: Any) -> None:
    with pytest.raises(TypeError):
        ClassIndex(value)


def test_labels_of_numpys_integers_are_plain() -> None:
    sixty_five: Any = np.uint16(65)
    assert ClassIndex(sixty_five) == ClassIndex(65)
    assert type(ClassIndex(sixty_five).value) is int


def test_labels_from_0_index_arrays_and_the_one_from_1_does_not() -> None:
    scores: Any = np.arange(1000)
    assert scores[ClassIndex(65)] == 65
    assert scores[SubsetIndex(1, ORDER)] == 1
    with pytest.raises(IndexError):
        scores[IlsvrcId(490)]


def test_the_two_cranes_and_the_two_maillots_are_never_merged() -> None:
    words = Counter(one.words for one in ilsvrc.classes())
    assert words["crane"] == 2
    assert sum("maillot" in one.words.split(", ") for one in ilsvrc.classes()) == 2
    cranes = {ClassIndex.of(wnid) for wnid in CRANES}
    maillots = {ClassIndex.of(wnid) for wnid in ("n03710637", "n03710721")}
    assert len(cranes | maillots) == 4
    # Nor does anything offer to go from words to a class.
    with pytest.raises(LabelError):
        ClassIndex.of("crane")
    with pytest.raises(LabelError):
        IlsvrcId.of("crane")
    assert not [name for name in vars(labels) if "by_word" in name]


def test_an_order_keeps_its_own_sequence() -> None:
    assert [ORDER.wnid(i) for i in range(len(ORDER))] == list(CRANES)
    assert [ORDER.index(wnid) for wnid in CRANES] == [0, 1]
    assert SubsetIndex.of("n03126707", ORDER).class_index == ClassIndex(517)
    assert SubsetIndex(0, ClassOrder("own", ("own:rex",))).class_index is None


@pytest.mark.parametrize("label", [ClassIndex(3), IlsvrcId(3), SubsetIndex(1, ORDER), ORDER])
def test_labels_travel_between_processes(label: Any) -> None:
    assert pickle.loads(pickle.dumps(label)) == label


def test_labels_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        ClassIndex(3).value = 4  # type: ignore[misc]
