from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imnet_data.layouts.survey import SAMPLE_IMAGES, Survey, tree_depth
from imnet_data.splits import Split

from .looks import GOLDFISH, TENCH, run_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.archives.members import Run


@pytest.mark.parametrize(
    ("folders", "depth", "has_splits"),
    [
        ({"cat"}, 0, False),
        ({"", "cat", "dog"}, 0, False),
        ({"pets/cat", "pets/dog/puppies"}, 1, False),
        ({"train/cat"}, 0, True),
        ({"pets/cat", "pets/train"}, 1, False),
        ({"train/cat", "val/cat", "extra/cat"}, 0, False),
    ],
)
def test_depth_of_trees_that_are_easily_misread(
    folders: set[str], depth: int, has_splits: bool
) -> None:
    assert tree_depth(folders) == (depth, has_splits)


def test_a_survey_counts_names_by_what_they_are() -> None:
    survey = Survey("images.tar", "images.tar")
    survey.take(
        [
            run_of("", [f"{TENCH}_1.JPEG", "ILSVRC2012_val_00000001.JPEG"]),
            run_of("more", ["ILSVRC2012_test_00000001.JPEG", "photo.jpg", "other.jpg"]),
        ],
        (),
    )
    assert survey.names == {Split.TRAIN: 1, Split.VAL: 1, Split.TEST: 1, None: 2}
    assert (survey.wnids, survey.folders, survey.images) == ({TENCH}, {"", "more"}, 5)


def test_inner_tars_show_their_classes_by_their_names() -> None:
    survey = Survey("train.tar", "train.tar")
    survey.take((), [f"{TENCH}.tar", f"images/{GOLDFISH}.tar", "extra.tar"])
    assert survey.inner_tars
    assert survey.wnids == {TENCH, GOLDFISH}


def test_a_survey_stops_early_in_a_big_archive() -> None:
    def endless() -> Iterator[Run]:
        number = 0
        while True:
            number += 1
            yield run_of(TENCH, [f"{TENCH}_{number}{at:03d}.JPEG" for at in range(500)])

    survey = Survey("images.tar", "images.tar")
    survey.take(endless(), ())
    assert survey.images == SAMPLE_IMAGES


@pytest.mark.parametrize(
    ("hint", "directory", "base", "contradicts"),
    [
        (None, f"train/{TENCH}", f"{TENCH}_1.JPEG", False),
        (None, f"val/{TENCH}", f"{TENCH}_1.JPEG", True),
        (Split.VAL, TENCH, f"{TENCH}_1.JPEG", True),
        (Split.VAL, "", "ILSVRC2012_val_00000001.JPEG", False),
        (Split.TRAIN, "", "ILSVRC2012_val_00000001.JPEG", True),
        (None, "val", "photo.jpg", False),
        # A folder `train` inside one called `test`: either word may be meant.
        (None, "test/train", f"{TENCH}_1.JPEG", False),
        (None, TENCH, f"{TENCH}_1.JPEG", False),
    ],
)
def test_a_name_of_another_split_than_its_folder_is_a_contradiction(
    hint: Split | None, directory: str, base: str, contradicts: bool
) -> None:
    survey = Survey("images", "images", hint)
    survey.take([run_of(directory, [base])], ())
    assert survey.contradictions == contradicts


@pytest.mark.parametrize(
    ("directory", "base", "regrouped"),
    [
        (f"{TENCH}.tar", f"{TENCH}_1.JPEG", False),
        ("train", f"{TENCH}_1.JPEG", False),
        ("", f"{TENCH}_1.JPEG", False),
        ("fish", f"{TENCH}_1.JPEG", True),
        (GOLDFISH, f"{TENCH}_1.JPEG", True),
        (TENCH, "ILSVRC2012_val_00000001.JPEG", False),  # validation sorted into its classes
        ("fish", "ILSVRC2012_val_00000001.JPEG", True),
        ("fish", "photo.jpg", False),
    ],
)
def test_imagenets_pictures_in_somebodys_own_classes_are_regrouped(
    directory: str, base: str, regrouped: bool
) -> None:
    survey = Survey("images", "images")
    survey.take([run_of(directory, [base])], ())
    assert survey.regrouped == regrouped
