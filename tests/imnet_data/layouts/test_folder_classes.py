"""A tree of class folders: what a folder's name says of the images below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imnet_data.layouts.layout_names import CLASS_FOLDERS
from imnet_data.splits import Split

from .looks import CRANE_BIRD, CRANE_MACHINE, NO_NOUN, TENCH, placed

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.layouts.placement import Layout

    Make = Callable[..., Layout]


@pytest.fixture
def tree(make: Make) -> Layout:
    return make(CLASS_FOLDERS, "pets", Split.NONE)


@pytest.mark.parametrize("folder", [TENCH, TENCH.upper(), "tench.n.01", f"{TENCH}.tar"])
def test_a_folder_is_a_synset_by_wnid_and_by_full_name(
    tree: Layout, own: dict[str, int], folder: str
) -> None:
    (told,) = placed(tree, "pets", folder, "1.jpg")
    assert told.wnid == TENCH
    assert not own


@pytest.mark.parametrize("folder", ["tench", "crane", "cat", "my best photos", "dog.n.99"])
def test_any_other_name_is_a_class_of_ones_own_and_never_guessed(
    tree: Layout, own: dict[str, int], folder: str
) -> None:
    (told,) = placed(tree, "pets", folder, "1.jpg")
    assert own == {folder: told.synset}


def test_the_two_cranes_stay_two_by_their_full_names(tree: Layout) -> None:
    told = [
        *placed(tree, "pets", "crane.n.05", "1.jpg"),
        *placed(tree, "pets", "crane.n.04", "1.jpg"),
    ]
    assert {one.wnid for one in told} == {CRANE_BIRD, CRANE_MACHINE}
    assert len({one.name for one in told}) == 2


def test_a_wnid_that_is_no_noun_is_no_class_of_ones_own(tree: Layout, own: dict[str, int]) -> None:
    told = placed(tree, "pets", NO_NOUN, "1.jpg", "2.jpg")
    assert [one.synset for one in told] == [0, 0]
    assert tree.notes.unknown == {NO_NOUN: 2}
    assert not own


def test_an_image_in_no_folder_is_kept_without_a_label(tree: Layout) -> None:
    (told,) = placed(tree, "pets", "", "1.jpg")
    assert (told.synset, told.name) == (0, "1.jpg")


def test_one_file_name_in_two_folders_is_two_images(tree: Layout) -> None:
    told = [
        one for folder in ("cat", "cat/old", "dog") for one in placed(tree, "pets", folder, "1.jpg")
    ]
    assert [one.name for one in told] == ["cat/1.jpg", "cat/old/1.jpg", "dog/1.jpg"]
    assert told[0].synset == told[1].synset != told[2].synset


def test_a_split_folder_says_the_split_and_is_no_part_of_a_name(
    make: Make, own: dict[str, int]
) -> None:
    layout = make(CLASS_FOLDERS, "pets", Split.NONE, depth=1, has_splits=True)
    told = [
        one
        for folder in ("pets/train/cat", "pets/validation/cat", "pets/Test/dog")
        for one in placed(layout, "pets", folder, "1.jpg")
    ]
    assert [(one.split, one.name) for one in told] == [
        ("train", "cat/1.jpg"),
        ("val", "cat/1.jpg"),
        ("test", "dog/1.jpg"),
    ]
    assert list(own) == ["cat", "dog"]


def test_a_class_called_train_is_a_class(tree: Layout, own: dict[str, int]) -> None:
    (told,) = placed(tree, "pets", "train", "locomotive.jpg")
    assert (told.split, told.name, list(own)) == ("none", "train/locomotive.jpg", ["train"])


@pytest.mark.parametrize("split", [Split.TRAIN, Split.VAL])
def test_imagenet_names_keep_their_key_in_class_folders(make: Make, split: Split) -> None:
    """As in Imagenette, whose `val` holds pictures of ILSVRC2012's train split."""
    layout = make(CLASS_FOLDERS, "imagenette", split)
    told = placed(layout, "imagenette", TENCH, f"{TENCH}_10.JPEG", "ILSVRC2012_val_00000007.JPEG")
    assert [(one.wnid, one.split, one.name) for one in told] == [
        (TENCH, split.label, f"{TENCH}_10"),
        (TENCH, split.label, "ILSVRC2012_val_00000007"),
    ]


def test_imagenet_names_in_a_class_of_ones_own_have_that_class(
    tree: Layout, own: dict[str, int]
) -> None:
    (told,) = placed(tree, "pets", "fish", f"{TENCH}_10.JPEG")
    assert (told.synset, told.name) == (own["fish"], f"{TENCH}_10")
