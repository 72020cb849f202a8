"""Which part of a member's path is its class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imnet_data.layouts.imagenet import folder_wnid
from imnet_data.layouts.layout_names import CLASS_FOLDERS
from imnet_data.splits import Split

from .looks import TENCH, placed

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.layouts.placement import Layout

    Make = Callable[..., Layout]


@pytest.mark.parametrize(
    ("directory", "wnid"),
    [
        ("n01440764", "n01440764"),
        ("train/N01440764.TAR", "n01440764"),
        ("ILSVRC2012_img_train.tar/n01440764.tar", "n01440764"),
        ("", None),
        ("n01440764/more", None),
        ("xn01440764", None),
        ("n01440764.zip", None),
    ],
)
def test_imagenets_folders_are_told_by_the_innermost_alone(
    directory: str, wnid: str | None
) -> None:
    assert folder_wnid(directory) == wnid


def test_folders_before_the_class_and_a_tars_ending_are_no_part_of_it(
    make: Make, own: dict[str, int]
) -> None:
    layout = make(CLASS_FOLDERS, "pets", Split.NONE, depth=2)
    told = [
        *placed(layout, "pets", "home/pets/rex", "1.jpg"),
        *placed(layout, "pets", "home/pets/tom.tar", "1.jpg"),
    ]
    assert list(own) == ["rex", "tom"]
    assert [one.name for one in told] == ["rex/1.jpg", "tom/1.jpg"]


@pytest.mark.parametrize("directory", ["pets//rex", "pets/./rex", "./pets/rex"])
def test_doubled_slashes_and_dots_in_a_tars_paths_make_no_classes(
    make: Make, own: dict[str, int], directory: str
) -> None:
    layout = make(CLASS_FOLDERS, "pets", Split.NONE, depth=1)
    (told,) = placed(layout, "pets", directory, "1.jpg")
    assert (list(own), told.name) == (["rex"], "rex/1.jpg")


@pytest.mark.parametrize("directory", ["", "pets"])
def test_images_above_the_class_folders_are_kept_without_a_label(
    make: Make, own: dict[str, int], directory: str
) -> None:
    layout = make(CLASS_FOLDERS, "pets", Split.NONE, depth=1)
    (told,) = placed(layout, "pets", directory, "loose.jpg")
    assert (told.synset, told.name) == (0, "loose.jpg")
    assert not own


def test_a_split_that_was_asked_for_goes_before_the_folders(make: Make) -> None:
    layout = make(CLASS_FOLDERS, "pets", Split.VAL, has_splits=True, forced=Split.TEST)
    for folder in ("train/rex", "val/rex"):
        (told,) = placed(layout, "pets", folder, "1.jpg")
        assert (told.split, told.name) == ("test", "rex/1.jpg")


@pytest.mark.parametrize("release", ["ilsvrc2012", "cut"])
@pytest.mark.parametrize("split", list(Split))
def test_imagenets_own_names_are_the_key_in_every_split_and_release(
    make: Make, release: str, split: Split
) -> None:
    layout = make(CLASS_FOLDERS, release, split)
    bases = {
        f"{TENCH}_6_{TENCH}.JPEG": f"{TENCH}_6",
        f"{TENCH}_007.JPEG": f"{TENCH}_007",
        "n01443537_3.JPEG": "n01443537_3",
        "ILSVRC2012_val_0000005.JPEG": "ILSVRC2012_val_00000005",
        "ILSVRC2012_test_00000005.JPEG": "ILSVRC2012_test_00000005",
        "other.jpg": f"{TENCH}/other.jpg",
    }
    told = placed(layout, release, TENCH, *bases)
    assert [one.name for one in told] == list(bases.values())
    # The folder is the label here, whatever the name says: people sort pictures anew on purpose.
    assert {(one.wnid, one.split) for one in told} == {(TENCH, split.label)}
