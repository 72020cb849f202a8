"""Images under ImageNet's own names: the label comes from the name, the key from the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imnet_data.facts import ilsvrc
from imnet_data.facts.validation import validation_labels
from imnet_data.layouts.imagenet import ImageNetLayout
from imnet_data.layouts.layout_names import FULL_RELEASE, ILSVRC_TEST, ILSVRC_TRAIN, ILSVRC_VAL
from imnet_data.splits import Split

from .looks import (
    CRANE_BIRD,
    CRANE_MACHINE,
    DOG,
    GOLDFISH,
    MAILLOT,
    NO_NOUN,
    TANK_SUIT,
    TENCH,
    placed,
    run_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.layouts.placement import Layout

    Make = Callable[..., Layout]


@pytest.fixture
def train(make: Make) -> Layout:
    return make(ILSVRC_TRAIN, "ilsvrc2012", Split.TRAIN)


@pytest.fixture
def val(make: Make) -> Layout:
    return make(ILSVRC_VAL, "ilsvrc2012", Split.VAL)


def published(number: int) -> str:
    return ilsvrc.classes()[int(validation_labels()[number - 1])].wnid


@pytest.mark.parametrize("number", [1, 293, 29999, 50000])
@pytest.mark.parametrize("written", ["{:08d}.JPEG", "{:07d}.JPEG", "{:08d}_n01440764.JPEG"])
def test_a_validation_image_has_the_published_label_of_its_number(
    val: Layout, number: int, written: str
) -> None:
    base = "ILSVRC2012_val_" + written.format(number)
    (told,) = placed(val, "ilsvrc2012", "", base)
    assert (told.wnid, told.split) == (published(number), "val")
    assert told.name == f"ILSVRC2012_val_{number:08d}"


@pytest.mark.parametrize("number", [0, 50001, 99999999])
def test_a_validation_number_that_was_never_published_has_no_label(
    val: Layout, number: int
) -> None:
    (told,) = placed(val, "ilsvrc2012", "", f"ILSVRC2012_val_{number:08d}.JPEG")
    assert (told.synset, told.split) == (0, "val")


def test_validation_images_in_class_folders_are_checked_against_the_published_labels(
    val: Layout,
) -> None:
    right, wrong = published(1), published(2)
    assert right != wrong
    placed(val, "ilsvrc2012", f"val/{right}", "ILSVRC2012_val_00000001.JPEG")
    assert val.notes.mislaid == 0
    (told,) = placed(val, "ilsvrc2012", f"val/{wrong}", "ILSVRC2012_val_00000001.JPEG")
    assert (told.wnid, val.notes.mislaid) == (right, 1)


def test_test_images_have_no_label_whatever_their_folder(make: Make) -> None:
    layout = make(ILSVRC_TEST, "ilsvrc2012", Split.TEST)
    (told,) = placed(layout, "ilsvrc2012", f"test/{TENCH}", "ILSVRC2012_test_00000007.JPEG")
    assert (told.synset, told.split, told.name) == (0, "test", "ILSVRC2012_test_00000007")


@pytest.mark.parametrize("directory", [f"{TENCH}.tar", f"train/{TENCH}", "", TENCH.upper()])
@pytest.mark.parametrize("tail", [".JPEG", f"_{TENCH}.JPEG", ".jpg", f"_{TENCH}.png"])
def test_a_copy_of_a_picture_keeps_its_key_in_every_tree(
    train: Layout, directory: str, tail: str
) -> None:
    bases = [f"{TENCH}_{number}{tail}" for number in (10026, 7, 12)]
    told = placed(train, "ilsvrc2012", directory, *bases)
    assert [one.name for one in told] == [f"{TENCH}_10026", f"{TENCH}_7", f"{TENCH}_12"]
    assert {(one.wnid, one.split) for one in told} == {(TENCH, "train")}
    assert [one.base for one in told] == bases


@pytest.mark.parametrize("pair", [(CRANE_BIRD, CRANE_MACHINE), (MAILLOT, TANK_SUIT)])
def test_classes_of_one_word_stay_two(train: Layout, pair: tuple[str, str]) -> None:
    told = placed(train, "ilsvrc2012", "", *(f"{wnid}_1.JPEG" for wnid in pair))
    assert [one.wnid for one in told] == list(pair)
    assert len({one.name for one in told}) == 2


def test_a_picture_in_another_class_folder_keeps_the_class_of_its_name(train: Layout) -> None:
    (told,) = placed(train, "ilsvrc2012", f"{GOLDFISH}.tar", f"{TENCH}_1.JPEG")
    assert (told.wnid, train.notes.mislaid) == (TENCH, 1)


def test_a_name_that_its_number_would_not_give_back_is_kept_as_it_is(train: Layout) -> None:
    told = placed(train, "ilsvrc2012", f"{TENCH}.tar", f"{TENCH}_7.JPEG", f"{TENCH}_0007.JPEG")
    assert [one.name for one in told] == [f"{TENCH}_7", f"{TENCH}_0007"]


def test_what_has_no_class_is_kept_without_one(train: Layout) -> None:
    told = placed(train, "ilsvrc2012", "extra", "holiday.jpg", f"{TENCH}.jpg")
    assert [(one.synset, one.name) for one in told] == [
        (0, "extra/holiday.jpg"),
        (0, f"extra/{TENCH}.jpg"),
    ]


def test_another_name_in_a_class_folder_has_the_folders_class(train: Layout) -> None:
    told = placed(train, "ilsvrc2012", f"{TENCH}.tar", "photo.jpg", f"{TENCH}_1.JPEG")
    assert [(one.wnid, one.name) for one in told] == [
        (TENCH, f"{TENCH}/photo.jpg"),
        (TENCH, f"{TENCH}_1"),
    ]


def test_a_wnid_that_is_no_noun_is_no_label_and_is_told(train: Layout) -> None:
    bases = [f"{NO_NOUN}_1.JPEG", f"{NO_NOUN}_2.JPEG"]
    told = placed(train, "ilsvrc2012", f"{NO_NOUN}.tar", *bases)
    assert [(one.synset, one.name) for one in told] == [(0, base[:-5]) for base in bases]
    assert train.notes.unknown == {NO_NOUN: 2}


def test_a_class_that_the_release_does_not_publish_is_told(train: Layout, make: Make) -> None:
    placed(train, "ilsvrc2012", f"{DOG}.tar", f"{DOG}_1.JPEG", f"{DOG}_2.JPEG")
    assert train.notes.foreign == 2
    full = make(FULL_RELEASE, "fall11", Split.NONE)
    (told,) = placed(full, "fall11", f"{DOG}.tar", f"{DOG}_1.JPEG")
    assert (told.wnid, told.split, full.notes.foreign) == (DOG, "none", 0)


def test_a_train_picture_among_validation_images_stays_a_train_picture(val: Layout) -> None:
    told = placed(val, "ilsvrc2012", "", "ILSVRC2012_val_00000001.JPEG", f"{TENCH}_5.JPEG")
    assert [(one.split, one.name) for one in told] == [
        ("val", "ILSVRC2012_val_00000001"),
        ("train", f"{TENCH}_5"),
    ]


def test_a_split_that_was_asked_for_holds_for_every_picture(make: Make) -> None:
    layout = make(ILSVRC_TRAIN, "ilsvrc2012", Split.VAL, forced=Split.VAL)
    told = placed(layout, "ilsvrc2012", "", f"{TENCH}_5.JPEG", "ILSVRC2012_test_00000001.JPEG")
    assert [(one.split, one.name) for one in told] == [
        ("val", f"{TENCH}_5"),
        ("val", "ILSVRC2012_test_00000001"),
    ]


BASES = st.sampled_from(
    [
        f"{TENCH}_1.JPEG",
        f"{TENCH}_02.JPEG",
        f"{GOLDFISH}_3_{GOLDFISH}.JPEG",
        f"{NO_NOUN}_4.JPEG",
        "ILSVRC2012_val_00000005.JPEG",
        "ILSVRC2012_test_0000006.JPEG",
        "holiday.jpg",
    ]
)


@given(
    bases=st.lists(BASES, min_size=1),
    directory=st.sampled_from(["", TENCH, f"{NO_NOUN}.tar", "x/y"]),
    split=st.sampled_from(Split),
    release=st.sampled_from(["ilsvrc2012", "fall11"]),
)
def test_every_image_of_a_run_gets_a_place_in_order(
    bases: list[str], directory: str, split: Split, release: str
) -> None:
    layout = ImageNetLayout(
        release, split, is_noun=lambda synset: synset != 99999999, validation=[1440764] * 9
    )
    run = run_of(directory, bases)
    groups = list(layout.place(run))
    assert [base for group in groups for base in group.bases] == bases
    assert [offset for group in groups for offset in group.offsets] == run.offsets
    assert [size for group in groups for size in group.sizes] == run.sizes
    for group in groups:
        assert len(group.numbers) == len(group.bases)
        assert group.names is None or len(group.names) == len(group.bases)
